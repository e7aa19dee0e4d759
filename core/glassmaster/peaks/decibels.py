"""Logarithm and exponential for the gain path.

numpy's own change in the last bits with the processor's features; these use only operations that are rounded
alike everywhere (+, *, /, frexp, ldexp).
"""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

DB_PER_OCTAVE = 20.0 * math.log10(2.0)
NEPER_DB = 20.0 / math.log(10.0)
"""A factor of e."""
_ATANH = [2.0 / math.log(2.0) / n for n in (13, 11, 9, 7, 5, 3, 1)]
_EXP = [*accumulate(range(1, 9), lambda term, n: term * math.log(2.0) / n, initial=1.0)][::-1]


def horner(x: Curve, coefficients: list[float]) -> Curve:
    """A polynomial; `coefficients` of the highest power first."""
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total *= x
        total += coefficient
    return total


def to_db(ratio: Curve) -> Curve:
    """20 log10 of positive ratios; error below 1e-9 dB."""
    mantissa, exponent = np.frexp(ratio)
    low = mantissa < math.sqrt(0.5)
    mantissa = np.where(low, 2.0 * mantissa, mantissa)
    t = (mantissa - 1.0) / (mantissa + 1.0)
    return (exponent - low + t * horner(t * t, _ATANH)) * DB_PER_OCTAVE


def from_db(db: Curve) -> Curve:
    """10 ** (db / 20); relative error below 1e-9, exactly 1 at 0 dB."""
    octaves = db * (1.0 / DB_PER_OCTAVE)
    whole = np.rint(octaves)
    return np.ldexp(horner(octaves - whole, _EXP), whole.astype(np.int32))


def amplitude(db: float) -> float:
    """10 ** (db / 20) of a single number."""
    return float(from_db(np.array([db]))[0])


def decibels(ratio: float) -> float:
    """20 log10 of a single positive ratio."""
    return float(to_db(np.array([ratio]))[0])
