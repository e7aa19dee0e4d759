"""WavPack: `format = "wavpack"`, lossless, 16 or 24 bit, by the wavpack command or ffmpeg."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Ge, Le

from glassmaster.codecs import install
from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Encoder, Format

INSTALL = f"Install WavPack: {install.line('wavpack')}, or ffmpeg by `pip install glassmaster[ffmpeg]`."


@dataclass(frozen=True)
class WavPack:
    """Settings of WavPack files."""

    bits: Literal[16, 24] = 24
    """Bits a sample."""
    effort: Annotated[int, Ge(0), Le(2)] = 0
    """Compression, 0 (fast) to 2 (small); the sound is the same."""


def encoders() -> tuple[Encoder, ...]:
    """The wavpack command, ffmpeg: fastest first."""
    from glassmaster.codecs import wavpack

    return wavpack.encoders()


def encode(audio: Audio, path: Path, settings: WavPack, encoder: str) -> None:
    """Write the WavPack file."""
    from glassmaster.codecs import wavpack

    wavpack.encode(audio, settings.bits, path, settings.effort, encoder, INSTALL)


def decode(path: Path) -> Audio:
    """The samples as float32, exactly; raises `Refused` where a block's checksum does not agree."""
    from glassmaster.codecs import wavpack

    return wavpack.decode(path, INSTALL)


def payload_hash(path: Path) -> str:
    """SHA-256 of the PCM."""
    from glassmaster.codecs import wavpack

    return wavpack.pcm_hash(path, INSTALL)


def integrity(path: Path) -> tuple[str, ...]:
    """What its blocks' sizes say is wrong with the file; decoding it proves their checksums."""
    from glassmaster.codecs import integrity

    return integrity.wavpack(path)


def md5(path: Path) -> str:
    """MD5 of the PCM as the wavpack command writes it; ffmpeg writes none."""
    from glassmaster.codecs import wavpack

    return wavpack.md5(path)


def bits(settings: WavPack) -> int | None:
    """Bits of the integer grid."""
    return settings.bits


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """WavPack."""
    yield Format(
        name="wavpack",
        suffix=".wv",
        settings=WavPack,
        lossy=False,
        encoders=encoders,
        install=INSTALL,
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        md5=md5,
        bits=bits,
        about="Lossless; archives and players that prefer it to FLAC.",
    )
