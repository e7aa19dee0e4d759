"""How high the highest of many peaks stands, told from some of them.

Peaks of one sound above a high threshold fall off exponentially (Pickands-Balkema-de Haan, at shape 0), so the highest
of n of them is expected the fall-off times ln n above the threshold, give or take the fall-off itself.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass

_TOP = 8
"""Peaks that tell the fall-off; more would reach down to where the sound is another."""
_FEWEST = 2
_MOST_DB = 0.3
"""Lone peaks far above all others say nothing of a fall-off."""


@dataclass(frozen=True)
class Tail:
    """The highest peaks of a sound."""

    highest_db: float | None
    """Their highest; None: silence."""
    expected_db: float | None
    """Where the highest of all is expected, were these all of them."""
    spread_db: float
    """Fall-off: mean distance of peaks above a threshold."""

    def of_more(self, times: float) -> float | None:
        """Where the highest of `times` (>= 1) as many peaks is expected, in dB."""
        return None if self.expected_db is None else self.expected_db + self.spread_db * math.log(times)


def tail(peaks: Iterable[float], loud: float = _TOP) -> Tail:
    """The tail of linear peaks, one for each short stretch of a sound.

    `loud`: how many stretches were about as loud as the loudest before; what lies below those is no tail of theirs.
    """
    top = max(_FEWEST, min(_TOP, int(loud)))
    highest = [20 * math.log10(peak) for peak in heapq.nlargest(top + 1, peaks) if peak > 0]
    if not highest:
        return Tail(None, None, 0.0)
    *above, threshold = highest if len(highest) > 1 else [*highest, highest[0]]
    spread = min(_MOST_DB, sum(above) / len(above) - threshold)
    return Tail(highest[0], max(highest[0], threshold + spread * math.log(len(above))), spread)
