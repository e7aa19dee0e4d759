"""How hard a limiter works on music: not by its one highest peak, but by what comes back again and again.

A limiter's meter jumps at every drum hit, and an engineer reads past a single one: what dulls a song is reduction that
lasts or returns with every beat. So the figure for "3 dB of gain reduction" is taken over the hardest 3 seconds (the
window of short-term loudness, EBU Tech 3341) and leaves out the 150 ms of it that are reduced most.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..model import HOP_SECONDS, Grid

_WINDOW = round(3.0 / HOP_SECONDS)
_STEP = round(0.1 / HOP_SECONDS)
_LEFT_OUT = 0.05
"""Of the window: 150 ms of 3 s. A hit of 8 dB stands above 4 dB for about 40 ms, so four in 3 s count, one does not."""
_AT_A_TIME = 1024  # windows, so that memory does not grow with the song


def sustained(reduction: Grid) -> float:
    """Gain reduction in dB that is exceeded for no more than 150 ms of any 3 s (a twentieth of what is shorter).

    `reduction` is the most of each 10 ms, dB >= 0. Nothing has no reduction: 0.0.
    """
    if not reduction.any():
        return 0.0
    windows = sliding_window_view(reduction, min(_WINDOW, len(reduction)))
    starts = np.append(np.arange(0, len(windows), _STEP), len(windows) - 1)
    parts = np.array_split(starts, -(-len(starts) // _AT_A_TIME))
    place = -1 - int(_LEFT_OUT * windows.shape[1])
    return max(float(np.partition(windows[part], place, axis=1)[:, place].max()) for part in parts)
