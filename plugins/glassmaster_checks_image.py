"""Looks at the two channels of the mixdowns: lost, leaning, turned round, alike, shifted off zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.mixes import Mix, clock, mixes
from glassmaster.model import Check, Code, Finding, Outcome

_DC = 0.005
_DEAD_DB = 50.0
"""One channel under the other by so much holds nothing that anybody hears."""
_LEANING_DB = 6.0
_LOST_SECONDS = 3
_OUT_OF_PHASE = -0.5
_LOW_INVERTED, _INVERTED = -0.7, -0.15
"""Correlation under 120 Hz, and from there to 0.6 kHz: where both are turned round, all is."""
_LOW_OUT = -0.2
"""Correlation under 120 Hz: wide bass has 0.3 and more."""
_MONO = 0.9999
_SAME_DB = 0.1
_WIDE = -0.4
_WIDE_SECONDS = 4
"""So many seconds in a row that cancel in mono."""

CODES = (
    Code(
        "mix-dc-offset",
        "Mixdown with a DC offset",
        "The wave does not swing around zero: its mean lies more than 0.5 % of full scale beside it. That costs "
        "headroom and clicks at every edit. Fix it in the mix: find the plugin or recording that brings it in, or put "
        "a high-pass filter at 5 to 20 Hz on the mix bus.",
        cause="a plugin, converter or recording with an offset",
        remedy="mix",
    ),
    Code(
        "mix-dead-channel",
        "One channel is dead",
        "One channel of the mixdown holds nothing from start to end. Half of the sound is missing, or a mono bounce "
        "went to one side only. Fix it in the mix: look for a muted bus, a pan or a cable, and bounce again.",
        cause="a lost channel, a mono bounce on one side, or a cable",
        remedy="mix",
    ),
    Code(
        "mix-channel-lost",
        "One channel is gone for a while",
        "For some seconds one channel holds nothing while the other plays, though it does elsewhere in the song. An "
        "instrument alone on one side is a good reason; a fault of the bounce or a muted region is not. Listen to it.",
        cause="an instrument alone on one side, or a muted region",
        remedy="mix",
    ),
    Code(
        "mix-one-sided",
        "One channel much weaker",
        "One channel of the mixdown is 6 dB and more under the other over the whole song: a lost channel "
        "or a pan far out. Fix it in the mix; where it is meant, waive it.",
        cause="a lost channel, a pan far out, or a cable",
        remedy="mix",
    ),
    Code(
        "mix-out-of-phase",
        "Channels in opposite phase",
        "Left and right swing against each other for most of the song. On one loudspeaker - many phones, clubs and "
        "kitchens - they cancel out. Fix it in the mix: look for an inverted channel, or a widener at work.",
        cause="an inverted channel, or a stereo widener",
        remedy="mix",
    ),
    Code(
        "mix-inverted",
        "One channel is inverted",
        "The whole sound, the low end with it, swings in opposite directions left and right: one channel was turned "
        "round on its way. In mono the bass and all in the middle vanish; on headphones it presses on the ears. Fix it "
        "in the mix: look for a polarity switch, a cable or a plugin, and bounce again.",
        cause="a polarity switch, a miswired cable, or a plugin on one channel",
        remedy="mix",
    ),
    Code(
        "mix-low-phase",
        "Low end out of phase",
        "Under 120 Hz left and right work against each other. The bass is lost on one loudspeaker and in clubs, and a "
        "lacquer cannot be cut with it. Fix it in the mix: keep bass and kick in the middle, and take wideners, "
        "choruses and delays off what lies below 120 Hz.",
        cause="a stereo widener, chorus or short delay on the bass",
        remedy="mix",
    ),
    Code(
        "mix-mono-loss",
        "A passage vanishes in mono",
        "For some seconds left and right are mostly opposite: on one loudspeaker what plays there becomes much quieter "
        "or is gone. Listen to it in mono. Fix it in the mix: less width or another delay on what plays there.",
        cause="a widener, or a part recorded or processed out of phase",
        remedy="mix",
    ),
    Code(
        "mix-mono-in-stereo",
        "Mono in two channels",
        "Both channels are the same. Nothing is wrong with mono that is meant; otherwise the pans or a mono button on "
        "the bus were forgotten. Fix it in the mix.",
        cause="a mono button on the bus, or pans left in the middle",
        remedy="mix",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """By the meters `dc_offset`, `stereo` and `spectrum`, which hear the whole file."""
    for mix in mixes(outcome):
        if mix.lufs is not None:
            yield from _about_offset(mix)
            if stereo := mix.told("stereo"):
                yield from _about_levels(mix, stereo)
                yield from _about_phase(mix, stereo)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("image", CODES, look)


def _about_offset(mix: Mix) -> Iterator[Finding]:
    offsets = [each for each in mix.told("dc_offset") or () if each and abs(each) > _DC]
    if offsets:
        message = f"the wave is shifted off zero by {max(offsets, key=abs):+.1%} of full scale (DC offset)"
        yield mix.finding("mix-dc-offset", "warning", message, "fix it in the mix: high-pass filter at 5 to 20 Hz")


def _about_levels(mix: Mix, stereo: Mapping[str, Any]) -> Iterator[Finding]:
    balance, hint = stereo["balance_db"], "fix it in the mix, or waive it if it is meant so"
    if balance is None or abs(balance) > _DEAD_DB:
        message = "one of the two channels is dead: it holds nothing from start to end"
        yield mix.finding("mix-dead-channel", "error", message, "fix it in the mix: bounce both channels")
        return
    if abs(balance) > _LEANING_DB:
        message = f"the {'left' if balance < 0 else 'right'} channel is {abs(balance):.1f} dB stronger than the other"
        yield mix.finding("mix-one-sided", "warning", message, hint)
    widths = stereo.get("width_over_time", ())
    lost = [
        width is not None and (each is None or abs(each) > _DEAD_DB)
        for each, width in zip(stereo.get("balance_db_over_time", ()), widths, strict=False)
    ]
    if run := _run(mix, lost, _LOST_SECONDS):
        message = f"one channel is gone for {run[1]} s from {clock(run[0])} on, while the other plays"
        yield mix.finding("mix-channel-lost", "note", message, "listen there", run[0], 0.5)


def _about_phase(mix: Mix, stereo: Mapping[str, Any]) -> Iterator[Finding]:
    correlation, balance = stereo["correlation"], stereo["balance_db"]
    spectrum = mix.told("spectrum") or {}
    low, body = spectrum.get("low_correlation"), spectrum.get("body_correlation")
    if correlation is None or balance is None or abs(balance) > _DEAD_DB:
        return
    if low is not None and low < _LOW_INVERTED and body is not None and body < _INVERTED and correlation < 0:
        message = f"one channel is inverted (correlation {correlation:+.2f}, under 120 Hz {low:+.2f}): mono cancels it"
        yield mix.finding("mix-inverted", "error", message, "fix it in the mix: turn one channel", confidence=0.9)
    elif low is not None and low < _LOW_OUT and (body is None or body > _INVERTED):
        message = f"under 120 Hz left and right work against each other (correlation {low:+.2f})"
        yield mix.finding("mix-low-phase", "warning", message, "fix it in the mix: bass and kick in the middle")
    elif correlation < _OUT_OF_PHASE:
        message = f"left and right swing against each other (correlation {correlation:+.2f}): in mono they cancel out"
        yield mix.finding("mix-out-of-phase", "warning", message, "fix it in the mix: turn the phase of one channel")
    elif correlation > _MONO and abs(balance) < _SAME_DB:
        message = "both channels are the same: it is mono"
        yield mix.finding("mix-mono-in-stereo", "warning", message, "fix it in the mix, or waive it if it is meant so")
    else:
        yield from _about_passages(mix, stereo)


def _about_passages(mix: Mix, stereo: Mapping[str, Any]) -> Iterator[Finding]:
    opposite = [each is not None and each < _WIDE for each in stereo.get("correlation_over_time", ())]
    if run := _run(mix, opposite, _WIDE_SECONDS):
        message = f"left and right cancel in mono for {run[1]} s from {clock(run[0])} on"
        yield mix.finding("mix-mono-loss", "warning", message, "listen there in mono, and fix it in the mix", run[0])


def _run(mix: Mix, seconds: Iterable[bool], least: int) -> tuple[float, int] | None:
    """(start within the song, seconds) of the longest run of at least so many seconds of the file, if it is heard."""
    runs, at = [], 0
    for value, group in groupby(seconds):
        length = len([*group])
        if value and length >= least and mix.within([float(at)]):
            runs.append((length, -at))
        at += length
    if not runs:
        return None
    length, start = max(runs)
    return mix.within([float(-start)])[0], length
