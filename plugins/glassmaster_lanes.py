"""The default pool of workers: lanes of one process each, so that a crashing codec costs one errand and no other."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import ForkingPickler
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.threads import one_thread
from glassmaster.work import WorkerDied

_TRIES = 2
_PATIENCE_SECONDS = 5.0
_Task = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...]]


@hookimpl
def glassmaster_executor(jobs: int, address: str) -> Executor | None:
    """`local`: processes on this machine."""
    return Lanes(jobs) if address == "local" else None


class Lanes(Executor):
    """An executor of `lanes` single-process pools fed from one queue."""

    def __init__(self, lanes: int) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closed = False
        self._lanes = [_Lane(self._tasks) for _ in range(max(1, lanes))]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if kwargs:
            raise TypeError("errands travel as positional arguments")
        if self._closed:
            raise RuntimeError("the lanes are closed")
        future: Future[Any] = Future()
        self._tasks.put((future, fn, args))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._closed = True
        if cancel_futures:
            self._drain()
        for lane in self._lanes:
            self._tasks.put(None)
            if cancel_futures:
                lane.stop()
        if wait:
            for lane in self._lanes:
                lane.join()

    def _drain(self) -> None:
        with contextlib.suppress(queue.Empty):
            while task := self._tasks.get_nowait():
                task[0].cancel()


class _Lane(threading.Thread):
    """One thread that owns one worker process and replaces it when it dies."""

    def __init__(self, tasks: queue.SimpleQueue[_Task | None]) -> None:
        super().__init__(daemon=True)
        self._tasks = tasks
        self._process: Any = None
        self._line: Connection | None = None
        self._stopped = False
        self.start()

    def run(self) -> None:
        if hasattr(signal, "pthread_sigmask"):  # the worker inherits it: an interrupt must not meet it half awake
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        while (task := self._tasks.get()) is not None:
            future, fn, args = task
            if not future.set_running_or_notify_cancel():
                continue
            try:
                fine, answer = self._tried(fn, args)
            except Exception as problem:
                fine, answer = False, problem
            if fine:
                future.set_result(answer)
            else:
                future.set_exception(answer)
        self._dismiss()

    def stop(self) -> None:
        """End the worker in the middle of its errand."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()

    def _tried(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
        for attempt in range(1, _TRIES + 1):
            try:
                return self._asked(fn, args)
            except (EOFError, OSError) as problem:
                reason = self._buried(problem)
                if attempt == _TRIES or self._stopped:
                    raise WorkerDied(reason) from problem
        raise AssertionError

    def _asked(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
        if self._line is None:
            self._line = self._hire()
        self._line.send((fn, args))
        if not self._line.poll(limit := _limit_seconds(args)):
            self._process.kill()
            raise TimeoutError(f"the worker gave no answer within {limit:g} seconds and was ended")
        fine, answer = self._line.recv()
        return fine, answer

    def _hire(self) -> Connection:
        import multiprocessing

        one_thread()  # one lane, one core
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        if self._stopped:  # while it was being hired
            self._process.kill()
        return ours

    def _buried(self, problem: Exception) -> str:
        """Why the worker is gone."""
        process, self._process, self._line = self._process, None, None
        if process is None or process.pid is None:
            return f"no worker could be started: {problem}"
        process.join(_PATIENCE_SECONDS)
        if process.is_alive():  # it hung up, but did not end
            process.kill()
            process.join()
        code = process.exitcode
        if isinstance(problem, TimeoutError) and not problem.errno:  # our own, not a pipe's
            return str(problem)
        return f"the worker {_signal(-code) if code < 0 else f'ended with exit code {code}'}"

    def _dismiss(self) -> None:
        if self._process is not None and self._line is not None:
            self._line.close()
            self._process.join(_PATIENCE_SECONDS)


def _limit_seconds(args: tuple[Any, ...]) -> float | None:
    """Time after which a worker is taken for hung: what the errand says of itself, else none."""
    limits = [limit for each in args if isinstance(limit := getattr(each, "limit_seconds", None), float)]
    return max(limits, default=None)


def _signal(number: int) -> str:
    with contextlib.suppress(ValueError):  # real-time signals have no names
        return f"was ended by signal {number} ({signal.Signals(number).name})"
    return f"was ended by signal {number}"


def serve(line: Connection) -> None:
    """A worker's life: answer until the parent hangs up; never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    os.dup2(2, 1)  # what plugins and codecs print must not get into an answer on stdout
    threading.Thread(target=_watch, daemon=True).start()
    with contextlib.suppress(EOFError, OSError):
        while True:
            line.send_bytes(_answer(line.recv_bytes()))
            os.dup2(2, 1)  # an errand may have closed it, and the next file that is opened would take its place


def _answer(task: bytes) -> bytes:
    try:
        fn, args = pickle.loads(task)
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
