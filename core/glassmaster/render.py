"""Makes the master of one programme: cut, treatment, the loop to loudness and ceiling, fades.

Stages before the first `whole` one run song by song; then the songs are put together and the rest runs once. What
feeds the stage that the core may drive is spooled, so that no earlier stage runs twice - unless nothing but gains
stands before it, which cost less than a spool.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errands import Render, Rendered
from .model import Audio, Block, Measurement, Order, Part
from .plugins import Offers
from .roles import allowance_db, driven, gain_db, role
from .store import Store

if TYPE_CHECKING:
    from .sound.programme import Piece


def master(errand: Render, store: Store) -> Rendered:
    """Do one `Render` errand."""
    from . import plugins
    from .sound.programme import assembled, marks

    offers, order = plugins.load(), errand.order
    pieces = [_piece(part, offers, errand.what) for part in order.parts]
    with ExitStack() as stack:
        out = stack.enter_context(store.scratch())
        feed = assembled(pieces)
        if _drive(order, offers) is not None and not _light(order, offers):
            feed = _spooled(feed, stack.enter_context(store.scratch()))
        passes = _Passes(order, offers, feed, marks(pieces), out, errand.what)
        drive_db, stopped = _settled(passes, errand, offers)
        heard = passes.run(drive_db)
        return _rendered(errand, offers, passes, heard, stopped, store)


def _piece(part: Part, offers: Offers, what: str) -> Piece:
    from .sound.programme import Piece
    from .sound.stages import staged
    from .sources import guarded, open_source

    audio = guarded(open_source(part.source, part.cut.start, part.cut.end), what)
    for step in part.steps:
        audio = staged(audio, offers.stages[step.stage], step, what)
    return Piece(audio, part.overlap, part.mark)


def _spooled(audio: Audio, path: Path) -> Audio:
    from .sound import spool

    spool.write(iter(audio), path)
    return spool.read(path, audio.rate, audio.channels, 0, audio.frames)


def _light(order: Order, offers: Offers) -> bool:
    """Whether what feeds the driven stage is had for less than a spool of it: files read as they stand, at a gain."""
    from .sources import decoded

    gains = all(offers.stages[step.stage].gain for part in order.parts for step in part.steps)
    return gains and not any(decoded(part.source.path) for part in order.parts)


def _drive(order: Order, offers: Offers) -> int | None:
    """Which of the order's steps the core turns to reach the aim, if there is one."""
    return None if order.aim_lufs is None else driven(order.steps, offers)


@dataclass(frozen=True, eq=False)
class _Heard:
    drive_db: float
    measurements: tuple[Measurement, ...]
    reduction: Any


class _Passes:
    """One pass of the programme's steps over what feeds them, for a given drive; the last pass is kept."""

    def __init__(self, order: Order, offers: Offers, feed: Audio, marks: tuple[int, ...], out: Path, what: str) -> None:
        self._order, self._offers, self._feed, self.out, self._what = order, offers, feed, out, what
        self.marks = marks
        self._last: _Heard | None = None

    def run(self, drive_db: float) -> _Heard:
        if self._last is None or self._last.drive_db != drive_db:
            told: list[Any] = []
            audio = _faded(self._through(drive_db, told.append), self._order.parts)
            measurements = _written(audio, self.marks, self.out)
            self._last = _Heard(drive_db, measurements, _reduction(told, audio))
        return self._last

    def _through(self, drive_db: float, told: Callable[[Any], None]) -> Audio:
        from .sound.stages import staged

        audio, turned = self._feed, _drive(self._order, self._offers)
        for number, step in enumerate(self._order.steps):
            stage = self._offers.stages[step.stage]
            now = replace(step, value=replace(step.value, **{stage.drive: drive_db})) if number == turned else step
            audio = staged(audio, stage, now, self._what, told if stage.drive else None)
        return audio


def _settled(passes: _Passes, errand: Render, offers: Offers) -> tuple[float, str]:
    """The drive that brings the programme to its aim, and what stopped it short."""
    from .loudness import integrated, whole_hops
    from .peaks import Trial, find_drive

    order, turned = errand.order, _drive(errand.order, offers)
    if turned is None or order.aim_lufs is None:
        return _own_drive(order, offers), ""

    def trial(drive_db: float) -> Trial:
        heard = passes.run(drive_db)
        lufs = integrated([whole_hops(each) for each in heard.measurements])
        return Trial.of(lufs, heard.reduction)

    guess = errand.promise.drive_db if errand.promise else 0.0
    found = find_drive(trial, guess, order.aim_lufs, allowance_db(order.steps[turned], offers))
    return found.drive_db, found.stopped


def _own_drive(order: Order, offers: Offers) -> float:
    """The drive that the manifest gives, where nobody asks for a loudness."""
    return sum(float(role(step, offers, "drive") or 0.0) for step in order.steps)


def _faded(audio: Audio, parts: Sequence[Part]) -> Audio:
    from .cuts import faded

    first, last = parts[0].cut, parts[-1].cut
    return faded(faded(audio, first.fade_in, 0, first.curve), 0, last.fade_out, last.curve)


def _written(audio: Audio, marks: tuple[int, ...], path: Path) -> tuple[Measurement, ...]:
    """Write a programme to a spool and measure each of its songs on the way."""
    from .loudness import Hearing
    from .sound import spool

    hearings = [Hearing(audio.rate, audio.channels) for _ in marks[1:]]

    def heard() -> Iterator[Block]:
        at, song = 0, 0
        for block in audio:
            yield block
            while len(block):
                here = block[: marks[song + 1] - at]
                hearings[song].hear(here)
                at, block = at + len(here), block[len(here) :]
                song += at == marks[song + 1] and song + 2 < len(marks)

    spool.write(heard(), path)
    return tuple(hearing.done() for hearing in hearings)


def _reduction(told: list[Any], audio: Audio) -> Any:
    import numpy as np

    grids = [grid for grid in told if grid is not None]
    hops = -(-audio.frames * 100 // audio.rate)
    return np.max(grids, axis=0).astype(np.float32) if grids else np.zeros(hops, np.float32)


def _rendered(errand: Render, offers: Offers, passes: _Passes, heard: _Heard, stopped: str, store: Store) -> Rendered:
    order = errand.order
    return Rendered(
        spool=store.adopt(passes.out, flush=False),
        rate_hz=order.parts[0].source.rate_hz,
        channels=order.parts[0].source.channels,
        marks=passes.marks,
        measurements=heard.measurements,
        gains_db=tuple(gain_db(part.steps, offers) for part in order.parts),
        drive_db=heard.drive_db,
        reduction=heard.reduction,
        stopped=stopped,
        passthrough=_untouched(order),
        promise=errand.promise,
    )


def _untouched(order: Order) -> bool:
    """Whether the samples are the mixdowns' own: no steps, no fades, no overlaps."""
    fades = any(part.cut.fade_in or part.cut.fade_out or part.overlap for part in order.parts)
    return not fades and not order.steps and not any(part.steps for part in order.parts)
