"""One pass over a file's sound, block by block, for everything there is to measure."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from ..model import Audio, Block, Grid, Json, Listener, Measurement, Meter
from ..pulse import beat
from .chunks import BrokenSoundError, Chunk, Chunker, broken
from .dynamics import Dr, min_psr
from .gating import MOMENTARY, SHORT_TERM, integrated, loudest, loudness_range
from .hops import PER_SECOND, starts
from .kweighting import KWeighting, row_length
from .truepeak import STANDARD, TruePeak

SURROUND = 1.41
_WEIGHTS: dict[int, tuple[float, ...]] = {
    1: (2.0,),
    2: (1.0, 1.0),
    3: (1.0, 1.0, 1.0),
    4: (1.0, 1.0, SURROUND, SURROUND),
    5: (1.0, 1.0, 1.0, SURROUND, SURROUND),
    6: (1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND),
    7: (1.0, 1.0, 1.0, 0.0, 1.0, SURROUND, SURROUND),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, SURROUND, SURROUND),
}


_FRONT_LEFT, _LFE, _BACK, _SIDE = 0x1, 0x8, 0x30, 0x600
"""WAVEFORMATEXTENSIBLE: bits of loudspeakers, of which channels stand in the order."""


def channel_weights(channels: int, speakers: int = 0) -> tuple[float, ...]:
    """Weights of BS.1770-5 in WAVE channel order; a mono file plays on two speakers and counts twice (dual mono).

    Without `speakers` - 3: L R C. 4: L R Ls Rs. 5: L R C Ls Rs. 6: L R C LFE Ls Rs. 7: L R C LFE Cs Ls Rs. 8: L R C LFE
    Lb Rb Ls Rs, where the back pair, at more than 120 degrees, counts 1. The LFE counts nothing. More channels count 1
    each. With `speakers`, a mask as in WAVEFORMATEXTENSIBLE, each counts for where it stands.
    """
    if channels <= 2 or speakers.bit_count() != channels or not speakers & _FRONT_LEFT:
        return _WEIGHTS.get(channels, (1.0,) * channels)
    surround = _SIDE if speakers & _SIDE else _BACK
    bits = [1 << bit for bit in range(speakers.bit_length()) if speakers >> bit & 1]
    return tuple(0.0 if bit == _LFE else SURROUND if bit & surround else 1.0 for bit in bits)


class Hearing:
    """Listens to one file: `hear` each block, then `done`.

    The result does not depend, to the bit, on how the sound is cut into blocks. Peaks are those of all channels, LFE
    included. `oversampling` of the true peak: 4 by the standard (None), 8 or 16 for a strict one, 1 for none.
    `meters` listen in the same pass, each to blocks of the same lengths for the same file.
    """

    def __init__(
        self,
        rate: int,
        channels: int,
        *,
        weights: Sequence[float] | None = None,
        meters: Sequence[Meter] = (),
        oversampling: int | None = None,
    ) -> None:
        """`weights`: one a channel, for other layouts than `channel_weights` knows; then mono counts as given."""
        weights = channel_weights(channels) if weights is None else tuple(weights)
        if len(weights) != channels or not all(math.isfinite(w) and w >= 0 for w in weights):
            raise ValueError(f"{channels} channels need {channels} finite weights of 0 or more, not {weights}")
        self._rate, self._channels = rate, channels
        self._counted = [c for c, w in enumerate(weights) if w > 0]
        self._weights = np.array([weights[c] for c in self._counted], np.float64)
        self._chunks = Chunker(rate, channels)
        self._filter = KWeighting(rate, len(self._counted), row_length(rate), self._chunks.longest)
        self._true_peak = TruePeak(rate, channels, STANDARD if oversampling is None else oversampling)
        self._dr = Dr(rate, channels)
        self._listeners = {meter.name: meter.listen(rate, channels) for meter in meters}
        self._energies, self._peaks = array("f"), array("f")  # which grow where they are, without a copy at the end
        self._frames = 0

    def hear(self, block: Block) -> None:
        """Take the next frames (frames x channels, any number of them).

        Raises ValueError for another shape, BrokenSoundError (with the count up to here) for samples that are no sound.
        """
        for chunk in self._chunks.feed(block):
            self._work(chunk)

    def _work(self, chunk: Chunk) -> None:
        self._true_peak.hear(chunk)
        if not chunk.frames:
            return
        self._frames += chunk.frames
        self._energies.frombytes(self._energy(chunk).tobytes())
        self._peaks.frombytes(chunk.peaks.max(axis=0).tobytes())
        self._dr.hear(chunk)
        for listener in self._listeners.values():
            listener.hear(chunk)

    def _energy(self, chunk: Chunk) -> Grid:
        """Weighted mean square of each hop, an incomplete one over a whole one's length."""
        y = self._filter(chunk.x if len(self._counted) == self._channels else chunk.x[self._counted])
        lengths = np.diff(starts(chunk.first, len(chunk.hops.begins), self._rate))
        return np.asarray(self._weights @ chunk.hops.dots(y, y) / lengths, np.float32)

    def done(self) -> Measurement:
        """What was heard. Call it once, at the end."""
        self._work(self._chunks.end())
        energies, peaks = np.frombuffer(self._energies, np.float32), np.frombuffer(self._peaks, np.float32)
        whole = energies[: self._frames * PER_SECOND // self._rate]
        loudness, highest = integrated([whole]), self._true_peak.highest
        (momentary, momentary_at), (short_term, short_term_at) = loudest(whole, MOMENTARY), loudest(whole, SHORT_TERM)
        psr, psr_at = min_psr(whole, self._true_peak.stretches)
        return Measurement(
            rate_hz=self._rate,
            channels=self._channels,
            frames=self._frames,
            integrated_lufs=loudness,
            loudness_range_lu=loudness_range([whole]),
            max_momentary_lufs=momentary,
            max_short_term_lufs=short_term,
            true_peak_dbtp=decibels(highest),
            sample_peak_dbfs=decibels(float(peaks.max(initial=0.0))),
            plr_lu=None if loudness is None else 20 * math.log10(highest) - loudness,
            min_psr_lu=psr,
            dr=self._dr.done(),
            true_peak_at=min(max(self._true_peak.at, 0.0), self._frames) / self._rate if highest else None,
            max_momentary_at=momentary_at,
            max_short_term_at=short_term_at,
            min_psr_at=psr_at,
            energies=energies,
            peaks=peaks,
            extra={name: listener.done() for name, listener in self._listeners.items()},
        )


def meters_alone(audio: Audio, meters: Sequence[Meter]) -> dict[str, Json]:
    """What meters tell of `audio`, by their names, without the loudness beside which they usually listen."""
    chunks = Chunker(audio.rate, audio.channels)
    listeners = {meter.name: meter.listen(audio.rate, audio.channels) for meter in meters}
    for block in audio:
        for chunk in chunks.feed(block):
            _tell(listeners.values(), chunk)
    _tell(listeners.values(), chunks.end())
    return {name: listener.done() for name, listener in listeners.items()}


def _tell(listeners: Iterable[Listener], chunk: Chunk) -> None:
    for listener in listeners if chunk.frames else ():
        listener.hear(chunk)


def decibels(peak: float) -> float | None:
    """A linear peak in dB; None for digital silence."""
    return 20 * math.log10(peak) if peak > 0 else None


def measure(
    audio: Audio,
    meters: Sequence[Meter] = (),
    *,
    weights: Sequence[float] | None = None,
    oversampling: int | None = None,
) -> Measurement:
    """Hear `audio` once, from the first frame to the last, and say all there is to say.

    Raises BrokenSoundError, a ValueError, for samples that are not finite or above +120 dBFS: the first, and how many.
    """
    hearing = Hearing(audio.rate, audio.channels, weights=weights, meters=meters, oversampling=oversampling)
    try:
        for block in audio:
            beat(len(block))
            hearing.hear(block)
        return hearing.done()
    except BrokenSoundError as first:
        count = sum(int(broken(block).sum()) for block in audio)
        raise BrokenSoundError(first.frame, first.channel, first.value, count) from None
