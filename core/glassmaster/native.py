"""Files as the system underneath takes them: names for libraries in C, flushing, and renames where others look on."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

_HERE, _SWAP = -100, 2
"""AT_FDCWD; RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS."""
_EXCHANGES: Mapping[str, tuple[str, Callable[[bytes, bytes], tuple[int | bytes, ...]]]] = {
    "linux": ("renameat2", lambda one, other: (_HERE, one, _HERE, other, _SWAP)),
    "darwin": ("renamex_np", lambda one, other: (one, other, _SWAP)),
}
"""The C function that lets two names change places, and what it is called with, by `sys.platform`."""
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}
"""Refusals of a system or of a disk's format that does not know the call; EPERM where a container forbids it."""

_UNFLUSHABLE = frozenset({errno.EINVAL, errno.ENOTSUP})


def native(path: Path) -> str | bytes:
    """A path for soundfile, which refuses names that are no text: those of a disk written in another encoding."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def moved(source: Path, target: Path) -> None:
    """`source.replace(target)`. Windows refuses for as long as anybody looks at either, most often a virus scanner."""
    for wait in _waits_seconds(os.name):
        try:
            source.replace(target)
            return
        except PermissionError:
            time.sleep(wait)
    source.replace(target)


def _waits_seconds(system: str) -> tuple[float, ...]:
    return tuple(0.05 * 2**step for step in range(5)) if system == "nt" else ()


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, so that neither name is missing for an instant.

    False, and nothing was done, where there is no such step: on Windows, and on disks whose format does not know it.
    Any other failure raises `OSError`; what was done then is not certain.
    """
    call = _exchange(sys.platform)
    if call is None or (number := call(os.fsencode(one), os.fsencode(other))) in _CANNOT:
        return False
    if number:
        raise OSError(number, os.strerror(number), str(one), None, str(other))
    return True


def _exchange(system: str) -> Callable[[bytes, bytes], int] | None:
    """The step as a function that gives the number of its error, 0 for none; None where the system has none."""
    if system not in _EXCHANGES:
        return None
    import ctypes

    name, arguments = _EXCHANGES[system]
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None)  # glibc has it since 2.28
    return call and (lambda one, other: ctypes.get_errno() if call(*arguments(one, other)) else 0)


def flush_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system lets it be flushed.

    Windows does not, nor do some network shares, which say so; a disk that fails is another matter (OSError).
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno not in _UNFLUSHABLE:
            raise
    finally:
        os.close(handle)
