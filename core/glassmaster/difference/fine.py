"""The exact offset of a stretch: whole frames by correlation, the rest by the slope of the phase."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .lining import Stretch
from .recording import Floats, Recording, blended

_PROBES = 12
_SECONDS = 0.7
_SNAP = 0.02
"""Frames that are measuring noise: less than a dither's."""
_BAND_HZ = (100.0, 8000.0)
_ROUNDS = 3


def exact(stretch: Stretch, old: Recording, new: Recording, reach: int) -> Stretch:
    """The stretch with its lag found within `reach` frames around the one it has."""
    found = [each for each in _probed(stretch, old, new, reach) if each is not None]
    if not found:
        return stretch
    lag = Counter(lag for lag, _ in found).most_common(1)[0][0]
    fractions = [fraction + whole - lag for whole, fraction in found if abs(whole - lag) <= 1]
    fraction = float(np.median(fractions)) if fractions else 0.0
    lag, fraction = lag + round(fraction), fraction - round(fraction)
    fraction = 0.0 if abs(fraction) < _SNAP else fraction
    end = min(stretch.end, old.frames, new.frames - lag)
    return replace(stretch, start=max(stretch.start, -lag, 0), end=end, lag=lag, fraction=fraction)


def _probed(stretch: Stretch, old: Recording, new: Recording, reach: int) -> Iterator[tuple[int, float] | None]:
    frames = min(round(_SECONDS * old.rate), stretch.end - stretch.start)
    count = max(1, min(_PROBES, (stretch.end - stretch.start) // max(1, 2 * frames)))
    room = stretch.end - stretch.start - frames
    for number in range(count):
        at = stretch.start + (room * (2 * number + 1)) // (2 * count)
        ours = blended(old.read(at, frames))
        theirs = blended(new.read(at + stretch.lag - reach, frames + 2 * reach))
        yield _lag(ours, theirs, reach, stretch.lag, old.rate)


def _lag(ours: Floats, theirs: Floats, reach: int, lag: int, rate: int) -> tuple[int, float] | None:
    """(whole frames, rest) by which `theirs` comes later; None where nothing sounds."""
    size = 1 << (len(theirs) - 1).bit_length()
    hz = np.fft.rfftfreq(size, 1 / rate)
    heard = (hz > _BAND_HZ[0]) & (hz < min(_BAND_HZ[1], rate / 4))
    window = np.hanning(len(ours)).astype(np.float32)
    mine = np.conj(np.fft.rfft(ours * window, size)) * heard
    found = np.abs(np.fft.irfft(mine * np.fft.rfft(theirs, size), size)[: 2 * reach + 1])
    if not found.max() > 0:
        return None
    place, rest = int(np.argmax(found)), 0.0
    for _ in range(_ROUNDS):  # the same window on the same sound: equal sounds have no phase between them
        place = min(max(place + round(rest), 0), 2 * reach)
        rest = _slope(mine * np.fft.rfft(theirs[place : place + len(ours)] * window, size), hz / rate)
    return lag - reach + place, rest


def _slope(spectrum: NDArray[np.complexfloating[Any, Any]], cycles: NDArray[np.float64]) -> float:
    """Frames of delay that a cross spectrum's phase tells."""
    spectrum = -spectrum if float(spectrum.real.sum()) < 0 else spectrum
    weights, turns = np.abs(spectrum), 2 * np.pi * cycles
    return -float(np.sum(weights * turns * np.angle(spectrum)) / max(float(np.sum(weights * turns**2)), 1e-30))
