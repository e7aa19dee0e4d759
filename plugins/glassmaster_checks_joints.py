"""Looks at where songs meet: pauses, runs of songs, splices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glassmaster.hooks import hookimpl
from glassmaster.model import HOP_SECONDS, Check, Code, Finding, Outcome
from glassmaster.phrases import runs_on, where

_SILENCE = 10 ** (-50 / 20)
_STILL_SECONDS = 0.5
_LONG_SECONDS = 8.0

CODES = (
    Code(
        "programme-levels",
        "Level inside a run of songs",
        "Songs that run on are one piece for a limiter and for every stage behind it. Where level stands there, all of "
        "them get the gain of the first, and a level_db or gain_db on a later one does nothing. Put level in front of "
        "limit: then each song gets its own gain, with a ramp where they meet.",
        cause="level behind limit, and a level of its own on a song that runs on",
        remedy="manifest",
        planned=True,
    ),
    Code(
        "hard-splice",
        "Songs that meet without a joint",
        "gap = 0 puts two files together, but each is limited for itself, and both are in sound where they meet. If "
        "the music runs on, say joined = true: then both are mastered in one go.",
        cause="gap = 0 where the music runs on",
        remedy="manifest",
    ),
    Code(
        "joined-silence",
        "Songs that run on meet in silence",
        "The song is said to run on from the one before, but where they meet both are silent. Nothing runs on there: "
        "the pause is part of the files, and one limiter reaches over both songs for nothing. Take joined away, end "
        "the song before where its sound ends, and set gap.",
        cause="a joint where the music pauses, or silence left at the ends of the mixdowns",
        remedy="manifest",
    ),
    Code(
        "gap-long",
        "Long silence between songs",
        "Between two songs there are more than 8 s of silence: what is left at the ends of both, and the gap. "
        "Listeners take it for the end, and several shops refuse such files. Set start and end where the sound begins "
        "and ends, and a shorter gap. Where it is meant, waive it.",
        cause="silence left at the ends of mixdowns, on top of the gap",
        remedy="manifest",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All findings about joints, in running order."""
    yield from _late(outcome)
    songs = outcome.album.release.songs
    for index in range(1, len(songs)):
        if songs[index].disc == songs[index - 1].disc:
            yield from _between(outcome, index)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("joints", CODES, look)


def _late(outcome: Outcome) -> Iterator[Finding]:
    songs = outcome.album.release.songs
    message = "runs on from the song before, and level stands behind limit, so its level_db or gain_db does nothing"
    for index in sorted(_levelled_late(outcome)):
        if songs[index].level_db or songs[index].gain_db is not None:
            hint = "put level in front of limit"
            yield Finding("programme-levels", "warning", where(songs[index]), message, hint, index)


def _levelled_late(outcome: Outcome) -> set[int]:
    """Songs that run on and are levelled together with those before them."""
    orders = [order for each in outcome.orders.values() for order in each]
    late = [order for order in orders if any(step.stage == "level" for step in order.steps)]
    return {part.song for order in late for part in order.parts[1:]}


def _between(outcome: Outcome, index: int) -> Iterator[Finding]:
    """What is heard where a song follows the one before."""
    before, song = outcome.album.release.songs[index - 1 : index + 1]
    ending, beginning = _quiet(outcome, index - 1), _quiet(outcome, index)
    if ending is None or beginning is None:
        return
    tail, head = ending[1], beginning[0]
    if song.joined:
        if min(tail, head) >= _STILL_SECONDS:
            message = f"runs on from {where(before)}, but meets it in {tail:.1f} + {head:.1f} s of silence"
            hint = "take joined away and set gap, or end the song before where its sound ends"
            yield Finding("joined-silence", "note", where(song), message, hint, index)
    elif song.gap == 0 and not runs_on(song) and not tail and not head:
        message = f"meets {where(before)} in the middle of the sound"
        yield Finding("hard-splice", "warning", where(song), message, "say joined = true instead of gap = 0", index)
    elif (gap := outcome.album.release.gap_after(index - 1)) + tail + head > _LONG_SECONDS:
        parts = f"{tail:.1f} s at the end of {where(before)}, a gap of {gap:.1f} s, {head:.1f} s at its start"
        message = f"{gap + tail + head:.1f} s of silence stand before it, more than {_LONG_SECONDS:g} s: {parts}"
        hint = "set end and start where the sound ends and begins, or a shorter gap"
        yield Finding("gap-long", "note", where(song), message, hint, index)


def _quiet(outcome: Outcome, index: int) -> tuple[float, float] | None:
    """Seconds below -50 dBFS at the beginning and at the end of a song's cut; None where nothing was heard of it."""
    from glassmaster.levels import cut_hops

    heard, cut = outcome.album.mixdowns[index], outcome.album.cuts[index]
    if heard is None or cut is None:
        return None
    peaks = heard.measurement.peaks[cut_hops(heard.source.rate_hz, cut)]
    loud = (peaks > _SILENCE).nonzero()[0]
    if not len(loud):
        return None
    return float(loud[0]) * HOP_SECONDS, (len(peaks) - 1 - float(loud[-1])) * HOP_SECONDS
