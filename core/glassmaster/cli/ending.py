"""How the program ends when it does not end by itself: signals, pipes without a reader, full disks, our own bugs."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import click

from ..errors import FULL, Exit, disk_hint
from .stdout import NAME, give_up

if TYPE_CHECKING:
    from ..model import Finding


class Terminated(BaseException):
    """An order to end, from the system or from a terminal that closes."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def hear_signals() -> None:
    """An interrupt and an order to end stop everything in good order; the second one at once, and the workers, who
    watch this process, end with it. What is ignored (`nohup`) stays so."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        signal.signal(number, lambda number, frame: os._exit(128 + number))
        raise KeyboardInterrupt if number == signal.SIGINT else Terminated(number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):  # each system has some of them
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


def leave(code: int) -> NoReturn:
    """Leave with `code`, which stands once it is known."""
    if code >= Exit.SIGINT:  # Python gives signals back to the system before it ends: a second Ctrl-C would win
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def stopped(how: str, code: int) -> int:
    """Say what becomes of the work."""
    from .show import say

    with contextlib.suppress(OSError):  # the terminal may be gone
        say(f"{how}; what is finished is kept for the next run", err=True)
    return code


def is_pipe(problem: OSError) -> bool:
    """A pipe without a reader: EPIPE, on Windows EINVAL."""
    return isinstance(problem, BrokenPipeError) or (
        os.name == "nt" and problem.errno == errno.EINVAL and problem.filename in (None, NAME)
    )


def unread() -> int:
    """Nobody reads on, as behind `| head`: no word more, not even of what Python still holds for them."""
    give_up(1, 2)
    return Exit.SIGPIPE


def output_failed(problem: OSError) -> int:
    """Where writing failed, and what to do."""
    from .show import show_findings

    if problem.filename == NAME:
        give_up()
    with contextlib.suppress(OSError):
        show_findings([_unwritten(problem)])
    return Exit.OUTPUT


def _unwritten(problem: OSError) -> Finding:
    from ..model import Finding
    from ..room import left

    where = os.fsdecode(problem.filename) if isinstance(problem.filename, str | bytes) else "output"
    code, message = "output", problem.strerror or str(problem)
    if where == NAME:
        hint = "send the answer where there is room; what is finished is kept"
        return Finding(code, "error", where, message, hint)
    hint = "make room or set the rights there, then run again: what is finished is kept, what is published is untouched"
    if problem.errno in FULL:
        code, message = "disk-full", f"{message}: {left(Path(where))}"
    return Finding(code, "error", where, message, disk_hint(problem, hint))


def misused(problem: click.ClickException) -> None:
    """What click has to say of a command line: it quotes words as they were given."""
    from .show import say

    with io.StringIO() as told:
        problem.show(told)
        say(*told.getvalue().rstrip("\n").split("\n"), err=True)


def bug(problem: Exception, arguments: list[str]) -> int:
    """Our fault, to be reported; with the traceback for whoever asked for it."""
    from .show import say

    if "--debug" in arguments:
        import traceback

        say(*traceback.format_exc().split("\n"), err=True)
    say(f"error: this is a bug in glassmaster: {type(problem).__name__}: {problem}", err=True)
    say("  please report it with the output of: glassmaster --debug " + " ".join(arguments), err=True)
    return Exit.BUG
