"""AIFF: `format = "aiff"`, uncompressed, 16 or 24 bit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format


@dataclass(frozen=True)
class Aiff:
    """Settings of AIFF files."""

    bits: Literal[16, 24] = 24
    """Bits a sample."""


def encoders() -> tuple[Encoder, ...]:
    """The library inside soundfile."""
    from glassmaster.codecs import libsndfile

    return (libsndfile.encoder(),)


def encode(audio: Audio, path: Path, settings: Aiff, encoder: str) -> None:
    """Write the AIFF file."""
    from glassmaster.codecs import libsndfile

    libsndfile.write(audio, path, "AIFF", f"PCM_{settings.bits}", settings.bits)


def decode(path: Path) -> Audio:
    """The samples as float32, exactly: what the header says is libsndfile's word, integers need no decoder."""
    from glassmaster.codecs import libsndfile
    from glassmaster.sources import as_it_stands

    return as_it_stands(path, libsndfile.decode(path))


def payload_hash(path: Path) -> str:
    """SHA-256 of the PCM."""
    from glassmaster.codecs import payload

    return payload.pcm_hash(path)


def integrity(path: Path) -> tuple[str, ...]:
    """What the chunks say is wrong with the file."""
    from glassmaster.codecs import integrity

    return integrity.aiff(path)


def bits(settings: Aiff) -> int | None:
    """Bits of the integer grid."""
    return settings.bits


def span(path: Path) -> tuple[int, int]:
    """Where the samples lie, in bytes."""
    from glassmaster.sources import samples_at

    return samples_at(path)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """AIFF."""
    yield Format(
        name="aiff",
        suffix=".aiff",
        settings=Aiff,
        lossy=False,
        encoders=encoders,
        install="Nothing to install: soundfile writes AIFF.",
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        span=span,
        bits=bits,
        about="Uncompressed PCM with ID3 tags: what some editors and shops on the Mac ask for.",
    )
