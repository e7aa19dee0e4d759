"""How much one worker may use: memory, and time without a sign of life. Adjustable by the environment.

Memory: the system refuses it where it can (Linux; it counts for programs that a worker runs, too). Elsewhere, and for
what that does not count, the worker looks at its own peak and ends itself.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from dataclasses import dataclass

from .errors import Exit, refuse
from .memory import highest_bytes, machine_bytes

MEMORY, STILL = "GLASSMASTER_WORKER_MIB", "GLASSMASTER_STILL_SECONDS"
"""Variables of the environment that say otherwise."""
TOO_LARGE = 66
"""Exit code of a worker that used more than it may."""
WORN = 67
"""Exit code of a worker that makes room for a new one, between two errands."""
_MIB = 1024 * 1024
_LEAST, _MOST = 1024, 8192
"""MiB: our own work takes 150 for songs of any length; other people's stages may load models of some GiB."""
_SHARE = 2
_WORN = 0.5
"""Share of its memory that a worker may have used and go on; beyond, the next errand would pay for the last."""
_LEAST_ADJUSTED = 256
_STILL_SECONDS = 900.0
"""Other people's stages may hear a whole song before they give its first block."""
_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Limits:
    """What one worker may use."""

    memory_mib: int
    still_seconds: float
    """Time without a block read, made or written, after which it is taken for hung."""


def limits() -> Limits:
    """Half of the machine's memory, but 1 to 8 GiB; a quarter of an hour. Raises `Refused` (exit 2)."""
    usual = min(_MOST, max(_LEAST, machine_bytes() // _MIB // _SHARE))
    memory = _adjusted(MEMORY, "MiB of memory for each worker", _LEAST_ADJUSTED, usual)
    return Limits(int(memory), _adjusted(STILL, "seconds without a sign of life", 1, _STILL_SECONDS))


def _adjusted(name: str, meaning: str, least: float, usual: float) -> float:
    text = os.environ.get(name, "")
    try:
        found = float(text or usual)
    except ValueError:
        found = math.nan
    if not least <= found <= 1e9:
        message = f"{name} = {text[:40]!r} is no number of at least {least}"
        raise refuse(Exit.USAGE, "limit", f"environment variable {name}", message, f"it holds {meaning}; or unset it")
    return found


def keep_to(memory_mib: int, busy: threading.Event) -> None:
    """Hold this process, and the programs it runs, to so much memory from now on, while it is `busy`."""
    with contextlib.suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        most = memory_mib * _MIB
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    threading.Thread(target=watch, args=(memory_mib, busy), daemon=True).start()


def watch(memory_mib: int, busy: threading.Event) -> None:
    """End this process as soon as it has used more; looked at often, for memory fills at gigabytes a second.

    Not between two errands: the one that comes next would be blamed.
    """
    while highest_bytes() <= memory_mib * _MIB or not busy.is_set():
        time.sleep(_LOOK_SECONDS)
    os._exit(TOO_LARGE)


def worn(memory_mib: int) -> bool:
    """Whether this process has used so much, be it given back or not, that it should take no other errand."""
    return highest_bytes() > memory_mib * _MIB * _WORN


def too_much(memory_mib: int) -> str:
    """What there is to say of it."""
    return f"needs more than {memory_mib:,} MiB of memory"


MORE_MEMORY = f"set {MEMORY} in the environment to allow each worker more, if that is meant to be"
MORE_TIME = f"set {STILL} in the environment to wait longer, if that is meant to be"
