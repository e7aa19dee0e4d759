"""Looks at peaks, silence and edges of the mixdowns: what to fix in the mix, and what mastering takes care of."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.mixes import Mix, Severity, clock, clocks, mixes
from glassmaster.model import HOP_SECONDS, Check, Code, Finding, Grid, Outcome
from glassmaster.phrases import where

_FULL_SCALE = 0.9999
_CLIPPED_PLACES = 3
_FLAT_RUNS = 12
"""Flat tops below full scale: fewer may be the shape of one sound."""
_MASSIVE = 1e-3
"""Share of the song's samples that stand in flat tops; a thousandth is distortion that anybody hears."""
_LIMITED_PLR_LU = 6.0
_PLATEAUS = ((0.15, 1.5, 16.0), (0.01, 0.1, 20.0))
"""(top, beside, PSR): peaks of 10 ms within the first dB of the highest, far more than in the dB below that, in music
whose PSR is no higher. Above, a lone drum that always strikes alike is more likely than a limiter."""
_PLATEAU = 5.0
"""So many times what the dB below have, width for width. Peaks of free music grow rarer towards the top."""
_PLATEAU_PLACES = 10
_LONG_SILENCE_SECONDS = 2.0
_SILENCE_INSIDE_SECONDS = 0.5
_ABRUPT = 10 ** (-50 / 20)
_EDGE_DB = -40.0
"""Under the song's highest peak, and in dBFS."""
_CLICK = 10 ** (-60 / 20)
_TOO_SHORT_SECONDS = 0.4

