"""The true-peak limiter: sound in blocks of any size in, blocks of one size out, nothing late.

Each block is limited with the sound behind it in view: where the waveform would pass the ceiling, the gain goes down
in time; then the result is read between its samples, and where it still stands out the gain is deepened.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence

import numpy as np

from ..model import Audio, Block, Grid
from .decibels import Curve, amplitude, from_db
from .envelope import Shape, State, envelope
from .kernels import Planar, whole
from .settings import Limiting
from .truepeak import Cells, Finder, Reading, around
from .window import Reduction, interleaved, planar

Limited = Generator[Block, None, Grid]

_ROUNDS = 8
_SPREAD_FRAMES = 96
_RINGING_FRAMES = 128
"""How far from a cut a waveform still rings."""
_BLOCK_FRAMES, _BLOCK_CELLS = 65536, 8192


def limit(audio: Audio, how: Limiting) -> Limited:
    """Drive `audio` against the ceiling; same rate, channels and length, no delay.

    Channels share one gain. Where the gain is 1 and the drive is 0 dB, samples pass unchanged, bit for bit; how the
    input is cut into blocks changes nothing. The generator returns the gain reduction: dB >= 0, the most of each 10 ms.
    """
    return _Limiter(audio, how).run()


def hold(audio: Audio, ceiling_dbtp: float, cuts: Sequence[int] = ()) -> Limited:
    """Take down what stands out over the ceiling after resampling, and only there; otherwise as `limit`.

    At `cuts` (frames, rising) the sound will be cut into files. A waveform that is cut off rings, so there the ceiling
    is held by either part alone, too, as a meter or a player finds it that knows one file only.
    """
    return _Limiter(audio, Limiting(ceiling_dbtp, lookahead_ms=2.0, release_ms=30.0, sustain_ms=200.0), cuts).run()


class _Limiter:
    """Cells are counted from the first that is not yet given out; `ahead` more are in view behind the block."""

    def __init__(self, audio: Audio, how: Limiting, cuts: Sequence[int] = ()) -> None:
        self.audio, self.cuts = audio, np.asarray(cuts, np.int64)
        self.at = 0
        """First frame that is not yet given out."""
        self.drive = np.float32(amplitude(how.drive_db))
        self.finder = Finder(audio.rate, amplitude(how.ceiling_dbtp))
        self.shape = Shape.of(how, audio.rate / self.finder.cell)
        self.margin = self.finder.context
        self.cells = min(_BLOCK_CELLS, _BLOCK_FRAMES // self.finder.cell)
        self.ahead = 2 * (self.shape.ahead + self.margin) + 4
        self.state = State.fresh(self.shape)
        self.last = 0.0
        """Attenuation of the cell before the first."""
        finished = self.margin + self.cells + self.ahead - self.shape.ahead - 1
        self.result = np.zeros((audio.channels, finished * self.finder.cell), np.float32)
        """Finished sound, from `margin` cells before the first."""

    def run(self) -> Limited:
        cell, audio = self.finder.cell, self.audio
        step, before = self.cells * cell, self.margin * cell
        self.at = at = -(self.ahead + self.margin) * cell
        reduction = Reduction(audio.rate, audio.frames)
        reading, need = Reading.silence(self.ahead), np.zeros(self.ahead)
        sample = np.zeros(self.ahead + 2 * self.margin, np.float32)
        for sound in planar(audio, self.drive, step, before - at):
            sample = np.concatenate((sample[-self.ahead - 2 * self.margin :], self.finder.samples(sound[:, -step:])))
            fresh = self.finder.waveform(sound[:, self.ahead * cell :], sample[self.ahead :])
            reading = reading.then(fresh)
            gain, need = self._settle(sound, reading, np.concatenate((need, self.finder.need(fresh))))
            reading, need = reading.since(self.cells), need[self.cells :]
            begin, end = max(0, -at), min(step, audio.frames - at)
            if end > begin:
                reduction.note(None if gain is None else gain[begin:end], end - begin)
                yield interleaved(self.result[:, before + begin : before + end])
            self.result[:, :before] = self.result[:, step : step + before]
            self.at = at = at + step
            if at >= audio.frames:
                break
        return reduction.grid()

    def _settle(self, sound: Planar, reading: Reading, need: Curve) -> tuple[Planar | None, Curve]:
        """Finish the block's sound; gives its gain, and the need with what had to be deepened."""
        near: Cells | None = None
        reading = reading.spread(_SPREAD_FRAMES // self.finder.cell)
        for _ in range(_ROUNDS):
            curve = envelope(need, self.state, self.shape)
            depth = np.concatenate(([self.last], curve.attenuation))
            nodes = from_db(-depth) if depth.any() else np.ones_like(depth)
            gain = self._apply(sound, nodes)
            cells = self._suspects(reading, nodes, near)
            cells, excess = self.finder.excess(self.result, cells, reading.edgy, gain is not None)
            over = [(cells, excess), *self._ringing()]
            if not any(len(cells) for cells, _ in over):
                break
            need = need.copy()
            for cells, excess in over:
                need[cells] = np.maximum(need[cells], curve.attenuation[cells] + excess)
            near = np.concatenate([cells for cells, _ in over])
        self.state = curve.state(self.cells, self.shape)
        self.last = float(curve.attenuation[self.cells - 1])
        return gain, need

    def _apply(self, sound: Planar, nodes: Curve) -> Planar | None:
        begin = self.margin * self.finder.cell
        result = self.result[:, begin:]
        driven = sound[:, begin : begin + result.shape[1]]
        if nodes.min() == 1.0:
            result[:] = driven
            return None
        gain = spline(nodes, self.finder.cell)
        np.multiply(driven, gain, out=result)
        return gain

    def _ringing(self) -> Iterator[tuple[Cells, Curve]]:
        """Cells that stand over the ceiling once the sound ends, or begins, at a cut; and by how many dB."""
        cell, reach = self.finder.cell, -(-_RINGING_FRAMES // self.finder.cell)
        places = (self.cuts - self.at) // cell
        seen = (places >= -reach) & (places + reach + 1 + self.margin <= self.result.shape[1] // cell - self.margin)
        for cut, place in zip(self.cuts[seen], places[seen], strict=True):
            first = max(0, int(place) - reach)
            cells = np.arange(int(place) + reach + 1 - first)
            part = slice(first * cell, (first + len(cells) + 2 * self.margin) * cell)
            split = int(cut - self.at) + self.margin * cell - part.start
            for side in (slice(split, None), slice(None, split)):
                alone = self.result[:, part].copy()
                alone[:, side] = 0.0
                over, excess = self.finder.excess(alone, cells, np.ones(len(cells), bool), True)
                yield over + first, excess

    def _suspects(self, reading: Reading, nodes: Curve, near: Cells | None) -> Cells:
        """Cells to read again: all that come near the ceiling, or, in later rounds, those around what was deepened."""
        level = np.maximum(np.maximum(nodes[:-2], nodes[2:]), nodes[1:-1])[: -self.margin]
        cells: Cells = self.finder.suspects(reading, level)
        if near is None:
            return cells
        again: Cells = cells[around(near, self.margin, len(level))[cells]]
        return again


def spline(nodes: Curve, cell: int) -> Planar:
    """Gain per frame from gain per cell, without the first and last: a quadratic B-spline, exactly 1 among ones."""
    t = (np.arange(cell) + 0.5) / cell
    weights = whole(np.stack((0.5 * (1.0 - t) ** 2, 0.5 + t * (1.0 - t), 0.5 * t**2)), 22)
    below = whole(1.0 - nodes, 28)  # sums of such steps are the same in any order
    gain = np.stack((below[:-2], below[1:-1], below[2:]), axis=1) @ weights
    return np.asarray(np.subtract(1.0, gain, out=gain), np.float32).reshape(-1)
