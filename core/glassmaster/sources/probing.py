"""What a mixdown or reference is: looked over header first, then opened by the decoder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, Refused, refuse
from ..model import Finding, Source
from .containers import LOSSY
from .headers import Layout, layout_of
from .regular import fingerprint, link_note, opened

_RATES_HZ = (8_000, 384_000)
_MAX_CHANNELS = 8
_LEFT_RIGHT = {0, 0x3, 0x30, 0xC0, 0x600, 0xFFFFFFFF, 0x80000000}
_SURROUND = {0, 0x7, 0xF, 0x33, 0x37, 0x3F, 0x607, 0x60F, 0x63F, 0xFF, 0xFFFFFFFF, 0x80000000}
_TAGS = 65_536  # bytes that tags may take at a file's end
_LOSSY_CODECS = ("VORBIS", "OPUS", "MPEG_LAYER")
_REASONS = {
    "PCM_U8": "8-bit sound: its noise lies only 50 dB below the music",
    "PCM_S8": "8-bit sound: its noise lies only 50 dB below the music",
    "ULAW": "u-law, a telephone's coding",
    "ALAW": "A-law, a telephone's coding",
}
_EXPORT = "export the mixdown again as WAV, AIFF, CAF or FLAC, 24-bit or 32-bit float"


def probe(
    path: Path, *, sha256: str | None = None, allow_lossy: bool = False, surround: bool = False
) -> tuple[Source, tuple[Finding, ...]]:
    """What the file at `path` is, with what is odd about it but no obstacle.

    `sha256` is computed when it is None, and may be left empty; `surround` lets up to 8 channels pass. Raises `Refused`
    (exit 3) for all that cannot be a source: no regular file, unknown or lossy coding, truncated, absurd rate or
    channel count.
    """
    with opened(path) as file:
        layout = layout_of(file, path)
        _accept(path, layout, allow_lossy, surround)
        source = _decoded(file, path, layout, fingerprint(path) if sha256 is None else sha256)
        unheard = _unheard(file, layout)
    _accept_codec(path, source, layout, allow_lossy)
    if not source.frames:
        raise refuse(Exit.SOURCE, "file-empty", path, "there is no sound in it: 0 frames", _EXPORT)
    return source, (*link_note(path), *unheard, *_oddities(path, source, layout))


def _accept(path: Path, layout: Layout, allow_lossy: bool, surround: bool) -> None:
    """Refuse by the header alone: before a decoder allocates anything."""
    if layout.container in LOSSY:
        if not allow_lossy:
            raise _lossy(path, layout.container)
        return
    low, high = _RATES_HZ
    if not low <= (layout.rate_hz or 0) <= high:
        message = f"a sample rate of {layout.rate_hz:,} Hz makes no sense; {low:,} to {high:,} Hz is possible"
        raise refuse(Exit.SOURCE, "sample-rate", path, message, _EXPORT)
    _accept_channels(path, layout, surround)
    _accept_length(path, layout)


def _accept_channels(path: Path, layout: Layout, surround: bool) -> None:
    channels = layout.channels or 0
    if not 1 <= channels <= (_MAX_CHANNELS if surround else 2):
        fold = "export a stereo downmix and name that" if 2 < channels <= _MAX_CHANNELS else _EXPORT
        raise refuse(Exit.SOURCE, "channels", path, f"has {channels} channels; mono and stereo can be mastered", fold)
    odd = (channels == 2 and layout.mask not in _LEFT_RIGHT) or (channels > 2 and layout.mask not in _SURROUND)
    if odd:
        message = (
            f"its channels are marked for loudspeakers {layout.mask:#x}: which is left and which right is not known"
        )
        raise refuse(Exit.SOURCE, "channel-order", path, message, "export it as plain stereo")


def _accept_length(path: Path, layout: Layout) -> None:
    """Frames declared against frames present; only for plain PCM and float."""
    if layout.container == "FLAC" or not layout.frame_bytes or layout.declared is None or not layout.rate_hz:
        return
    declared, present = layout.declared // layout.frame_bytes, layout.present // layout.frame_bytes
    if declared > present:
        told, there = declared / layout.rate_hz, present / layout.rate_hz
        message = (
            f"truncated: the header says {declared:,} frames ({_clock(told)}), "
            f"the file holds {present:,} ({_clock(there)})"
        )
        hint = "copy or export it again; the rest of the song is missing"
        raise refuse(Exit.SOURCE, "truncated", path, message, hint)


def _decoded(file: BinaryIO, path: Path, layout: Layout, sha256: str) -> Source:
    from .reading import facts

    codec, rate, channels, frames = facts(file, path, layout)
    lossy = codec.startswith(_LOSSY_CODECS)
    return Source(path, sha256, layout.container, codec, rate, channels, frames, _bits(codec), lossy)


def _unheard(file: BinaryIO, layout: Layout) -> tuple[Finding, ...]:
    """A lossy file that its decoder left early: libsndfile guesses the length of a VBR MP3 without a Xing header."""
    at = file.tell()
    left, size = file.seek(0, 2) - at, file.tell()
    if layout.container not in LOSSY or left < max(_TAGS, size // 50):
        return ()
    message = f"its decoder stopped early: the last {100 * left // size} % of the file were not heard"
    hint = "its figures hold for the part before; convert it to FLAC to have all of it"
    return (Finding("partly-heard", "warning", file.name, message, hint),)


def _bits(codec: str) -> int | None:
    kind, _, bits = codec.rpartition("_")
    return int(bits) if kind in ("PCM", "ALAC") and bits.isdigit() else None


def _accept_codec(path: Path, source: Source, layout: Layout, allow_lossy: bool) -> None:
    if layout.mqa and not allow_lossy:
        message = "MQA: the lower bits hold folded, lossy data instead of sound"
        raise refuse(Exit.SOURCE, "codec-unfit", path, message, _EXPORT)
    if source.lossy:
        if not allow_lossy:
            raise _lossy(path, source.codec)
    elif source.bits is None and source.codec not in ("FLOAT", "DOUBLE"):
        reason = _REASONS.get(source.codec, f"{source.codec}, which throws away part of the sound")
        raise refuse(Exit.SOURCE, "codec-unfit", path, f"not fit for mastering: {reason}", _EXPORT)


def _lossy(path: Path, kind: str) -> Refused:
    named = "" if path.suffix.lower() in (".mp3", ".ogg", ".oga", ".opus") else f", although it is named {path.suffix}"
    return refuse(
        Exit.SOURCE,
        "lossy-source",
        path,
        f"its content is lossy ({kind}){named}: what was thrown away cannot be mastered back",
        "export the mix as WAV; if there is nothing better, say `allow_lossy = true` in its [[song]]",
    )


def _oddities(path: Path, source: Source, layout: Layout) -> Iterator[Finding]:
    where = str(path)
    if source.rate_hz < 32_000 and not source.lossy:
        message = (
            f"its sample rate is only {source.rate_hz:,} Hz: nothing above {source.rate_hz // 2:,} Hz can be in it"
        )
        yield Finding("low-sample-rate", "warning", where, message, "export the mix at its session's rate")
    if layout.declared is None and layout.container not in LOSSY:
        length = _clock(source.frames / source.rate_hz)
        message = f"its header does not say how long it is; all that is there is used ({length})"
        yield Finding("length-untold", "warning", where, message, "check that the end is there, or export it again")
    if layout.frame_bytes and layout.stray // layout.frame_bytes > source.rate_hz // 10:
        extra = _clock(layout.stray / layout.frame_bytes / source.rate_hz)
        message = f"behind the sound that the header speaks of lie {extra} more of it, which are not used"
        yield Finding("length-short", "warning", where, message, "export it again: the header was not finished")
    if not layout.md5:
        yield Finding("flac-no-md5", "note", where, "this FLAC file holds no checksum of its sound")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:06.3f}"
