"""Dropouts: moments where the sound of a channel is gone and comes back, as if a buffer had been lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model import Json, Passage

NOTHING = 10 ** (-80 / 20)
"""Magnitude under which there is no sound."""
_SOUND = 10 ** (-45 / 20)
"""Magnitude that the sound has right before and right behind."""
SHORTEST_SECONDS = 0.0012
LONGEST_SECONDS = 0.5
"""A longer hole is silence inside the song."""
_SIDE_SECONDS = 0.005
_ABRUPT = 0.25
"""Share of the level just before that the sound still has within the last `_CLOSE_SECONDS`: what dies away has less."""
_CLOSE_SECONDS = 0.0015
_STRIDE_SECONDS = 0.0003
_PLACES = 10


@dataclass(frozen=True)
class _Hole:
    at: float
    seconds: float
    channel: int


class Dropouts:
    """How many holes there are, where the first few are, how long the longest is, how many are in one channel only.

    A hole lasts from `SHORTEST_SECONDS` to `LONGEST_SECONDS`, and the sound stops and starts within a millisecond or
    two. Every fourteenth sample or so is enough to see that there is none.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._rate, self._channels = rate, channels
        self._stride = max(1, round(_STRIDE_SECONDS * rate))
        self._side, self._close = round(_SIDE_SECONDS * rate), round(_CLOSE_SECONDS * rate)
        self._keep = round((LONGEST_SECONDS + 2 * _SIDE_SECONDS) * rate)
        self._tail = np.empty((channels, 0), np.float32)
        self._heard = 0
        self._before = [-1.0] * channels
        """End of the last hole of each channel, in frames: the tail is looked at twice."""
        self._holes: list[_Hole] = []
        self._count = self._alone = 0
        self._longest = 0.0

    def hear(self, passage: Passage) -> None:
        planar = passage.block.T
        found = [hole for channel in range(self._channels) for hole in self._look(planar[channel], channel)]
        self._heard += planar.shape[1]
        longer = planar if planar.shape[1] >= self._keep else np.concatenate([self._tail, planar], axis=1)
        self._tail = longer[:, -self._keep :].copy()
        self._count_in(sorted(found, key=lambda hole: hole.at))

    def done(self) -> Json:
        return {
            "count": self._count,
            "in_one_channel": self._alone,
            "longest_seconds": round(self._longest, 4),
            "at": [round(hole.at, 3) for hole in self._holes],
        }

    def _count_in(self, found: list[_Hole]) -> None:
        places: list[list[_Hole]] = []
        for hole in found:
            if places and hole.at - places[-1][0].at < SHORTEST_SECONDS:
                places[-1].append(hole)
            else:
                places.append([hole])
        self._count += len(places)
        self._alone += sum(len(place) < self._channels for place in places if self._channels > 1)
        self._longest = max([self._longest, *(hole.seconds for hole in found)])
        self._holes = [*self._holes, *(place[0] for place in places)][:_PLACES]

    def _look(self, new: NDArray[np.float32], channel: int) -> list[_Hole]:
        """Holes of one channel that end in the new frames."""
        tail = self._tail[channel]
        coarse = np.concatenate([tail[:: self._stride], new[:: self._stride]])
        quiet = np.abs(coarse) < NOTHING
        if not (quiet[2:] & quiet[1:-1] & quiet[:-2]).any():
            return []
        sound = np.concatenate([tail, new])
        first = self._heard - len(tail)
        shortest, longest = SHORTEST_SECONDS * self._rate, LONGEST_SECONDS * self._rate
        holes = []
        for begin, end in _runs(np.abs(sound) < NOTHING, int(shortest)):
            known = first + end <= self._before[channel]
            if (
                end < len(sound) - self._side
                and not known
                and end - begin <= longest
                and self._abrupt(sound, begin, end)
            ):
                holes.append(_Hole((first + begin) / self._rate, (end - begin) / self._rate, channel))
                self._before[channel] = first + end
        return holes

    def _abrupt(self, sound: NDArray[np.float32], begin: int, end: int) -> bool:
        if begin < self._side:
            return False
        before, after = np.abs(sound[begin - self._side : begin]), np.abs(sound[end : end + self._side])
        stops = before[-self._close :].max() >= max(_SOUND, _ABRUPT * before.max())
        starts = after[: self._close].max() >= max(_SOUND, _ABRUPT * after.max())
        return bool(stops and starts)


def _runs(quiet: NDArray[np.bool_], shortest: int) -> list[tuple[int, int]]:
    """(begin, end) of each run of at least so many."""
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8), prepend=0, append=0))
    begins, ends = edges[::2], edges[1::2]
    long = ends - begins >= shortest
    return list(zip(begins[long].tolist(), ends[long].tolist(), strict=True))
