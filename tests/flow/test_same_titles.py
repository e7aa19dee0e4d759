"""Songs of one title, with a version to tell them apart or with none: what is kept of one never falls on the other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.flow_support import glassmaster, music, payloads, published, write_manifest, write_mix

TAIL = '\n[[deliverable]]\nname = "flac"\nformat = "flac"\n'
SONGS = [
    'title = "By"\nmixdown = "mixes/1.wav"\ngain_db = -3.0',
    'title = "By"\nmixdown = "mixes/2.wav"\ngain_db = -1.0',
    'title = "By"\nversion = "Radio Edit"\nmixdown = "mixes/3.wav"\ngain_db = -2.0',
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("same")
    for number, level in ((1, -14), (2, -17), (3, -20)):
        write_mix(folder / f"mixes/{number}.wav", music(3, level, number))
    write_manifest(folder, SONGS, TAIL)
    glassmaster("build", folder)
    return folder


@pytest.fixture
def release(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "release"))


def test_a_sign_off_of_one_is_none_of_the_other(release: Path) -> None:
    glassmaster("approve", "2", "--mix", "--by", "A. Artist", "-m", release)
    glassmaster("approve", "1", "3", "--master", "--by", "A. Artist", "-m", release)
    told = json.loads(glassmaster("approve", "--list", "--json", "-m", release).stdout)
    assert [(each["song"], each["kind"], each["holds"]) for each in told] == [
        (1, "master", True),
        (2, "mix", True),
        (3, "master", True),
    ]
    glassmaster("approve", "1", "--master", "--withdraw", "-m", release)
    told = json.loads(glassmaster("approve", "--list", "--json", "-m", release).stdout)
    assert [each["song"] for each in told] == [2, 3]


def test_each_is_frozen_at_its_own_gain(release: Path) -> None:
    before = payloads(release / "dist")
    assert "3 songs are frozen" in glassmaster("freeze", release).stdout
    write_manifest(release, [each.rsplit("\n", 1)[0] for each in SONGS], TAIL)
    glassmaster("build", release, code=None)
    assert payloads(release / "dist") == before


def test_none_is_told_as_a_new_mix_of_the_other(release: Path) -> None:
    old = Path(shutil.copytree(release / "dist", release / "old"))
    write_manifest(release, SONGS, TAIL, 'genre = "Jazz"')
    glassmaster("build", release, code=None)
    assert published(release / "dist")["revised"] == []
    write_mix(release / "mixes/1.wav", music(3, -15, 1))
    glassmaster("build", release, code=None)
    assert [each["song"] for each in published(release / "dist")["revised"]] == [1]
    told = json.loads(glassmaster("diff", old, release / "dist", "--json").stdout)
    assert "01 By" in json.dumps(told)
    assert "02 By" not in json.dumps(told)
