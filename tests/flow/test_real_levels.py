"""Promise and result on three songs of a real album, two of them joined: the sample of `make proof PROOF=levels`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.proofs.levels import Row, release, rows

ALBUM = os.environ.get("GLASSMASTER_REAL_ALBUM", "")
pytestmark = [
    pytest.mark.skipif(not ALBUM, reason="GLASSMASTER_REAL_ALBUM names no folder with mixes/ and references/"),
    pytest.mark.timeout(1200),
]
WANTED = {"minus14": (-14.0, 4.0), "minus11": (-11.0, 4.0)}
NUMBERS = ("05", "06", "08")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    mixes = [path for path in sorted((Path(ALBUM) / "mixes").iterdir()) if path.name.startswith(NUMBERS)]
    return rows(release(tmp_path_factory.mktemp("real") / "album", mixes, WANTED))


def test_what_the_plan_promised_was_delivered(found: list[Row]) -> None:
    assert len(found) == 4
    assert {row.songs: row.error for row in found if abs(row.error) > 0.15} == {}


def test_the_limiter_worked_no_harder_than_it_was_allowed_to(found: list[Row]) -> None:
    for row in found:
        assert row.reduction[0] <= 4.0 + 1e-3, row.songs
        assert row.reduction[1] <= 8.0 + 1e-3, row.songs
        assert row.reduction == pytest.approx(row.planned_reduction, abs=0.5), row.songs


def test_an_aim_out_of_reach_was_said_to_be_so(found: list[Row]) -> None:
    for row in found:
        short = row.aim - row.delivered
        assert (" LU short of " in row.stopped) == (short > 0.1), row.songs
