"""Looks at where the mixdowns come from: lossy files, old sample rates, fewer bits, the same music twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.mixes import Mix, mixes
from glassmaster.model import Check, Code, Finding, Outcome
from glassmaster.phrases import where

_SHARED_SECONDS = 1.0
_USUAL_BITS = 24
_PADDED_BITS = 20
"""Up to here the last bits of a 24-bit file are empty; converters of 20 bits are history."""
_KNIFE_DB = 25.0
"""The spectrum falls by so much within 600 Hz. A steep filter of a mix (48 dB an octave) falls by 3 dB there."""
_LOSSY_TOP_HZ = 20_700.0
"""Encoders end at 20.5 kHz at the latest; converters to 44.1 kHz begin above that."""
_SURE_TOP_HZ = 19_800.0
_STEP = 10
_LEAST_HOPS = 300
_AROUND, _SHIFT = 60, 5
"""Hops that a level takes in, and by which two outlines may lie apart."""
_NEAR = 2 * _AROUND
"""Hops by which the lengths of the same music may differ."""
_OUTLINE_FLOOR = 1e-4
"""Under the loudest 10 ms: what lies lower (-40 dB) is noise and dither."""
_ALIKE_DB = 0.6
"""No more than this apart, in all but one in twenty steps of 100 ms: another mix, take or singer is further."""
_LEAST_SPREAD_DB = 0.7
"""Steady noises all look alike."""
_SURE_CONTRAST_DB = 6.0
"""One window with such a trace is proof; chance reaches 2.5 dB."""
_OLD_TOPS = ((44_100, 20_700.0, 22_250.0), (48_000, 22_300.0, 24_200.0), (96_000, 45_000.0, 48_400.0))
"""(rate, from, to): where the spectrum of what was once at that rate ends."""

CODES = (
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
        "mix-same-music",
        "Same music at another level or in another format",
        "Two songs name different files, but their loudness rises and falls alike from start to end: one is the other "
        "at another gain, rate or depth. Most often one of them was exported under the wrong name. Fix it in the mix: "
        "bounce the right song. Where it is meant, say allow_duplicate = true.",
        cause="an export of one song under another's name",
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
        "mix-lossy-source",
        "Mixdown made from a lossy file",
        "The file is lossless, but the sound in it has been through MP3, AAC, Vorbis or Opus: its spectrum is cut off "
        "like with a knife, or the lines that an encoder sets to zero are still there. What was thrown away is gone, "
        "every further encoding takes more, and distributors may refuse the release. Fix it in the mix: ask for a "
        "bounce from the session. A brick-wall filter on the mix bus looks alike; then waive it.",
        cause="an MP3, AAC, Vorbis or Opus file converted to a lossless one",
        remedy="mix",
    ),
    Code(
        "mix-upsampled",
        "Mixdown was converted to a higher sample rate",
        "The spectrum ends where a lower sample rate ends, and nothing is above it: the higher rate holds no more "
        "sound. Mastering works with it. Where the session runs at the lower rate, ask for that bounce: each "
        "conversion less is better, and distributors refuse such files as high resolution.",
        cause="a conversion on the way here, or a session made of material at a lower rate",
        remedy="mix",
    ),
    Code(
        "mix-padded",
        "Fewer bits used than the file has",
        "The last bits of every sample are zero: the sound was rounded to fewer bits, then written as more. Mastering "
        "works with it; turning it up raises the rounding noise as well. Ask for a bounce with 24 bits or float.",
        cause="an export at 16 bits, converted to 24 later",
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
        "mix-depth",
        "Mixdown of low bit depth",
        "The mixdown has fewer than 24 bits. Turning it up raises its dither or rounding noise as well. Mastering "
        "works with it; for a quiet mix ask for 24 bits or float.",
        cause="an export at 16 bits",
        remedy="mix",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """What each file says of its past, then what they have in common."""
    found = list(mixes(outcome))
    for mix in found:
        yield from _about_file(mix)
        if not mix.source.lossy and mix.lufs is not None:
            yield from _about_spectrum(mix)
            yield from _about_bits(mix)
    yield from _rates(found)
    yield from _same(found)
    yield from _same_music(found)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("origin", CODES, look)


def _about_file(mix: Mix) -> Iterator[Finding]:
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


def _about_spectrum(mix: Mix) -> Iterator[Finding]:
    hint = "fix it in the mix: ask for a bounce from the session"
    traces, top = mix.told("codec_traces") or {}, (mix.told("spectrum") or {}).get("top") or {}
    hz = top["hz"] if top.get("drop_db", 0) >= _KNIFE_DB else None
    if traces.get("hits", 0) > 1 or traces.get("contrast_db", 0) >= _SURE_CONTRAST_DB:
        family = traces["window"].partition("-")[0].replace("aac", "AAC").replace("vorbis", "Vorbis")
        message = f"the sound was once encoded, most likely as {family}: its zeroed lines are still there"
        yield mix.finding("mix-lossy-source", "warning", message, hint, confidence=0.99)
    elif hz is not None and hz <= _LOSSY_TOP_HZ:
        message = f"the spectrum is cut off at {hz / 1000:.1f} kHz like by a lossy encoder ({top['drop_db']:.0f} dB)"
        yield mix.finding("mix-lossy-source", "warning", message, hint, confidence=0.9 if hz < _SURE_TOP_HZ else 0.6)
    for rate, low, high in _OLD_TOPS:
        if hz is not None and rate < mix.source.rate_hz and low < hz <= high:
            message = f"runs at {mix.source.rate_hz} Hz, but its spectrum ends at {hz / 1000:.1f} kHz, as at {rate} Hz"
            hint = f"if the session runs at {rate} Hz, ask for a bounce at that rate"
            yield mix.finding("mix-upsampled", "warning", message, hint, confidence=0.8)


def _about_bits(mix: Mix) -> Iterator[Finding]:
    used, bits = mix.told("bit_depth"), mix.source.bits
    if used is not None and used <= _PADDED_BITS and (bits is None or used < bits):
        message = f"only {used} bits are used of the {f'{bits} bits' if bits else 'float'} that the file has"
        yield mix.finding("mix-padded", "note", message, "ask for a bounce at 24 bits or float")


def _rates(found: Sequence[Mix]) -> Iterator[Finding]:
    rates = Counter(mix.source.rate_hz for mix in found)
    if len(rates) < 2:
        return
    usual = rates.most_common(1)[0][0]
    others = [f"{where(mix.song)} ({mix.source.rate_hz} Hz)" for mix in found if mix.source.rate_hz != usual]
    message = f"most mixdowns run at {usual} Hz, but not {', '.join(others[:10])}"
    message += f" and {len(others) - 10} more" if len(others) > 10 else ""
    yield Finding("mix-rates", "note", "release", message, "each is mastered at its own rate, files get one rate")


def _same(found: Sequence[Mix]) -> Iterator[Finding]:
    by_file: dict[str, dict[Path, list[Mix]]] = {}
    for mix in found:
        if mix.song.allow_duplicate:
            continue
        alike, own = by_file.setdefault(mix.source.sha256, {}), mix.source.path  # one file twice: the manifest tells
        others = (each for path, users in alike.items() if path != own for each in users)
        twin = next((each for each in others if _shared(each, mix) > _SHARED_SECONDS), None)
        alike.setdefault(own, []).append(mix)
        if twin:
            message = f"its mixdown is a copy of {twin.source.path.name}, the mixdown of {where(twin.song)}"
            hint = "name the right file, or say allow_duplicate = true"
            yield mix.finding("mix-same", "warning", message, hint)


def _shared(one: Mix, other: Mix) -> float:
    """Seconds of the same content that two songs use."""
    return (min(one.cut.end, other.cut.end) - max(one.cut.start, other.cut.start)) / one.source.rate_hz


def _same_music(found: Sequence[Mix]) -> Iterator[Finding]:
    """Each song against those before it that last about as long: of thousands, few do."""
    known: dict[int, list[tuple[Mix, Any]]] = {}
    for mix in found:
        outline = None if mix.song.allow_duplicate or mix.lufs is None else _outline(mix)
        if outline is None:
            continue
        length = len(outline) // _NEAR
        near = [each for step in (-1, 0, 1) for each in known.get(length + step, ())]
        others = (each for each in sorted(near, key=lambda each: each[0].index) if _other_file(each[0], mix))
        twin = next((one for one, told in others if _alike(told, outline)), None)
        known.setdefault(length, []).append((mix, outline))
        if twin:
            message = f"is the same music as {where(twin.song)}, at another level or in another format"
            hint = "name the right file, or say allow_duplicate = true"
            yield mix.finding("mix-same-music", "warning", message, hint, confidence=0.9)


def _other_file(one: Mix, other: Mix) -> bool:
    return one.source.sha256 != other.source.sha256


def _outline(mix: Mix) -> Any:
    """Level around each 10 ms in dB, first sound to last, over its mean; None of what is short or steady."""
    import numpy as np

    energies = mix.energies.astype(np.float64) / float(mix.energies.max())
    sounding = np.flatnonzero(energies > _OUTLINE_FLOOR)
    energies = energies[sounding[0] : sounding[-1] + 1]
    if len(energies) < _LEAST_HOPS:
        return None
    around = np.hanning(_AROUND + 2)[1:-1]
    decibels = 10 * np.log10(np.convolve(energies, around / around.sum(), "valid") + _OUTLINE_FLOOR)
    return None if float(decibels.std()) < _LEAST_SPREAD_DB else decibels - decibels.mean()


def _alike(one: Any, other: Any) -> bool:
    """Whether two outlines differ nowhere, wherever their first hops began."""
    import numpy as np

    length = min(len(one), len(other)) - 2 * _SHIFT
    if abs(len(one) - len(other)) > _NEAR:
        return False
    steps = slice(_SHIFT, _SHIFT + length, _STEP)
    moved = (other[_SHIFT + shift : _SHIFT + shift + length : _STEP] for shift in range(-_SHIFT, _SHIFT + 1))
    return any(float(np.percentile(np.abs(one[steps] - each), 95)) < _ALIKE_DB for each in moved)
