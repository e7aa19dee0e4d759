"""Manifests as they should not be, through the command line (section M)."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from tests.faults_support import (
    HEAD,
    LINUX,
    SLOW,
    WAV,
    Run,
    environment,
    glassmaster,
    manifest,
    mixdown,
    plugin,
    release,
    song,
    started,
    tree,
    until,
)
from tests.sources_support import noise, written

ONE = HEAD + song("Opening")
LEVEL = '\n[[treatment]]\nstage = "level"\n'
MANY = "".join(song(f"Song {index}", more="allow_duplicate = true") for index in range(10_000))


def refused(folder: Path, text: str | bytes) -> Run:
    """`check` answers with exit 2 and leaves everything as it was."""
    mixdown(folder / "mix.wav")
    manifest(folder, text)
    before = tree(folder)
    run = glassmaster("check", cwd=folder)
    assert run.code == 2, run.said
    assert run.out == ""
    assert tree(folder) == before
    return run


# ---- the file itself


def test_m01_missing(tmp_path: Path) -> None:
    run = glassmaster("build", cwd=tmp_path)
    assert run.code == 2
    assert "release.toml not found" in run.err
    assert "glassmaster init" in run.err
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not LINUX, reason="made with Linux's devices and pipes")
def test_m02_no_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "release.toml")
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "release.toml", "/dev/zero"):
        run = glassmaster("check", path, timeout=30)
        assert run.code == 2
        assert "not a regular file" in run.err
    assert "release.toml not found" in glassmaster("check", tmp_path / "folder").err


BROKEN: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "M03 empty": ("", ("is empty", "[release]", "[[song]]")),
    "M04 not UTF-8": (ONE.replace("Opening", "Öffnung").encode("latin-1"), ("release.toml:6", "byte", "UTF-8")),
    "M04 UTF-16": (ONE.encode("utf-16"), ("UTF-16", "byte 0")),
    "M06 lone CR": (ONE.replace("\n\n", "\n\r"), ("release.toml:4", "carriage return")),
    "M07 syntax": (ONE.replace('"Opening"', "Opening"), ("release.toml:6:9", "title = Opening", "^")),
    "M08 duplicate key": (ONE + 'title = "Again"\n', ("release.toml:9", "line 6", "song.title")),
    "M08 duplicate table": (ONE + "[release]\n", ("release.toml:9", "line 1")),
    "M10 wrong types, all in one run": (
        'tracks = "a"\nqc = 3\n' + ONE.replace('"The Example"', "7") + "joined = 1\ngap = []\n",
        (*(f"release.toml:{place}" for place in ("1:1", "2:6", "5:", "11:", "12:")), "true or false"),
    ),
    "M11 no songs": (HEAD, ("no songs", "[[song]]")),
    "M12 more than a CD holds": (
        HEAD + MANY + '[[deliverable]]\nname = "cd"\npackage = "cd"\n',
        ("10,000", "99"),
    ),
    "M13 deep": (ONE + "notes = " + "[" * 100_000, ("too deep",)),
    "M13 dotted": (ONE + "a." * 100_000 + "a = 1", ("too deep",)),
    "M13 digits": (ONE + "disc = " + "1" * 5000, ("too large",)),
    "M22 no such day": (ONE.replace("artist", "date = 2026-02-30\nartist"), ("no such date",)),
    "M22 year 0": (ONE.replace("artist", 'date = "0000-01-01"\nartist'), ("no year 0",)),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_file(tmp_path: Path, case: str) -> None:
    text, words = BROKEN[case]
    run = refused(tmp_path, text)
    for each in words:
        assert each in run.err, run.err


def test_m12_ten_thousand_songs(tmp_path: Path) -> None:
    fading = np.hanning(48_000)[:, None] * noise(48_000)
    written(tmp_path / "mix.wav", fading.astype(np.float32))
    manifest(tmp_path, "treatment = []\n" + HEAD + MANY + WAV)
    run = glassmaster("check", "--jobs", 1, cwd=tmp_path)
    assert run.code == 0, run.said[-2000:]
    assert "10000 of 10000 songs have no ISRC" in run.err


def test_m13_too_deep_is_told_at_once(tmp_path: Path) -> None:
    """A parser of quadratic time would meet the time-out."""
    assert "too deep" in refused(tmp_path, ONE + "notes = " + "[" * 100_000).err


def test_m14_a_hundred_megabytes(tmp_path: Path) -> None:
    with (tmp_path / "release.toml").open("wb") as file:
        file.truncate(100 * 1024**2)
    run = glassmaster("check", cwd=tmp_path)
    assert run.code == 2
    assert "4 MiB" in run.err


# ---- single values: all wrong ones of one manifest in one run, each with its line


def stage(name: str, line: str) -> str:
    return f'\n[[treatment]]\nstage = "{name}"\n{line}\n'


WRONG: dict[str, tuple[str, tuple[str, ...]]] = {
    "M09 unknown key": (song("a") + 'titel = "b"\n', ('unknown key "titel"', 'did you mean "title"?')),
    "M10 wrong type": (song("a", more="joined = 1"), ("joined must be true or false, not the number 1",)),
    "M15 infinite": (song("a", more="level_db = 1e400"), ("level_db must be finite",)),
    "M15 not a number": (stage("level", "amount = nan"), ("amount must be finite",)),
    "M16 loud target": (stage("level", "target_lufs = 3"), ("target_lufs", "to 0, not the number 3")),
    "M16 quiet target": (stage("level", "target_lufs = -200"), ("target_lufs", "not the number -200")),
    "M17 ceiling": (stage("limit", "ceiling_dbtp = 0.5"), ("ceiling_dbtp", "not the number 0.5")),
    "M18 gap in numbers": (song("Far", more="number = 950"), ('"Far"', "number 950, but it is track")),
    "M18 same number": (song("a", more="number = 950"), ("both have number 950",)),
    "M20 malformed": (song("a", more='isrc = "GB-AAA-26"'), ("no ISRC", "GBAAA2600001")),
    "M20 duplicate": (
        song("a", more='isrc = "GBAAA2600001"') + song("b", more='isrc = "GB-AAA-26-00001"'),
        ("GBAAA2600001", "belongs to song", "already"),
    ),
    "M21 check digit": ("", ("barcode 5012345678901", "it should be 0")),
    "M22 quoted": ("", ("2026-02 has 28 days",)),
    "M23 empty title": (song(""), ('title = ""', "missing or empty")),
    "M23 spaces": (song("   "), ('title = "   "', "missing or empty")),
    "M24 NUL": (song("Ope\0ning"), ("NUL", "\\u0000")),
    "M34 end before start": (song("Short", more="start = 0.4\nend = 0.2"), ('"Short"', "0:00.200", "0:00.400")),
    "M34 negative": (song("a", more="start = -1"), ("start", "-1")),
    "M35 fade": (song("Faded", more="start = 1\nend = 3\nfade_out = 9"), ('"Faded"', "take 9 s", "only 2 s")),
    "M36 stage": (stage("limitt", ""), ('no stage "limitt"', 'did you mean "limit"?', "level, limit")),
    "M36 format": (WAV.replace('"wav"', '"wave"'), ('no format "wave"', 'did you mean "wav"?', "flac")),
    "M37 unknown parameter": (stage("limit", "releas_ms = 3"), ('"releas_ms"', 'did you mean "release_ms"?')),
    "M37 out of range": (stage("limit", "release_ms = -3"), ("release_ms", "not the number -3")),
}


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The findings of one manifest with everything in it."""
    head = HEAD + 'barcode = "5012345678901"\ndate = "2026-02-30"\n'
    run = refused(tmp_path_factory.mktemp("wrong"), head + "".join(text for text, _ in WRONG.values()))
    return run.err.split("error: ")[1:]


