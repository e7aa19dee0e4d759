"""A worker's life, for pools that have processes of their own: one errand after the other, within limits."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
import threading
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler

from .imports import as_chosen
from .limits import WORN, keep_to, worn
from .pulse import beat, tell


def serve(line: Connection, pulse: Connection, memory_mib: int) -> None:
    """Answer until the parent hangs up; never outlive it. Signs of life go out on `pulse`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    as_chosen()
    os.dup2(2, 1)  # what plugins and codecs print must not get into an answer on stdout
    keep_to(memory_mib, busy := threading.Event())
    tell(pulse)
    threading.Thread(target=_watch, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = line.recv_bytes()
            busy.set()
            beat()
            answer = _answer(task)
            busy.clear()
            line.send_bytes(answer)
            if worn(memory_mib):
                sys.exit(WORN)
            os.dup2(2, 1)  # an errand may have closed it, and the next file that is opened would take its place


def _answer(task: bytes) -> bytes:
    try:
        fn, args = pickle.loads(task)
        beat()  # what it needs is imported
        return ForkingPickler.dumps((True, fn(*args))).tobytes()
    except Exception as problem:
        return _told(problem)


def _told(problem: Exception) -> bytes:
    """An exception as it travels; in words where it cannot, or could not be put together again over there."""
    with contextlib.suppress(Exception):
        whole = ForkingPickler.dumps((False, problem)).tobytes()
        pickle.loads(whole)
        return whole
    return ForkingPickler.dumps((False, RuntimeError(f"{type(problem).__name__}: {problem}"))).tobytes()


def _watch() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
