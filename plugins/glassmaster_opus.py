"""Opus: `format = "opus"`, lossy at its best per byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le

from glassmaster.codecs import install
from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format

INSTALL = (
    "Nothing to install: soundfile brings the Opus library along. Nearly three times as fast is ffmpeg: "
    f"{install.line('ffmpeg')}."
)


@dataclass(frozen=True)
class Opus:
    """Settings of Opus files."""

    bitrate: Annotated[int, Ge(32), Le(510)] = 160
    """Mean bitrate of a stereo file in kbit/s (it varies with the music); a mono file takes half."""


def encoders() -> tuple[Encoder, ...]:
    """ffmpeg with libopus, the opusenc command, the library inside soundfile: fastest first."""
    from glassmaster.codecs import opus

    return opus.encoders()


def encode(audio: Audio, path: Path, settings: Opus, encoder: str) -> None:
    """Write the Opus file, the same bytes each time."""
    from glassmaster.codecs import opus

    opus.encode(audio, path, settings.bitrate * audio.channels / 2, encoder, INSTALL)


def decode(path: Path) -> Audio:
    """The sound as float32 without clamping, at the header's output gain, pre-skip and padding removed.

    Raises `Refused` (exit 8) for a damaged page.
    """
    from glassmaster.codecs import libsndfile, ogg

    ogg.prove(path)
    return libsndfile.decode(path)


def payload_hash(path: Path) -> str:
    """SHA-256 of all packets but the comments: the header's output gain counts, for it is heard."""
    from glassmaster.codecs import ogg

    return ogg.payload_hash(path)


def integrity(path: Path) -> tuple[str, ...]:
    """What every page's CRC says is wrong with the file."""
    from glassmaster.codecs import integrity

    return integrity.ogg(path)


def trim(path: Path, gain_db: float) -> None:
    """Turn the file down by its header's output gain (RFC 7845, section 5.1)."""
    from glassmaster.codecs import opus

    opus.turn_down(path, gain_db)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """Opus."""
    yield Format(
        name="opus",
        suffix=".opus",
        settings=Opus,
        lossy=True,
        encoders=encoders,
        install=INSTALL,
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        trim=trim,
        rates=(8000, 12000, 16000, 24000, 48000),
        version=3,
        about="Lossy; the best sound for its size: web players, phones.",
    )
