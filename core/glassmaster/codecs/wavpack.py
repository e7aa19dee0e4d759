"""Making and reading WavPack: the `wavpack` and `wvunpack` commands by pipe, or ffmpeg.

Blocks: "WavPack 4 & 5 Binary File / Block Format" (D. Bryant).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import Exit, refuse
from ..model import Audio, Encoder
from . import ffmpeg, program, streams
from .samples import finite, integers, packed

_HEAD = struct.Struct("<4sIHBBIIIII")
_APE = struct.Struct("<8sIIII8x")
"""Header of an APEv2 tag: name, version, size, items, flags."""
_RATES = (6000, 8000, 9600, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000, 192000)
_OTHER_RATE, _RATE_ID, _MD5, _LARGE, _ODD, _ID = 15, 0x27, 0x26, 0x80, 0x40, 0x3F
_LARGEST_TAIL = 4096
"""Bytes of a block that may be the one behind the sound, which holds the MD5 and what little else is told there."""
_MONO, _FINAL = 0x4, 0x1000
_MODES = {0: [], 1: ["-h"], 2: ["-hh"]}


@dataclass(frozen=True)
class Layout:
    """What the first block declares."""

    rate: int
    channels: int
    frames: int
    bits: int


def encoders() -> tuple[Encoder, ...]:
    """The wavpack command, and ffmpeg: fastest first."""
    said = program.answer("wavpack", "--version").split()
    wavpack = (Encoder("wavpack", said[1]),) if len(said) > 1 else ()
    return (*wavpack, *ffmpeg.encoders("wavpack"))


def encode(audio: Audio, bits: int, path: Path, effort: int, encoder: str, install: str) -> None:
    """Write the WavPack file; with the wavpack command it carries an MD5 of its sound."""
    if encoder == "ffmpeg":
        how = ["-c:a", "wavpack", "-sample_fmt", "s16p" if bits == 16 else "s32p", "-bits_per_raw_sample", str(bits)]
        ffmpeg.encode_integers(audio, bits, path, [*how, "-compression_level", str(effort), "-f", "wv"], install)
        return
    layout = f"--raw-pcm={audio.rate},{bits}s,{audio.channels},le"
    arguments = ["-q", "-y", "-m", *_MODES[effort], layout, "-", "-o", str(path.resolve())]
    parts = (packed(integers(block, bits, at), bits) for at, block in finite(audio))
    program.feed("wavpack", arguments, parts, install, audio.frames / audio.rate)


def layout(path: Path) -> Layout:
    """Read the first block's header. Raises `Refused` (exit 8) when it is none, or of more than two channels."""
    with path.open("rb") as file:
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or head[:4] != b"wvpk":
            raise _damaged(path, "it does not begin with a WavPack block")
        _, size, _, _, high, total, _, _, flags, _ = _HEAD.unpack(head)
        body = file.read(min(size, 1 << 24))
    number = flags >> 23 & 15
    rate = _RATES[number] if number < _OTHER_RATE else _own_rate(body)
    shift, width = flags >> 13 & 31, (flags & 3) + 1
    if not rate or not flags & _FINAL:
        raise _damaged(path, "its first block cannot be read")
    return Layout(rate, 1 if flags & _MONO else 2, high << 32 | total, 8 * width - shift)


def _own_rate(body: bytes) -> int:
    """A rate without a number of its own, from the block's metadata."""
    return next((int.from_bytes(each, "little") for name, each in _metadata(body) if name == _RATE_ID), 0)


def _metadata(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 2 <= len(body):
        name, words, head = body[at], body[at + 1], 2
        if name & _LARGE:
            words, head = int.from_bytes(body[at + 1 : at + 4], "little"), 4
        yield name & _ID, body[at + head : at + head + 2 * words - bool(name & _ODD)]
        at += head + 2 * words


def told_end(path: Path) -> int:
    """Where the file ends by its own account: behind its blocks, and behind the APEv2 tag if one follows them."""
    at = 0
    for at, _ in _blocks(path):  # noqa: B007
        pass
    with path.open("rb") as file:
        file.seek(at)
        head = file.read(_APE.size)
    if len(head) < _APE.size or head[:8] != b"APETAGEX":
        return at
    return at + _APE.size + int(_APE.unpack(head)[2])  # its size counts the footer, and not this header


def md5(path: Path) -> str:
    """MD5 of the sound as the file carries it, in its last block; empty: none."""
    found = ""
    with path.open("rb") as file:
        for end, body in _blocks(path):
            if body <= _LARGEST_TAIL:
                file.seek(end - body)
                for name, each in _metadata(file.read(body)):
                    found = each.hex() if name == _MD5 and len(each) == 16 else found
    return found


def _blocks(path: Path) -> Iterator[tuple[int, int]]:
    """(offset behind it, bytes behind its head) of each block."""
    at = 0
    with path.open("rb") as file:
        while len(head := file.read(_HEAD.size)) == _HEAD.size and head[:4] == b"wvpk":
            size = _HEAD.unpack(head)[1]
            yield at + 8 + size, size + 8 - _HEAD.size
            at += 8 + size
            file.seek(at)


def _damaged(path: Path, what: str) -> Exception:
    message = f"The WavPack file is damaged: {what}."
    return refuse(Exit.UNPROVEN, "file-damaged", path, message, "Build again; the file is made anew.")


def decode(path: Path, install: str) -> Audio:
    """The samples as float32, exactly; raises `Refused` (exit 8) where a checksum in the file does not agree."""
    found = layout(path)
    return streams.audio_of_integers(
        path, found.rate, found.channels, found.frames, lambda: _parts(path, found, install)
    )


def pcm_hash(path: Path, install: str) -> str:
    """SHA-256 of the PCM."""
    found = layout(path)
    return streams.pcm_hash(_parts(path, found, install), found.bits)


def _parts(path: Path, found: Layout, install: str) -> Iterator[bytes]:
    """As 32-bit integers, by wvunpack or ffmpeg; both end with an error where a block's checksum does not agree."""
    seconds = found.frames / found.rate
    if program.find("wvunpack"):
        arguments = ["-q", "--raw", str(path.resolve()), "-o", "-"]
        return streams.widened(program.spill("wvunpack", arguments, path, install, seconds), found.bits)
    return ffmpeg.decoded(path, ["-f", "wv"], "s32le", install, seconds)
