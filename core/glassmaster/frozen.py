"""What is out stays as it is: numbers that `glassmaster freeze` wrote down, and how a plan honours them.

A song added later is placed beside the frozen ones: it is moved by as much as they sit away from where the new album's
levels would have put them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from .model import Decided, Release
from .plugins import Offers
from .roles import driven, gain_db
from .songs import names_of


@dataclass(frozen=True)
class Frozen:
    """One song's numbers in one deliverable, as they were published."""

    song: str
    """Disc and title, as `songs.names_of` gives them."""
    deliverable: str
    gains_db: tuple[tuple[str, float], ...]
    """Stage and gain of each stage that has one."""
    drive_db: float
    trim_db: float
    silence_s: float
    """Seconds of silence at the end of its file: a song added behind it leaves the file as it is."""


def by_song(frozen: Sequence[Frozen], release: Release, deliverable: str) -> dict[int, Frozen]:
    """The frozen numbers that hold for a deliverable, by index in `release.songs`."""
    known = {each.song: each for each in frozen if each.deliverable == deliverable}
    return {n: known[name] for n, name in enumerate(names_of(release.songs)) if name in known}


def honoured(
    decided: Mapping[int, tuple[Decided, ...]], frozen: Mapping[int, Frozen], offers: Offers
) -> dict[int, tuple[Decided, ...]]:
    """What was decided for each song, with frozen numbers in place and the other songs set beside those."""
    away = [
        sum(gain for _, gain in frozen[song].gains_db) - gain_db(steps, offers)
        for song, steps in decided.items()
        if song in frozen
    ]
    if not away:
        return dict(decided)
    shift = median(away)
    return {
        song: _held(steps, frozen[song], offers) if song in frozen else _moved(steps, shift, offers)
        for song, steps in decided.items()
    }


def _held(steps: Sequence[Decided], frozen: Frozen, offers: Offers) -> tuple[Decided, ...]:
    gains, turned = dict(frozen.gains_db), driven(steps, offers)
    found = []
    for number, step in enumerate(steps):
        stage, changes = offers.stages[step.stage], dict[str, Any]()
        if stage.gain and step.stage in gains:
            changes[stage.gain] = gains[step.stage]
        if stage.aim:
            changes[stage.aim] = None
        if number == turned:
            changes[stage.drive] = frozen.drive_db
        found.append(replace(step, value=replace(step.value, **changes)) if changes else step)
    return tuple(found)


def _moved(steps: Sequence[Decided], shift: float, offers: Offers) -> tuple[Decided, ...]:
    found, left = [], shift
    for step in steps:
        stage = offers.stages[step.stage]
        changes = dict(_shifted(step, stage.gain, left)) if stage.gain else {}
        left = 0.0 if changes else left
        changes |= dict(_shifted(step, stage.aim, shift)) if stage.aim else {}
        found.append(replace(step, value=replace(step.value, **changes)) if changes else step)
    return tuple(found)


def _shifted(step: Decided, field: str, shift: float) -> Iterable[tuple[str, float]]:
    value = getattr(step.value, field)
    if value is not None:
        yield field, value + shift
