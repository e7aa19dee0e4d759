"""Memory stays flat however long a file is."""

from __future__ import annotations

import tracemalloc

from glassmaster.loudness import Hearing
from tests.loudness_support import music


def highest_memory(minutes: int) -> int:
    """Bytes at the worst moment, while hearing stereo at 48 kHz."""
    block = music(48000, 20)
    tracemalloc.start()
    try:
        hearing = Hearing(48000, 2)
        for _ in range(minutes * 3):
            hearing.hear(block)
        assert len(hearing.done().energies) == minutes * 6000
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_quarter_of_an_hour_takes_hardly_more_than_a_minute() -> None:
    minute, quarter = highest_memory(1), highest_memory(15)
    assert minute < 24 << 20
    assert quarter - minute < 15 * 6000 * 40  # a few figures for each 10 ms
