"""From cells to regions: where and in which bands something differs, for how long, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .cells import Bands, Cells
from .found import Region
from .lining import Stretch, runs_of
from .matching import Match

_LEAST = 0.0035
"""Residual against sound: a change of 1 dB (0.0118) over half a window."""
_LEAKS = ((0, 0.0), (1, 1e-3), (3, 1e-4), (99, 1e-5))
"""(bands away, share of a residual's energy that a window lets through)."""
_LOW_LEAK = 3e-2  # between neighbours of a few bins
_LOW_BINS = 8
_NULL, _UNTOLD, _DIFFERS = 0, 1, 2
_GAP = 2  # windows in a row that null and do not end a run
_PAUSE = 36  # windows in a row that tell nothing and do not end it either
_LASTING = 3  # windows of a run; fewer count where many bands differ at once
_BROAD = 0.3
_SHARE = 0.5
_SIDES: tuple[Literal["both", "left", "right"], ...] = ("both", "left", "right", "both")


@dataclass(frozen=True, eq=False)
class Marks:
    """Windows x bands of one stretch: little enough to keep for a whole song."""

    state: NDArray[np.int8]
    change: NDArray[np.int8]
    """NEW over OLD in tenths of a decibel, within 12.7 dB."""
    residual: NDArray[np.int8]
    """Residual against the sound, in dB."""
    side: NDArray[np.int8]
    """Bits: 1 left, 2 right."""


def marked(found: Cells, match: Match, bands: Bands) -> Marks:
    """What each cell of a block says."""
    left = found.residual(match.factor)
    ours, theirs = found.old, found.new * np.float32(match.factor**2)
    sound = np.maximum(ours, theirs)
    noise = np.maximum(match.allowance, _leaked(left, bands)).astype(np.float32)
    least = np.float32(_LEAST) * sound
    differs = (left > noise) & (left > least)
    told = noise < least
    tiny = np.float32(1e-30)
    ratio = left / (sound + tiny) * differs
    loudest = ratio.argmax(axis=1)[:, None]  # of the channels, the one that differs most speaks for the cell
    change = np.take_along_axis(10 * np.log10((theirs + tiny) / (ours + tiny)), loudest, 1)[:, 0]
    residual = np.take_along_axis(10 * np.log10(ratio + tiny), loudest, 1)[:, 0]
    any_differs = differs.any(axis=1)
    state = np.where(any_differs, _DIFFERS, np.where(told.any(axis=1), _NULL, _UNTOLD)).astype(np.int8)
    bits = np.array([1, 2] if differs.shape[1] == 2 else [3])[None, :, None]
    return Marks(
        state,
        np.clip(np.round(change * 10), -127, 127).astype(np.int8),
        np.clip(np.round(residual), -127, 127).astype(np.int8),
        (differs * bits).sum(axis=1).astype(np.int8),
    )


def _leaked(left: NDArray[np.float32], bands: Bands) -> NDArray[np.float32]:
    """Residual that each band may have from others, for the window's sake."""
    count, found = left.shape[2], np.zeros_like(left)
    widths = np.diff(bands.bins)
    for away in range(1, count):
        share = next(each for reach, each in _LEAKS if away <= reach)
        shares = np.where((away == 1) & (np.minimum(widths[:-away], widths[away:]) < _LOW_BINS), _LOW_LEAK, share)
        shares = shares.astype(np.float32)
        np.maximum(found[:, :, away:], left[:, :, :-away] * shares, out=found[:, :, away:])
        np.maximum(found[:, :, :-away], left[:, :, away:] * shares, out=found[:, :, :-away])
    return found


def joined(parts: Sequence[Marks]) -> Marks:
    """Blocks of one stretch put together."""
    names = ("state", "change", "residual", "side")
    return Marks(*(np.concatenate([getattr(each, name) for each in parts]) for name in names))


@dataclass(frozen=True)
class _Run:
    band: int
    start: int
    end: int


def regions(marks: Marks, stretch: Stretch, bands: Bands) -> Iterator[Region]:
    """The regions of one stretch, in order of time."""
    runs = [run for band in range(marks.state.shape[1]) for run in _runs(marks.state, band)]
    for group in sorted(_groups(runs), key=lambda each: min(run.start for run in each)):
        yield _region(group, marks, stretch, bands)


def _runs(state: NDArray[np.int8], band: int) -> Iterator[_Run]:
    """Stretches of windows that differ in one band, short pauses bridged."""
    column = state[:, band]
    told = np.maximum((state != _UNTOLD).sum(axis=1), 1)
    broad = (state == _DIFFERS).sum(axis=1) >= np.maximum(4, _BROAD * told)
    open_run: tuple[int, int] | None = None
    for start, end in [*runs_of(column == _DIFFERS), (len(column) + _PAUSE + 1, 0)]:
        if open_run is not None:
            between = column[open_run[1] : start]
            if start <= len(column) and len(between) <= _PAUSE and int((between == _NULL).sum()) <= _GAP:
                open_run = open_run[0], end
                continue
            whole = slice(*open_run)
            if int((column[whole] == _DIFFERS).sum()) >= _LASTING or bool((broad[whole]).any()):
                yield _Run(band, *open_run)
        open_run = start, end


def _groups(runs: Sequence[_Run]) -> list[list[_Run]]:
    """Runs of neighbouring bands that share half of the shorter one's time."""
    by_band: dict[int, list[int]] = {}
    for number, run in enumerate(runs):
        by_band.setdefault(run.band, []).append(number)
    owner = list(range(len(runs)))

    def head(each: int) -> int:
        while owner[each] != each:
            owner[each] = owner[owner[each]]
            each = owner[each]
        return each

    for band, mine in by_band.items():
        above = by_band.get(band + 1, [])
        for one, other in _overlapping(runs, mine, above):
            owner[head(one)] = head(other)
    found: dict[int, list[_Run]] = {}
    for number, run in enumerate(runs):
        found.setdefault(head(number), []).append(run)
    return list(found.values())


def _overlapping(runs: Sequence[_Run], mine: Sequence[int], above: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs in two lists that are ordered in time."""
    first = 0
    for one in mine:
        while first < len(above) and runs[above[first]].end <= runs[one].start:
            first += 1
        for other in above[first:]:
            a, b = runs[one], runs[other]
            if b.start >= a.end:
                break
            shared = min(a.end, b.end) - max(a.start, b.start)
            if shared >= _SHARE * min(a.end - a.start, b.end - b.start):
                yield one, other


def _region(runs: Sequence[_Run], marks: Marks, stretch: Stretch, bands: Bands) -> Region:
    longest = max(run.end - run.start for run in runs)
    main = [run for run in runs if run.end - run.start >= _SHARE * longest]
    start, end = min(run.start for run in main), max(run.end for run in main)
    low, high = min(run.band for run in main), max(run.band for run in main)
    where = np.zeros(marks.state.shape, bool)
    for run in main:
        where[run.start : run.end, run.band] = True
    where &= marks.state == _DIFFERS
    sides = int(np.bitwise_or.reduce(marks.side[where]))
    edges = [each * bands.rate / bands.length for each in bands.bins]
    at = [(stretch.start + (each - 0.5) * bands.hop + bands.length / 2) / bands.rate for each in (start, end)]
    return Region(
        start=at[0],
        end=at[1],
        new_start=at[0] + (stretch.lag + stretch.fraction) / bands.rate,
        low_hz=edges[low],
        high_hz=edges[high + 1],
        change_db=float(np.median(marks.change[where])) / 10,
        residual_db=float(np.median(marks.residual[where])),
        channels=_SIDES[sides],
    )
