"""A file that can be read anywhere at one sample rate, and its outline at a low one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model import Audio, Block, Source
from ..sound import spool
from ..sound.resample import resampled
from ..sources import decoded, guarded, open_source, probe

Floats: TypeAlias = NDArray[np.float32]
_MOST_POINTS = 1 << 21
_OUTLINE_HZ = 4000
_LEAST_HZ = 100


@dataclass(frozen=True)
class Recording:
    """One of the two files."""

    source: Source
    rate: int
    """Frames per second of what is read."""
    channels: int
    frames: int
    spool: Path | None
    """Where the sound lies ready, if the file itself cannot be read at any place and at this rate."""

    def read(self, start: int, frames: int) -> Floats:
        """Frames from `start` on, channels first; silence before the beginning and behind the end."""
        found = np.zeros((self.channels, frames), np.float32)
        low, high = max(0, start), min(self.frames, start + frames)
        at = low - start
        for block in self._audio(low, high) if low < high else ():
            found[:, at : at + len(block)] = block.T
            at += len(block)
        return found

    def _audio(self, start: int, end: int) -> Audio:
        if self.spool:
            return spool.read(self.spool, self.rate, self.channels, start, end)
        return open_source(self.source, start, end)


def opened(path: Path) -> Source:
    """What a file is. Raises `Refused` (exit 3) for what is no sound, or more than stereo."""
    return probe(path, sha256="", allow_lossy=True)[0]


def recording(source: Source, rate: int, low_hz: int, room: Path) -> tuple[Recording, Floats]:
    """A file at `rate`, with its outline at `low_hz`. `room`: a folder for spools. Raises `Refused` (exit 3)."""
    audio = guarded(open_source(source), str(source.path))
    if source.rate_hz == rate and not decoded(source.path):
        made = Recording(source, rate, source.channels, source.frames, None)
        return made, _outlined(audio, low_hz)
    audio, path = resampled(audio, rate), room / f"{len([*room.iterdir()])}.f32"
    outline = _Outline(audio, low_hz)
    frames = spool.write(outline.through(), path)
    return Recording(source, rate, source.channels, frames, path), outline.done()


def outline_hz(seconds: float) -> int:
    """Rate of outlines: as high as memory that does not grow with a song's length allows."""
    return int(max(_LEAST_HZ, min(_OUTLINE_HZ, _MOST_POINTS / max(seconds, 1.0))))


def _outlined(audio: Audio, low_hz: int) -> Floats:
    outline = _Outline(audio, low_hz)
    for _ in outline.through():
        pass
    return outline.done()


class _Outline:
    """One channel at a low rate, made on the way. Channels count unequally: opposite ones must not cancel out."""

    def __init__(self, audio: Audio, low_hz: int) -> None:
        import soxr

        self._audio = audio
        self._stream = soxr.ResampleStream(audio.rate, low_hz, 1, dtype="float32", quality="LQ")
        self._parts: list[Floats] = []

    def through(self) -> Iterator[Block]:
        for block in self._audio:
            yield block
            self._parts.append(self._stream.resample_chunk(blended(block.T)))

    def done(self) -> Floats:
        self._parts.append(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))
        return np.concatenate(self._parts)


def blended(sound: Floats) -> Floats:
    """Channels first, to one channel."""
    return np.ascontiguousarray(sound[0] if len(sound) == 1 else sound[0] + np.float32(0.5) * sound[1])
