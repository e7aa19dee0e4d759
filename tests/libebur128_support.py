"""libebur128 by ctypes, for tests and benchmarks only: the meter of loudgain, rsgain and many players."""

from __future__ import annotations

import ctypes
import ctypes.util
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_INTEGRATED, _RANGE, _SAMPLE_PEAK, _TRUE_PEAK = 1 << 2 | 1, 1 << 3 | 3, 1 << 4 | 1, 1 << 5 | 1 << 4 | 1
_DUAL_MONO = 6
MISSING = "libebur128 is not installed (Debian: apt-get install libebur128-1)"


def available() -> bool:
    """Whether the library is there."""
    return ctypes.util.find_library("ebur128") is not None


@dataclass(frozen=True)
class Told:
    """What libebur128 says of a sound."""

    integrated_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float


def measured(blocks: Iterable[NDArray[np.float32]], rate: int, channels: int) -> Told:
    """Let it measure blocks of float32 (frames x channels); mono counts as played on two speakers."""
    library = ctypes.CDLL(ctypes.util.find_library("ebur128") or "")
    library.ebur128_init.restype = ctypes.c_void_p
    library.ebur128_init.argtypes = [ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
    library.ebur128_add_frames_float.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
    state = ctypes.c_void_p(library.ebur128_init(channels, rate, _INTEGRATED | _RANGE | _TRUE_PEAK))
    try:
        if channels == 1:
            library.ebur128_set_channel(state, ctypes.c_uint(0), _DUAL_MONO)
        for block in blocks:
            whole = np.ascontiguousarray(block, np.float32)
            if library.ebur128_add_frames_float(state, whole.ctypes.data, len(whole)):
                raise RuntimeError("libebur128 refused the sound")
        return Told(
            _asked(library.ebur128_loudness_global, state),
            _asked(library.ebur128_loudness_range, state),
            _peak(library.ebur128_true_peak, state, channels),
            _peak(library.ebur128_sample_peak, state, channels),
        )
    finally:
        library.ebur128_destroy(ctypes.byref(state))


def _asked(function: ctypes._NamedFuncPointer, state: ctypes.c_void_p) -> float:
    found = ctypes.c_double()
    if function(state, ctypes.byref(found)):
        raise RuntimeError("libebur128 did not answer")
    return found.value


def _peak(function: ctypes._NamedFuncPointer, state: ctypes.c_void_p, channels: int) -> float:
    found = ctypes.c_double()
    peaks = []
    for channel in range(channels):
        if function(state, ctypes.c_uint(channel), ctypes.byref(found)):
            raise RuntimeError("libebur128 did not answer")
        peaks.append(found.value)
    return 20 * math.log10(max(peaks))
