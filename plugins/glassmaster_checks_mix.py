"""Looks at the mixdowns: what should be fixed in the mix, and what mastering takes care of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from glassmaster.hooks import hookimpl
from glassmaster.model import HOP_SECONDS, Check, Code, Cut, Finding, Grid, Measurement, Outcome, Song, Source

_Severity: TypeAlias = Literal["error", "warning", "note"]

_FULL_SCALE = 0.9999
_CLIPPED_PLACES = 3
_LIMITED_PLR_LU = 6.0
_LONG_SILENCE_SECONDS = 2.0
_EDGE = 10 ** (-40 / 20)
_TOO_SHORT_SECONDS = 0.4
_SHARED_SECONDS = 1.0
_USUAL_BITS = 24
_DC = 0.005
_OUT_OF_PHASE = -0.5
_MONO = 0.9999
_LEANING_DB = 6.0
_SAME_DB = 0.1

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
        "mix-hard-edge",
        "Mixdown begins or ends in sound",
        "The first or last samples of the mixdown are not silent, so the sound may be cut off: a missing attack, a "
        "cut reverb tail, a click. A 5 ms fade takes the click away, but not the cut. Fix it in the mix: bounce with "
        "a second of silence before and after. If the song runs on from the one before, say joined = true.",
        cause="a bounce range narrower than the song",
        remedy="mix",
    ),
    Code(
        "mix-rates",
        "Different sample rates",
        "The mixdowns do not share a sample rate. Each is mastered at its own, and files of one deliverable are "
        "brought to one rate. Mastering handles it; where a mix was converted on its way here, ask for the session's "
        "own rate.",
        cause="sessions at different rates, or a conversion on the way here",
        remedy="mastering",
    ),
    Code(
        "mix-same",
        "Same music twice",
        "Two songs name files that differ in name, but not in content. Most often one of them was exported or copied "
        "under the wrong name. Fix it in the mix: bounce the right song. Where it is meant, say allow_duplicate = "
        "true.",
        cause="an export or copy under another song's name",
        remedy="mix",
    ),
    Code(
        "mix-lossy",
        "Lossy mixdown",
        "The mixdown was decoded from a lossy file. What its encoder threw away is gone, and distributors may refuse "
        "the release. Fix it in the mix: ask for WAV, AIFF or FLAC from the session.",
        cause="an MP3, AAC or Ogg export or download",
        remedy="mix",
    ),
    Code(
        "mix-mono",
        "Mono mixdown",
        "The mixdown has one channel. It is mastered and measured as played on two speakers. Several destinations "
        "refuse mono files: bounce it as stereo with both channels alike for those.",
        cause="a bounce of one channel",
        remedy="mix",
    ),
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
        "mix-one-sided",
        "One channel silent or much weaker",
        "One channel of the mixdown is silent, or 6 dB and more under the other over the whole song: a lost channel "
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
        "mix-mono-in-stereo",
        "Mono in two channels",
        "Both channels are the same. Nothing is wrong with mono that is meant; otherwise the pans or a mono button on "
        "the bus were forgotten. Fix it in the mix.",
        cause="a mono button on the bus, or pans left in the middle",
        remedy="mix",
    ),
    Code(
        "mix-depth",
        "Mixdown of low bit depth",
        "The mixdown has fewer than 24 bits. Turning it up raises its dither or rounding noise as well. Mastering "
        "works with it; for a quiet mix ask for 24 bits or float.",
        cause="an export at 16 bits",
        remedy="mix",
    ),
)


@dataclass(frozen=True, eq=False)
class _Mix:
    """One song's mixdown as the checks see it."""

    index: int
    song: Song
    source: Source
    heard: Measurement
    cut: Cut
    peaks: Grid
    """Of the cut."""
    lufs: float | None
    """Integrated loudness of the cut."""
    runs_in: bool
    """The song before runs into it."""
    runs_out: bool

    @property
    def seconds(self) -> float:
        return self.cut.frames / self.source.rate_hz

    def finding(self, code: str, severity: _Severity, message: str, hint: str = "", at: float | None = None) -> Finding:
        return Finding(code, severity, _where(self.song), message, hint, self.index, at)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All findings about the mixdowns, song by song, then about all of them together."""
    mixes = list(_mixes(outcome))
    yield from _drafts(outcome)
    for mix in mixes:
        yield from _about_file(mix)
        if mix.lufs is None:
            yield _without_loudness(mix)
        else:
            yield from _about_peaks(mix)
            yield from _about_channels(mix)
            yield from _about_silence(mix)
            yield from _about_edges(mix)
    yield from _rates(mixes)
    yield from _same(mixes)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("mix", CODES, look)


def _mixes(outcome: Outcome) -> Iterator[_Mix]:
    from glassmaster.levels import cut_energies, cut_hops
    from glassmaster.loudness import integrated

    album = outcome.album
    songs = album.release.songs
    for index, (song, heard, cut) in enumerate(zip(songs, album.mixdowns, album.cuts, strict=True)):
        if heard is None or cut is None:
            continue
        peaks = heard.measurement.peaks[cut_hops(heard.source.rate_hz, cut)]
        runs_in, runs_out = (_runs_on(songs[i : i + 1]) for i in (index, index + 1))
        lufs = integrated([cut_energies(heard, cut)])
        yield _Mix(index, song, heard.source, heard.measurement, cut, peaks, lufs, runs_in, runs_out)


def _runs_on(song: Sequence[Song]) -> bool:
    return bool(song) and (song[0].joined or song[0].crossfade > 0)


def _where(song: Song) -> str:
    return f"{song.number:02d} {song.title}"


def _drafts(outcome: Outcome) -> Iterator[Finding]:
    for index, song in enumerate(outcome.album.release.songs):
        if song.status == "draft":
            message = "is a draft: measured, and counted in the others' levels, but not mastered"
            yield Finding("draft", "error", _where(song), message, "take status away once the mix is final", index)


def _about_file(mix: _Mix) -> Iterator[Finding]:
    source = mix.source
    if source.lossy:
        message = f"the mixdown is lossy ({source.container})"
        yield mix.finding("mix-lossy", "note", message, "ask for WAV, AIFF or FLAC from the session")
    elif source.bits is not None and source.bits < _USUAL_BITS:
        message = f"the mixdown has {source.bits} bits"
        yield mix.finding("mix-depth", "note", message, "ask for 24 bits or float if the session has them")
    if source.channels == 1:
        yield mix.finding(
            "mix-mono", "note", "the mixdown is mono", "bounce it as stereo where a destination wants stereo"
        )


def _without_loudness(mix: _Mix) -> Finding:
    if mix.seconds < _TOO_SHORT_SECONDS:
        message = f"lasts {mix.seconds:.2f} s: loudness begins at {_TOO_SHORT_SECONDS} s, so it is not levelled"
        return mix.finding("mix-short", "warning", message, "set its gain_db by ear")
    message = "is silent from its start to its end"
    return mix.finding("mix-silent", "error", message, "look for the wrong file, a muted bus, or start and end")


def _about_peaks(mix: _Mix) -> Iterator[Finding]:
    heard = mix.heard
    highest = float(mix.peaks.max(initial=0.0))
    places = (mix.peaks >= _FULL_SCALE).nonzero()[0] * HOP_SECONDS
    if mix.source.bits is not None and len(places) >= _CLIPPED_PLACES:
        message = f"the mixdown reaches full scale in {len(places)} places, first at {_clock(float(places[0]))}"
        hint = "fix it in the mix: master fader 6 dB down, no limiter on the bus"
        yield mix.finding("mix-clipped", "warning", message, hint, float(places[0]))
    elif mix.source.bits is None and highest > 1:
        at = float(mix.peaks.argmax()) * HOP_SECONDS
        message = f"the float mixdown goes {20 * math.log10(highest):.1f} dB above full scale"
        yield mix.finding("mix-above-full-scale", "note", message, "mastering brings it down", at)
    elif mix.source.bits is not None and (len(places) or (heard.true_peak_dbtp or -1.0) > 0):
        message = f"the mixdown has no headroom: true peak {heard.true_peak_dbtp or 0.0:+.1f} dBTP"
        yield mix.finding("mix-at-full-scale", "note", message, "leave 3 to 6 dB next time", heard.true_peak_at)
    if heard.plr_lu is not None and heard.plr_lu < _LIMITED_PLR_LU:
        message = f"peaks stand only {heard.plr_lu:.1f} dB above the loudness: the mix was limited already"
        yield mix.finding("mix-limited", "warning", message, "bounce again without the limiter on the mix bus")


def _about_channels(mix: _Mix) -> Iterator[Finding]:
    """By the meters `dc_offset` and `stereo`, which hear the whole file."""
    offsets = [each for each in mix.heard.extra.get("dc_offset") or () if each and abs(each) > _DC]
    if offsets:
        message = f"the wave is shifted off zero by {max(offsets, key=abs):+.1%} of full scale (DC offset)"
        yield mix.finding("mix-dc-offset", "warning", message, "fix it in the mix: high-pass filter at 5 to 20 Hz")
    if stereo := mix.heard.extra.get("stereo"):
        yield from _about_image(mix, stereo["correlation"], stereo["balance_db"])


def _about_image(mix: _Mix, correlation: float | None, balance: float | None) -> Iterator[Finding]:
    hint = "fix it in the mix, or waive it if it is meant so"
    if correlation is None or balance is None:
        yield mix.finding("mix-one-sided", "warning", "one of the two channels is silent", hint)
    elif abs(balance) > _LEANING_DB:
        message = f"the {'left' if balance < 0 else 'right'} channel is {abs(balance):.1f} dB stronger than the other"
        yield mix.finding("mix-one-sided", "warning", message, hint)
    if correlation is not None and correlation < _OUT_OF_PHASE:
        message = f"left and right swing against each other (correlation {correlation:+.2f}): in mono they cancel out"
        yield mix.finding("mix-out-of-phase", "warning", message, "fix it in the mix: turn the phase of one channel")
    elif correlation is not None and correlation > _MONO and balance is not None and abs(balance) < _SAME_DB:
        yield mix.finding("mix-mono-in-stereo", "warning", "both channels are the same: it is mono", hint)


def _about_silence(mix: _Mix) -> Iterator[Finding]:
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


def _about_edges(mix: _Mix) -> Iterator[Finding]:
    hint = "fix it in the mix: bounce with a second of silence around the song, or set joined where songs run on"
    if mix.song.start is None and not mix.runs_in and mix.peaks[0] > _EDGE:
        message = f"the mixdown begins in sound ({_decibels(mix.peaks[0])} dBFS)"
        yield mix.finding("mix-hard-edge", "note", message, hint, 0.0)
    if mix.song.end is None and not mix.runs_out and mix.peaks[-1] > _EDGE:
        message = f"the mixdown ends in sound ({_decibels(mix.peaks[-1])} dBFS): its tail may be cut off"
        yield mix.finding("mix-hard-edge", "warning", message, hint, mix.seconds)


def _decibels(peak: float) -> str:
    return f"{20 * math.log10(peak):.0f}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{seconds % 60:05.2f}"


def _rates(mixes: Sequence[_Mix]) -> Iterator[Finding]:
    rates = Counter(mix.source.rate_hz for mix in mixes)
    if len(rates) < 2:
        return
    usual = rates.most_common(1)[0][0]
    others = [f"{_where(mix.song)} ({mix.source.rate_hz} Hz)" for mix in mixes if mix.source.rate_hz != usual]
    message = f"most mixdowns run at {usual} Hz, but not {', '.join(others[:10])}"
    message += f" and {len(others) - 10} more" if len(others) > 10 else ""
    yield Finding("mix-rates", "note", "release", message, "each is mastered at its own rate, files get one rate")


def _same(mixes: Sequence[_Mix]) -> Iterator[Finding]:
    by_file: dict[str, dict[Path, list[_Mix]]] = {}
    for mix in mixes:
        if mix.song.allow_duplicate:
            continue
        alike, own = by_file.setdefault(mix.source.sha256, {}), mix.source.path  # one file twice: the manifest tells
        others = (each for path, users in alike.items() if path != own for each in users)
        twin = next((each for each in others if _shared(each, mix) > _SHARED_SECONDS), None)
        alike.setdefault(own, []).append(mix)
        if twin:
            message = f"its mixdown is a copy of {twin.source.path.name}, the mixdown of {_where(twin.song)}"
            hint = "name the right file, or say allow_duplicate = true"
            yield mix.finding("mix-same", "warning", message, hint)


def _shared(one: _Mix, other: _Mix) -> float:
    """Seconds of the same content that two songs use."""
    return (min(one.cut.end, other.cut.end) - max(one.cut.start, other.cut.start)) / one.source.rate_hz