@pytest.mark.parametrize("case", WRONG)
def test_wrong_value(wrong: list[str], case: str) -> None:
    words = WRONG[case][1]
    (told,) = (each for each in wrong if all(word in each for word in words))
    assert re.match(r"release\.toml:\d+:\d+\n", told)
    assert "^" in told


# ---- what only the audio tells


def test_m34_m35_cuts_and_fades_outside_the_song(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav")
    text = (
        HEAD
        + song("Beyond", more="end = 9.0\nallow_duplicate = true")
        + song("Late", more="start = 8.0\nallow_duplicate = true")
        + song("Faded", more="fade_out = 3.0\nallow_duplicate = true")
        + song("Good", more="allow_duplicate = true")
    )
    manifest(tmp_path, text + WAV)
    run = glassmaster("check", "--jobs", 1, cwd=tmp_path)
    assert run.code == 2
    for words in ("01 Beyond", "end = 9 s", "0:00.500", "02 Late", "start = 8 s", "03 Faded", "fades of"):
        assert words in run.err
    assert "04 Good\n  fades" not in run.err


def test_m38_nothing_is_interpolated(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav")
    titles = ["${SECRET}", "$SECRET", "%SECRET%", "{{ SECRET }}", "`echo gold`"]
    manifest(tmp_path, HEAD + "".join(song(each, more="allow_duplicate = true") for each in titles) + WAV)
    run = glassmaster("check", "--json", "--jobs", 1, cwd=tmp_path, env=environment(SECRET="gold"))
    assert [each["title"] for each in json.loads(run.out)["songs"]] == titles
    assert "gold" not in run.said.replace("`echo gold`", "")


def test_m39_manifest_changed_during_the_build(tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", SLOW)
    treatment = '\n[[treatment]]\nstage = "slow"\nseconds = 1.0\n'
    path = release(tmp_path / "r", treatment)
    log = tmp_path / "log"
    process = started("build", path, "--jobs", 1, log=log, env=env)
    until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
    path.write_text(path.read_text("utf-8").replace("Opening", "Ending"), "utf-8")
    assert process.wait(60) == 0, log.read_text()
    assert (tmp_path / "r/dist/wav/01 Opening.wav").exists()
    assert "release.toml changed" in log.read_text()
