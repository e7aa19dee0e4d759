"""How things go wrong on purpose: one exception that carries findings and the exit code they lead to."""

from __future__ import annotations

import errno
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model import Finding


class Exit(IntEnum):
    """Exit codes of every command; scripts rely on them."""

    OK = 0
    NOT_READY = 1
    """The release fails its checks; files are written, but marked as not ready."""
    USAGE = 2
    """Usage or manifest error."""
    SOURCE = 3
    """A mixdown, reference or artwork cannot be used."""
    STAGE = 4
    """A stage, plugin or encoder failed or is not installed."""
    OUTPUT = 5
    """Output or file-system error."""
    CHANGED = 6
    """A source changed during the build."""
    LOCKED = 7
    """Another build is at work."""
    UNPROVEN = 8
    """Verification failed."""
    BUG = 9
    """A bug in glassmaster."""
    SIGINT = 130
    SIGPIPE = 141
    SIGTERM = 143


FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""The disk, or what one may use of it, is full."""
FAILING = FULL | {errno.EIO, errno.EFBIG, errno.EROFS}
"""The disk is at fault, whatever program was writing."""

_SMALL = "the file system there holds no file of this size (FAT32: 4 GiB); use one like exFAT, APFS, NTFS or ext4"


def disk_hint(problem: OSError, hint: str) -> str:
    """What to do about a failing disk: `hint`, unless the kind of failure says more."""
    return f"{_SMALL}: what is finished is kept" if problem.errno == errno.EFBIG else hint


def disk_fault(problem: BaseException | None) -> OSError | None:
    """The failing disk behind an exception, however libraries have wrapped it; None where it was something else."""
    seen = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        for each in (problem, *problem.args):
            if isinstance(each, OSError) and each.errno in FAILING:
                return each
        problem = problem.__cause__ or problem.__context__
    return None


class Refused(Exception):  # noqa: N818 - it is an answer to the user, not an error of the program
    """The work cannot go on: `findings` say what, where and what to do next."""

    def __init__(self, code: Exit, *findings: Finding) -> None:
        super().__init__("; ".join(f"{f.where}: {f.message}" for f in findings))
        self.exit = code
        self.findings = findings

    def __reduce__(self) -> tuple[object, ...]:  # it crosses process borders
        return (Refused, (self.exit, *self.findings))


def refuse(exit: Exit, code: str, where: object, message: str, hint: str = "") -> Refused:  # noqa: A002
    """One finding of severity error as an exception: `raise refuse(...)`."""
    from .model import Finding  # the command line needs the exit codes long before any finding

    return Refused(exit, Finding(code, "error", str(where), message, hint))
