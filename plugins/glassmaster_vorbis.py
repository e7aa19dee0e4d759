"""Ogg Vorbis: `format = "vorbis"`, lossy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le

from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000, 176400, 192000)


@dataclass(frozen=True)
class Vorbis:
    """Settings of Ogg Vorbis files."""

    quality: Annotated[float, Ge(0), Le(10)] = 6.0
    """0 (about 64 kbit/s) to 10 (about 500); 6 is about 192."""


def encoders() -> tuple[Encoder, ...]:
    """The library inside soundfile."""
    from glassmaster.codecs import libsndfile

    return (libsndfile.encoder(),)


def encode(audio: Audio, path: Path, settings: Vorbis, encoder: str) -> None:
    """Write the Ogg Vorbis file, the same bytes each time."""
    from glassmaster.codecs import libsndfile, ogg
    from glassmaster.errors import Exit, refuse

    if audio.rate > RATES[-1]:  # libvorbis would take the whole process down
        message = f"Ogg Vorbis cannot hold {audio.rate} Hz."
        raise refuse(Exit.STAGE, "encoder-refused", path.name, message, "Name a rate_hz of 192000 or less.")
    libsndfile.write(audio, path, "OGG", "VORBIS", compression_level=1 - settings.quality / 10)
    ogg.fix_serial(path)


def decode(path: Path) -> Audio:
    """The sound as float32 without clamping; raises `Refused` for a damaged page."""
    from glassmaster.codecs import libsndfile, ogg

    ogg.prove(path)
    return libsndfile.decode(path)


def payload_hash(path: Path) -> str:
    """SHA-256 of all packets but the comments."""
    from glassmaster.codecs import ogg

    return ogg.payload_hash(path)


def integrity(path: Path) -> tuple[str, ...]:
    """What every page's CRC says is wrong with the file."""
    from glassmaster.codecs import integrity

    return integrity.ogg(path)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """Ogg Vorbis."""
    yield Format(
        name="vorbis",
        suffix=".ogg",
        settings=Vorbis,
        lossy=True,
        encoders=encoders,
        install="Nothing to install: soundfile brings the Vorbis library along.",
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        rates=RATES,
        version=2,
        about="Lossy and free; games and some web players.",
    )
