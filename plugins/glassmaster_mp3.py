"""MP3: `format = "mp3"`, constant bitrate or VBR, gapless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from glassmaster.codecs import install
from glassmaster.hooks import hookimpl
from glassmaster.model import Audio, Block, Encoder, Format

INSTALL = f"Install LAME: {install.line('lame')}."
DEFAULT_KBPS = 320


@dataclass(frozen=True)
class Mp3:
    """Settings of MP3 files: a bitrate or a quality; neither means 320 kbit/s."""

    bitrate: Literal[64, 80, 96, 112, 128, 160, 192, 224, 256, 320] | None = None
    """Constant bitrate in kbit/s; below 32 kHz it is held at 160, below 16 kHz at 64. Under 64 the gapless header
    has no room."""
    quality: Literal["V0", "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9"] | None = None
    """LAME's VBR quality, "V0" (best) to "V9" (smallest)."""

    def __post_init__(self) -> None:
        if self.bitrate and self.quality:
            raise ValueError("name a bitrate or a quality, not both")


def encoders() -> tuple[Encoder, ...]:
    """The lame command, ffmpeg with libmp3lame, the LAME inside soundfile: fastest first."""
    from glassmaster.codecs import ffmpeg, libsndfile, program

    version = program.version(program.answer("lame", "--version"))
    lame = (Encoder("lame", version),) if version else ()
    return (*lame, *ffmpeg.encoders("libmp3lame"), libsndfile.encoder())


def encode(audio: Audio, path: Path, settings: Mp3, encoder: str) -> None:
    """Write the MP3 with its gapless header and no tags."""
    from glassmaster.codecs import mp3

    vbr = int((settings.quality or "V0")[1:])
    mp3.encode(audio, path, _kbps(settings, audio.rate), vbr, encoder, INSTALL)


def _kbps(settings: Mp3, rate_hz: int) -> int | None:
    """The constant bitrate that a file of this rate gets; None: VBR."""
    from glassmaster.codecs import mpeg

    return None if settings.quality else mpeg.held_bitrate(settings.bitrate or DEFAULT_KBPS, rate_hz)


def own_gain_db(settings: Mp3, rate_hz: int) -> float:
    """LAME turns sound down by itself at 224 kbit/s and less."""
    from glassmaster.codecs import mp3

    return mp3.own_gain_db(_kbps(settings, rate_hz))


def decode(path: Path) -> Audio:
    """The sound as float32 without clamping and without the encoder's delay and padding.

    Iterating raises `Refused` (exit 8) when the checksum inside the file says that its music bytes are damaged.
    """
    from glassmaster.codecs import libsndfile, mpeg
    from glassmaster.errors import Exit, refuse

    decoded = libsndfile.decode(path)

    def blocks() -> Iterator[Block]:
        if mpeg.music_intact(path) is False:
            message = "The checksum inside the MP3 does not agree with its music bytes: it is damaged or cut."
            raise refuse(Exit.UNPROVEN, "file-damaged", path, message, "Build again; the file is made anew.")
        yield from decoded

    return replace(decoded, open=blocks)


def payload_hash(path: Path) -> str:
    """SHA-256 of the audio frames without any tags."""
    from glassmaster.codecs import mpeg

    return mpeg.payload_hash(path)


def integrity(path: Path) -> tuple[str, ...]:
    """What the LAME tag's lengths and CRC-16s say is wrong with the file."""
    from glassmaster.codecs import integrity

    return integrity.mp3(path)


def span(path: Path) -> tuple[int, int]:
    """Where the frames lie, in bytes."""
    from glassmaster.codecs import mpeg

    with path.open("rb") as file:
        return mpeg.bounds(file)


@hookimpl
def glassmaster_formats() -> Iterable[Format]:
    """MP3."""
    yield Format(
        name="mp3",
        suffix=".mp3",
        settings=Mp3,
        lossy=True,
        encoders=encoders,
        install=INSTALL,
        encode=encode,
        decode=decode,
        payload_hash=payload_hash,
        integrity=integrity,
        span=span,
        own_gain_db=own_gain_db,
        rates=(8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
        version=2,
        about="Lossy; plays everywhere: promos, previews, old players.",
    )
