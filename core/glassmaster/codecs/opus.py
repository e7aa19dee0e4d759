"""Making Opus: the `opusenc` or `ffmpeg` command by pipe, or the library inside soundfile; and its output gain.

All three encode at constrained VBR, libopus' own default and the only mode of soundfile: a bitrate means the same with
each, where unconstrained VBR took a quarter more of it for loud music.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ..model import Audio, Encoder
from . import ffmpeg, libsndfile, ogg, program, wave
from .samples import finite, surrounded

_LEAST, _RANGE = 6, 250
"""soundfile's kbit/s a channel at compression level 1, and what level 0 adds."""
_GAIN = slice(16, 18)
"""Output gain in the identification header, Q7.8 dB, signed little-endian (RFC 7845, section 5.1)."""
_LOWEST_GAIN = -(1 << 15)
_PRE_SKIP = slice(10, 12)
"""Frames of 48 kHz to leave out at the start (RFC 7845, section 5.1); 80 ms let a decoder settle (section 4.6)."""
_LEAD_MS, _TAIL_MS, _CLOCK = 80, 40, 48_000
_FRAME_MS = ((10, 20, 40, 60),) * 3 + ((10, 20),) * 2 + ((2.5, 5, 10, 20),) * 4
"""By the kind of frame that a packet's first byte names (RFC 6716, section 3.1, table 2)."""
_VENDOR_SIZE = slice(8, 12)
"""In the comment header (RFC 7845, section 5.2)."""


def encoders() -> tuple[Encoder, ...]:
    """ffmpeg with libopus, opusenc, the library inside soundfile: fastest first."""
    said = re.search(r"opus-tools (.+)", program.answer("opusenc", "--version"))
    opusenc = (Encoder("opusenc", said[1].strip()),) if said else ()
    return (*ffmpeg.encoders("libopus"), *opusenc, libsndfile.encoder())


def encode(audio: Audio, path: Path, kbps: float, encoder: str, install: str) -> None:
    """Write the Opus file at `kbps` in all, with our serial number and without comments."""
    whole, lead = surrounded(audio, audio.rate * _LEAD_MS // 1000, audio.rate * _TAIL_MS // 1000)
    _encoded(whole, path, kbps, encoder, install)
    if whole is not audio:
        _settle(path, lead * _CLOCK // audio.rate, audio.frames * _CLOCK // audio.rate)
    ogg.fix_serial(path)
    _untag(path)


def _encoded(audio: Audio, path: Path, kbps: float, encoder: str, install: str) -> None:
    if encoder == "opusenc":
        _opusenc(audio, path, kbps, install)
    elif encoder == "ffmpeg":
        how = ["-c:a", "libopus", "-vbr", "constrained", "-b:a", f"{kbps:g}k", "-f", "opus"]
        ffmpeg.encode(audio, path, how, install)
    else:
        level = 1 - (kbps / audio.channels - _LEAST) / _RANGE
        libsndfile.write(audio, path, "OGG", "OPUS", compression_level=level)


def _opusenc(audio: Audio, path: Path, kbps: float, install: str) -> None:
    """As a WAV of 32-bit float, which it takes beyond full scale too; raw input it would take as integers only."""
    arguments = ["--quiet", "--bitrate", f"{kbps:g}", "--cvbr", "--ignorelength", "--padding", "0"]
    arguments += ["-", str(path.resolve())]
    program.feed("opusenc", arguments, _wave(audio), install, audio.frames / audio.rate)


def _wave(audio: Audio) -> Iterator[bytes]:
    yield wave.header(replace(audio, frames=0), 32)  # its length is not looked at, and a WAV's ends at 4 GiB
    for _, block in finite(audio):
        yield block.astype("<f4", copy=False).tobytes()


def _settle(path: Path, lead: int, frames: int) -> None:
    """Leave out `lead` frames at the start and what follows `frames` of them, all of 48 kHz."""
    with path.open("r+b") as file:
        page = next(ogg.pages(file, path))
        body = page.body
        skip = int.from_bytes(body[_PRE_SKIP], "little") + lead
        ogg.put(file, page, body[: _PRE_SKIP.start] + skip.to_bytes(2, "little") + body[_PRE_SKIP.stop :])
    ogg.end_at(path, skip + frames, _frames_of)


def _frames_of(packet: bytes) -> int:
    """Frames of 48 kHz that a packet stands for (RFC 6716, section 3.1 and 3.2)."""
    kinds = [ms for group in _FRAME_MS for ms in group]
    count = (1, 2, 2, packet[1] & 0x3F if len(packet) > 1 else 0)[packet[0] & 3]
    return round(kinds[packet[0] >> 3] * 48) * count


def _untag(path: Path) -> None:
    """Leave only the library's name in the comment header; zeros behind it are padding (RFC 7845, section 5.2)."""
    with path.open("r+b") as file:
        _, page = islice(ogg.pages(file, path), 2)
        body = page.body
        kept = body[: _VENDOR_SIZE.stop + int.from_bytes(body[_VENDOR_SIZE], "little")]
        ogg.put(file, page, kept.ljust(len(body), b"\0"))


def turn_down(path: Path, gain_db: float) -> None:
    """Lower the output gain in the file's header by `gain_db` (<= 0), to the next step of 1/256 dB below.

    Every decoder applies it (RFC 7845, section 5.1: "MUST"). Raises ValueError for a gain above 0 or when the header
    cannot hold the sum.
    """
    with path.open("r+b") as file:
        page = next(ogg.pages(file, path))
        body = page.body
        gain = int.from_bytes(body[_GAIN], "little", signed=True) + math.floor(gain_db * 256)
        if gain_db > 0 or gain < _LOWEST_GAIN:
            raise ValueError(f"an Opus file cannot be turned down by {gain_db} dB")
        ogg.put(file, page, body[: _GAIN.start] + gain.to_bytes(2, "little", signed=True) + body[_GAIN.stop :])
