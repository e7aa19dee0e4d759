"""Which stretch of one recording is which of the other, told from their outlines: offsets, polarity, edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .recording import Floats

_LOW_HZ, _HIGH_HZ = 100.0, 900.0
_CANDIDATES = 8
_APART_SECONDS = 0.05
_BLOCK_SECONDS = 0.25
_ALIKE = 0.6
"""Correlation of half a second from which on it counts as the same music."""
_SWITCH = 1.5
"""Blocks of music that must fit better elsewhere before another offset is believed."""
_SKIP = 0.95
"""The same for each block of OLD that is left out on the way: hardly better than one that fits nowhere."""
_SEARCHES = 6
_LEAST_SEARCH, _MOST_SEARCH = 4, 120  # blocks that fit nowhere yet
_QUIET = 1e-5
"""Power under the music's mean (-50 dB) at which a block says nothing about offsets."""
_REFINE_SECONDS = 2.0


@dataclass(frozen=True)
class Stretch:
    """Frames `start` to `end` of OLD that are found `lag` frames later in NEW."""

    start: int
    end: int
    lag: int
    fraction: float = 0.0
    """Frames by which NEW comes later still, -0.5 to 0.5."""


@dataclass(frozen=True)
class Lines:
    stretches: tuple[Stretch, ...]
    """In frames of the outlines, in order, without overlap in OLD or NEW."""
    inverted: bool
    alike: float
    """Share of OLD's sounding blocks that fit."""


def lined(old: Floats, new: Floats, low_hz: int) -> Lines:
    """Line two outlines up."""
    old, new = _focused(old, low_hz), _focused(new, low_hz)
    block = max(1, round(low_hz * _BLOCK_SECONDS))
    if not old.any() or not new.any() or len(old) < block:
        return Lines((), False, 0.0)
    apart = round(low_hz * _APART_SECONDS)
    lags, inverted = _candidates(old, new, apart)
    turned = -new if inverted else new
    weights = _weights(old, block)
    fits = {lag: _fit(old, turned, lag, block) for lag in lags}
    for start, end in _unfit(fits, weights):
        lag = _found(old[start * block : end * block], turned, start * block)
        if lag is not None and lag not in fits:
            fits[lag] = _fit(old, turned, lag, block)
    runs = _path(list(fits), np.array([*fits.values()]), weights, block)
    fitting = sum(float(weights[a:b][fits[lag][a:b] >= _ALIKE].sum()) for lag, a, b in runs)
    alike = fitting / max(float(weights.sum()), 1e-9)
    return Lines(tuple(_joined(old, turned, runs, block, low_hz)), inverted, alike)


def _focused(outline: Floats, low_hz: int) -> Floats:
    """The band in which an outline's samples still tell offsets apart, its low end not in front."""
    spectrum = np.fft.rfft(outline, _size(len(outline) + low_hz))
    hz = np.arange(len(spectrum), dtype=np.float32) * np.float32(low_hz / _size(len(outline) + low_hz))
    high = min(_HIGH_HZ, low_hz * 0.225)
    spectrum *= (hz / (hz + np.float32(_LOW_HZ))) / (1 + (hz / np.float32(high)) ** 8)
    spectrum[0] = 0
    return np.asarray(np.fft.irfft(spectrum, _size(len(outline) + low_hz))[: len(outline)], np.float32)


