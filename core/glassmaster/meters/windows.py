"""Power spectra of a stream: what the long-term spectrum is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .steps import Planar

Float64: TypeAlias = NDArray[np.float64]
_SLOPE = 0.15
_TOGETHER = 16
"""Windows that are worked on together: they fit the cache."""


def tapered(length: int) -> Planar:
    """A window that is 1 but for a cosine slope over 15 % at each end: it leaves little of the sound unheard."""
    at = np.arange(length) + 0.5
    slope = np.minimum(1.0, np.minimum(at, at[::-1]) / (_SLOPE * length))
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * slope), np.float32)


def _windows(sound: Planar, length: int, hop: int) -> Planar:
    """All whole windows, as views: what numpy's own function does, in a tenth of its time."""
    shape, step = ((sound.shape[0] - length) // hop + 1, length), sound.strides[0]
    return np.lib.stride_tricks.as_strided(sound, shape, (hop * step, step), writeable=False)


class Rolling:
    """The end of a stream, as long as it is still needed, in memory that is used again and again."""

    def __init__(self, channels: int) -> None:
        self._memory = np.empty((channels, 0), np.float32)
        self._kept = 0
        self.at = 0
        """Number of the first frame kept."""

    def push(self, planar: Planar) -> Planar:
        """Put frames behind those kept, and show all of them."""
        end = self._kept + planar.shape[1]
        if end > self._memory.shape[1]:
            larger = np.empty((len(self._memory), end), np.float32)
            larger[:, : self._kept] = self._memory[:, : self._kept]
            self._memory = larger
        self._memory[:, self._kept : end] = planar
        self._kept = end
        return self._memory[:, :end]

    def drop(self, count: int) -> None:
        """Forget so many frames."""
        count = min(count, self._kept)
        self._memory[:, : self._kept - count] = self._memory[:, count : self._kept]
        self.at, self._kept = self.at + count, self._kept - count


class Windows:
    """Sums the power spectra of windows, one every `hop` frames of each channel; channels take turns."""

    def __init__(self, channels: int, length: int, hop: int) -> None:
        self.length, self._hop = length, hop
        self._next = [hop * channel // channels for channel in range(channels)]
        self._taper = tapered(length)
        self._rolling = Rolling(channels)
        self._windows = np.empty((_TOGETHER, length), np.float32)
        self._lines = np.empty((_TOGETHER, length // 2 + 1), np.complex64)
        self._power = np.zeros(length + 2)
        self._weights = np.zeros(channels)

    def hear(self, planar: Planar) -> None:
        """Take the stream's next frames."""
        sound = self._rolling.push(planar)
        for channel, begin in enumerate(self._next):
            first = begin - self._rolling.at
            if first + self.length <= sound.shape[1]:
                windows = _windows(sound[channel, first:], self.length, self._hop)
                self._take(channel, windows, self._taper)
                self._next[channel] += len(windows) * self._hop
        self._rolling.drop(min(self._next) - self._rolling.at)

    def _take(self, channel: int, windows: Planar, taper: Planar) -> None:
        for begin in range(0, len(windows), _TOGETHER):
            some = windows[begin : begin + _TOGETHER]
            np.multiply(some, taper, out=self._windows[: len(some)])
            np.fft.rfft(self._windows[: len(some)], out=self._lines[: len(some)])  # type: ignore[arg-type]  # single too
            squares = self._lines[: len(some)].view(np.float32)
            self._power += np.square(squares, out=squares).sum(axis=0)
        self._weights[channel] += len(windows) * float(taper @ taper)

    def mean_squares(self) -> Float64:
        """Mean square a channel of each line of the spectrum; of channels too short for one window what there is."""
        rest = self._rolling.push(np.empty((len(self._weights), 0), np.float32))
        for channel in np.flatnonzero(self._weights == 0).tolist():
            part = rest[channel, : self.length]
            if len(part) and not self._rolling.at:
                padded, taper = np.zeros((2, self.length), np.float32)
                padded[: len(part)], taper[: len(part)] = part, tapered(len(part))
                self._take(channel, padded[None], taper)
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
        self._rolling = Rolling(channels)
        self._parts = np.empty((channels, len(self._matrix), 0), np.float32)

    def __call__(self, planar: Planar) -> Planar:
        """What comes out for the stream's next frames (channels x fewer)."""
        sound = self._rolling.push(planar)
        rows = sound.shape[1] // self._row
        made = max(0, rows - self.ROWS)
        if rows > self._parts.shape[2]:
            self._parts = np.empty((len(sound), len(self._matrix), rows), np.float32)
        out = np.empty((len(sound), made, self.OUT), np.float32)
        for channel in range(len(sound) if made else 0):
            samples = sound[channel, : rows * self._row].reshape(rows, self._row)
            parts = np.matmul(self._matrix, samples.T, out=self._parts[channel, :, :rows])
            out[channel] = _slanted(parts.reshape(-1, self.OUT, rows), made).T
        self._rolling.drop(made * self._row)
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
