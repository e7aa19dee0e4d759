"""Looks at the levels of songs against each other and their aims, and at what the limiter did for them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from glassmaster.hooks import hookimpl
from glassmaster.model import HOP_SECONDS, Check, Code, Decided, Finding, Master, Order, Outcome
from glassmaster.phrases import runs_on, where

if TYPE_CHECKING:
    from glassmaster.peaks import Trial

_AIM_LU = 0.1
_FAR_DB = 4.0
_HARD_DB = 3.0
_HARD_SHARE = 0.1
_JUMP_LU = 3.0
_MODEL_DB = 0.3
"""Where the limiter is only foreseen, its gain reduction is known so far."""

CODES = (
    Code(
        "fell-short",
        "Quieter than wanted",
        "The song did not reach its loudness: the limiter's allowance (max_gain_reduction_db) was used up, or more "
        "drive brought hardly more loudness. Mastering stops there on purpose, because beyond it only distortion "
        "grows. Accept it, ask for a lower target_lufs, allow more gain reduction, or lower the whole release with "
        'shortfall = "album". If it must be loud: fix it in the mix, by taming the peaks that stand out.',
        cause="peaks that stand too far above the loudness",
        remedy="mix",
        built=True,
    ),
    Code(
        "too-loud",
        "Louder than wanted",
        "The song ended above the loudness that level asked for: a stage behind level adds level and no stage turns "
        "it back. Put level behind that stage, or add limit.",
        cause="a stage behind level that adds level",
        remedy="manifest",
        built=True,
    ),
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
        "moved-far",
        "Song moved far against the others",
        "Matching turned this song by more than 4 dB against the others. Often the mixdown was just bounced at "
        "another level, and all is well. But a quiet interlude is now as loud as the rest: if it is meant to be "
        "quieter or louder, say so with level_db, or set its gain_db.",
        cause="a mixdown bounced at another level, or a song meant to be quiet",
        remedy="mastering",
        planned=True,
    ),
    Code(
        "limiter-hard",
        "Limiter working hard",
        "The limiter takes more than 3 dB away during more than a tenth of the song. That is heard as dullness, "
        "pumping or distortion. Lower target_lufs, or fix it in the mix: find the kick, snare or bass that stands "
        "out.",
        cause="a target above what the peaks of this mix allow",
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
        "allowance-passed",
        "Limiting beyond the allowance",
        "A song with a gain_db of its own has no loudness to aim at, so nothing is searched, and "
        "max_gain_reduction_db of limit is not held for it: it gets the gain that was asked for. Lower its gain_db, or "
        "take it away and say level_db instead: then the allowance is held.",
        cause="a gain_db that drives the song into the limiter",
        remedy="manifest",
        planned=True,
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All findings about levels; before a build those of the plan."""
    yield from _moved(outcome)
    yield from _beyond(outcome)
    for name, masters in _distinct(outcome):
        yield from _about_masters(outcome, name, masters)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("levels", CODES, look)


def _distinct(outcome: Outcome) -> Iterator[tuple[str, Sequence[Master]]]:
    """Each different set of masters once, with the deliverable that it is for where there are several."""
    seen: dict[tuple[tuple[str, int], ...], str] = {}
    for name, masters in outcome.masters.items():
        seen.setdefault(tuple((each.spool.sha256, each.start) for each in masters), name)
    for name in seen.values():
        yield name, outcome.masters[name]


def _about_masters(outcome: Outcome, deliverable: str, masters: Sequence[Master]) -> Iterator[Finding]:
    songs = outcome.album.release.songs
    several = len(list(_distinct(outcome))) > 1
    places = {each.song: where(songs[each.song]) + (f", {deliverable}" if several else "") for each in masters}
    yield from _off_aim(masters, places)
    yield from _working_hard(masters, places)
    yield from _apart(outcome, deliverable, masters, places)


def _off_aim(masters: Sequence[Master], places: Mapping[int, str]) -> Iterator[Finding]:
    from glassmaster.levels import ended_at

    programmes: dict[str, list[Master]] = {}
    for master in masters:
        programmes.setdefault(master.spool.sha256, []).append(master)
    for together in programmes.values():
        first, ended = together[0], ended_at(together)
        if first.aim_lufs is None or ended is None:
            continue
        short, where = first.aim_lufs - ended, " + ".join(places[each.song] for each in together)
        if short > _AIM_LU:
            message = first.stopped or f"ends at {ended:.1f} LUFS, {short:.1f} LU under its aim"
            hint = "lower target_lufs, allow more max_gain_reduction_db, or tame the peaks in the mix"
            yield Finding("fell-short", "warning", where, message, hint, first.song)
        elif short < -_AIM_LU:
            message = f"ends at {ended:.1f} LUFS, {-short:.1f} LU above its aim"
            yield Finding(
                "too-loud", "warning", where, message, "put level behind the stage that adds level", first.song
            )


