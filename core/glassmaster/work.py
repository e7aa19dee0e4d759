"""What a worker does with an errand, and how a pool of them is driven: only errands and results cross over."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from .budget import Budget, Spent, Watch
from .errands import Errand, Failure
from .errors import FULL, Exit, Refused, disk_hint, refuse
from .guests import Guest
from .limits import MORE_MEMORY, MORE_TIME, limits, too_much
from .model import Event, Finding
from .plugins import accompanied
from .pulse import beat
from .store import Store, blobs


def work(errand: Errand, root: Path, fresh: frozenset[str] = frozenset()) -> Any:
    """Do one errand (in a worker). Raises `Refused` for what a person can mend."""
    module, function = errand.handler.split(":")
    handler = getattr(importlib.import_module(module), function)
    beat()
    return handler(errand, Store(root, fresh))


def timed(errand: Errand, root: Path, fresh: frozenset[str]) -> tuple[Any, Spent]:
    """`work`, and what it cost. An errand that fails is a result, too: whatever is raised is the pool's own doing."""
    watch = Watch()
    try:
        result = work(errand, root, fresh)
    except Exception as problem:
        result = failure(errand, problem)
    return result, watch.spent()


Next: TypeAlias = Callable[[Errand, Any], Iterable[Errand]]
"""What can be begun now that an errand has brought back its result."""


@dataclass
class _Desk:
    """Where the crew's work lies: shared by all who speak to the same crew."""

    running: dict[Future[tuple[Any, Spent]], tuple[str, Errand]] = field(default_factory=dict)
    begun: dict[str, Future[tuple[Any, Spent]]] = field(default_factory=dict)
    """What runs or is done, but was not asked for yet, by key."""
    finished: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Errand] = field(default_factory=dict)
    """Everything that was asked for since this crew began, kept or made, by key."""
    fresh: set[str] = field(default_factory=set)
    """Hashes of the files that workers have made, and read again, since this crew began."""


@dataclass(frozen=True)
class Way:
    """How errands reach a pool, and what is thought of what comes back: by default, of our own lanes."""

    do: Callable[[Errand, Path, frozenset[str]], tuple[Any, Spent]] = timed
    """What a worker runs."""
    check: Callable[[Errand, Any, Store], None] = lambda errand, result, store: None
    """Raises `Refused` for a result that is not what it says."""
    lost: Callable[[Errand, Exception], Failure] = lambda errand, problem: failure(errand, problem)
    """What an exception of the pool itself comes to."""


