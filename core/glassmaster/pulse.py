"""Signs of life: whoever moves sound or bytes gives one, so that a worker at work can be told from one that hangs."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_EVERY_SECONDS = 0.5


@dataclass
class _Teller:
    line: Connection
    told: float = 0.0


_tellers: list[_Teller] = []
"""Who tells of this process, if anybody listens."""


def beat(moved: int = 1) -> None:
    """Something was read, written or made: so many frames or bytes, of which none are no sign of life. Told on at most
    twice a second."""
    if not moved:
        return
    now = time.monotonic()
    for each in _tellers:
        if now - each.told >= _EVERY_SECONDS:
            each.told = now
            with contextlib.suppress(OSError):  # nobody listens any more
                each.line.send_bytes(b"")


def tell(line: Connection) -> None:
    """Tell of this process's signs of life on `line`, by empty messages."""
    _tellers[:] = [_Teller(line)]


class Stillness:
    """For how long a process gives no sign of life, as it is told in steps.

    While it works that is processor time, and by the clock only while it does nothing: where others take the processor
    it is not to blame. Systems that do not tell (all but Linux) go by the clock alone.
    """

    def __init__(self, process: int) -> None:
        self._process, self._worked = process, _worked(process)
        self.seconds = 0.0

    def waited(self, seconds: float, *, alive: bool) -> None:
        """So many seconds more by the clock; `alive`: with a sign of life at their end."""
        before, self._worked = self._worked, _worked(self._process)
        self.seconds = 0.0 if alive else self.seconds + ((self._worked - before) or seconds)


def _worked(process: int) -> float:
    """Processor time that another process has used, in seconds (proc_pid_stat(5), fields 14 and 15)."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, IndexError, ValueError):
        return 0.0
