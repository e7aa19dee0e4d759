"""Signs of life: whoever moves sound or bytes gives one, so that a worker at work can be told from one that hangs."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
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


def beat() -> None:
    """Something was read, written or made; told on at most twice a second."""
    now = time.monotonic()
    for each in _tellers:
        if now - each.told >= _EVERY_SECONDS:
            each.told = now
            with contextlib.suppress(OSError):  # nobody listens any more
                each.line.send_bytes(b"")


def tell(line: Connection) -> None:
    """Tell of this process's signs of life on `line`, by empty messages."""
    _tellers[:] = [_Teller(line)]
