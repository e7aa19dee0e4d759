"""Once a release is out, adding a bonus song moves nothing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.flow_support import glassmaster, music, payloads, published, write_manifest, write_mix

DELIVERABLES = """
[[deliverable]]
name = "flac"
format = "flac"
rate_hz = "native"

[[deliverable]]
name = "mp3"
format = "mp3"
bitrate = 128
"""
SONGS = [f'title = "Song {n}"\nmixdown = "mixes/{n}.wav"' for n in (1, 2)]
BONUS = 'title = "Bonus"\nmixdown = "mixes/bonus.wav"'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("freeze")
    write_mix(folder / "mixes/1.wav", music(6, -14, 1))
    write_mix(folder / "mixes/2.wav", music(7, -20, 2))
    loud = music(6, 0, 3)
    loud[30_000:30_040] = 0.99 * np.sign(loud[30_000:30_040])  # a hot peak that would press the album down
    write_mix(folder / "mixes/bonus.wav", loud[::2], 22_050)
    write_manifest(folder, SONGS, DELIVERABLES)
    glassmaster("build", folder)
    return folder


@pytest.fixture
def release(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "release"))


def test_a_bonus_song_changes_no_audio_that_is_out(release: Path) -> None:
    before, tags = payloads(release / "dist"), _tags(release)
    glassmaster("freeze", release)
    write_manifest(release, [*SONGS, BONUS], DELIVERABLES)
    told = glassmaster("build", release)
    assert "Bonus" in told.stderr, told.stderr
    after = payloads(release / "dist")
    assert len(after) == len(before) + 2
    assert {path: after[path] for path in before} == before
    now = _tags(release)
    moved = {name for path in before for name in now[path] | tags[path] if now[path].get(name) != tags[path].get(name)}
    assert "tracks" in moved
    assert moved <= {"tracks", "replaygain_album_gain", "replaygain_album_peak"}
    assert all(now[path]["tracks"] == "3" for path in now)


def test_freezing_changes_nothing_by_itself_and_a_released_song_moves_again(release: Path) -> None:
    before = payloads(release / "dist")
    glassmaster("freeze", release)
    glassmaster("build", release)
    assert payloads(release / "dist") == before
    told = glassmaster("freeze", release, "--release", "song 2")
    assert "1 songs are frozen" in told.stdout
    write_manifest(release, [SONGS[0], SONGS[1] + "\nlevel_db = -3.0"], DELIVERABLES)
    glassmaster("build", release)
    after = payloads(release / "dist")
    assert after["flac/01 Song 1.flac"] == before["flac/01 Song 1.flac"]
    assert after["flac/02 Song 2.flac"] != before["flac/02 Song 2.flac"]


def test_what_was_frozen_is_not_rendered_again_and_would_be_the_same_if_it_were(release: Path) -> None:
    glassmaster("freeze", release)
    planned = json.loads(glassmaster("plan", release, "--json").stdout)
    assert all(song["done"] for master in planned["masters"] for song in master["songs"])
    told = json.loads(glassmaster("build", release, "--json").stdout)
    assert [each["done"] for each in told["budget"]["phases"] if each["phase"] == "render"] in ([], [0])
    shutil.rmtree(release / ".glassmaster")
    kept = (release / "dist/release.json").read_bytes()
    shutil.rmtree(release / "dist")
    glassmaster("build", release)
    assert (release / "dist/release.json").read_bytes() == kept


@pytest.mark.parametrize("more", [(), ("--keep-days", "1")], ids=["all", "of today"])
def test_prune_after_freezing_keeps_what_the_next_build_needs(release: Path, more: tuple[str, ...]) -> None:
    """Whatever the dates of files say, on a disk that was copied or a clock that was put right."""
    before = payloads(release / "dist")
    glassmaster("freeze", release)
    for path in (release / ".glassmaster").rglob("*"):
        os.utime(path, (1_000_000, 1_000_000))
    os.utime(release / ".glassmaster/asked.json", (2_000_000, 2_000_000))
    glassmaster("cache", release, "--prune", *more)
    for done in ({"finish"}, set()):  # the record tells what is frozen; then nothing is left to do
        told = glassmaster("build", release, "--why").stderr
        assert {line.split()[1] for line in told.splitlines() if line.startswith("why ")} == done
        assert payloads(release / "dist") == before
        glassmaster("cache", release, "--prune", *more)


def test_a_deliverable_added_later_gets_the_gap_of_today_and_all_is_proven(release: Path) -> None:
    before = payloads(release / "dist")
    glassmaster("freeze", release)
    later = DELIVERABLES + '\n[[deliverable]]\nname = "aiff"\nformat = "aiff"\nrate_hz = "native"\n'
    write_manifest(release, [SONGS[0], SONGS[1] + "\ngap = 3.5"], later)
    glassmaster("build", release)
    after = payloads(release / "dist")
    assert {path: after[path] for path in before} == before, "what is out keeps its gap of 2 s"
    told = [each for each in published(release / "dist")["deliverables"] if each["song"] == 1]
    frames = {each["name"]: each["measured"]["frames"] for each in told}
    assert frames["aiff"] - frames["flac"] == 1.5 * 44_100
    glassmaster("verify", release / "dist")


def test_a_song_that_does_not_exist_is_named_with_those_that_do(release: Path) -> None:
    told = glassmaster("freeze", release, "--release", "Nonesuch", code=2)
    assert '"Nonesuch" names no song' in told.stderr
    assert "Song 1" in told.stderr


@pytest.mark.parametrize(
    "text",
    [
        '{"schema": 1, "encoders": 3}',
        pytest.param("[" * 100_000, id="deep"),
        '{"schema": 1, "encoders": {}, "rates_hz": {"wav": 1e999}, "frozen": []}',
        '{"schema": 1, "encoders": {}, "rates_hz": {}, "frozen": [], "approvals": [[]]}',
    ],
)
def test_a_damaged_lock_is_no_traceback(release: Path, text: str) -> None:
    (release / "release.lock").write_text(text)
    told = glassmaster("check", release, code=2)
    assert "release.lock" in told.stderr


def _tags(release: Path) -> dict[str, Any]:
    return {each["path"]: each["tags"] for each in published(release / "dist")["deliverables"]}
