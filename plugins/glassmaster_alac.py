"""Apple Lossless: `format = "alac"`, 16 or 24 bit in an M4A file, by ffmpeg."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from glassmaster.codecs import install
from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format

INSTALL = f"Install ffmpeg: {install.line('ffmpeg')}, or `pip install glassmaster[ffmpeg]`."


@dataclass(frozen=True)
class Alac:
    """Settings of Apple Lossless files."""

    bits: Literal[16, 24] = 24
    """Bits a sample."""


def encoders() -> tuple[Encoder, ...]:
    """ffmpeg, on the path or of the package imageio-ffmpeg."""
    from glassmaster.codecs import ffmpeg

    return ffmpeg.encoders("alac")


def encode(audio: Audio, path: Path, settings: Alac, encoder: str) -> None:
    """Write the M4A file."""
    from glassmaster.codecs import m4a

    m4a.alac(audio, settings.bits, path, INSTALL)


def decode(path: Path) -> Audio:
    """The samples as float32, exactly."""
    from glassmaster.codecs import m4a

    return m4a.decode(path, INSTALL)


def payload_hash(path: Path) -> str:
    """SHA-256 of the PCM."""
    from glassmaster.codecs import m4a

    return m4a.pcm_hash(path, INSTALL)


def integrity(path: Path) -> tuple[str, ...]:
    """What the boxes say is wrong with the file."""
    from glassmaster.codecs import integrity

    return integrity.m4a(path)


def bits(settings: Alac) -> int | None:
    """Bits of the integer grid."""
    return settings.bits


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """ALAC."""
    yield Format(
        name="alac",
        suffix=".m4a",
        settings=Alac,
        lossy=False,
        encoders=encoders,
        install=INSTALL,
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        bits=bits,
        about="Lossless for Apple's players and libraries, where FLAC is not taken.",
    )
