"""True peaks of a sound piece by piece, where not only the highest counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..model import Audio, Grid
from ..sound.blocks import followed_by_silence, regular
from .interpolation import BLOCK, REACH, WINDOW, interpolator
from .truepeak import STANDARD

CELL = 512
"""Frames: about 10 ms."""
_FRAMES = 64 * CELL


def true_peaks(audio: Audio) -> Grid:
    """Linear true peak (ITU-R BS.1770-5, annex 2, at 4x) of each 512 frames over all channels; silence around it."""
    return np.concatenate([np.empty(0, np.float32), *_by_cell(audio)])[: -(-audio.frames // CELL)]


def _by_cell(audio: Audio) -> Iterator[Grid]:
    by = interpolator(STANDARD)
    held = np.zeros((audio.channels, REACH - 1), np.float32)
    for block in regular(followed_by_silence(audio, REACH + CELL), _FRAMES):
        sound = np.hstack([held, block.T])
        whole = (sound.shape[1] - (WINDOW - BLOCK)) // CELL * CELL
        if whole <= 0:
            return
        windows = sliding_window_view(sound[:, : whole + WINDOW - BLOCK], WINDOW, axis=1)[:, ::BLOCK]
        windows = windows.reshape(-1, WINDOW).T.copy()
        highest = np.maximum(by.points(windows).max(axis=0), np.abs(windows[REACH - 1 : REACH + BLOCK]).max(axis=0))
        yield highest.reshape(audio.channels, -1, CELL // BLOCK).max(axis=(0, 2))
        held = sound[:, whole:]
