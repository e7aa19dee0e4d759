"""What a song's previews are cut from, and the one loudness that all of them are brought to.

Everything comes from the 10 ms grids of what was heard; no audio is touched. A level is a whole number of LUFS, so that
songs share the excerpts of references, and a mix that moved by a tenth of a dB leaves the other previews as they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from .errands import Cue
from .loudness import integrated
from .loudness.gating import windows
from .model import LOUDEST_SECONDS, Grid

CEILING_DBTP = -1.0
"""No preview peaks higher, so that none is clipped on its way to a loudspeaker."""
_PER_SECOND = 100
_FADE_SECONDS = 0.01


@dataclass(frozen=True, eq=False)
class Voice:
    """One sound of a song, before it is level-matched."""

    kind: Literal["mixdown", "master", "reference"]
    name: str
    energies: Grid
    """Of its stretch, without an incomplete last hop."""
    peak_dbtp: float | None
    """True peak, or what it can be at most; None: silence."""
    cue: Cue
    """The errand that cuts it, at a gain of 0 dB."""
    start: float = 0.0
    """Where the stretch begins, in seconds of the song or reference."""
    loudest_at: float = 0.0
    """Where its loudest passage begins, in seconds from its start."""

    @cached_property
    def lufs(self) -> float | None:
        """Integrated loudness of the stretch."""
        return integrated([self.energies])

    def loudest(self, seconds: int) -> float:
        """Where its loudest so many seconds begin, counted from its start; 0 where it is shorter."""
        means = windows(self.energies, seconds * _PER_SECOND)
        return int(means.argmax()) / _PER_SECOND if len(means) else 0.0

    @cached_property
    def loudest_lufs(self) -> float | None:
        """Integrated loudness of its loudest passage."""
        return integrated([self._hops(self.loudest_at, LOUDEST_SECONDS)])

    def excerpt(self, start: float, seconds: int) -> Voice:
        """So many seconds of it, faded for 10 ms at ends that are not its own; itself where it is no longer."""
        rate, length = self.cue.rate_hz, self.cue.end - self.cue.start
        first, frames = round(start * rate), min(seconds * rate, length)
        if frames == length:
            return self
        at = self.cue.start + first
        cue = replace(self.cue, seconds=float(seconds), start=at, end=at + frames, fade=round(_FADE_SECONDS * rate))
        return replace(self, energies=self._hops(start, seconds), cue=cue, start=self.start + start)

    def _hops(self, start: float, seconds: int) -> Grid:
        first = round(start * _PER_SECOND)
        return self.energies[first : first + seconds * _PER_SECOND]


def common_lufs(voices: Iterable[Voice]) -> float | None:
    """The highest whole number of LUFS that all voices reach by being turned down; None where all are silent.

    The quietest gives it, or the one that would peak above the ceiling.
    """
    reached = [
        lufs + min(0.0, CEILING_DBTP - voice.peak_dbtp)
        for voice in voices
        if (lufs := voice.lufs) is not None and voice.peak_dbtp is not None
    ]
    return float(math.floor(min(reached))) if reached else None


def gain_to(voice: Voice, lufs: float | None) -> float:
    """Gain in whole hundredths of a dB that brings a voice there; 0 for silence."""
    own = voice.lufs
    return 0.0 if own is None or lufs is None else min(0.0, round(lufs - own, 2))


def crossfaded(grids: Sequence[Grid], overlaps: Sequence[int]) -> Grid:
    """Energies of songs put end to end, each over the last `overlaps` hops of the one before: power is kept there."""
    total = np.zeros(max(0, sum(map(len, grids)) - sum(overlaps)), np.float32)
    at = 0
    for grid, before, after in zip(grids, overlaps, [*overlaps[1:], 0], strict=True):
        at -= before
        weights = np.ones(len(grid), np.float32)
        weights[:before] *= _rising(before)[: len(grid)]
        weights[len(grid) - after :] *= _rising(after)[::-1][: len(grid)]
        here = total[at : at + len(grid)]
        here += (grid * weights)[: len(here)]
        at += len(grid)
    return total


def _rising(hops: int) -> Grid:
    return np.asarray(np.sin((np.arange(hops) + 0.5) * (np.pi / 2 / max(1, hops))) ** 2, np.float32)