def _working_hard(masters: Sequence[Master], places: Mapping[int, str]) -> Iterator[Finding]:
    for master in masters:
        share = float((master.reduction > _HARD_DB).mean()) if len(master.reduction) else 0.0
        if share > _HARD_SHARE:
            message = f"the limiter takes more than {_HARD_DB:.0f} dB away in {share:.0%} of the song"
            at = float(master.reduction.argmax()) * HOP_SECONDS
            hint = "lower target_lufs, or tame the peaks in the mix"
            yield Finding("limiter-hard", "warning", places[master.song], message, hint, master.song, at)


def _apart(
    outcome: Outcome, deliverable: str, masters: Sequence[Master], places: Mapping[int, str]
) -> Iterator[Finding]:
    """The spread and the jumps of what the treatment makes equal, and of loudest passages where that is nothing."""
    release = outcome.album.release
    settings: Any = getattr(_level(outcome, deliverable), "settings", None)
    whole = getattr(settings, "match", "") == "integrated" or getattr(settings, "mode", "") == "song"
    told = {each.song: lufs for each in masters if (lufs := _figure(outcome, each, whole)) is not None}
    yield from _jumps(outcome, masters, told, places)
    found = [(lufs, places[song]) for song, lufs in told.items() if not runs_on(release.songs[song])]
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


def _jumps(
    outcome: Outcome, masters: Sequence[Master], figures: Mapping[int, float], places: Mapping[int, str]
) -> Iterator[Finding]:
    """Between songs that follow one another on a disc, and do not run on."""
    songs = outcome.album.release.songs
    for before, after in pairwise(each.song for each in masters):
        one, other = songs[before], songs[after]
        if after != before + 1 or one.disc != other.disc or runs_on(other) or not {before, after} <= figures.keys():
            continue
        jump = figures[after] - figures[before]
        if abs(jump) > _JUMP_LU:
            message = f"is {abs(jump):.1f} LU {'louder' if jump > 0 else 'quieter'} than {where(one)} before it, "
            message += f"more than {_JUMP_LU:g} LU against what was declared"
            hint = "meant so? set level_db; else see why one of them fell short"
            yield Finding("loudness-jump", "warning", places[after], message, hint, after)


def _beyond(outcome: Outcome) -> Iterator[Finding]:
    """Songs with a gain of their own that are limited more than limit allows: as made, else as foreseen."""
    songs, seen = outcome.album.release.songs, set[Order]()
    for name, orders in outcome.orders.items():
        for order in orders:
            by_hand = any(songs[part.song].gain_db is not None for part in order.parts)
            if by_hand and order.aim_lufs is None and order not in seen:
                yield from _beyond_allowance(outcome, name, order)
            seen.add(order)


def _beyond_allowance(outcome: Outcome, deliverable: str, order: Order) -> Iterator[Finding]:
    from glassmaster.plugins import load
    from glassmaster.roles import allowance_db, driven

    turned = driven(order.steps, load())
    if turned is None:
        return
    allowed, (found, spare) = allowance_db(order.steps[turned], load()), _reduction(outcome, deliverable, order)
    if found.counted_db <= allowed + spare:
        return
    songs = [outcome.album.release.songs[part.song] for part in order.parts]
    message = f"the limiter {'will take' if spare else 'takes'} {found.sustained_db:.1f} dB away at work and "
    message += f"{found.highest_db:.1f} dB at the most, but max_gain_reduction_db is {allowed:g}: "
    message += "without a loudness to aim at it is not held"
    hint = "lower gain_db, or say level_db instead of it"
    yield Finding("allowance-passed", "warning", " + ".join(map(where, songs)), message, hint, order.parts[0].song)


def _reduction(outcome: Outcome, deliverable: str, order: Order) -> tuple[Trial, float]:
    """What the limiter does for an order: as made, else as foreseen, and how many dB that may be wrong."""
    from glassmaster.forecast import promised
    from glassmaster.peaks import Trial
    from glassmaster.plugins import load

    wanted = {part.song for part in order.parts}
    made = [each for each in outcome.masters.get(deliverable, ()) if each.song in wanted]
    if made:
        lasting = max(each.sustained_gain_reduction_db for each in made)
        return Trial(None, lasting, max(each.max_gain_reduction_db for each in made)), 0.0
    promise = promised(order, outcome.album, load())
    return Trial(promise.lufs, promise.sustained_gain_reduction_db, promise.max_gain_reduction_db), _MODEL_DB


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
