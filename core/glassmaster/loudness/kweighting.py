"""K-weighting (ITU-R BS.1770-5, annex 1) of planar blocks, without a loop over samples.

The two filter sections are one linear system with four states. A row of `L` samples is filtered by one product with
the triangular matrix of the impulse response, plus what the state at the row's start adds; the states at all row
starts come from a scan over the rows, done with powers of the system matrix.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Float32: TypeAlias = NDArray[np.float32]
Float64: TypeAlias = NDArray[np.float64]
System: TypeAlias = tuple[Float64, Float64, Float64, float]
"""State space: s' = A s + B x, y = C s + D x."""

SHELF_HZ, SHELF_DB, SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
HIGH_PASS_HZ, HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
ANCHOR_HZ = 997.0
TINY = 1e-18
_GROUP = 12
"""Inputs that one product of the scan spans."""


def _section(rate: int, hz: float, q: float, high: float, band: float, low: float) -> System:
    """Second-order section (high s^2 + band s/Q + low) / (s^2 + s/Q + 1), bilinear, as a trapezoidal state variable
    filter: its states stay of the size of the signal at every rate, so that float32 products lose nothing."""
    g, k = math.tan(math.pi * hz / rate), 1 / q
    a1 = 1 / (1 + g * (g + k))
    a2, a3 = g * a1, g * g * a1
    v = np.array([[a1, -a2], [a2, 1 - a3]])
    vx = np.array([a2, a3])
    mix = np.array([k * (band - high), low - high])
    return 2 * v - np.eye(2), 2 * vx, mix @ v, high + float(mix @ vx)


def _k_filter(rate: int) -> System:
    gain = 10 ** (SHELF_DB / 20)
    a1, b1, c1, d1 = _section(rate, SHELF_HZ, SHELF_Q, gain, gain**0.4996667741545416, 1.0)
    a2, b2, c2, d2 = _section(rate, HIGH_PASS_HZ, HIGH_PASS_Q, 1.0, 0.0, 0.0)
    a = np.block([[a1, np.zeros((2, 2))], [np.outer(b2, c1), a2]])
    return a, np.concatenate([b1, b2 * d1]), np.concatenate([d2 * c1, c2]), d1 * d2


def _response(system: System, rate: int) -> float:
    a, b, c, d = system
    z = np.exp(2j * np.pi * ANCHOR_HZ / rate)
    return float(abs(c @ np.linalg.solve(z * np.eye(4) - a, b) + d))


@lru_cache
def k_filter(rate: int) -> System:
    """The filter for a rate in Hz as a state space system.

    At 48 kHz it is the standard's, whose high-pass numerator 1, -2, 1 is not normalised. Other rates take the same
    analogue prototypes, scaled so that 997 Hz reads as at 48 kHz (without that: up to 0.2 dB off).
    """
    k = math.tan(math.pi * HIGH_PASS_HZ / 48000)
    unnormalised = 1 + k / HIGH_PASS_Q + k * k
    scale = unnormalised * _response(_k_filter(48000), 48000) / _response(_k_filter(rate), rate)
    a, b, c, d = _k_filter(rate)
    return a, b, c * scale, d * scale


def _powers(a: Float64, count: int) -> Float64:
    """A^0 ... A^(count - 1)."""
    powers = [np.eye(len(a))]
    for _ in range(count - 1):
        powers.append(powers[-1] @ a)
    return np.stack(powers)


