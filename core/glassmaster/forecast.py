"""What the plan promises: the loudness and limiting to expect of an order, from energies and peaks alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .model import Album, Blob, Decided, Grid, Heard, Master, Order, Promise
from .plugins import Offers, asked
from .roles import allowance_db, driven, gain_db

if TYPE_CHECKING:
    from .peaks import Settled, Trial

_TRIALS = 20  # a trial on the model costs milliseconds


def promised(order: Order, album: Album, offers: Offers) -> Promise:
    """The promise of one order. Stages that are not about level (an equaliser) count as doing nothing."""
    from .loudness import integrated
    from .peaks import find_drive

    energies, peaks = _fed(order, album, offers)
    turned = driven(order.steps, offers)
    if turned is None:
        return Promise(integrated(energies), 0.0, 0.0)

    def trial(drive_db: float) -> Trial:
        return _tried(order.steps[turned], drive_db, energies, peaks, offers)

    step, stage = order.steps[turned], offers.stages[order.steps[turned].stage]
    own = float(getattr(step.value, stage.drive))
    if order.aim_lufs is None:
        return _promise(own, trial(own))
    allowed = allowance_db(step, offers)
    settled = find_drive(trial, 0.0, order.aim_lufs, allowed, most_trials=_TRIALS, model=True)
    why = settled.stopped
    if why and settled.trial.lufs is not None and settled.trial.lufs < order.aim_lufs:
        why += _wider(trial, settled, order.aim_lufs)
    return _promise(settled.drive_db, settled.trial, why)


def of_songs(order: Order, whole: Promise, album: Album, offers: Offers) -> list[Promise]:
    """What `whole`, the promise of an order, means for each of its songs: a run has one drive, not one loudness.

    Ramps and crossfades between the songs are not in it.
    """
    from .loudness import integrated

    if len(order.parts) == 1:
        return [whole]
    energies, peaks = _fed(order, album, offers)
    turned = driven(order.steps, offers)
    if turned is None:
        return [replace(whole, lufs=integrated([each])) for each in energies]
    step = order.steps[turned]
    found = [_tried(step, whole.drive_db, [each], [peak], offers) for each, peak in zip(energies, peaks, strict=True)]
    return [_promise(whole.drive_db, each, whole.why) for each in found]


def expected(order: Order, album: Album, offers: Offers) -> Iterator[Master]:
    """The order's masters as its promise has them, without any sound: to plan again with."""
    from .loudness import integrated

    promise, turned = promised(order, album, offers), driven(order.steps, offers)
    energies, peaks = _fed(order, album, offers)
    behind = [(each, each * 0) for each in energies]
    if turned is not None:
        behind = _behind(order.steps[turned], promise.drive_db, energies, peaks, offers)
    for part, (grid, reduction) in zip(order.parts, behind, strict=True):
        heard = album.mixdowns[part.song]
        assert heard is not None, "an ordered song was heard"
        told = replace(heard.measurement, frames=part.cut.frames, energies=grid, integrated_lufs=integrated([grid]))
        yield Master(
            song=part.song,
            spool=Blob("", 0),
            rate_hz=heard.source.rate_hz,
            channels=heard.source.channels,
            start=0,
            frames=part.cut.frames,
            aim_lufs=order.aim_lufs,
            measurement=told,
            gain_db=gain_db(part.steps, offers),
            drive_db=promise.drive_db,
            max_gain_reduction_db=float(reduction.max(initial=0.0)),
            reduction=reduction,
            stopped=promise.why,
        )


def _wider(trial: Callable[[float], Trial], stopped: Settled, aim_lufs: float) -> str:
    """What more allowance would bring to a song that fell short."""
    from .peaks import find_drive
    from .peaks.drive import SPARE_DB

    free = find_drive(trial, stopped.drive_db, aim_lufs, float("inf"), most_trials=_TRIALS)
    if free.drive_db <= stopped.drive_db or free.trial.lufs is None:
        return ""
    if not free.stopped:
        return f"; {free.trial.counted_db + SPARE_DB:.1f} would get it there"
    return f"; no allowance gets it there: more than {free.trial.lufs:.1f} LUFS is not worth its drive"


def _promise(drive_db: float, found: Trial, why: str = "") -> Promise:
    return Promise(found.lufs, drive_db, found.highest_db, found.sustained_db, why)


def _tried(step: Decided, drive_db: float, energies: Sequence[Grid], peaks: Sequence[Grid], offers: Offers) -> Trial:
    """The stage's own forecast for each song, pooled."""
    import numpy as np

    from .loudness import integrated
    from .peaks import Trial

    found = _behind(step, drive_db, energies, peaks, offers)
    return Trial.of(integrated([each for each, _ in found]), np.concatenate([grid for _, grid in found]))


def _behind(
    step: Decided, drive_db: float, energies: Sequence[Grid], peaks: Sequence[Grid], offers: Offers
) -> list[tuple[Grid, Grid]]:
    """Each song's energies behind the stage, and its gain reduction."""
    stage = offers.stages[step.stage]
    value = replace(step.value, **{stage.drive: drive_db})
    if stage.forecast is None:
        return [(each * 10 ** (drive_db / 10), each * 0) for each in energies]
    foretell = stage.forecast
    who = f'stage "{step.stage}" of {offers.origins["stage", step.stage]} could not foretell what it does'
    return asked(lambda: [foretell(*each, value) for each in zip(energies, peaks, strict=True)], who, "plan")


def _fed(order: Order, album: Album, offers: Offers) -> tuple[list[Grid], list[Grid]]:
    """Energies and peaks of each song's cut at the gain of the stages before."""
    from .levels import cut_energies, cut_hops

    energies, peaks = [], []
    for part in order.parts:
        heard = album.mixdowns[part.song]
        assert heard is not None  # an ordered song was heard
        factor = 10 ** (gain_db(part.steps, offers) / 20)
        energies.append(cut_energies(heard, part.cut) * factor**2)
        loudest = heard.measurement.peaks[cut_hops(heard.source.rate_hz, part.cut)]
        peaks.append(loudest * factor * _between_samples(heard))
    return energies, peaks


def _between_samples(heard: Heard) -> float:
    """How far the song's highest true peak stands above its highest sample: taken to hold for all its peaks."""
    true, sample = heard.measurement.true_peak_dbtp, heard.measurement.sample_peak_dbfs
    return 1.0 if true is None or sample is None else 10 ** ((true - sample) / 20)
