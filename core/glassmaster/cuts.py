"""The part of a mixdown that is the song, and the fades at its ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .errors import Exit, Refused, refuse
from .model import Audio, Block, Cut, Heard, Measurement, Seconds, Song
from .phrases import where

MICRO_FADE_S = 0.005
_ROUNDING_S = 0.001  # an end typed in milliseconds may lie this far behind the last sample
_RANGE_DB = 60.0  # of the exponential fade


def cut_for(song: Song, heard: Heard, *, joined_before: bool, joined_after: bool, touched: bool) -> Cut:
    """Start, end and fades of a song in frames.

    "auto" takes the ends that `ends` finds, except at a border where songs run on: there the file's own end stands.
    A fade that is not given is 5 ms where the cut goes into sound, none at a border where songs run on, and none at all
    when nothing else touches the audio (`touched`). Raises `Refused` (exit 2) for places outside the mixdown and for
    fades longer than the song.
    """
    source = heard.source
    start, end = _places(song, heard, joined_before, joined_after)
    first, last = round(start * source.rate_hz), min(round(end * source.rate_hz), source.frames)
    if first >= last:
        raise _wrong(song, "start-after-end", f"its end ({clock(end)}) is not behind its start ({clock(start)})")
    fade_in = _fade(song.fade_in, heard, first, last - first, touched and not joined_before)
    fade_out = _fade(song.fade_out, heard, last - 1, last - first, touched and not joined_after)
    if max(fade_in, fade_out, (fade_in + fade_out) * bool(song.fade_in and song.fade_out)) > last - first:
        fades = f"fades of {fade_in / source.rate_hz:g} and {fade_out / source.rate_hz:g} s"
        raise _wrong(song, "fade-too-long", f"{fades} do not fit into {clock((last - first) / source.rate_hz)}")
    return Cut(first, last, fade_in, fade_out, song.fade_curve)


def _places(song: Song, heard: Heard, joined_before: bool, joined_after: bool) -> tuple[Seconds, Seconds]:
    from .ends import ends

    length = heard.source.frames / heard.source.rate_hz
    start, end = song.start, song.end
    if start == "auto":
        start = 0.0 if joined_before else ends(heard.measurement).start
    if end == "auto":
        end = length if joined_after else ends(heard.measurement).end
    for name, value in (("start", start), ("end", end)):
        if value is not None and not 0 <= value <= length + _ROUNDING_S:
            place = "before its first sample" if value < 0 else f"behind its last sample ({clock(length)})"
            raise _wrong(song, f"{name}-outside", f"{name} = {value:g} s lies {place}")
    return start or 0.0, length if end is None else end


def _wrong(song: Song, code: str, message: str) -> Refused:
    hint = 'set start, end and fades within the mixdown; "auto" finds the ends by itself'
    return refuse(Exit.USAGE, code, where(song), f"{message}, in {song.mixdown.name}", hint)


def _fade(wanted: Seconds | None, heard: Heard, frame: int, length: int, allowed: bool) -> int:
    rate = heard.source.rate_hz
    if wanted is not None:
        return round(wanted * rate)
    from .ends import sounding

    heard_there = allowed and sounding(heard.measurement, frame / rate)
    return min(round(MICRO_FADE_S * rate), length // 2) if heard_there else 0


def clock(seconds: Seconds) -> str:
    """A place in a song as people write it: 3:58.200."""
    thousandths = round(seconds * 1000)
    return f"{thousandths // 60_000}:{thousandths // 1000 % 60:02d}.{thousandths % 1000:03d}"


def suggest_ends(measurement: Measurement) -> tuple[Seconds, Seconds, str, str]:
    """(start, end, why there, why there) for a person to look over, in seconds and words."""
    from .ends import AIR_AFTER_S, AIR_BEFORE_S, ends

    length = measurement.frames / measurement.rate_hz
    found = ends(measurement)
    if found.silence_before >= length:
        return 0.0, length, "the whole file is silent", "the whole file is silent"
    first = "sound from the first sample on"
    if found.start > 0:
        first = f"first sound at {clock(found.silence_before)}, {AIR_BEFORE_S * 1000:.0f} ms of air before it"
    last = "sound up to the last sample"
    if found.silence_after > 0:
        last = f"died away to {found.end_db:.0f} dB under its peak at {clock(length - found.silence_after)}"
    if found.end < length:
        last += f", {AIR_AFTER_S * 1000:.0f} ms of air behind it"
    return found.start, found.end, first, last


def faded(audio: Audio, fade_in: int, fade_out: int, curve: str) -> Audio:
    """`audio` faded in over its first and out over its last frames; frames outside the fades are left as they are.

    `curve`: "linear"; "equal-power" (a quarter sine); "cosine" (half a raised cosine); "exponential" (even steps in dB
    over 60 dB).
    """
    if not fade_in and not fade_out:
        return audio
    rising, falling = _gain(curve, fade_in), _gain(curve, fade_out)

    def blocks() -> Iterator[Block]:
        at = 0
        for block in audio:
            left = audio.frames - at  # frames to the end, counted from the block's first
            if at < fade_in:
                block = _scaled(block, 0, rising(at, min(at + len(block), fade_in)))
            skip = max(0, left - fade_out)
            if skip < len(block):
                block = _scaled(block, skip, falling(left - len(block), left - skip)[::-1])
            at += len(block)
            yield block

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def _scaled(block: Block, start: int, gains: Any) -> Block:
    block = block.copy()
    block[start : start + len(gains)] *= gains[:, None]
    return block


def _gain(curve: str, frames: int) -> Callable[[int, int], Any]:
    """Gains of a fade-in of `frames` frames from one frame to another, as float32."""
    import numpy as np

    from .sound.curves import even_decibels, quarter_sine

    def gains(start: int, end: int) -> Any:
        place = (np.arange(start, end) + 0.5) / frames
        if curve == "equal-power":
            place = quarter_sine(place)
        elif curve == "cosine":
            place = quarter_sine(place) ** 2
        elif curve == "exponential":
            place = even_decibels(place, _RANGE_DB)
        return place.astype(np.float32)

    return gains
