"""Builds struck again and again, each time going on: a sample of what `make torture` does in full (F02, F03, F04)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture import chains
from tests.torture.album import Album, album
from tests.torture.kills import calls
from tests.torture.shim import missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("torture")


@pytest.fixture(scope="module")
def made(workshop: Path) -> Album:
    """One song as WAV and Opus, out already and to be built anew."""
    return album(workshop, 1, ("wav", "opus"))


@pytest.fixture(scope="module")
def total(made: Album, workshop: Path) -> int:
    """File operations of an undisturbed build."""
    return calls(made, workshop, jobs=1)


def test_f04_killed_at_twenty_moments(made: Album, workshop: Path, total: int) -> None:
    assert chains.struck(made, workshop, chains.deaths(total, 6), 20) == []


def test_f02_f03_the_disk_fails_at_forty_points(made: Album, workshop: Path, total: int) -> None:
    assert chains.struck(made, workshop, chains.failures(total, 6), 40) == []
