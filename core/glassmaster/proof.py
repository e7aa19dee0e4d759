"""Proves a file that was just made: it is decoded whole, once, and everything is learned on the way.

A lossless file must give back every sample that went in. So what was measured of one file holds for all others of the
same sound, which are decoded and compared, but not measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .errands import Encode
from .errors import Exit, Refused, refuse
from .model import Audio, Block, Format, Measurement

if TYPE_CHECKING:
    from .codecs.payload import Pcm

Proof = tuple[str, Measurement]
"""Hash of the payload, and what a listener's player will hear, without clamping."""
_ANOTHER = 'choose another encoder: encoder = "..." in the deliverable; `glassmaster doctor` lists them'


def proven(offer: Format, path: Path, errand: Encode, sound: Callable[[], Audio]) -> Proof:
    """Decode the file at `path`, made of `sound()`. Raises `Refused` (exit 8) unless it is what it has to be."""
    from .loudness import measure

    decoded = offer.decode(path)
    if (decoded.rate, decoded.channels) != (errand.rate_hz, errand.channels):
        message = f"the {offer.name} file decodes to {decoded.channels} channels at {decoded.rate} Hz"
        raise refuse(Exit.UNPROVEN, "layout", errand.what, message, _ANOTHER)
    if not offer.lossy:
        return _exactly(decoded, offer, errand, sound())
    measured = measure(decoded)
    if measured.frames != _frames(errand):
        raise _length(offer, errand, measured.frames)
    return offer.payload_hash(path), measured


def _exactly(decoded: Audio, offer: Format, errand: Encode, sound: Audio) -> Proof:
    from .codecs.payload import Pcm
    from .loudness import measure

    def length(frames: int) -> Refused:
        return _length(offer, errand, frames)

    def differs(frame: int) -> Refused:
        message = f"the {offer.name} file decodes to another sample than the master's at frame {frame:,}"
        return refuse(Exit.UNPROVEN, "samples", errand.what, message, _ANOTHER)

    same = compared(decoded, sound, differs, length)
    if errand.twin is not None:
        for _ in same:
            pass
        return errand.twin.payload_sha256, errand.twin.measured
    pcm = Pcm(offer.bits(errand.settings))
    measured = measure(_heard_by(same, pcm))
    return pcm.hexdigest(), measured


def _frames(errand: Encode) -> int:
    return errand.end - errand.start + errand.silence


def _length(offer: Format, errand: Encode, frames: int) -> Refused:
    message = f"the {offer.name} file decodes to {frames} frames, the master has {_frames(errand)}"
    return refuse(Exit.UNPROVEN, "length", errand.what, message, _ANOTHER)


def _heard_by(audio: Audio, pcm: Pcm) -> Audio:
    def blocks() -> Iterator[Block]:
        for block in audio:
            pcm.hear(block)
            yield block

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def compared(
    audio: Audio, wanted: Audio, differs: Callable[[int], Exception], length: Callable[[int], Exception]
) -> Audio:
    """`audio`, as long as it equals `wanted` sample by sample, however both are cut into blocks.

    Raises what `differs` makes of the first frame that is another, what `length` makes of a wrong number of frames.
    """

    def blocks() -> Iterator[Block]:
        at, decoded, others = 0, iter(audio), iter(wanted)
        other: Block | None = None
        for block in decoded:
            rest = block
            while len(rest):
                other = next(others, None) if other is None or not len(other) else other
                if other is None:
                    raise length(at + len(rest) + sum(map(len, decoded)))
                here = min(len(rest), len(other))
                if not (same := rest[:here] == other[:here]).all():
                    raise differs(at + int(same.all(axis=1).argmin()))
                rest, other, at = rest[here:], other[here:], at + here
            yield block
        if at != wanted.frames:
            raise length(at)

    return Audio(audio.rate, audio.channels, audio.frames, blocks)
