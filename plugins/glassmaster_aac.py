"""AAC: `format = "aac"`, AAC-LC in a gapless M4A file, by the best encoder of the ffmpeg at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Ge, Le

from glassmaster.codecs import install
from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format

INSTALL = f"Install ffmpeg: {install.line('ffmpeg')}, or `pip install glassmaster[ffmpeg]`."


@dataclass(frozen=True)
class Aac:
    """Settings of AAC files."""

    bitrate: Annotated[int, Ge(64), Le(320)] = 256
    """Bitrate of a stereo file in kbit/s (256 is what Apple's store plays); a mono file takes half. Below 32 kHz it
    is held at what a frame can carry."""


def encoders() -> tuple[Encoder, ...]:
    """Apple's encoder (macOS), Fraunhofer's, ffmpeg's own, as far as this ffmpeg has them: the best first."""
    from glassmaster.codecs import m4a

    return m4a.aac_encoders()


def encode(audio: Audio, path: Path, settings: Aac, encoder: str) -> None:
    """Write the M4A file, the same bytes each time."""
    from glassmaster.codecs import m4a

    m4a.aac(audio, path, settings.bitrate * audio.channels / 2, encoder, INSTALL)


def decode(path: Path) -> Audio:
    """The sound as float32 without clamping, the encoder's delay and padding removed."""
    from glassmaster.codecs import m4a

    return m4a.decode(path, INSTALL)


def payload_hash(path: Path) -> str:
    """SHA-256 of the packets and of what is heard of them, without any tags."""
    from glassmaster.codecs import mp4

    return mp4.payload_hash(path)


def integrity(path: Path) -> tuple[str, ...]:
    """What the boxes say is wrong with the file."""
    from glassmaster.codecs import integrity

    return integrity.m4a(path)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """AAC."""
    yield Format(
        name="aac",
        suffix=".m4a",
        settings=Aac,
        lossy=True,
        encoders=encoders,
        install=INSTALL,
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        version=2,
        rates=(8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000),
        about="Lossy; what Apple's players, video editors and broadcasters take.",
    )