@dataclass(frozen=True, eq=False)
class Crew:
    """Gets errands done: kept results first, the rest by workers, the longest first."""

    store: Store
    hire: Callable[[], Executor]
    """Gives the pool, started when there is something to do."""
    tell: Callable[[Event], None]
    ahead: Next = lambda errand, result: ()
    """Names what surely follows a result that was just made, so that no worker waits for the slowest of a phase. It is
    begun at once; whoever asks for it later finds it running or done. What nobody asks for changes nothing."""
    reason: Callable[[Errand], str] = lambda errand: ""
    """Says why an errand has to be done (again); it travels with the event that it is planned."""
    guests: tuple[Guest, ...] = ()
    """The release's plugin files, which go along with every errand."""
    budget: Budget = field(default_factory=Budget)
    way: Way = Way()
    _desk: _Desk = field(default_factory=_Desk)

    def run(self, errands: Sequence[Errand], *, anew: bool = False) -> list[Any]:
        """Results in the errands' order; a `Failure` stands where one could not be done. `anew`: nothing is kept."""
        if not errands:
            return []
        with self.budget.phase(errands[0].phase):
            keys = [errand.key for errand in errands]
            wanted = dict(zip(keys, errands, strict=True))
            self._desk.asked.update(wanted)
            done: dict[str, Any] = {} if anew else self._kept(wanted)
            done.update(self._made({key: errand for key, errand in wanted.items() if key not in done}))
            return [done[key] for key in keys]

    def kept(self, errands: Sequence[Errand]) -> list[Any | None]:
        """What is known of errands without doing any; None where it would have to be done."""
        keys = [errand.key for errand in errands]
        self._desk.asked.update(zip(keys, errands, strict=True))
        return [self.store.find(key) for key in keys]

    def asked(self) -> list[Errand]:
        """What lasts of all that was asked for since this crew began."""
        return [errand for errand in self._desk.asked.values() if errand.lasting]

    def forget(self) -> None:
        """Give up what was begun ahead: it follows from nothing any more."""
        for future in self._desk.begun.values():
            if future.cancel():
                del self._desk.running[future]
        self._desk.begun.clear()
        self._desk.finished.clear()

    def _kept(self, wanted: dict[str, Errand]) -> dict[str, Any]:
        kept = {}
        for key, errand in wanted.items():
            if key in self._desk.begun or not errand.lasting:
                continue
            if (result := self.store.find(key)) is not None:
                kept[key] = result
                self.budget.kept(errand.phase)
                self.tell(_event("kept", errand))
        return kept

    def _made(self, left: dict[str, Errand]) -> dict[str, Any]:
        self._begin(left)
        for key in left:
            self._desk.begun.pop(key, None)
        while any(key not in self._desk.finished for key in left):
            for future in wait(self._desk.running, return_when=FIRST_COMPLETED).done:
                self._harvest(future, left)
        return {key: self._desk.finished.pop(key) for key in left}

    def _begin(self, errands: dict[str, Errand]) -> None:
        """Send errands out that are not on their way yet, the longest first."""
        under_way = {*self._desk.begun, *(key for key, _ in self._desk.running.values())}
        new = {key: errand for key, errand in errands.items() if key not in under_way}
        for errand in new.values():
            self.tell(_event("planned", errand, self.reason(errand)))
        if not new:
            return
        pool = self.hire()
        for key, errand in sorted(new.items(), key=lambda item: -item[1].seconds):
            fresh = frozenset(blob.sha256 for blob in blobs(errand) if blob.sha256 in self._desk.fresh)
            future = _submitted(pool, self, errand, fresh)
            self._desk.begun[key] = future
            self._desk.running[future] = (key, errand)
            self.tell(_event("began", errand))

    def _harvest(self, future: Future[tuple[Any, Spent]], wanted: dict[str, Errand]) -> None:
        key, errand = self._desk.running.pop(future)
        result = self._result(key, errand, future, silent=key not in wanted)
        if isinstance(result, Failure):
            if key in wanted:
                self._desk.finished[key] = result
            else:  # it is tried again, and told of, by whoever asks for it
                self._desk.begun.pop(key, None)
            return
        self._desk.finished[key] = result
        self._desk.fresh.update(blob.sha256 for blob in blobs(result))
        following = {each.key: each for each in self.ahead(errand, result)}
        self._begin({key: each for key, each in following.items() if self.store.find(key) is None})

    def _result(self, key: str, errand: Errand, future: Future[tuple[Any, Spent]], silent: bool) -> Any:
        result, spent = self._brought(errand, future)
        if isinstance(result, Failure):
            if not silent:
                self.tell(_event("failed", errand, "; ".join(each.message for each in result.findings)))
            return result
        if errand.lasting:
            self.store.keep(key, result)
        self.budget.done(errand.phase, errand.seconds, spent)
        self.tell(_event("ended", errand))
        return result

    def _brought(self, errand: Errand, future: Future[tuple[Any, Spent]]) -> tuple[Any, Spent]:
        try:
            result, spent = future.result()
        except Exception as problem:
            return self.way.lost(errand, problem), Watch().spent()
        if isinstance(result, Failure):
            return result, spent
        try:
            self.way.check(errand, result, self.store)
        except Refused as refusal:
            return failure(errand, refusal), spent
        return result, spent


def failure(errand: Errand, problem: Exception) -> Failure:
    """What an exception comes to: findings, and the exit code that they lead to."""
    if isinstance(problem, Refused):
        return Failure(errand, int(problem.exit), problem.findings)
    if isinstance(problem, OSError):
        return _output_failure(errand, problem)
    return _unexpected(errand, problem)  # a worker that died, or a bug: either way one errand, named


