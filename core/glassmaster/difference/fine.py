"""The exact offset of a stretch: whole frames by correlation, the rest by the slope of the phase."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .lining import Stretch
from .recording import Floats, Recording, blended

_PROBES = 12
_SECONDS = 0.7
_SNAP = 0.02
"""Frames that are measuring noise: less than a dither's."""
_BAND_HZ = (100.0, 8000.0)


def exact(stretch: Stretch, old: Recording, new: Recording, reach: int) -> Stretch:
    """The stretch with its lag found within `reach` frames around the one it has."""
    found = [each for each in _probed(stretch, old, new, reach) if each is not None]
    if not found:
        return stretch
    lag = int(np.median([lag for lag, _ in found]))
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
    window = np.hanning(len(ours)).astype(np.float32)
    spectrum = np.conj(np.fft.rfft(ours * window, size)) * np.fft.rfft(theirs, size)
    hz = np.fft.rfftfreq(size, 1 / rate)
    spectrum *= (hz > _BAND_HZ[0]) & (hz < min(_BAND_HZ[1], rate / 4))
    found = np.abs(np.fft.irfft(spectrum, size)[: 2 * reach + 1])
    if not found.max() > 0:
        return None
    place = int(np.argmax(found))
    turned = spectrum * np.exp(2j * np.pi * hz / rate * place)  # in time but for the rest
    turned = -turned if float(np.real(turned).sum()) < 0 else turned
    weights, slope = np.abs(turned), 2 * np.pi * hz / rate
    rest = -float(np.sum(weights * slope * np.angle(turned)) / max(float(np.sum(weights * slope**2)), 1e-30))
    return lag - reach + place, float(np.clip(rest, -0.5, 0.5))
