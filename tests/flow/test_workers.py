"""However many workers there are, and in whatever order they get ready: the same bytes, and nothing done twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults_support import tree
from tests.flow_support import glassmaster, music, published, write_manifest, write_mix

SONGS = [f'title = "{name}"\nmixdown = "{name}.wav"' for name in ("One", "Two", "Three")]
FILES = "".join(f'\n[[deliverable]]\nname = "{name}"\nformat = "{name}"\n' for name in ("wav", "flac", "aiff", "mp3"))


def spent(*arguments: str | Path) -> Mapping[str, Any]:
    """What a build did, phase by phase."""
    told = glassmaster("build", *arguments, "--json", code=None)
    return {row["phase"]: row for row in json.loads(told.stdout)["budget"]["phases"]}


def album(folder: Path) -> Path:
    for number, name in enumerate(("One", "Two", "Three"), 1):
        write_mix(folder / f"{name}.wav", music(2.0 * number, -18, number))
    write_manifest(folder, SONGS, FILES)
    return folder


@dataclass(frozen=True)
class Built:
    """A release that was built, and what that took."""

    folder: Path
    rows: Mapping[str, Any]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """By one worker, and by three."""
    one, three = album(tmp_path_factory.mktemp("one")), album(tmp_path_factory.mktemp("three"))
    return Built(one, spent(one, "--jobs", "1")), Built(three, spent(three, "--jobs", "3"))


def test_one_worker_and_three_make_the_same_bytes_and_do_each_thing_once(built: tuple[Built, Built]) -> None:
    assert tree(built[0].folder / "dist") == tree(built[1].folder / "dist")
    for rows in (built[0].rows, built[1].rows):
        counts = {phase: rows[phase]["done"] for phase in ("measure", "render", "prepare", "finish")}
        assert counts == {"measure": 3, "render": 3, "prepare": 3, "finish": 12}
        assert rows["encode"]["done"] >= 12, "an MP3 may have to be encoded again"
        assert rows["encode"]["done"] == built[0].rows["encode"]["done"]
    files = published(built[0].folder / "dist")["deliverables"]
    lossless = {(each["song"], each["payload_sha256"]) for each in files if each["format"] != "mp3"}
    assert len(lossless) == 3, "WAV, FLAC and AIFF hold the same PCM"


def test_nothing_changed_is_no_work_and_nobody_is_hired(built: tuple[Built, Built]) -> None:
    rows = spent(built[0].folder)
    assert {phase: row["done"] for phase, row in rows.items() if row["done"]} == {}
    assert sum(row["workers_cpu_s"] for row in rows.values()) == 0.0
    assert (rows["render"]["kept"], rows["prepare"]["kept"], rows["measure"]["kept"]) == (3, 3, 3)


def test_half_a_store_is_completed_without_making_the_rest_again(built: tuple[Built, Built]) -> None:
    folders = [each.folder for each in built]
    before = tree(folders[1] / "dist")
    for path in (folders[1] / ".glassmaster" / "ledger").rglob("*.json"):
        if b'"Prepared"' in path.read_bytes():
            path.unlink()
    rows = spent(folders[1], "--jobs", "3")
    assert {phase: row["done"] for phase, row in rows.items() if row["done"]} == {"prepare": 3}
    assert tree(folders[1] / "dist") == before
