"""Clicks: single samples and steps that stand out of the sound around them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model import HOP_SECONDS, Json, Passage

_CREST = 30.0
"""Highest square over the mean square of a hop's curvature at which the hop is looked at closely (15 dB)."""
_AROUND_SECONDS = 0.004
_CORE_SECONDS = 0.00025
"""A click is over after that; the attack of a drum or a consonant goes on."""
STANDS_OUT_DB = 24.0
"""Above the RMS of the curvature on either side; noise reaches 13 dB, and attacks have a loud side."""
_COMPACT, _REACH = 0.93, 2
"""Share of the energy within `_CORE_SECONDS` that lies within two samples: what went through a filter rings longer."""
_LOUDER = 6.0
"""After a click the music goes on as before; after a stroke its power is many times what it was."""
_FAINT = 0.03
"""Curvature under this (-30 dBFS) is the hard attack of a synthesizer as often as a fault."""
_PLACES = 10
_TOGETHER = 160
"""Hops: fewer cost calls, more do not stay in the cache."""
_MOST = 200  # hops of a passage that are looked at closely, so that no sound can make the meter slow


class Clicks:
    """How many there are in any channel (those within 10 ms count once), where the first few are, and how far the
    strongest stands out.

    What is looked at is the curvature of the wave, its second difference: in it music is faint, for it falls by 12 dB
    an octave towards the low end, and a step or a single wrong sample is all there.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self._around, self._core = round(_AROUND_SECONDS * rate), max(3, round(_CORE_SECONDS * rate))
        self._hop = rate // 100
        self._work = np.empty((2, _TOGETHER * self._hop + 2), np.float32)
        self._count, self._strongest = 0, 0.0
        self._at: list[float] = []

    def hear(self, passage: Passage) -> None:
        frames = len(passage.block) // self._hop * self._hop
        found: dict[int, tuple[float, float]] = {}
        for sound in passage.block.T if frames else ():
            for frame, ratio in self._found(sound[:frames]):
                hop = frame // self._hop
                found[hop] = max(found.get(hop, (0.0, 0.0)), (ratio, frame / (100 * self._hop)))
        self._count += len(found)
        self._strongest = max([self._strongest, *(ratio for ratio, _ in found.values())])
        begin = passage.first * HOP_SECONDS
        self._at = [*self._at, *(round(begin + at, 3) for _, (_, at) in sorted(found.items()))][:_PLACES]

    def done(self) -> Json:
        strongest = round(float(20 * np.log10(self._strongest)), 1) if self._strongest else None
        return {"count": self._count, "strongest_db": strongest, "at": self._at}

    def _found(self, sound: NDArray[np.float32]) -> list[tuple[int, float]]:
        """(frame, how far it stands out) of each click in one channel."""
        size = _TOGETHER * self._hop
        places = [
            hop + begin // self._hop
            for begin in range(0, len(sound), size)
            for hop in self._crested(sound[begin : begin + size + 2])
        ]
        ratios = []
        for hop in places[:_MOST]:
            around = slice(max(0, hop * self._hop - self._around - 2), (hop + 1) * self._hop + self._around + 2)
            curvature = np.diff(sound[around], 2)
            inside = slice(self._around, len(curvature) - self._around)
            peak = self._around + int(np.abs(curvature[inside]).argmax())
            ratios.append((around.start + peak + 1, self._ratio(curvature, peak)))
        return [each for each in ratios if each[1] >= 10 ** (STANDS_OUT_DB / 20)]

    def _crested(self, sound: NDArray[np.float32]) -> list[int]:
        """Hops of a part of the channel (with two frames more behind it, where there are) that may hold a click.

        In parts that stay in the processor's cache, and in memory that is there already.
        """
        steps, curvature = self._work[0, : len(sound) - 1], self._work[1, : len(sound) - 2]
        np.subtract(sound[1:], sound[:-1], out=steps)
        np.subtract(steps[1:], steps[:-1], out=curvature)
        whole, rest = divmod(len(curvature), self._hop)
        found = _crested(curvature[: whole * self._hop].reshape(-1, self._hop))
        if rest:  # the channel's last hop lacks two frames
            found += [whole for _ in _crested(curvature[whole * self._hop :].reshape(1, -1))]
        return found

    def _ratio(self, curvature: NDArray[Any], peak: int) -> float:
        before = curvature[peak - self._around : peak - self._core]
        after = curvature[peak + self._core : peak + self._around]
        core = np.square(curvature[peak - self._core : peak + self._core + 1])
        near = core[self._core - _REACH : self._core + _REACH + 1]
        if near.sum() < _COMPACT * core.sum():
            return 0.0
        quiet, other = float(before @ before) / len(before), float(after @ after) / len(after)
        if other > _LOUDER * (quiet + _FAINT**2 / 60_000):
            return 0.0
        return float(abs(curvature[peak]) / np.sqrt(max(quiet, other, 1e-16)))


def _crested(hops: NDArray[np.float32]) -> list[int]:
    """Those whose highest square stands out of their mean square."""
    highest = np.square(np.maximum(hops.max(axis=1), -hops.min(axis=1)))
    power = np.vecdot(hops, hops) / hops.shape[1]
    return np.flatnonzero((highest > _CREST * power) & (highest > _FAINT**2)).tolist()