CODES = (
    Code(
        "draft",
        "Mixdown still a draft",
        'The song says status = "draft": its mixdown is measured and counts in the levels of the others, but it is '
        "never mastered, and the release is not ready without it. When the mix is finished, point mixdown at the "
        "final file and take status away.",
        cause="the mix is not finished, or its status was forgotten",
        remedy="mix",
    ),
    Code(
        "mix-clipped",
        "Mixdown clipped",
        "An integer mixdown reaches full scale again and again: peaks were cut off when it was bounced, or a limiter "
        "at 0 dBFS stood on the mix bus. Mastering cannot bring the peaks back. Fix it in the mix: turn the master "
        "fader down by 6 dB, or bounce 32-bit float, with no limiter on the bus.",
        cause="a master fader too high, or a limiter at 0 dBFS on the mix bus",
        remedy="mix",
    ),
    Code(
        "mix-at-full-scale",
        "Mixdown without headroom",
        "The highest peak of the mixdown touches full scale or passes it between the samples. Nothing need be lost: "
        "mastering turns the song to its level and the limiter works on true peaks. A mixdown that peaks at -6 to -3 "
        "dBFS leaves no doubt.",
        cause="a mix bus without headroom",
        remedy="mastering",
    ),
    Code(
        "mix-inter-sample",
        "Peaks between the samples",
        "No sample of the mixdown reaches full scale, but the wave between them does (ITU-R BS.1770, true peak): a "
        "converter or an encoder may clip there. Mastering works on true peaks and brings them down; nothing is lost.",
        cause="a mix bus turned up to the last sample",
        remedy="mastering",
    ),
    Code(
        "mix-flat-tops",
        "Tops of the wave cut flat",
        "The highest peaks of the mixdown are flat: three and more samples in a row stand at one level under full "
        "scale. A clipper was at work, or the sound was clipped first and turned down later. Mastering cannot bring "
        "the peaks back. Fix it in the mix: take the clipper off, or find the track, plugin or converter that "
        "overloads. If that is the sound, waive it.",
        cause="a clipper, or an overload that was turned down later",
        remedy="mix",
    ),
    Code(
        "mix-above-full-scale",
        "Float mixdown above full scale",
        "The float mixdown goes above 0 dBFS. No harm is done, float holds it, and mastering brings it down before "
        "anything is written as integers.",
        cause="a mix bus above 0 dBFS, bounced in float",
        remedy="mastering",
    ),
    Code(
        "mix-limited",
        "Mixdown already limited",
        "The true peak stands less than 6 dB above the integrated loudness: a limiter or clipper has been at work on "
        "the mix bus, and whatever it did to the transients stays. If that is the sound, waive it; otherwise fix it "
        "in the mix: bounce again without the limiter.",
        cause="a limiter or clipper on the mix bus",
        remedy="mix",
    ),
    Code(
        "mix-silent",
        "Silent song",
        "The part of the mixdown that is the song holds nothing loud enough to have a loudness. Look for a muted bus, "
        "a wrong file, or start and end that miss the music. Silence that is meant can be accepted in [qc] waive.",
        cause="a muted bus, a wrong file, or start and end beside the music",
        remedy="mix",
    ),
    Code(
        "mix-short",
        "Too short for loudness",
        "Loudness is defined from 400 ms on (ITU-R BS.1770). So short a song is mastered, but not levelled: give it a "
        "gain_db by ear.",
        cause="a song shorter than one loudness block",
        remedy="manifest",
    ),
    Code(
        "mix-silence-around",
        "Long silence at the start or end",
        "The song begins or ends with more than two seconds of silence, and neither start nor end is set. Mastering "
        'cuts where you say: set start and end in seconds, or to "auto". The gap between songs is set by gap, not by '
        "silence in the mixdown.",
        cause="a bounce range wider than the song",
        remedy="mastering",
    ),
    Code(
        "mix-silence-inside",
        "Digital silence inside the song",
        "In the middle of the song every sample is zero for half a second or longer. Even a quiet room, a reverb or a "
        "tape is never that still: a region may be missing or muted. Where the pause is meant, waive it. Otherwise "
        "fix it in the mix.",
        cause="a missing or muted region, or a pause without any room in it",
        remedy="mix",
    ),
    Code(
        "mix-hard-edge",
        "Mixdown begins or ends in sound",
        "The first or last samples of the mixdown are not silent, so the sound may be cut off: a missing attack, a "
        "cut reverb tail, a click. A 5 ms fade takes the click away, but not the cut. Fix it in the mix: bounce with "
        "a second of silence before and after. If the song runs on from the one before, say joined = true.",
        cause="a bounce range narrower than the song",
        remedy="mix",
    ),
    Code(
        "mix-edge-click",
        "First or last sample is not zero",
        "The mixdown begins or ends away from zero, by a DC offset or a cut: a player that goes from silence to it "
        "clicks. Mastering handles it: set fade_in and fade_out of a few milliseconds.",
        cause="a bounce cut in the middle of the wave, or a DC offset",
        remedy="mastering",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """Drafts, then peaks, silence and edges song by song."""
    yield from _drafts(outcome)
    for mix in mixes(outcome):
        if mix.lufs is None:
            yield _without_loudness(mix)
        else:
            yield from _about_peaks(mix)
            yield from _about_limiting(mix)
            yield from _about_silence(mix)
            yield from _about_silence_inside(mix)
            yield from _about_edges(mix)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("mix", CODES, look)


def _drafts(outcome: Outcome) -> Iterator[Finding]:
    for index, song in enumerate(outcome.album.release.songs):
        if song.status == "draft":
            message = "is a draft: measured, and counted in the others' levels, but not mastered"
            yield Finding("draft", "error", where(song), message, "take status away once the mix is final", index)


def _without_loudness(mix: Mix) -> Finding:
    if mix.seconds < _TOO_SHORT_SECONDS:
        message = f"lasts {mix.seconds:.2f} s: loudness begins at {_TOO_SHORT_SECONDS} s, so it is not levelled"
        return mix.finding("mix-short", "warning", message, "set its gain_db by ear")
    message = "is silent from its start to its end"
    return mix.finding("mix-silent", "error", message, "look for the wrong file, a muted bus, or start and end")


def _about_peaks(mix: Mix) -> Iterator[Finding]:
    highest = float(mix.peaks.max(initial=0.0))
    places = (mix.peaks >= _FULL_SCALE).nonzero()[0] * HOP_SECONDS
    true_peak = -math.inf if mix.heard.true_peak_dbtp is None else mix.heard.true_peak_dbtp
    if mix.source.bits is not None and len(places) >= _CLIPPED_PLACES:
        yield _clipped(mix, places)
    elif mix.source.bits is None and highest > 1:
        at = float(mix.peaks.argmax()) * HOP_SECONDS
        message = f"the float mixdown goes {20 * math.log10(highest):.1f} dB above full scale"
        yield mix.finding("mix-above-full-scale", "note", message, "mastering brings it down", at)
    elif len(places) and mix.source.bits is not None:
        message = f"the mixdown has no headroom: true peak {true_peak:+.1f} dBTP"
        yield mix.finding("mix-at-full-scale", "note", message, "leave 3 to 6 dB next time", float(places[0]))
    elif true_peak > 0 and mix.within([mix.heard.true_peak_at or 0.0]):
        message = f"between its samples the mixdown goes above full scale: true peak {true_peak:+.1f} dBTP"
        (at,) = mix.within([mix.heard.true_peak_at or 0.0])
        yield mix.finding("mix-inter-sample", "note", message, "leave 3 to 6 dB next time", at)
    if highest < _FULL_SCALE or mix.source.bits is None:
        yield from _about_flat_tops(mix)


def _clipped(mix: Mix, places: Any) -> Finding:
    flat = mix.told("flat_tops") or {}
    first, runs = float(places[0]), flat.get("runs", 0)
    message = f"the mixdown reaches full scale in {len(places)} places, first at {clock(first)}"
    if runs:
        message += f", and stands flat there {runs} times, for up to {flat['longest_frames']} samples"
    hint = "fix it in the mix: master fader 6 dB down, no limiter on the bus"
    return mix.finding("mix-clipped", _gravity(mix), message, hint, first, 0.95 if runs else 0.6)


def _about_flat_tops(mix: Mix) -> Iterator[Finding]:
    flat = mix.told("flat_tops")
    if flat and flat["runs"] >= _FLAT_RUNS and (places := mix.within(flat["at"])):
        message = f"{flat['runs']} tops of the wave are cut flat at {flat['level_dbfs']:.1f} dBFS: {clocks(places)}"
        hint = "fix it in the mix: take the clipper off, or find what overloads"
        yield mix.finding("mix-flat-tops", _gravity(mix), message, hint, places[0], 0.9)


def _gravity(mix: Mix) -> Severity:
    flat = mix.told("flat_tops") or {"frames": 0}
    return "error" if flat["frames"] > _MASSIVE * mix.heard.frames else "warning"


def _about_limiting(mix: Mix) -> Iterator[Finding]:
    plr, psr = mix.heard.plr_lu, mix.heard.min_psr_lu
    hint = "bounce again without the limiter on the mix bus"
    if plr is not None and plr < _LIMITED_PLR_LU:
        message = f"peaks stand only {plr:.1f} dB above the loudness: the mix was limited already"
        yield mix.finding("mix-limited", "warning", message, hint, confidence=0.9)
    elif psr is not None and (
        places := max((_plateau(mix.peaks, *each[:2]) for each in _PLATEAUS if psr < each[2]), default=0)
    ):
        message = f"peaks pile up at one level in {places} places, {psr:.1f} dB above the loudest music: a limiter"
        yield mix.finding("mix-limited", "warning", message, hint, confidence=0.8)


def _plateau(peaks: Grid, top_db: float, beside_db: float) -> int:
    """Hops that peak at the very top, if they are far more than those right below it; else 0."""
    import numpy as np

    decibels = 20 * np.log10(np.maximum(peaks, 1e-9) / max(float(peaks.max(initial=0.0)), 1e-9))
    top = int((decibels > -top_db).sum())
    below = int(((decibels <= -top_db) & (decibels > -top_db - beside_db)).sum())
    return top if top >= _PLATEAU_PLACES and top > _PLATEAU * below * top_db / beside_db else 0


def _about_silence(mix: Mix) -> Iterator[Finding]:
    from glassmaster.ends import ends

    told, found, hints = ends(mix.heard), [], []
    if mix.song.start is None and not mix.runs_in and told.silence_before > _LONG_SILENCE_SECONDS:
        found.append(f"begins with {told.silence_before:.1f} s of silence")
        hints.append(f"start = {told.start:.2f}")
    if mix.song.end is None and not mix.runs_out and told.silence_after > _LONG_SILENCE_SECONDS:
        found.append(f"ends with {told.silence_after:.1f} s of silence")
        hints.append(f"end = {told.end:.2f}")
    if found:
        yield mix.finding("mix-silence-around", "note", " and ".join(found), f'set {" and ".join(hints)}, or "auto"')


def _about_silence_inside(mix: Mix) -> Iterator[Finding]:
    sounding = (mix.peaks > 0).nonzero()[0]
    gaps = sounding[1:] - sounding[:-1] - 1
    found = (gaps >= _SILENCE_INSIDE_SECONDS / HOP_SECONDS).nonzero()[0]
    if not len(found):
        return
    begins, lengths = (sounding[found] + 1) * HOP_SECONDS, gaps[found] * HOP_SECONDS
    abrupt = max(_abrupt(mix.peaks, int(sounding[each]), int(sounding[each + 1])) for each in found)
    message = f"digital silence for {lengths.max():.1f} s inside the song: {clocks(begins.tolist())}"
    hint = "look for a missing or muted region; waive it where the pause is meant"
    severity: Severity = "warning" if abrupt else "note"
    yield mix.finding("mix-silence-inside", severity, message, hint, float(begins[0]), 0.8 if abrupt else 0.4)


def _abrupt(peaks: Grid, last: int, first: int) -> bool:
    """Whether sound breaks off at the hop `last` or comes back at once at `first`, rather than fades."""
    return bool(peaks[max(0, last - 1) : last + 1].max() > _ABRUPT < peaks[first : first + 2].max())


def _about_edges(mix: Mix) -> Iterator[Finding]:
    hint = "fix it in the mix: bounce with a second of silence around the song, or set joined where songs run on"
    limit = 10 ** (_EDGE_DB / 20) * min(1.0, float(mix.peaks.max()))
    begins = mix.song.start is None and not mix.runs_in
    ends = mix.song.end is None and not mix.runs_out
    if begins and mix.peaks[0] > limit:
        message = f"the mixdown begins in sound ({_decibels(mix.peaks[0])} dBFS)"
        yield mix.finding("mix-hard-edge", "note", message, hint, 0.0)
    if ends and mix.peaks[-1] > limit:
        message = f"the mixdown ends in sound ({_decibels(mix.peaks[-1])} dBFS): its tail may be cut off"
        yield mix.finding("mix-hard-edge", "warning", message, hint, mix.seconds)
    yield from _about_edge_samples(mix, begins, ends)


def _about_edge_samples(mix: Mix, begins: bool, ends: bool) -> Iterator[Finding]:
    told = mix.told("edges") or {}
    for side, counts, at in (("first", begins, 0.0), ("last", ends, mix.seconds)):
        jump = max(map(abs, told.get(side) or [0.0]))
        fade = mix.song.fade_in if side == "first" else mix.song.fade_out
        if counts and not fade and jump > _CLICK:
            message = f"the {side} sample is {jump:.1%} of full scale away from zero, which clicks"
            hint = f"set {'fade_in' if side == 'first' else 'fade_out'} = 0.005, or remove the DC offset"
            yield mix.finding("mix-edge-click", "note", message, hint, at)


def _decibels(peak: float) -> str:
    return f"{20 * math.log10(peak):.0f}"
