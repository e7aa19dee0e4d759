"""What a worker does with an errand, and how a pool of them is driven: only errands and results cross over."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errands import Errand, Failure
from .errors import Exit, Refused
from .model import Event, Finding
from .store import Store


def work(errand: Errand, root: Path) -> Any:
    """Do one errand (in a worker). Raises `Refused` for what a person can mend."""
    module, function = errand.handler.split(":")
    return getattr(importlib.import_module(module), function)(errand, Store(root))


@dataclass(frozen=True, eq=False)
class Crew:
    """Gets errands done: kept results first, the rest by workers, the longest first."""

    store: Store
    hire: Callable[[], Executor]
    """Gives the pool, started when there is something to do."""
    tell: Callable[[Event], None]

    def run(self, errands: Sequence[Errand], *, anew: bool = False) -> list[Any]:
        """Results in the errands' order; a `Failure` stands where one could not be done. `anew`: nothing is kept."""
        keys = [errand.key for errand in errands]
        done: dict[str, Any] = {} if anew else self._kept(dict(zip(keys, errands, strict=True)))
        left = {key: errand for key, errand in zip(keys, errands, strict=True) if key not in done}
        for errand in left.values():
            self.tell(_event("planned", errand))
        done.update(self._made(left))
        return [done[key] for key in keys]

    def kept(self, errands: Sequence[Errand]) -> list[Any | None]:
        """What is known of errands without doing any; None where it would have to be done."""
        return [self.store.find(errand.key) for errand in errands]

    def _kept(self, wanted: dict[str, Errand]) -> dict[str, Any]:
        kept = {}
        for key, errand in wanted.items():
            if errand.lasting and (result := self.store.find(key)) is not None:
                kept[key] = result
                self.tell(_event("kept", errand))
        return kept

    def _made(self, left: dict[str, Errand]) -> Iterable[tuple[str, Any]]:
        if not left:
            return
        pool = self.hire()
        longest_first = sorted(left.items(), key=lambda item: -item[1].seconds)
        futures: dict[Future[Any], str] = {}
        for key, errand in longest_first:
            futures[_submitted(pool, errand, self.store.root)] = key
            self.tell(_event("began", errand))
        for future in as_completed(futures):
            key = futures[future]
            yield key, self._result(key, left[key], future)

    def _result(self, key: str, errand: Errand, future: Future[Any]) -> Any:
        try:
            result = future.result()
        except Refused as refusal:
            return self._failed(Failure(errand, int(refusal.exit), refusal.findings))
        except OSError as problem:
            return self._failed(_output_failure(errand, problem))
        except Exception as problem:  # a worker that died, or a bug: either way one errand, named
            return self._failed(_unexpected(errand, problem))
        if errand.lasting:
            self.store.keep(key, result)
        self.tell(_event("ended", errand))
        return result

    def _failed(self, failure: Failure) -> Failure:
        self.tell(_event("failed", failure.errand, "; ".join(each.message for each in failure.findings)))
        return failure


def _submitted(pool: Executor, errand: Errand, root: Path) -> Future[Any]:
    """A pool that no longer takes errands fails them one by one, so that the others' results are kept."""
    try:
        return pool.submit(work, errand, root)
    except Exception as problem:
        refused: Future[Any] = Future()
        refused.set_exception(problem)
        return refused


def _event(kind: Any, errand: Errand, message: str = "") -> Event:
    return Event(kind, errand.phase, errand.what, errand.seconds, message)


def _output_failure(errand: Errand, problem: OSError) -> Failure:
    where = str(problem.filename or errand.what)
    message = f"{problem.strerror or problem} while {errand.phase} was at {errand.what}"
    hint = "make room or choose another disk, then build again: what is finished is kept"
    return Failure(errand, Exit.OUTPUT, (Finding("output", "error", where, message, hint),))


def _unexpected(errand: Errand, problem: Exception) -> Failure:
    if isinstance(problem, WorkerDied) and errand.phase == "measure":
        message = f"the decoder crashed ({str(problem).removeprefix('the worker was ended by ')})"
        return Failure(errand, Exit.SOURCE, (Finding("decoder-crashed", "error", errand.what, message, _HOSTILE),))
    if isinstance(problem, WorkerDied | BrokenExecutor):
        finding = Finding("worker-died", "error", errand.what, f"{errand.phase}: {problem}", _DIED)
        return Failure(errand, Exit.STAGE, (finding,))
    if isinstance(problem, UnicodeEncodeError) and problem.encoding == sys.getfilesystemencoding():
        message = f"a file name cannot be written in this system's encoding, {problem.encoding}"
        hint = "set PYTHONUTF8=1 in the environment, or use a UTF-8 locale"
        return Failure(errand, Exit.OUTPUT, (Finding("output", "error", errand.what, message, hint),))
    message = f"{errand.phase}: {type(problem).__name__}: {problem}"
    hint = "this is a bug in glassmaster: please report it with the output of --debug"
    return Failure(errand, Exit.BUG, (Finding("bug", "error", errand.what, message, hint),))


_HOSTILE = "it was tried twice; the file may be damaged: export it again, if need be with another program"
_DIED = "it was tried twice; check the file with another program, or choose another encoder"


class WorkerDied(Exception):  # noqa: N818 - said of the worker, not of our program
    """A worker process ended in the middle of an errand: a codec crashed, or the system killed it."""
