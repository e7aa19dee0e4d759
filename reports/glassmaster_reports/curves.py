"""Loudness over time, thinned for drawing, and the range in which a record stays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from glassmaster.model import HOP_SECONDS, Album, Grid, Heard, Seconds

from .figures import reference_names
from .takes import Take

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Levels: TypeAlias = NDArray[np.float64]
    """LUFS at every 10 ms."""
else:
    Levels = Any

MOST_DRAWN = 200
"""Songs that have charts and a section of their own: with more, no browser would like the page, and no reader."""
SILENCE_LUFS = -70.0
"""Where BS.1770 stops to listen; a curve does not go lower."""
_WINDOW_HOPS = 300
_LOW, _HIGH = 10, 95
"""Per cent of a record's short-term loudness between which its range lies (EBU Tech 3342)."""
_RELATIVE_GATE_LU = 20.0


@dataclass(frozen=True)
class Curve:
    """Short-term loudness: the window of the last 3 s at each time."""

    label: str
    style: str
    times: tuple[Seconds, ...]
    lufs: tuple[float, ...]
    integrated_lufs: float | None


@dataclass(frozen=True)
class Range:
    """Where a record's short-term loudness stays most of the time."""

    name: str
    low_lufs: float
    high_lufs: float
    integrated_lufs: float | None


@dataclass(frozen=True, eq=False)
class Curves:
    """All curves of one page, each computed once."""

    album: Album
    takes: tuple[Take, ...]

    @property
    def songs(self) -> int:
        """How many songs, from the first, are drawn."""
        return min(len(self.album.release.songs), MOST_DRAWN)

    @cached_property
    def points(self) -> int:
        """Points of one line: 300, fewer when a release has many songs."""
        lines = self.songs * (2 * len(self.takes) + 1)
        return max(50, min(300, 40_000 // max(lines, 1)))

    @property
    def columns(self) -> int:
        """Columns of a waveform: 600, likewise fewer."""
        return self.points * 2

    @cached_property
    def ranges(self) -> Mapping[str, Range]:
        """By the reference's name; the ones too short or silent are left out."""
        found = {name: _range(name, heard) for name, heard in self.album.references.items()}
        return {name: each for name, each in found.items() if each}

    def song_ranges(self, song: int) -> tuple[Range, ...]:
        """The ranges of the references that a song is compared with."""
        return tuple(self.ranges[name] for name in reference_names(self.album, song) if name in self.ranges)

    @cached_property
    def _mixdowns(self) -> dict[int, Curve]:
        return {song: curve for song in range(self.songs) if (curve := self._heard_mixdown(song))}

    def mixdown(self, song: int) -> Curve | None:
        """Of the part of the mixdown that is the song."""
        return self._mixdowns.get(song)

    @cached_property
    def _masters(self) -> dict[tuple[str, int], Curve]:
        heard = [
            (take, song, each.measurement)
            for take in self.takes
            for song, each in take.masters.items()
            if song < self.songs
        ]
        return {
            (take.label, song): drawn
            for take, song, told in heard
            if (drawn := curve(take.label, take.style, told.energies, told.integrated_lufs, self.points))
        }

    def master(self, take: Take, song: int) -> Curve | None:
        return self._masters.get((take.label, song))

    def _heard_mixdown(self, song: int) -> Curve | None:
        from glassmaster.levels import cut_energies

        heard, cut = self.album.mixdowns[song], self.album.cuts[song]
        if heard is None or cut is None:
            return None
        energies = cut_energies(heard, cut)
        return curve("Mixdown", "mixdown", energies, heard.measurement.integrated_lufs, self.points)


def curve(label: str, style: str, energies: Grid, integrated: float | None, points: int) -> Curve | None:
    """The short-term curve of a grid of energies; None when it is shorter than 3 s."""
    from glassmaster.loudness import short_term

    found = short_term(energies)
    if not len(found):
        return None
    places, lufs = thinned(found, points)
    times = tuple((place + _WINDOW_HOPS) * HOP_SECONDS for place in places)
    return Curve(label, style, times, lufs, integrated)


def thinned(lufs: Levels, points: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """At most `points` of a curve, as (indices, values): the highest of each stretch, so that no maximum is lost."""
    import numpy as np

    starts = np.unique(np.linspace(0, len(lufs), min(points, len(lufs)), endpoint=False).astype(np.int64))
    ends = np.append(starts[1:], len(lufs))
    places = [int(a + np.argmax(lufs[a:b])) for a, b in zip(starts, ends, strict=True)]
    return tuple(places), tuple(max(SILENCE_LUFS, float(lufs[place])) for place in places)


def _range(name: str, heard: Heard) -> Range | None:
    import numpy as np

    from glassmaster.loudness import short_term

    found = np.asarray(short_term(heard.measurement.energies), np.float64)
    loud = found[found > SILENCE_LUFS]
    if not len(loud):
        return None
    gate = 10 * math.log10(float(np.mean(10 ** (loud / 10)))) - _RELATIVE_GATE_LU
    low, high = np.percentile(loud[loud > gate], [_LOW, _HIGH])
    return Range(name, float(low), float(high), heard.measurement.integrated_lufs)


def lowest_and_highest(curves: Sequence[Curve], ranges: Sequence[Range]) -> tuple[float, float] | None:
    """The loudness between which everything worth drawing lies, in LUFS; quiet moments fall below."""
    lows = [sorted(each.lufs)[len(each.lufs) // 20] for each in curves] + [each.low_lufs for each in ranges]
    highs = [max(each.lufs) for each in curves] + [each.high_lufs for each in ranges]
    return (min(lows), max(highs)) if lows else None
