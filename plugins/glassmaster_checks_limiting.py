"""Looks at masters against their aims: what fell short, what is too loud, and what the limiter had to do for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from glassmaster.distinct import Sounding, distinct
from glassmaster.hooks import hookimpl
from glassmaster.model import HOP_SECONDS, Check, Code, Finding, Master, Order, Outcome
from glassmaster.phrases import where

if TYPE_CHECKING:
    from glassmaster.peaks import Trial

_AIM_LU = 0.1
_HARD_DB = 3.0
_HARD_SHARE = 0.1
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
    """All findings about aims and limiting; before a build those of the plan."""
    yield from _beyond(outcome)
    for each in distinct(outcome):
        yield from _off_aim(each)
        yield from _working_hard(each)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("limiting", CODES, look)


def _off_aim(sounding: Sounding) -> Iterator[Finding]:
    from glassmaster.levels import ended_at

    programmes: dict[str, list[Master]] = {}
    for master in sounding.masters:
        programmes.setdefault(master.spool.sha256, []).append(master)
    for together in programmes.values():
        first, ended = together[0], ended_at(together)
        if first.aim_lufs is None or ended is None:
            continue
        short, where = first.aim_lufs - ended, " + ".join(sounding.places[each.song] for each in together)
        if short > _AIM_LU:
            message = first.stopped or f"ends at {ended:.1f} LUFS, {short:.1f} LU under its aim"
            hint = "lower target_lufs, allow more max_gain_reduction_db, or tame the peaks in the mix"
            yield Finding("fell-short", "warning", where, message, hint, first.song)
        elif short < -_AIM_LU:
            message = f"ends at {ended:.1f} LUFS, {-short:.1f} LU above its aim"
            yield Finding(
                "too-loud", "warning", where, message, "put level behind the stage that adds level", first.song
            )


def _working_hard(sounding: Sounding) -> Iterator[Finding]:
    for master in sounding.masters:
        share = float((master.reduction > _HARD_DB).mean()) if len(master.reduction) else 0.0
        if share > _HARD_SHARE:
            message = f"the limiter takes more than {_HARD_DB:.0f} dB away in {share:.0%} of the song"
            at = float(master.reduction.argmax()) * HOP_SECONDS
            hint = "lower target_lufs, or tame the peaks in the mix"
            yield Finding("limiter-hard", "warning", sounding.places[master.song], message, hint, master.song, at)


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
