"""Looks at one file as it is, with nothing but itself: it is decoded once, and everything is learned on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import Exit, Refused
from .model import Audio, Block, Format, Measurement

if TYPE_CHECKING:
    from .codecs.payload import Pcm

_DEPTHS = (16, 24)


@dataclass(frozen=True, eq=False)
class Inspected:
    """What a file is."""

    payload_sha256: str
    """Of the decoded PCM (lossless) or of the audio payload without tags (lossy)."""
    measured: Measurement


class DamagedError(ValueError):
    """The file's own evidence, checksums inside it or sizes that it declares, is against it; says so in words."""

    def __init__(self, flaws: tuple[str, ...]) -> None:
        super().__init__("; ".join(flaws))
        self.flaws = flaws


def inspected(offer: Format, path: Path, bits: int | None) -> Inspected:
    """All of a delivered file; `bits`: the depth of a lossless one's integers, None for float and lossy ones.

    Raises `DamagedError`, and `Refused` (exit 4) where the decoder is not installed.
    """
    if flaws := offer.integrity(path):
        raise DamagedError(flaws)
    try:
        return _decoded(offer, path, bits)
    except DamagedError:
        raise
    except Refused as refused:
        if refused.exit == Exit.STAGE:
            raise
        raise DamagedError(tuple(each.message for each in refused.findings)) from refused
    except Exception as problem:  # whatever a codec says of a damaged file
        raise DamagedError((f"it cannot be decoded to its end: {problem}",)) from problem


def _decoded(offer: Format, path: Path, bits: int | None) -> Inspected:
    from .codecs.payload import Pcm
    from .loudness import measure

    sound, carried = offer.decode(path), "" if offer.lossy else offer.md5(path)
    pcm = None if offer.lossy else Pcm(bits if bits in _DEPTHS else None)
    measured = measure(sound if pcm is None else _heard_by(pcm, sound, also_md5=bool(carried)))
    if measured.frames != sound.frames:
        raise DamagedError((f"it declares {sound.frames} frames and decodes to {measured.frames}",))
    if pcm is not None and carried and pcm.md5() != carried:
        raise DamagedError(("the MD5 inside it is not that of its sound",))
    return Inspected(offer.payload_hash(path) if pcm is None else pcm.hexdigest(), measured)


def _heard_by(pcm: Pcm, audio: Audio, *, also_md5: bool) -> Audio:
    def blocks() -> Iterator[Block]:
        for block in audio:
            pcm.hear(block, also_md5=also_md5)
            yield block

    return Audio(audio.rate, audio.channels, audio.frames, blocks)
