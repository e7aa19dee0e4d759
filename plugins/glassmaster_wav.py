"""WAV: `format = "wav"`, 16 or 24 bit PCM or 32 bit float, RF64 where it passes 4 GiB."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format, Stamp

WRITER_VERSION = "1"
"""Raise it whenever the same sound gives other bytes."""


@dataclass(frozen=True)
class Wav:
    """Settings of WAV files."""

    bits: Literal[16, 24, 32] = 24
    """Bits a sample; 32 means floating point."""
    bext: bool = False
    """Carry a broadcast extension, version 2, with the measured loudness (EBU Tech 3285): for broadcasters and
    archives. Distributors and plants want files without; `metadata = "none"` then leaves nothing but the sound."""


def encoders() -> tuple[Encoder, ...]:
    """Our own writer: it needs no library."""
    return (Encoder("glassmaster", WRITER_VERSION),)


def encode(audio: Audio, path: Path, settings: Wav, encoder: str) -> None:
    """Write the WAV file; nothing stands behind its samples."""
    from glassmaster.codecs import bext, wave

    wave.write(audio, path, settings.bits, chunks=bext.room(audio, settings.bits) if settings.bext else b"")


def stamp(path: Path, stamp: Stamp) -> None:
    """Fill in the broadcast extension, where the file has one."""
    from glassmaster.codecs import bext

    bext.fill(path, stamp)


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

    return integrity.wave(path)


def bits(settings: Wav) -> int | None:
    """Bits of the integer grid, None for floating point."""
    return None if settings.bits == 32 else settings.bits


def span(path: Path) -> tuple[int, int]:
    """Where the samples lie, in bytes."""
    from glassmaster.sources import samples_at

    return samples_at(path)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """WAV."""
    yield Format(
        name="wav",
        suffix=".wav",
        settings=Wav,
        lossy=False,
        encoders=encoders,
        install="Nothing to install: glassmaster writes WAV itself.",
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        span=span,
        bits=bits,
        stamp=stamp,
        about="Uncompressed PCM: what distributors, plants and editors take.",
    )
