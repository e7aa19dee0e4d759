"""One build at a time: a lock that the system lets go of when its process dies.

On a network share that is the file server's matter: it frees what a computer held that is gone, some at once, some
after minutes, some when told. A share without such locks gets a file whose being there is the lock; only the computer
that made it can tell that its process is dead. So whoever is refused for another computer's sake is told what to
delete.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .errors import Exit, refuse
from .store import replace

_PATIENCE_SECONDS = 0.3
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP})


@contextmanager
def held(room: Path) -> Iterator[None]:
    """Hold the lock of a release; raises `Refused` (exit 7) that names the holder when another build is at work."""
    lock, holder = _taken(room), room / "lock.json"  # filelock makes the folder
    try:
        replace(holder, json.dumps({"pid": os.getpid(), "host": socket.gethostname()}).encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _taken(room: Path) -> Any:
    from filelock import FileLock, Timeout

    lock = FileLock(room / "lock")
    try:
        with warnings.catch_warnings():  # a share without locks is no news for the terminal: a file does it there
            warnings.simplefilter("ignore")
            lock.acquire(timeout=_PATIENCE_SECONDS)
    except Timeout:
        who, hint = _holder(room)
        raise refuse(Exit.LOCKED, "locked", room.parent, f"{who} is building here", hint) from None
    except OSError as problem:
        if problem.errno not in _NO_LOCKS:
            raise
        message = f"this disk cannot keep two builds apart: {problem.strerror}"
        hint = "start the lock service of its file server, or copy the release's folder to a disk of this computer"
        raise refuse(Exit.OUTPUT, "output", room, message, hint) from None
    return lock


def _holder(room: Path) -> tuple[str, str]:
    """(Who holds the lock, what to do about it)."""
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        told = json.loads((room / "lock.json").read_bytes())
        who, host = f"process {told['pid']} on {told['host']}", told["host"]
        if host != socket.gethostname():
            lost = f"if nothing runs there any more, delete {room / 'lock'} and build again"
            return who, f"wait until it is done, or stop it on {host}; {lost}"
        return who, "wait until it is done, or stop it"
    return "another process", "wait until it is done, or stop it"
