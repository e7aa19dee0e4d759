"""Sign-offs through the command line: given, asked for, broken by a change, told in words, taken back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.flow_support import glassmaster, music, published, write_manifest, write_mix

SONGS = [f'title = "{title}"\nmixdown = "mixes/{n}.wav"' for n, title in ((1, "One"), (2, "Two"))]


def tail(require: str, target: float = -14.0) -> str:
    level = f"adjust = {{ level = {{ target_lufs = {target} }} }}"
    return f'\n[[deliverable]]\nname = "flac"\nformat = "flac"\n{level}\n[qc]\nrequire_approval = "{require}"\n'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("approve")
    write_mix(folder / "mixes/1.wav", music(4, -14, 1))
    write_mix(folder / "mixes/2.wav", music(4, -18, 2))
    write_manifest(folder, SONGS, tail("none"))
    glassmaster("build", folder)
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "release"))


def findings(told: str, *codes: str) -> list[Any]:
    return [each for each in json.loads(told)["findings"] if each["code"] in codes]


def test_a_mix_that_must_be_approved_and_changes_afterwards(folder: Path) -> None:
    write_manifest(folder, SONGS, tail("mix"))
    missing = findings(glassmaster("check", folder, "--json", code=1).stdout, "mix-unapproved")
    assert [(each["song"], each["severity"], each["remedy"]) for each in missing] == [
        (1, "error", "approval"),
        (2, "error", "approval"),
    ]
    command = ("approve", "2", "one", "--mix", "--by", "A. Artist", "-m", folder)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600", "TZ": "Asia/Tokyo"}
    done = subprocess.run(
        [sys.executable, "-m", "glassmaster", *map(str, command)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lock = json.loads((folder / "release.lock").read_text("utf-8"))
    assert {(each["by"], each["date"], each["kind"]) for each in lock["approvals"]} == {
        ("A. Artist", "2026-01-01", "mix")
    }
    glassmaster("check", folder, code=0)
    write_mix(folder / "mixes/1.wav", music(4.5, -14, 1) * 10 ** (1.2 / 20))
    [changed] = findings(glassmaster("check", folder, "--json", code=1).stdout, "mix-changed")
    assert changed["song"] == 1
    assert "A. Artist approved on 2026-01-01" in changed["message"]
    assert "0.5 s longer" in changed["message"]
    assert "dB louder" in changed["message"]
    assert "dB higher" in changed["message"]


def test_a_master_that_changes_after_its_approval_says_which_decision(folder: Path) -> None:
    write_manifest(folder, SONGS, tail("master"))
    glassmaster("build", folder, code=1)
    glassmaster("approve", "--all", "--master", "--by", "Label", "-m", folder)
    glassmaster("build", folder, code=0)
    told = published(folder / "dist")
    assert [(each["title"], each["kind"], each["holds"], each["by"]) for each in told["approvals"]] == [
        ("One", "master", True, "Label"),
        ("Two", "master", True, "Label"),
    ]
    page = (folder / "dist/report/index.html").read_text("utf-8")
    assert "Approvals" in page
    assert "Label" in page
    write_manifest(folder, SONGS, tail("master", -16.0))
    early = findings(glassmaster("check", folder, "--json", code=1).stdout, "master-changed")
    assert len(early) == 2
    assert "level.target_lufs -14 -> -16" in early[0]["message"]
    glassmaster("build", folder, code=1)
    late = findings((folder / "dist/release.json").read_text("utf-8"), "master-changed")
    assert "level.target_lufs -14 -> -16" in late[0]["message"]
    assert "gain_db" in late[0]["message"]


def test_sign_offs_are_listed_and_taken_back(folder: Path) -> None:
    assert "nothing is approved yet" in glassmaster("approve", "--list", "-m", folder).stdout
    glassmaster("approve", "one", "--mix", "--by", "X", "-m", folder)
    [row] = json.loads(glassmaster("approve", "--list", "--json", "-m", folder).stdout)
    assert (row["title"], row["kind"], row["by"], row["holds"]) == ("One", "mix", "X", True)
    glassmaster("approve", "1", "--mix", "--withdraw", "-m", folder)
    assert "approvals" not in json.loads((folder / "release.lock").read_text("utf-8"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("One", "--by", "X"), "--mix or --master"),
        (("--mix", "--by", "X"), "name the songs"),
        (("One", "--mix"), "a name has"),
        (("One", "--mix", "--by", "a\x1bb"), "a name has"),
        (("Nonesuch", "--mix", "--by", "X"), "names no song"),
    ],
)
def test_what_cannot_be_approved_is_refused_in_words(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    before = (folder / "release.lock").read_bytes()
    assert words in glassmaster("approve", *arguments, "-m", folder, code=2).stderr
    assert (folder / "release.lock").read_bytes() == before


def test_titles_that_two_songs_share_are_ambiguous(folder: Path) -> None:
    write_manifest(folder, [SONGS[0], SONGS[1].replace("Two", "one")], tail("none"))
    assert "names 2 songs" in glassmaster("approve", "One", "--mix", "--by", "X", "-m", folder, code=2).stderr
    assert "2  one   mixdown" in glassmaster("approve", "2", "--mix", "--by", "X", "-m", folder).stdout


def test_a_damaged_approval_and_a_strange_clock_are_no_tracebacks(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    assert '"soon" is no time' in glassmaster("approve", "1", "--mix", "--by", "X", "-m", folder, code=2).stderr
    lock = json.loads((folder / "release.lock").read_text("utf-8"))
    (folder / "release.lock").write_text(json.dumps({**lock, "approvals": [{"song": 1}]}), "utf-8")
    assert "release.lock" in glassmaster("check", folder, code=2).stderr


def test_a_mix_that_changes_between_builds_is_shown_and_building_again_changes_nothing(folder: Path) -> None:
    shutil.copytree(folder / "dist", folder / "before")
    write_mix(folder / "mixes/2-new.wav", music(4.4, -15, 2))
    write_manifest(folder, [SONGS[0], SONGS[1].replace("2.wav", "2-new.wav")], tail("none"))
    glassmaster("build", folder)
    [told] = published(folder / "dist")["revised"]
    assert (told["title"], told["file"]) == ("Two", "2.wav")
    assert "0.4 s longer" in told["changed"]
    assert "dB louder" in told["changed"]
    assert told["before"]["integrated_lufs"] < -14
    assert "Mixdowns that changed" in (folder / "dist/report/index.html").read_text("utf-8")
    before = (folder / "dist/release.json").stat()
    glassmaster("build", folder)
    assert (folder / "dist/release.json").stat() == before
    words = glassmaster("diff", folder / "before", folder / "dist").stdout
    assert "02 Two, mixdown: file 2.wav -> 2-new.wav; 0.4 s longer" in words
    assert "02 Two, master for flac: " in words
    assert "flac: Two: the sound differs" in words
    assert "nothing differs" in glassmaster("diff", folder / "dist", folder / "dist/release.json").stdout
    document = json.loads(glassmaster("diff", folder / "before", folder / "dist", "--json").stdout)
    assert document["kind"] == "builds"
    assert not document["same"]
