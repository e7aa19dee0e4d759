"""Past a guard: no number that is no sound goes on from here."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..errors import Exit, Refused
from ..model import Audio, Block, Finding
from .damage import clock

MAX_LEVEL = np.float32(1000.0)  # +60 dBFS
_CHANNELS = {1: ("mono",), 2: ("left", "right")}


def guarded(audio: Audio, where: str) -> Audio:
    """The same sound, refused (exit 3) at the first sample that is not a number, infinite or above +60 dBFS.

    `where` names the song or stage in the message.
    """

    def blocks() -> Iterator[Block]:
        at = 0
        stream = iter(audio)
        for block in stream:
            if not (np.max(block, initial=0) <= MAX_LEVEL and np.min(block, initial=0) >= -MAX_LEVEL):
                raise _no_sound(audio, where, at, block, stream)
            yield block
            at += len(block)

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def _no_sound(audio: Audio, where: str, at: int, block: Block, rest: Iterator[Block]) -> Refused:
    finite = bool(np.isfinite(block).all())

    def wrong(each: Block) -> NDArray[np.bool_]:
        return np.asarray(np.abs(each) > MAX_LEVEL if finite else ~np.isfinite(each))

    frame, channel = (int(each) for each in np.argwhere(wrong(block))[0])
    count = int(wrong(block).sum()) + sum(int(wrong(each).sum()) for each in rest)
    side = _CHANNELS[audio.channels][channel] if audio.channels in _CHANNELS else f"channel {channel + 1}"
    code, what, hint = _verdict(float(block[frame, channel]))
    message = f"{what} at {clock(at + frame, audio.rate)} ({side}, frame {at + frame:,}); {count:,} of the kind in all"
    return Refused(Exit.SOURCE, Finding(code, "error", where, message, hint, at=(at + frame) / audio.rate))


def _verdict(sample: float) -> tuple[str, str, str]:
    """(code, what, hint) for a sample that is no sound."""
    if math.isfinite(sample):
        hint = "look for a plugin in the mix that ran away, then export again"
        return "implausible-level", f"a sample of {20 * math.log10(abs(sample)):+.0f} dBFS", hint
    hint = "a plugin in the mix made it: bypass the last ones one by one, then export again"
    return "not-finite", "a sample that is not a number" if math.isnan(sample) else "an infinite sample", hint
