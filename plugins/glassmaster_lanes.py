"""The default pool of workers: lanes of one process each, so that a crashing codec costs one errand and no other."""

from __future__ import annotations

import contextlib
import math
import queue
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.connection import Connection, wait
from typing import Any

from glassmaster.heap import keep_memory
from glassmaster.hooks import hookimpl
from glassmaster.imports import not_from_here
from glassmaster.limits import TOO_LARGE, WORN, Limits, limits
from glassmaster.pulse import Stillness
from glassmaster.serving import serve
from glassmaster.threads import one_thread
from glassmaster.work import NoWorker, WorkerDied, WorkerHung

_TRIES = 2
_STEP_SECONDS = 15.0
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
        within = limits()
        self._lanes = [_Lane(self._tasks, within) for _ in range(max(1, lanes))]

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


class _Worn(WorkerDied):
    """A worker made room for a new one, which begins with all of its memory."""


class _Lane(threading.Thread):
    """One thread that owns one worker process and replaces it when it dies."""

    def __init__(self, tasks: queue.SimpleQueue[_Task | None], within: Limits) -> None:
        super().__init__(daemon=True)
        self._tasks, self._within = tasks, within
        self._process: Any = None
        self._line: Connection | None = None
        self._pulse: Connection | None = None
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
        left, met = _TRIES, False
        while True:
            try:
                return self._asked(fn, args)
            except (EOFError, OSError) as problem:
                reason = self._buried(problem)
                if isinstance(reason, _Worn) and not met:  # it had gone before this errand came
                    met = True
                    continue
                left -= 1
                if not left or self._stopped or isinstance(reason, MemoryError):
                    raise reason from problem

    def _asked(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
        if self._line is None:
            self._hire()
        assert self._line
        self._line.send((fn, args))
        fine, answer = self._awaited(_limit_seconds(args))
        return fine, answer

    def _awaited(self, whole: float) -> Any:
        """What comes back; TimeoutError when it takes `whole` seconds, or nothing moves for longer than it may."""
        assert self._line
        assert self._pulse
        still = self._within.still_seconds
        step = min(_STEP_SECONDS, still / 8, whole / 8)
        idle, total = Stillness(self._process.pid), 0.0
        while True:
            began = time.monotonic()
            ready = wait([self._line, self._pulse], step)
            if self._line in ready:
                return self._line.recv()
            if ready:
                self._pulse.recv_bytes()
            spent = min(time.monotonic() - began, 2 * step)  # time for which the machine slept does not count
            total += spent
            idle.waited(spent, alive=bool(ready))
            if idle.seconds > still:
                raise self._ended(f"gave no sign of life for {still:g} seconds")
            if total > whole:
                raise self._ended(f"gave no answer within {whole:g} seconds")

    def _ended(self, why: str) -> TimeoutError:
        self._process.kill()
        return TimeoutError(f"the worker {why} and was ended")

    def _hire(self) -> None:
        import multiprocessing

        one_thread()  # one lane, one core
        keep_memory()
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._pulse, beats = context.Pipe(duplex=False)
        self._process = context.Process(target=serve, args=(theirs, beats, self._within.memory_mib), daemon=True)
        with not_from_here():
            self._process.start()
        theirs.close()
        beats.close()
        if self._stopped:  # while it was being hired
            self._process.kill()

    def _buried(self, problem: Exception) -> Exception:
        """Why the worker is gone."""
        process, self._process, self._line, self._pulse = self._process, None, None, None
        if process is None or process.pid is None:
            return NoWorker(f"no worker could be started: {getattr(problem, 'strerror', None) or problem}")
        process.join(_PATIENCE_SECONDS)
        if process.is_alive():  # it hung up, but did not end
            process.kill()
            process.join()
        code = process.exitcode
        if isinstance(problem, TimeoutError) and not problem.errno:  # our own, not a pipe's
            return WorkerHung(str(problem))
        if code == TOO_LARGE:
            return MemoryError()
        kind = _Worn if code == WORN else WorkerDied
        return kind(f"the worker {_signal(-code) if code < 0 else f'ended with exit code {code}'}")

    def _dismiss(self) -> None:
        if self._process is not None and self._line is not None:
            self._line.close()
            self._process.join(_PATIENCE_SECONDS)


def _limit_seconds(args: tuple[Any, ...]) -> float:
    """Time after which a worker is taken for hung, even if it moves: what the errand says of itself, else for ever."""
    told = [limit for each in args if isinstance(limit := getattr(each, "limit_seconds", None), float)]
    return max(told, default=math.inf)


def _signal(number: int) -> str:
    with contextlib.suppress(ValueError):  # real-time signals have no names
        return f"was ended by signal {number} ({signal.Signals(number).name})"
    return f"was ended by signal {number}"
