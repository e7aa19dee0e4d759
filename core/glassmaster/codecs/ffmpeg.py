"""The `ffmpeg` command as an encoder, fed with 32-bit float by pipe."""

from __future__ import annotations

from pathlib import Path

from ..model import Audio, Encoder
from . import program
from .samples import finite


def encoders(library: str) -> tuple[Encoder, ...]:
    """ffmpeg, if it is installed and was built with the encoder `library`."""
    if library not in program.answer("ffmpeg", "-hide_banner", "-encoders"):
        return ()
    return (Encoder("ffmpeg", program.version(program.answer("ffmpeg", "-version"))),)


def encode(audio: Audio, path: Path, how: list[str], install: str) -> None:
    """Write `audio` to `path` as the arguments `how` say, without tags and the same bytes each time."""
    arguments = ["-hide_banner", "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe"]
    arguments += ["-f", "f32le", "-ar", str(audio.rate), "-ac", str(audio.channels), "-i", "pipe:0"]
    arguments += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", *how]
    parts = (block.astype("<f4", copy=False).tobytes() for _, block in finite(audio))
    program.feed("ffmpeg", [*arguments, "-y", f"file:{path.resolve()}"], parts, install)
