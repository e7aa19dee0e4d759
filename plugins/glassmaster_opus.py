"""Opus: `format = "opus"`, lossy at its best per byte."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le

from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format

_LEAST, _RANGE = 6, 250
"""soundfile's kbit/s a channel at compression level 1, and what level 0 adds."""


@dataclass(frozen=True)
class Opus:
    """Settings of Opus files."""

    bitrate: Annotated[int, Ge(32), Le(510)] = 160
    """Mean bitrate of a stereo file in kbit/s (it varies with the music); a mono file takes half."""


def encoders() -> tuple[Encoder, ...]:
    """The library inside soundfile."""
    from glassmaster.codecs import libsndfile

    return (libsndfile.encoder(),)


def encode(audio: Audio, path: Path, settings: Opus, encoder: str) -> None:
    """Write the Opus file, the same bytes each time."""
    from glassmaster.codecs import libsndfile, ogg

    level = 1 - (settings.bitrate / 2 - _LEAST) / _RANGE
    libsndfile.write(audio, path, "OGG", "OPUS", compression_level=level)
    ogg.fix_serial(path)


def decode(path: Path) -> Audio:
    """The sound as float32 without clamping, pre-skip and padding removed; raises `Refused` for a damaged page."""
    from glassmaster.codecs import libsndfile, ogg

    ogg.prove(path)
    return libsndfile.decode(path)


def payload_hash(path: Path) -> str:
    """SHA-256 of the audio packets."""
    from glassmaster.codecs import ogg

    return ogg.payload_hash(path)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """Opus."""
    yield Format(
        name="opus",
        suffix=".opus",
        settings=Opus,
        lossy=True,
        encoders=encoders,
        install="Nothing to install: soundfile brings the Opus library along.",
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        rates=(8000, 12000, 16000, 24000, 48000),
        about="Lossy; the best sound for its size: web players, phones.",
    )
