"""Looks at the levels of songs against each other, and at how far the plan moves them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from glassmaster.distinct import Sounding, distinct
from glassmaster.hooks import hookimpl
from glassmaster.model import Check, Code, Decided, Finding, Master, Outcome
from glassmaster.phrases import runs_on, where

_FAR_DB = 4.0
_JUMP_LU = 3.0

CODES = (
    Code(
        "loudness-spread",
        "Songs far apart in loudness",
        "After mastering, the loudest passages of the songs lie further apart than [qc] loudness_spread_lu allows, "
        "declared intent (level_db) left aside. Where it is meant, set level_db; otherwise look at match and at songs "
        "that fell short.",
        cause="songs that fell short, or intent that was not declared",
        remedy="manifest",
        built=True,
    ),
    Code(
        "loudness-jump",
        "Neighbours far apart in loudness",
        "Between two songs that follow one another the loudest passages jump by more than 3 LU against the declared "
        "intent (level_db). A listener reaches for the volume there, even where the release as a whole keeps within "
        "[qc] loudness_spread_lu. Where it is meant, set level_db; else see why one of them fell short, or let match "
        "take more of the difference away.",
        cause="a song that fell short, match that leaves differences, or intent that was not declared",
        remedy="manifest",
        built=True,
    ),
    Code(
        "moved-far",
        "Song moved far against the others",
        "Matching turned this song by more than 4 dB against the others. Often the mixdown was just bounced at "
        "another level, and all is well. But a quiet interlude is now as loud as the rest: if it is meant to be "
        "quieter or louder, say so with level_db, or set its gain_db.",
        cause="a mixdown bounced at another level, or a song meant to be quiet",
        remedy="mastering",
        planned=True,
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All findings about levels; before a build those of the plan."""
    yield from _moved(outcome)
    for each in distinct(outcome):
        yield from _apart(outcome, each)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("levels", CODES, look)


def _apart(outcome: Outcome, sounding: Sounding) -> Iterator[Finding]:
    """The spread and the jumps of what the treatment makes equal, and of loudest passages where that is nothing."""
    release = outcome.album.release
    settings: Any = getattr(_level(outcome, sounding.deliverable), "settings", None)
    whole = getattr(settings, "match", "") == "integrated" or getattr(settings, "mode", "") == "song"
    told = {each.song: lufs for each in sounding.masters if (lufs := _figure(outcome, each, whole)) is not None}
    yield from _jumps(outcome, sounding, told)
    found = [(lufs, sounding.places[song]) for song, lufs in told.items() if not runs_on(release.songs[song])]
    if len(found) < 2 or max(found)[0] - min(found)[0] <= release.qc.loudness_spread_lu:
        return
    figure = "integrated loudness" if whole else "loudest passages"
    message = f"{max(found)[0] - min(found)[0]:.1f} LU in {figure} between {min(found)[1]} and {max(found)[1]}"
    hint = "meant so? set level_db; else see why the quiet one fell short"
    yield Finding("loudness-spread", "warning", "release", message, hint)


def _figure(outcome: Outcome, master: Master, whole: bool) -> float | None:
    """Loudness in LUFS without the declared intent; None for silence and for songs with a gain of their own."""
    from glassmaster.loudness import loudest_passages, whole_hops

    song, told = outcome.album.release.songs[master.song], master.measurement
    lufs = told.integrated_lufs if whole else loudest_passages(whole_hops(told))
    return None if lufs is None or song.gain_db is not None else lufs - song.level_db


def _jumps(outcome: Outcome, sounding: Sounding, figures: Mapping[int, float]) -> Iterator[Finding]:
    """Between songs that follow one another on a disc, and do not run on."""
    songs = outcome.album.release.songs
    for before, after in pairwise(each.song for each in sounding.masters):
        one, other = songs[before], songs[after]
        if after != before + 1 or one.disc != other.disc or runs_on(other) or not {before, after} <= figures.keys():
            continue
        jump = figures[after] - figures[before]
        if abs(jump) > _JUMP_LU:
            message = f"is {abs(jump):.1f} LU {'louder' if jump > 0 else 'quieter'} than {where(one)} before it, "
            message += f"more than {_JUMP_LU:g} LU against what was declared"
            hint = "meant so? set level_db; else see why one of them fell short"
            yield Finding("loudness-jump", "warning", sounding.places[after], message, hint, after)


def _level(outcome: Outcome, deliverable: str) -> Decided | None:
    """What `level` decided for the first song of a deliverable that it decided for."""
    return next(iter(_levels(outcome, deliverable).values()), None)


def _levels(outcome: Outcome, deliverable: str) -> dict[int, Decided]:
    """What `level` decided, by song."""
    return {
        part.song: step
        for order in outcome.orders.get(deliverable, ())
        for part in order.parts
        for step in (*part.steps, *order.steps)
        if step.stage == "level"
    }


def _moved(outcome: Outcome) -> Iterator[Finding]:
    """By the first deliverable: targets of others move all songs alike."""
    songs = outcome.album.release.songs
    deliverable = next(iter(outcome.orders), "")
    gains = {
        index: step.value.gain_db - songs[index].level_db
        for index, step in _levels(outcome, deliverable).items()
        if songs[index].gain_db is None and not runs_on(songs[index])
    }
    ordered = sorted(gains.values())
    for index, gain in gains.items() if len(gains) > 1 else ():
        apart = gain - _median_without(ordered, gain)
        if songs[index].level_db or abs(apart) <= _FAR_DB:
            continue
        message = f"moved by {gain:+.1f} dB, {apart:+.1f} dB against the others"
        hint = f"if it is meant to sit {'under' if apart > 0 else 'above'} them, set level_db"
        yield Finding("moved-far", "note", where(songs[index]), message, hint, index)


def _median_without(ordered: Sequence[float], one: float) -> float:
    """Median of sorted numbers without one of them."""
    gone, left = bisect_left(ordered, one), len(ordered) - 1
    low, high = (ordered[place + (place >= gone)] for place in ((left - 1) // 2, left // 2))
    return (low + high) / 2
