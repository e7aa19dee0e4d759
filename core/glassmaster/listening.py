"""Files heard for their own sake (`glassmaster measure`): nothing is hashed or kept, and no worker starts in vain."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .errands import Errand, Failure
from .errors import Refused
from .model import Heard, Meter
from .store import Store
from .work import Crew

STRICT = 16
"""Oversampling of a strict true peak."""
_CROSS_CHECKED_SECONDS = 1800
"""pyloudnorm needs the whole file in memory at once."""


@dataclass(frozen=True)
class Listen(Errand):
    """Measure a file as it lies there, whatever it is."""

    phase = "measure"
    handler = "glassmaster.listening:listen_one"
    lasting = False
    path: Path
    strict: bool


@dataclass(frozen=True)
class CrossCheck(Errand):
    """Let pyloudnorm measure a file too."""

    phase = "cross-check"
    handler = "glassmaster.listening:cross_check"
    lasting = False
    path: Path


def listen(paths: Sequence[Path], crew: Crew, threads: int, *, strict: bool = False) -> list[Heard | Failure]:
    """Measure files; results in the order given, a `Failure` for each that cannot be heard.

    Files that need no decoder are heard here, in so many threads; 0: workers hear them too.
    """
    errands = [Listen(str(path), _weight(path), path, strict) for path in paths]
    if not threads:
        return crew.run(errands)
    with _Ears(threads, crew.hire) as ears:
        return replace(crew, hire=lambda: ears).run(errands)


def hear(path: Path, meters: Sequence[Meter], *, strict: bool = False, what: str = "") -> Heard:
    """Measure one file, here and now. Raises `Refused` (exit 3) for what cannot be heard.

    The hash in its `Source` stays empty: nobody has asked which bytes exactly they are.
    """
    from .loudness import channel_weights, measure
    from .sources import guarded, open_source, probe, speakers

    source, findings = probe(path, sha256="", allow_lossy=True, surround=True)
    audio = open_source(source)
    if source.bits is None:  # integers are always sound
        audio = guarded(audio, what or str(path))
    weights = channel_weights(source.channels, speakers(path))
    return Heard(source, measure(audio, meters, weights=weights, oversampling=STRICT if strict else None), findings)


def listen_one(errand: Listen, store: Store) -> Heard:
    """Do one `Listen` errand."""
    return hear(errand.path, installed_meters(), strict=errand.strict, what=errand.what)


def installed_meters() -> list[Meter]:
    """All meters that plugins offer, by name."""
    from . import plugins

    return [meter for _, meter in sorted(plugins.load().meters.items())]


def cross_check(errand: CrossCheck, store: Store) -> float | None:
    """Do one `CrossCheck` errand: integrated loudness by pyloudnorm with its DeMan filter, in LUFS.

    None for what it cannot measure: silence, less than 400 ms, more than half an hour, other layouts than mono, stereo,
    5.0 and 5.1. Like us it counts mono as played on two speakers.
    """
    import warnings

    import numpy as np

    from .sources import open_source

    audio = open_source(errand.path)
    if audio.channels not in (1, 2, 5, 6) or not 0.4 <= audio.frames / audio.rate <= _CROSS_CHECKED_SECONDS:
        return None
    sound = np.concatenate([*audio])
    kept = {1: [0, 0], 6: [0, 1, 2, 4, 5]}.get(audio.channels, slice(None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyloudnorm

        found = float(pyloudnorm.Meter(audio.rate, filter_class="DeMan").integrated_loudness(sound[:, kept]))
    return found if np.isfinite(found) else None


def cross_checks(paths: Sequence[Path], crew: Crew) -> list[Any]:
    """pyloudnorm's figures of files, by workers."""
    return crew.run([CrossCheck(str(path), _weight(path), path) for path in paths])


def _weight(path: Path) -> float:
    try:
        return path.stat().st_size / 288_000  # a second of 24-bit stereo at 48 kHz: only for progress and order
    except OSError:
        return 0.0


def _needs_decoder(path: Path) -> bool:
    """Decoders crash on hostile files; a worker is there to take the blow. What is no sound at all needs none."""
    from .sources import decoded

    try:
        return decoded(path)
    except (Refused, OSError):
        return False


_Task = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...]]


class _Ears(Executor):
    """Threads here for files that are read as they stand, which nothing can crash; workers for all others.

    numpy works outside the interpreter's lock, so threads are as fast as processes, and start at once. They end with
    the program, even in the middle of a file.
    """

    def __init__(self, threads: int, hire: Callable[[], Executor]) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._hire, self._threads = hire, threads
        self._started = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        errand: Listen = args[0]
        if _needs_decoder(errand.path):
            return self._hire().submit(fn, *args)
        future: Future[Any] = Future()
        self._tasks.put((future, fn, args))
        if self._started < self._threads:
            self._started += 1
            threading.Thread(target=self._serve, daemon=True).start()
        return future

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, fn, args = task
            try:
                future.set_result(fn(*args))
            except BaseException as problem:  # it belongs to whoever waits
                future.set_exception(problem)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        for _ in range(self._started):
            self._tasks.put(None)
