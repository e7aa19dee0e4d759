"""Looks for faults in the sound of the mixdowns: clicks, dropouts, hum, noise."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.mixes import Mix, Severity, clocks, mixes
from glassmaster.model import Check, Code, Finding, Outcome

_SURE_CLICK_DB = 28.0
"""What stands out less may be a hard sound of a synthesizer."""
_LOST_SECONDS = 0.02
"""A hole of this length in one channel alone, while the other plays on, is no edit."""
_RARE = 3
"""Holes; where there are more, somebody may have cut them into the rhythm."""
_THERE = 0.7
"""Share of the quietest moments in which a line of the mains must be there: notes come and go."""
_STEADY_DB = 6.0
_OUT_DB = 10.0
_ALONE_DB = 20.0
"""A single line must stand out this far."""
_HUM_DBFS = -80.0
_LOUD_HUM_LU = 45.0
"""Hum this close under the music is heard in every pause."""
_FLAT = 0.35
"""Flatness of the quietest moments: noise has 0.56, music under 0.2."""
_ALIKE_DB = 3.0
"""Noise is as loud in one quiet moment as in the next."""
_NOISE_LUFS = -66.0
_UNDER_LU = 18.0
_SHARE = 0.02

CODES = (
    Code(
        "mix-clicks",
        "Clicks",
        "Single samples or steps stand far out of the sound around them, shorter than any instrument: a bad edit, a "
        "wrong word clock, an overloaded computer, a scratch. Mastering can hide some, but they belong in the mix: put "
        "cross-fades on the edits at these times, or record again. Where clicks are part of the music, waive it.",
        cause="an edit without cross-fade, a clock fault, or a computer that could not keep up",
        remedy="mix",
    ),
    Code(
        "mix-dropouts",
        "Dropouts",
        "The sound stops at once and is back as suddenly, a few milliseconds later: a buffer was lost while recording "
        "or bouncing. Fix it in the mix: bounce again offline. Stutter effects that are cut hard look alike; then "
        "waive it.",
        cause="a lost buffer while recording or bouncing",
        remedy="mix",
    ),
    Code(
        "mix-hum",
        "Mains hum",
        "Narrow lines at 50 or 60 Hz and their multiples are there in the quietest moments, always at the same level: "
        "hum of the mains in a recording. Mastering and loud players bring it forward. Fix it in the mix: find the "
        "track, gate or notch it, or record again with another cable or ground.",
        cause="a ground loop, a cable, or a pickup near a transformer",
        remedy="mix",
    ),
    Code(
        "mix-noise",
        "Noise in quiet moments",
        "The quietest moments are not silent but filled with steady noise, loud enough to be heard before, between and "
        "after the music. Where it is the sound of a tape or a room, leave it. Otherwise fix it in the mix: gate or "
        "mute tracks that do not play.",
        cause="preamplifiers, amplifiers or tape on tracks that are open while nothing plays",
        remedy="mix",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """Song by song, by the meters `clicks`, `dropouts` and `spectrum`."""
    for mix in mixes(outcome):
        if mix.lufs is not None:
            yield from _about_clicks(mix)
            yield from _about_dropouts(mix)
            yield from _about_quiet(mix)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("faults", CODES, look)


def _about_clicks(mix: Mix) -> Iterator[Finding]:
    told = mix.told("clicks")
    if told and (places := mix.within(told["at"])):
        message = f"{told['count']} click{'s' * (told['count'] > 1)}: {clocks(places)}"
        hint = "fix it in the mix: cross-fade the edits there"
        sure = min(0.95, 0.5 + (told["strongest_db"] - 24) / 30)
        severity: Severity = "warning" if told["strongest_db"] >= _SURE_CLICK_DB else "note"
        yield mix.finding("mix-clicks", severity, message, hint, places[0], round(sure, 2))


def _about_dropouts(mix: Mix) -> Iterator[Finding]:
    told = mix.told("dropouts")
    if not told or not (places := mix.within(told["at"])):
        return
    lost = told["in_one_channel"] and told["longest_seconds"] >= _LOST_SECONDS and told["count"] <= _RARE
    message = f"the sound is gone for up to {1000 * told['longest_seconds']:.0f} ms: {clocks(places)}"
    hint = "fix it in the mix: bounce again"
    sure = 0.9 if told["count"] <= _RARE else 0.6
    yield mix.finding("mix-dropouts", "error" if lost else "warning", message, hint, places[0], sure)


def _about_quiet(mix: Mix) -> Iterator[Finding]:
    quiet = (mix.told("spectrum") or {}).get("quiet")
    if quiet:
        yield from _about_hum(mix, quiet["mains"])
        if quiet["flatness"] >= _FLAT and quiet["spread_db"] <= _ALIKE_DB:
            yield from _about_noise(mix)


def _about_hum(mix: Mix, mains: dict[str, list[dict[str, Any]]]) -> Iterator[Finding]:
    hz, lines = max(((hz, _lines(each)) for hz, each in mains.items()), key=lambda each: len(each[1]))
    low = [each for each in lines if each["hz"] <= 2 * float(hz)]
    if not low or (len(lines) == 1 and low[0]["out_db"] < _ALONE_DB):
        return
    level = 10 * math.log10(sum(10 ** (each["dbfs"] / 10) for each in lines))
    if level >= _HUM_DBFS and mix.lufs is not None:
        names = ", ".join(f"{each['hz']:.0f}" for each in lines)
        message = f"mains hum at {names} Hz, together {level:.0f} dBFS, in the quiet moments"
        severity: Severity = "warning" if mix.lufs - level < _LOUD_HUM_LU else "note"
        hint = "fix it in the mix: find the track and notch or gate it"
        yield mix.finding("mix-hum", severity, message, hint, confidence=min(0.95, 0.5 + 0.15 * len(lines)))


def _lines(harmonics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        each
        for each in harmonics
        if each["share"] >= _THERE and each["out_db"] >= _OUT_DB and each["spread_db"] <= _STEADY_DB
    ]


def _about_noise(mix: Mix) -> Iterator[Finding]:
    """By momentary loudness (400 ms): the quietest that is no digital silence."""
    import numpy as np

    sums = np.cumsum(np.concatenate([[0.0], mix.energies.astype(np.float64)]))
    blocks = (sums[40:] - sums[:-40]) / 40
    silent = np.minimum.reduce(np.lib.stride_tricks.sliding_window_view(mix.energies, 40), axis=1) <= 0
    blocks = blocks[~silent[: len(blocks)]]
    if not len(blocks) or mix.lufs is None:
        return
    level = float(-0.691 + 10 * np.log10(max(1e-12, np.percentile(blocks, 100 * _SHARE))))
    if level >= _NOISE_LUFS and level <= mix.lufs - _UNDER_LU:
        message = f"steady noise in the quiet moments, {level:.0f} LUFS, {mix.lufs - level:.0f} LU under the music"
        yield mix.finding("mix-noise", "note", message, "mute or gate what does not play", confidence=0.6)
