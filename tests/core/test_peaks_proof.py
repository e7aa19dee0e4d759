"""No file passes its ceiling: a fixed sample of what tests/proofs/limiter.py tries on a thousand signals."""

from __future__ import annotations

import pytest

from tests.proofs.limiter import DELIVERED_DB, STRAIGHT_DB, cases

SAMPLE = (3, 87, 196, 274, 421, 490, 508, 614, 733, 842, 918, 970)


@pytest.mark.parametrize("signal", SAMPLE)
def test_no_file_passes_its_ceiling(signal: int) -> None:
    """At 44.1, 48, 96 and 192 kHz, 16 and 24 bit, read at 16 times the rate by meters that are not the limiter's."""
    found = list(cases(signal))
    assert {(case.rate, case.bits) for case in found} == {
        (r, b) for r in (44100, 48000, 96000, 192000) for b in (16, 24)
    }
    for case in found:
        assert case.straight_db <= STRAIGHT_DB, case
        assert case.delivered_db <= DELIVERED_DB, case
