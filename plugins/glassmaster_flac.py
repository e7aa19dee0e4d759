"""FLAC: `format = "flac"`, lossless, 16 or 24 bit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le

from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format

_LEVELS = 8


@dataclass(frozen=True)
class Flac:
    """Settings of FLAC files."""

    bits: Literal[16, 24] = 24
    """Bits a sample."""
    level: Annotated[int, Ge(0), Le(_LEVELS)] = 5
    """Compression, 0 (fast) to 8 (small); the sound is the same."""


def encoders() -> tuple[Encoder, ...]:
    """The library inside soundfile, quicker than the flac command."""
    from glassmaster.codecs import libsndfile

    return (libsndfile.encoder(),)


def encode(audio: Audio, path: Path, settings: Flac, encoder: str) -> None:
    """Write the FLAC file."""
    from glassmaster.codecs import libsndfile

    level = settings.level / _LEVELS
    libsndfile.write(audio, path, "FLAC", f"PCM_{settings.bits}", settings.bits, compression_level=level)


def decode(path: Path) -> Audio:
    """The samples as float32, exactly."""
    from glassmaster.codecs import libsndfile

    return libsndfile.decode(path)


def payload_hash(path: Path) -> str:
    """SHA-256 of the PCM."""
    from glassmaster.codecs import payload

    return payload.pcm_hash(path)


def integrity(path: Path) -> tuple[str, ...]:
    """What the file's beginning and end say is wrong with it."""
    from glassmaster.codecs import integrity

    return integrity.flac(path)


def md5(path: Path) -> str:
    """MD5 of the PCM as the file carries it."""
    from glassmaster.codecs import integrity

    return integrity.flac_md5(path)


def bits(settings: Flac) -> int | None:
    """Bits of the integer grid."""
    return settings.bits


def span(path: Path) -> tuple[int, int]:
    """Where the frames lie, in bytes."""
    from glassmaster.codecs import flac

    return flac.span(path)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """FLAC."""
    yield Format(
        name="flac",
        suffix=".flac",
        settings=Flac,
        lossy=False,
        encoders=encoders,
        install="Nothing to install: soundfile brings the FLAC library along.",
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        md5=md5,
        span=span,
        bits=bits,
        about="Lossless and about half of WAV's size, with tags that every player reads.",
    )
