"""Power spectra of a stream: what the long-term spectrum is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Planar: TypeAlias = NDArray[np.float32]
"""channels x frames"""
Float64: TypeAlias = NDArray[np.float64]
_SLOPE = 0.15
_TOGETHER = 32
"""Windows that are worked on together: they fit the cache."""


def tapered(length: int) -> Planar:
    """A window that is 1 but for a cosine slope over 15 % at each end: it leaves little of the sound unheard."""
    at = np.arange(length) + 0.5
    slope = np.minimum(1.0, np.minimum(at, at[::-1]) / (_SLOPE * length))
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * slope), np.float32)


class Windows:
    """Sums the power spectra of windows, one every `hop` frames of each channel; where they leave gaps, the channels
    take turns."""

    def __init__(self, channels: int, length: int, hop: int) -> None:
        self.length, self._hop = length, hop
        self._begins = [channel * hop // channels if hop > length else 0 for channel in range(channels)]
        self._taper = tapered(length)
        self._windows = np.empty((_TOGETHER, length), np.float32)
        self._lines = np.empty((_TOGETHER, length // 2 + 1), np.complex64)
        self._power = np.zeros(length + 2)
        self._weights = np.zeros(channels)
        self._short = np.empty((channels, 0), np.float32)

    def hear(self, planar: Planar) -> int:
        """Take all whole windows of the stream's next frames; gives the frame where the following ones would begin."""
        count: int = max(0, (planar.shape[1] - self.length - self._begins[-1]) // self._hop + 1)
        for channel, begin in enumerate(self._begins if count else ()):
            shape, strides = (count, self.length), (self._hop * planar.itemsize, planar.itemsize)
            self._take(channel, np.ndarray(shape, planar.dtype, planar[channel, begin:], 0, strides), self._taper)
        if not self._weights.any():
            self._short = planar[:, : self.length].copy()
        return count * self._hop

    def _take(self, channel: int, windows: Planar, taper: Planar) -> None:
        for begin in range(0, len(windows), _TOGETHER):
            some = windows[begin : begin + _TOGETHER]
            np.multiply(some, taper, out=self._windows[: len(some)])
            np.fft.rfft(self._windows[: len(some)], out=self._lines[: len(some)])  # type: ignore[arg-type]  # single too
            squares = self._lines[: len(some)].view(np.float32)
            self._power += np.square(squares, out=squares).sum(axis=0)
        self._weights[channel] += len(windows) * float(taper @ taper)

    def mean_squares(self) -> Float64:
        """Mean square a channel of each line of the spectrum; of a stream too short for one window what there is."""
        if not self._weights.any() and self._short.size:
            padded, taper = np.zeros((len(self._short), self.length), np.float32), np.zeros(self.length, np.float32)
            frames = self._short.shape[1]
            padded[:, :frames], taper[:frames] = self._short, tapered(frames)
            for channel in range(len(padded)):
                self._take(channel, padded[channel : channel + 1], taper)
        total = self._weights.sum()
        power = self._power.reshape(-1, 2).sum(axis=1)
        return np.asarray(power * 2 / (total * self.length) if total else power)


class Decimator:
    """Keeps every nth sample of a stream behind a low-pass filter, with one matrix product a block."""

    ROWS, OUT = 5, 2
    """The filter spans 5 rows of samples; each row gives 2."""
    _BETA = 6.0

    def __init__(self, channels: int, factor: int) -> None:
        self._row = self.OUT * factor
        taps = self.ROWS * self._row
        at = np.arange(taps) - (taps - 1) / 2
        self.taps: Float64 = np.sinc(at / factor) / factor * np.kaiser(taps, self._BETA)
        shifted = [np.pad(self.taps, (out * factor, self._row))[: taps + self._row] for out in range(self.OUT)]
        parts = np.stack(shifted, axis=1).reshape(self.ROWS + 1, self._row, self.OUT)
        self._matrix = np.ascontiguousarray(parts.transpose(0, 2, 1).reshape(-1, self._row), np.float32)
        self._tail = np.empty((channels, 0), np.float32)
        self._parts = np.empty((channels, len(self._matrix), 0), np.float32)

    def __call__(self, planar: Planar) -> Planar:
        """What comes out for the stream's next frames (channels x fewer)."""
        kept, reach = self._tail.shape[1], self.ROWS * self._row
        head = -kept % self._row + reach
        if planar.shape[1] < head + reach:
            return self._filtered(np.concatenate([self._tail, planar], axis=1))
        first = self._filtered(np.concatenate([self._tail, planar[:, :head]], axis=1))
        return np.concatenate([first, self._filtered(planar[:, head - reach :])], axis=1)

    def _filtered(self, sound: Planar) -> Planar:
        """What comes out for all rows but the last ones, which are kept with whatever is left."""
        rows = sound.shape[1] // self._row
        made = max(0, rows - self.ROWS)
        if rows > self._parts.shape[2]:
            self._parts = np.empty((len(sound), len(self._matrix), rows), np.float32)
        out = np.empty((len(sound), made, self.OUT), np.float32)
        for channel in range(len(sound) if made else 0):
            samples = sound[channel, : rows * self._row].reshape(rows, self._row)
            parts = np.matmul(self._matrix, samples.T, out=self._parts[channel, :, :rows])
            out[channel] = _slanted(parts.reshape(-1, self.OUT, rows), made).T
        self._tail = sound[:, made * self._row :].copy()
        return out.reshape(len(sound), -1)

    def power(self, cycles: Sequence[float] | Float64) -> Float64:
        """What the filter leaves of the power at frequencies in cycles a sample."""
        phase = np.exp(-2j * np.pi * np.asarray(cycles)[:, None] * np.arange(len(self.taps)))
        return np.asarray(np.abs(phase @ self.taps) ** 2)


def _slanted(parts: Planar, made: int) -> Planar:
    """Sum over the first axis, each part taken one step later than the one before it."""
    total = parts[0, :, :made].copy()
    for behind in range(1, len(parts)):
        total += parts[behind, :, behind : behind + made]
    return total
