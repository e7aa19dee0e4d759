"""The `ffmpeg` command as an encoder, fed with sound by pipe, and as a decoder of MP4 and WavPack files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..model import Audio, Encoder
from . import program
from .samples import finite, integers

_QUIET = ["-hide_banner", "-v", "error", "-nostdin"]
_BANNER = "ffmpeg version "
_GUARDED = ["-protocol_whitelist", "file,pipe"]
"""ffmpeg would follow playlists and addresses inside a file."""


def encoders(library: str, name: str = "ffmpeg") -> tuple[Encoder, ...]:
    """ffmpeg, if it is installed and was built with the encoder `library`."""
    said = program.answer("ffmpeg", "-encoders")  # the list, then the banner: to start it takes a tenth of a second
    if library not in said.split():
        return ()
    return (Encoder(name, program.version(said[max(0, said.rfind(_BANNER)) :])),)


def drops_packets() -> bool:
    """Can this ffmpeg leave packets out of what it writes? From version 5.0 on it can."""
    return "-drop " in program.answer("ffmpeg", "-hide_banner", "-h", "bsf=noise")


def encode(audio: Audio, path: Path, how: list[str], install: str) -> None:
    """Write the float sound to `path` as the arguments `how` say, without tags and the same bytes each time."""
    parts = (block.astype("<f4", copy=False).tobytes() for _, block in finite(audio))
    _fed(audio, "f32le", parts, path, how, install)


def encode_integers(audio: Audio, bits: int, path: Path, how: list[str], install: str) -> None:
    """Likewise for sound on the grid of `bits`, which goes in as the upper bits of 32-bit integers."""
    parts = ((integers(block, bits, at) << (32 - bits)).astype("<i4").tobytes() for at, block in finite(audio))
    _fed(audio, "s32le", parts, path, how, install)


def _fed(audio: Audio, kind: str, parts: Iterable[bytes], path: Path, how: list[str], install: str) -> None:
    source = ["-f", kind, "-ar", str(audio.rate), "-ac", str(audio.channels), "-i", "pipe:0"]
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    arguments = [*_QUIET, *_GUARDED, *source, *plain, *how, "-y", f"file:{path.resolve()}"]
    program.feed("ffmpeg", arguments, parts, install, audio.frames / audio.rate)


def decoded(path: Path, demuxer: list[str], kind: str, install: str, audio_seconds: float) -> Iterator[bytes]:
    """The first audio track of a file as raw samples of ffmpeg's format `kind` ("f32le", "s32le").

    Raises `Refused` (exit 8) for a file that ffmpeg finds damaged, exit 4 where there is no ffmpeg.
    """
    source = ["-xerror", "-err_detect", "crccheck+bitstream+buffer", *demuxer, "-i", f"file:{path.resolve()}"]
    arguments = [*_QUIET, *_GUARDED, *source, "-map", "0:a:0", "-f", kind, "-c:a", f"pcm_{kind}", "pipe:1"]
    return program.spill("ffmpeg", arguments, path, install, audio_seconds)
