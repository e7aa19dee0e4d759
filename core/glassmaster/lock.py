"""One build at a time: a lock that the system lets go of when its process dies."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import Exit, refuse
from .store import replace

_PATIENCE_SECONDS = 0.3


@contextmanager
def held(room: Path) -> Iterator[None]:
    """Hold the lock of a release; raises `Refused` (exit 7) that names the holder when another build is at work."""
    from filelock import FileLock, Timeout

    lock, holder = FileLock(room / "lock"), room / "lock.json"  # it makes the folder
    try:
        lock.acquire(timeout=_PATIENCE_SECONDS)
    except Timeout:
        hint = "wait until it is done, or stop it"
        raise refuse(Exit.LOCKED, "locked", room.parent, f"{_named(holder)} is building here", hint) from None
    try:
        replace(holder, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _named(holder: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads(holder.read_bytes())
        return f"process {told['pid']} on {told['host']}"
    return "another process"
