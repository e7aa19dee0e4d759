"""Builds struck again and again, each time going on: a sample of what `make torture` does in full (F02, F03, F04)."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.faults_support import environment, glassmaster, tree
from tests.torture import chains
from tests.torture.album import Album, album, copied, run
from tests.torture.kills import calls
from tests.torture.shim import Shim, Strike, missing

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


def test_f03_f04_killed_and_failing_around_the_exchange(made: Album, workshop: Path) -> None:
    """Before it, after it, while the old tree goes; last on a disk that does not know it."""
    deaths = [Strike(at, since="exchange") for at in (1, 2, 3, 4)]
    failures = [
        Strike(at, error, since="exchange") for at, error in ((1, errno.EIO), (2, errno.EIO), (1, errno.EINVAL))
    ]
    blows = [*deaths, *failures]
    assert chains.struck(made, workshop, iter(blows), len(blows)) == []


def test_f03_a_report_that_fails_to_take_its_place_leaves_the_last_one(made: Album, workshop: Path) -> None:
    """It is published by the same step as the release."""
    folder = copied(made, workshop / "report")
    assert run(folder).code == 0
    out = tree(folder / "dist")
    shim = Shim(workshop, folder)
    failing = environment(**shim.environment(Strike(1, errno.EIO, since="exchange")))
    told = glassmaster("report", folder, env=failing)
    assert told.code == 5
    assert shim.struck().what.startswith("exchange dist/report ")
    assert tree(folder / "dist") == out
    assert glassmaster("report", folder).code == 0
    assert tree(folder / "dist") == out
