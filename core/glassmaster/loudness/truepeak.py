"""True peak (ITU-R BS.1770-5, annex 2) in a stream, found without interpolating everything.

Bounds tell where a point could be higher than what is known already: first for whole hops, then for blocks of 16
frames of the few hops that are left. What cannot matter is left out, so the result is that of interpolating all.
Before the first and after the last frame there is silence.
"""

from __future__ import annotations

from array import array
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..model import Audio
from .chunks import Chunk, Chunker
from .hops import PER_SECOND, STRETCH, Hops, edge, starts
from .interpolation import BLOCK, REACH, WINDOW, Interpolator, interpolator

Float32: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]

STANDARD = 4
"""Oversampling that the standard asks for at 48 kHz."""
_SIDE = 14
"""Any 3 s of whole stretches hold, with each of theirs, the 14 before it or the 14 behind it."""


class TruePeak:
    """Listens to chunks; finds the highest point with its place, and the peaks of 3 s windows.

    A hop's points need the frames behind it, so each hop is looked at when the chunk after it is there.
    """

    def __init__(self, rate: int, channels: int, oversampling: int = STANDARD) -> None:
        """`oversampling` 1: sample peaks only."""
        if oversampling < 1:
            raise ValueError(f"{oversampling} times oversampling: it must be 1 or more")
        self._rate = rate
        self._by = interpolator(oversampling) if oversampling > 1 else None
        self._peaks = np.zeros((channels, 2), np.float32)
        self._bends = np.zeros((channels, 2), np.float32)
        self.stretches = array("d")
        """A linear peak for each 100 ms, over all channels. One alone may be less than its true peak, but the highest
        of them over 3 s or more is the true peak of that time. One or two of silence may follow at the end."""
        self.highest = 0.0
        """Linear true peak."""
        self.at = 0.0
        """Its place, in frames from the start."""

    def hear(self, chunk: Chunk) -> None:
        """Take the file's next chunk."""
        peaks = np.pad(chunk.peaks, ((0, 0), (0, 2))) if chunk.last else chunk.peaks
        begins = starts(chunk.first, peaks.shape[1], self._rate)
        self._note_samples(chunk, begins, peaks.max(axis=0))
        if self._by is None:
            return
        reach = int(begins[-1])
        bends = Hops.of(chunk.first, reach, self._rate).reduced(np.maximum, _second_differences(chunk, reach))
        self._peaks = np.hstack([self._peaks[:, -2:], peaks])
        self._bends = np.hstack([self._bends[:, -2:], bends])
        self._look(self._by, chunk, begins)

    def _note_samples(self, chunk: Chunk, begins: Indices, peaks: Float32) -> None:
        self.stretches.extend(np.maximum.reduceat(peaks, np.arange(0, len(peaks), STRETCH)).tolist())
        hop = int(peaks.argmax())
        if peaks[hop] > self.highest:
            inside = np.abs(chunk.x[:, begins[hop] : begins[hop + 1]]).max(axis=0)
            self.highest = float(peaks[hop])
            self.at = float(edge(chunk.first, self._rate) + begins[hop] + inside.argmax())

    def _look(self, by: Interpolator, chunk: Chunk, begins: Indices) -> None:
        """Find the points that can matter, from the hop before the chunk to the last but one."""
        hops = np.arange(chunk.first - 1, chunk.first + len(begins) - 2)
        floors = self._floors(chunk.first)[hops // STRETCH - (chunk.first // STRETCH - 1)]
        bound = self._bound(by, chunk.sound[:, chunk.margin + begins[:-1]])
        channel, hop = np.nonzero(bound > floors)
        if hop.size:
            self._find(by, chunk, hops[hop], channel, floors[hop])

    def _find(self, by: Interpolator, chunk: Chunk, hops: Indices, channels: Indices, floors: Float32) -> None:
        """Find the points that can matter in these hops of these channels."""
        at = _blocks(hops, self._rate)
        stretch, floors = (np.repeat(each, at.shape[1]) for each in (np.maximum(hops, 0) // STRETCH, floors))
        views = sliding_window_view(chunk.sound, WINDOW, axis=1)
        begin = chunk.margin - edge(chunk.first, self._rate) - (REACH - 1)
        windows = views[channels[:, None], begin + at].reshape(-1, WINDOW).T.copy()
        kept = np.flatnonzero(by.bound(windows) > floors)
        if kept.size:
            self._note_points(by, by.points(windows[:, kept]), at.ravel()[kept], stretch[kept])

    def _bound(self, by: Interpolator, following: Float32) -> Float32:
        """What no point of a hop exceeds; `following`: the first sample of the hop behind each."""
        near = np.maximum(self._peaks[:, 1:-1], np.abs(following))
        return np.asarray(near + by.bend * _around(self._bends) + by.lean * _around(self._peaks))

    def _floors(self, first: int) -> Float32:
        """What a point must exceed to matter in each stretch from the one before hop `first` on: the least peak that a
        3 s window around the stretch can have, by what is known."""
        begin = first // STRETCH - 1 - _SIDE
        known = np.array([0.0] * max(0, -begin) + self.stretches[max(0, begin) :].tolist() + [0.0] * _SIDE, np.float32)
        behind = known
        for shift in (1, 2, 4, 7):  # the highest of 2, 4, 8, 15
            behind = np.maximum(behind[:-shift], behind[shift:])
        return np.minimum(behind[:-_SIDE], behind[_SIDE:])

    def _note_points(self, by: Interpolator, points: Float32, place: Indices, stretches: Indices) -> None:
        values = points.max(axis=0)
        for stretch, value in zip(stretches.tolist(), values.tolist(), strict=True):
            self.stretches[stretch] = max(self.stretches[stretch], value)
        best = int(values.argmax())
        if values[best] > self.highest:
            frame, phase = divmod(int(points[:, best].argmax()), by.oversampling - 1)
            self.highest = float(values[best])
            self.at = float(place[best] + frame) + (phase + 1) / by.oversampling


def _second_differences(chunk: Chunk, frames: int) -> Float32:
    """Magnitudes |x[n] - 2 x[n - 1] + x[n - 2]| for the chunk's first frames."""
    x = chunk.sound[:, chunk.margin - 2 : chunk.margin + frames]
    once, twice = chunk.scratch[0][:, : frames + 1], chunk.scratch[1][:, :frames]
    np.subtract(x[:, 1:], x[:, :-1], out=once)
    np.subtract(once[:, 1:], once[:, :-1], out=twice)
    return np.abs(twice, out=twice)


def _around(hops: Float32) -> Float32:
    """Maximum of each hop and its two neighbours."""
    return np.maximum(np.maximum(hops[:, :-2], hops[:, 1:-1]), hops[:, 2:])


def _blocks(hops: Indices, rate: int) -> Indices:
    """First frames of the blocks that cover each hop and nothing else (hops x blocks)."""
    begin, end = hops[:, None] * rate // PER_SECOND, (hops[:, None] + 1) * rate // PER_SECOND
    return np.asarray(np.minimum(begin + np.arange(0, edge(1, rate) + 1, BLOCK), end - BLOCK))


def true_peak(audio: Audio, oversampling: int = STANDARD) -> float:
    """Highest true peak of all channels, linear (1.0 is 0 dBTP); 0.0 for silence.

    `oversampling`: points a sample, 4 by the standard; 16 reads at most 0.04 dB low. Raises ValueError for samples that
    are not finite.
    """
    chunks, peaks = Chunker(audio.rate, audio.channels), TruePeak(audio.rate, audio.channels, oversampling)
    for block in audio:
        for chunk in chunks.feed(block):
            peaks.hear(chunk)
    peaks.hear(chunks.end())
    return peaks.highest