def _submitted(pool: Executor, crew: Crew, errand: Errand, fresh: frozenset[str]) -> Future[tuple[Any, Spent]]:
    """A pool that no longer takes errands fails them one by one, so that the others' results are kept."""
    try:
        return pool.submit(accompanied, crew.guests, crew.way.do, errand, crew.store.root, fresh)
    except Exception as problem:
        refused: Future[tuple[Any, Spent]] = Future()
        refused.set_exception(problem)
        return refused


def _event(kind: Any, errand: Errand, message: str = "") -> Event:
    return Event(kind, errand.phase, errand.what, errand.seconds, message)


def _output_failure(errand: Errand, problem: OSError) -> Failure:
    where = str(problem.filename or errand.what)
    message = f"{problem.strerror or problem} while {errand.phase} was at {errand.what}"
    hint = "make room or choose another disk, then build again: what is finished is kept"
    code = "disk-full" if problem.errno in FULL else "output"
    return Failure(errand, Exit.OUTPUT, (Finding(code, "error", where, message, disk_hint(problem, hint)),))


def _unexpected(errand: Errand, problem: Exception) -> Failure:
    if isinstance(problem, WorkerDied | BrokenExecutor | MemoryError):
        return _fallen(errand, problem)
    if isinstance(problem, UnicodeEncodeError) and problem.encoding == sys.getfilesystemencoding():
        message = f"a file name cannot be written in this system's encoding, {problem.encoding}"
        hint = "set PYTHONUTF8=1 in the environment, or use a UTF-8 locale"
        return Failure(errand, Exit.OUTPUT, (Finding("output", "error", errand.what, message, hint),))
    message = f"{errand.phase}: {type(problem).__name__}: {problem}"
    hint = "this is a bug in glassmaster: please report it with the output of --debug"
    return Failure(errand, Exit.BUG, (Finding("bug", "error", errand.what, message, hint),))


def _fallen(errand: Errand, problem: Exception) -> Failure:
    """An errand that cost its worker, or would have: the file's fault where sources are read, else who works on it."""
    if isinstance(problem, MemoryError):
        code, what, hint = "worker-memory", too_much(limits().memory_mib), f"{_SUSPECT}, or {MORE_MEMORY}"
    elif isinstance(problem, WorkerHung):
        code, what, hint = "worker-hung", str(problem), f"it was tried twice; {_SUSPECT}, or {MORE_TIME}"
    elif isinstance(problem, NoWorker):
        finding = Finding("pool-failed", "error", errand.what, f"{errand.phase}: {problem}", _MORE_WORKERS)
        return Failure(errand, Exit.STAGE, (finding,))
    elif errand.reads_sources:
        what = f"the decoder crashed ({str(problem).removeprefix('the worker was ended by ')})"
        return Failure(errand, Exit.SOURCE, (Finding("decoder-crashed", "error", errand.what, what, _HOSTILE),))
    else:
        code, what, hint = "worker-died", str(problem), _DIED
    finding = Finding(code, "error", errand.what, f"{errand.phase}: {what}", hint)
    return Failure(errand, Exit.SOURCE if errand.reads_sources else Exit.STAGE, (finding,))


_SUSPECT = "look at the file, stage or encoder with another program"
_HOSTILE = "it was tried twice; the file may be damaged: export it again, if need be with another program"
_MORE_WORKERS = "close other programs, or allow more processes and open files (ulimit -u, ulimit -n), then start again"
_DIED = "it was tried twice; check the file with another program, or choose another encoder"


class Idle(Executor):
    """Nobody: every errand is refused. For whoever wants to know what would have to be done."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        refused: Future[Any] = Future()
        refused.set_exception(refuse(Exit.USAGE, "not-built", "build", "nobody is at work"))
        return refused


class WorkerDied(Exception):  # noqa: N818 - said of the worker, not of our program
    """A worker process ended in the middle of an errand: a codec crashed, or the system killed it."""


class WorkerHung(WorkerDied):
    """A worker process had to be ended, for it did nothing any more or came to no end."""


class NoWorker(WorkerDied):
    """No worker process could be started: the system has no room for one, or allows no more."""
