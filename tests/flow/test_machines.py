"""Another kind of processor: its measurements end in other digits, its lossless files hold the same samples."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import pytest

from tests import machines_support as machines

if platform.machine().lower() not in ("x86_64", "amd64"):
    pytest.skip("libraries pass for older ones on x86-64 only", allow_module_level=True)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One release, built here and by a machine of 2008."""
    folder = tmp_path_factory.mktemp("machines")
    source = machines.release(folder / "source", 1.2).parent
    here, old = folder / "here", folder / "old"
    machines.built(source, machines.HERE, here)
    machines.built(source, machines.OLDEST, old)
    return here / "dist", old / "dist"


@pytest.fixture(scope="module")
def told(folders: tuple[Path, Path]) -> list[Any]:
    return [json.loads((each / "release.json").read_bytes()) for each in folders]


def test_the_record_says_on_what_it_was_built(folders: tuple[Path, Path], told: list[Any]) -> None:
    """Vector extensions and OpenBLAS' kernel: what a later machine needs to know where last digits differ."""
    here, old = (each["provenance"]["engine"] for each in told)
    assert here != old
    assert old.endswith((" Katmai", " Prescott")), "OpenBLAS took another kernel than it was told to"
    assert " baseline " in old
    for folder, engine in zip(folders, (here, old), strict=True):
        statement = json.loads((folder / "provenance.json").read_bytes())
        assert statement["predicate"]["buildDefinition"]["internalParameters"]["engine"] == engine


def test_the_same_is_decided(told: list[Any]) -> None:
    here, old = map(machines.decided, told)
    assert here == old
    assert len(here) == 20
    reduced = [each["max_gain_reduction_db"] for song in told[0]["songs"] for each in song["masters"]]
    assert sum(each > 1.0 for each in reduced) >= 10, "the limiter had nothing to do"


def test_every_lossless_file_holds_the_same_samples(folders: tuple[Path, Path]) -> None:
    here, old = folders
    files = [path.relative_to(here) for path in sorted(here.glob("*/*")) if path.suffix in (".wav", ".flac")]
    assert len(files) == 20
    apart = {str(file): machines.difference(here / file, old / file) for file in files}
    assert {file: each for file, each in apart.items() if each.samples} == {}