def _size(least: int) -> int:
    """The next length that transforms fast."""
    best = 1 << (least - 1).bit_length()
    for small in (3, 5, 9, 15):
        size = small << max(0, (-(-least // small) - 1).bit_length())
        best = min(best, size) if size >= least else best
    return best


def _correlation(old: Floats, new: Floats) -> Floats:
    """For lags from -(len(old) - 1) to len(new) - 1: the sum of old[n] * new[n + lag]."""
    size = _size(len(old) + len(new))
    found = np.fft.irfft(np.conj(np.fft.rfft(old, size)) * np.fft.rfft(new, size), size)
    return np.asarray(np.concatenate([found[len(found) - len(old) + 1 :], found[: len(new)]]), np.float32)


def _candidates(old: Floats, new: Floats, apart: int) -> tuple[list[int], bool]:
    """The lags that fit best, and whether the best fits upside down."""
    found = _correlation(old, new)
    at = int(np.argmax(np.abs(found)))
    inverted = bool(found[at] < 0)
    found = -found if inverted else found
    least, lags = found[at] / 100, list[int]()
    while len(lags) < _CANDIDATES and found[at] > least:
        lags.append(at - len(old) + 1)
        found[max(0, at - apart) : at + apart + 1] = 0
        at = int(np.argmax(found))
    return lags, inverted


def _blocks(sound: Floats, block: int) -> NDArray[np.float64]:
    """Sums of blocks; an incomplete last one included."""
    return np.add.reduceat(sound, np.arange(0, len(sound), block)).astype(np.float64)


def _weights(old: Floats, block: int) -> NDArray[np.float64]:
    power = _blocks(old * old, block)
    return np.asarray(power > _QUIET * power.mean(), np.float64)


def _fit(old: Floats, new: Floats, lag: int, block: int) -> NDArray[np.float64]:
    """Correlation of each block and its neighbours at a lag, 0 where nothing is."""
    moved = np.zeros_like(old)
    low, high = max(0, -lag), min(len(old), len(new) - lag)
    if low < high:
        moved[low:high] = new[low + lag : high + lag]
    both, ours, theirs = (_wide(_blocks(each, block)) for each in (old * moved, old * old, moved * moved))
    power = np.sqrt(np.maximum(ours * theirs, 1e-30))
    return np.asarray(np.clip(both / power, 0, 1))


def _wide(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each block with half of its neighbours: smooth, but no wider than half a second."""
    padded = np.pad(sums, 1)
    return np.asarray(sums + 0.5 * (padded[:-2] + padded[2:]))


def _unfit(fits: dict[int, NDArray[np.float64]], weights: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """The longest runs of blocks that sound and fit at no lag yet."""
    best = np.max([*fits.values()], axis=0)
    runs = [run for run in runs_of((best < _ALIKE) & (weights > 0)) if run[1] - run[0] >= _LEAST_SEARCH]
    for start, end in sorted(runs, key=lambda run: run[0] - run[1])[:_SEARCHES]:
        yield start, min(end, start + _MOST_SEARCH)


def runs_of(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, one past the last) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _found(part: Floats, new: Floats, start: int) -> int | None:
    """Where a part of OLD fits into NEW; None if nowhere."""
    found = _correlation(part, new)
    place = int(np.argmax(found)) - len(part) + 1
    there = new[max(0, place) : place + len(part)]
    power = float(np.sqrt(np.sum(part * part, dtype=np.float64) * np.sum(there * there, dtype=np.float64)))
    return place - start if power > 0 and float(found.max()) / power > _ALIKE else None


def _path(
    lags: Sequence[int], fits: NDArray[np.float64], weights: NDArray[np.float64], block: int
) -> list[tuple[int, int, int]]:
    """Runs of blocks (lag, first, one past the last), another lag only where much fits better (Viterbi).

    Whoever changes to an earlier place of NEW must leave out as much of OLD: nothing of NEW is used twice.
    """
    costs = weights * np.where(fits >= _ALIKE, 1 - fits, 1.0)
    several, count = fits.shape
    apart = np.subtract.outer(lags, lags)  # from one lag to another
    skips = np.maximum(0, -(-apart // block))
    prices = np.where(apart == 0, 0.0, _SWITCH + _SKIP * skips)
    total = np.full((several, count + 1), np.inf)
    total[:, 0], came = 0.0, np.zeros((several, count + 1), np.int64)
    everyone = np.arange(several)[:, None]
    for n in range(1, count + 1):
        before = n - 1 - skips
        paid = np.where(before >= 0, total[everyone, np.maximum(before, 0)] + prices, np.inf)
        came[:, n] = np.argmin(paid, axis=0)
        total[:, n] = paid[came[:, n], np.arange(several)] + costs[:, n - 1]
    return _traced(lags, came, skips, int(np.argmin(total[:, count])))


def _traced(
    lags: Sequence[int], came: NDArray[np.int64], skips: NDArray[np.int64], at: int
) -> list[tuple[int, int, int]]:
    runs, n = list[tuple[int, int, int]](), came.shape[1] - 1
    end = n
    while n > 0:
        before = int(came[at, n])
        first = n - 1
        if before != at:
            runs.append((lags[at], first, end))
            end = first - int(skips[before, at])
        n, at = (first if before == at else end), before
    runs.append((lags[at], 0, end))
    return [run for run in runs[::-1] if run[1] < run[2]]


def _joined(
    old: Floats, new: Floats, runs: Sequence[tuple[int, int, int]], block: int, low_hz: int
) -> Iterator[Stretch]:
    """Runs of one lag, their borders set to where both sides fit best."""
    start = 0
    for number, (lag, _, last) in enumerate(runs):
        stop, after = min(last * block, len(old)), 0
        if number + 1 < len(runs):
            stop, after = _border(old, new, (lag, runs[number + 1][0]), stop, low_hz)
        found = Stretch(max(start, -lag, 0), min(stop, len(new) - lag, len(old)), lag)
        if found.start < found.end:
            yield found
        start = max(after, found.end)


def _border(old: Floats, new: Floats, lags: tuple[int, int], near: int, low_hz: int) -> tuple[int, int]:
    """(end of the stretch before, start of the one behind): they differ by what NEW leaves out."""
    gone = max(0, lags[0] - lags[1])
    reach = round(low_hz * _REFINE_SECONDS) + min(gone, 30 * low_hz)
    low, high = max(0, near - reach), min(len(old) - gone, near + reach)
    if low >= high:
        return near, min(near + gone, len(old))
    before = np.cumsum(_misfit(old, new, lags[0], low, high), dtype=np.float64)
    behind = np.cumsum(_misfit(old, new, lags[1], low + gone, high + gone), dtype=np.float64)
    at = low + int(np.argmin(before + behind[-1] - behind)) + 1
    return at, at + gone


def _misfit(old: Floats, new: Floats, lag: int, low: int, high: int) -> Floats:
    """Power of what does not fit, sample by sample, both at one level."""
    there = np.zeros(high - low, np.float32)
    a, b = max(low, -lag), min(high, len(new) - lag)
    if a < b:
        there[a - low : b - low] = new[a + lag : b + lag]
    here = old[low:high]
    power = float(np.sum(there * there, dtype=np.float64))
    level = float(np.sqrt(np.sum(here * here, dtype=np.float64) / power)) if power > 0 else 0.0
    return np.asarray((here - np.float32(level) * there) ** 2, np.float32)


def scaled(stretch: Stretch, factor: float) -> Stretch:
    """The same in frames of another rate."""
    start, end, lag = (round(each * factor) for each in (stretch.start, stretch.end, stretch.lag))
    return replace(stretch, start=start, end=end, lag=lag)
