"""Curves that are the same to the last bit on every processor, which sines and powers of the C library are not."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from ..peaks.decibels import from_db, horner

Curve = NDArray[np.float64]

_HALF_PI = math.pi / 2
_SINE = [*accumulate(range(2, 20, 2), lambda term, n: -term * _HALF_PI * _HALF_PI / (n * (n + 1)), initial=_HALF_PI)]


def quarter_sine(place: Curve) -> Curve:
    """From 0 to 1 as a sine goes up to its top; `place` is 0 to 1. Error below 1e-15."""
    return place * horner(place * place, _SINE[::-1])


def even_decibels(place: Curve, range_db: float) -> Curve:
    """From 0 to 1 in even steps in dB over `range_db`, shifted to begin at nothing; `place` is 0 to 1."""
    return (from_db(range_db * place) - 1.0) / (from_db(np.array(range_db)) - 1.0)