class _Scan:
    """States s[n + 1] = A s[n] + u[n] before and after many inputs, without a loop over them.

    Within groups of inputs by one product with a triangular matrix of powers of A, over the groups by another `_Scan`.
    """

    def __init__(self, a: Float64, inputs: int, channels: int, dtype: type[np.floating[Any]]) -> None:
        size = len(a)
        powers = _powers(a, _GROUP + 1)
        lags = np.arange(_GROUP + 1)[None, :] - 1 - np.arange(_GROUP)[:, None]
        within = np.where((lags >= 0)[..., None, None], powers.transpose(0, 2, 1)[np.maximum(lags, 0)], 0.0)
        self._within = within.transpose(0, 2, 1, 3).reshape(size * _GROUP, -1).astype(dtype)
        self._onward = np.ascontiguousarray(powers.transpose(2, 0, 1).reshape(size, -1))
        self._groups = inputs // _GROUP + 1
        self._inputs = np.zeros((channels, self._groups * _GROUP, size), dtype)
        self._over = _Scan(powers[-1], self._groups, channels, np.float64) if self._groups > 1 else None

    def __call__(self, state: Float64, inputs: NDArray[Any]) -> Float64:
        """From the state before (channels x size) and the inputs (channels x count x size): count + 1 states."""
        channels, count, size = inputs.shape
        self._inputs[:, :count] = inputs
        self._inputs[:, count:] = 0.0
        local = self._inputs.reshape(channels, self._groups, -1) @ self._within
        starts = self._over(state, local[:, :, -size:]) if self._over else state[:, None]
        states = starts[:, : self._groups] @ self._onward
        states += local
        return states[:, :, :-size].reshape(channels, -1, size)[:, : count + 1]


def row_length(rate: int) -> int:
    """Samples a row: the divisor of a 10 ms hop that is nearest to 48; any rate without whole hops takes 48."""
    hop, rest = divmod(rate, 100)
    return 48 if rest else min((n for n in range(16, 81) if hop % n == 0), key=lambda n: abs(n - 48), default=48)


class KWeighting:
    """Filters planar float32 blocks of any length; keeps its states from block to block in float64."""

    def __init__(self, rate: int, channels: int, row: int, frames: int) -> None:
        """`row`: samples a row; `frames`: the longest block."""
        a, b, c, d = k_filter(rate)
        powers = _powers(a, row + 1)
        from_state = np.einsum("i,nij->nj", c, powers[:row])
        impulse = np.concatenate([[d], from_state[:-1] @ b])
        lags = np.arange(row)[None, :] - np.arange(row)[:, None]
        self._through = np.where(lags >= 0, impulse[np.maximum(lags, 0)], 0.0).astype(np.float32)
        self._from_state = np.ascontiguousarray(from_state.T, np.float32)
        self._to_state = np.ascontiguousarray((powers[:row] @ b)[::-1])
        self._to_state32 = self._to_state.astype(np.float32)
        self._a, self._row = a, row
        self._scan = _Scan(np.linalg.matrix_power(a, row), frames // row, channels, np.float32)
        self._state = np.zeros((channels, 4))
        self._out = np.empty((channels, (frames // row + 1) * row), np.float32)
        self._scratch = np.empty_like(self._out)

    def __call__(self, x: Float32) -> Float32:
        """Filter `x` (channels x frames, contiguous rows); the result is overwritten by the next call."""
        channels, frames = x.shape
        rows, rest = divmod(frames, self._row)
        y = self._out[:, : rows * self._row].reshape(channels, rows, self._row)
        if rows:
            self._rows(x[:, : rows * self._row].reshape(channels, rows, self._row), y)
        if rest:
            self._remainder(x[:, frames - rest :], self._out[:, rows * self._row : frames])
        self._state[np.abs(self._state) < TINY] = 0.0  # a decaying state must not become denormal
        return self._out[:, :frames]

    def _rows(self, x: Float32, y: Float32) -> None:
        channels, rows, row = x.shape
        states = self._scan(self._state, x @ self._to_state32)
        start = states[:, :rows].astype(np.float32)
        start[np.abs(start) < TINY] = 0.0
        added = self._scratch[:, : rows * row].reshape(channels, rows, row)
        np.matmul(x, self._through, out=y)
        np.matmul(start, self._from_state, out=added)
        y += added
        self._state = states[:, rows].copy()

    def _remainder(self, x: Float32, y: Float32) -> None:
        n = x.shape[1]
        y[:] = x @ self._through[:n, :n] + self._state.astype(np.float32) @ self._from_state[:, :n]
        self._state = self._state @ np.linalg.matrix_power(self._a, n).T + x @ self._to_state[self._row - n :]
