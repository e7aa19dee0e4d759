"""Files heard for their own sake (`glassmaster measure`): nothing is hashed or kept, and no worker starts in vain."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import Exit, Refused
from .model import Event, Finding, Heard, Meter

if TYPE_CHECKING:
    from .work import Crew

STRICT = 16
"""Oversampling of a strict true peak."""


@dataclass(frozen=True)
class Wanted:
    """What shall be told of files beside the figures of loudness."""

    strict: bool = False
    """True peak by 16 times oversampling."""
    extra: bool = False
    """What the meters of plugins tell, too: they listen only for whoever shows it."""

    def meters(self) -> list[Meter]:
        """Those that have to listen."""
        return installed_meters() if self.extra else []


@dataclass(frozen=True)
class Unheard:
    """A file that could not be measured: why, and the exit code that follows from it."""

    exit: int
    findings: tuple[Finding, ...]


def hear(path: Path, meters: Sequence[Meter], *, strict: bool = False) -> Heard:
    """Measure one file, here and now. Raises `Refused` (exit 3) for what cannot be heard.

    The hash in its `Source` stays empty: nobody has asked which bytes exactly they are.
    """
    from .loudness import channel_weights, measure
    from .sources import guarded, open_source, probe, speakers

    source, findings = probe(path, sha256="", allow_lossy=True, surround=True)
    audio = open_source(source)
    if source.bits is None:  # integers are always sound
        audio = guarded(audio, str(path))
    weights = channel_weights(source.channels, speakers(path))
    return Heard(source, measure(audio, meters, weights=weights, oversampling=STRICT if strict else None), findings)


def installed_meters() -> list[Meter]:
    """All meters that plugins offer, by name."""
    from . import plugins

    return [meter for _, meter in sorted(plugins.load().meters.items())]


def listen(
    paths: Sequence[Path], threads: int, crew: Callable[[], Crew], tell: Callable[[Event], None], wanted: Wanted
) -> list[Heard | Unheard]:
    """Measure files; results in the order given, an `Unheard` for each that cannot be measured.

    Files that are read as they stand, which nothing can crash, are heard here, in so many threads: numpy works outside
    the interpreter's lock, so threads are as fast as processes, and start at once. All others go to the workers of the
    crew, because decoders crash on hostile files. 0 threads: workers hear everything.
    """
    foreign = [path for path in dict.fromkeys(paths) if not threads or _needs_decoder(path)]
    found: dict[Path, Heard | Unheard] = {}
    with_us = sorted({*paths} - {*foreign}, key=size, reverse=True)
    arriving = _in_threads(with_us, threads, wanted, tell)
    if foreign:
        from .foreign import listen as by_workers

        found.update(zip(foreign, by_workers(foreign, crew(), wanted), strict=True))
    found.update(arriving)
    return [found[path] for path in paths]


def size(path: Path) -> float:
    """Seconds of 24-bit stereo at 48 kHz that would take as many bytes: only for progress and order."""
    try:
        return path.stat().st_size / 288_000
    except OSError:
        return 0.0


def _needs_decoder(path: Path) -> bool:
    from .sources import decoded

    try:
        return decoded(path)
    except (Refused, OSError):  # no sound at all: that can be said without a decoder
        return False


_Answer = tuple[Path, Heard | Unheard]


def _in_threads(
    paths: Sequence[Path], threads: int, wanted: Wanted, tell: Callable[[Event], None]
) -> Iterator[_Answer]:
    """Start to hear files at once; the iterator gives them as they get ready, and tells of them.

    The threads end with the program, even in the middle of a file.
    """
    waiting: queue.SimpleQueue[Path] = queue.SimpleQueue()
    ready: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
    for path in paths:
        waiting.put(path)
        tell(Event("planned", "measure", str(path), size(path)))
    meters = wanted.meters()
    for _ in range(min(threads, len(paths))):
        threading.Thread(target=_work, args=(waiting, ready, meters, wanted.strict), daemon=True).start()
    return _arriving(ready, len(paths), tell)


def _arriving(ready: queue.SimpleQueue[_Answer], count: int, tell: Callable[[Event], None]) -> Iterator[_Answer]:
    for _ in range(count):
        path, answer = ready.get()
        if isinstance(answer, Heard):
            tell(Event("ended", "measure", str(path), size(path)))
        else:
            tell(Event("failed", "measure", str(path), size(path), answer.findings[0].message))
        yield path, answer


def _work(
    waiting: queue.SimpleQueue[Path], ready: queue.SimpleQueue[_Answer], meters: Sequence[Meter], strict: bool
) -> None:
    while True:
        try:
            path = waiting.get_nowait()
        except queue.Empty:
            return
        ready.put((path, _heard(path, meters, strict)))


def _heard(path: Path, meters: Sequence[Meter], strict: bool) -> Heard | Unheard:
    """One file; whatever goes wrong with it stops no other."""
    try:
        return hear(path, meters, strict=strict)
    except Refused as refusal:
        return Unheard(refusal.exit, refusal.findings)
    except OSError as problem:
        message, hint = f"cannot be read: {problem.strerror or problem}", "copy it to another disk and try again"
        return Unheard(Exit.SOURCE, (Finding("file-unreadable", "error", str(path), message, hint),))
    except Exception as problem:
        message, hint = (
            f"{type(problem).__name__}: {problem}",
            "this is a bug in glassmaster or a plugin: please report it",
        )
        return Unheard(Exit.BUG, (Finding("bug", "error", str(path), message, hint),))
