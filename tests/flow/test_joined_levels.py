"""Levels inside a run of songs, in delivered files: each song's own gain, and a ramp where they meet."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from tests.flow_support import glassmaster, music, payloads, published, write_manifest, write_mix

RATE = 48_000
RAMP = 0.2
TAIL = f"""
[[treatment]]
stage = "level"
target_lufs = -26
ramp_ms = {1000 * RAMP:.0f}

[[treatment]]
stage = "limit"

[[deliverable]]
name = "float"
format = "wav"
bits = 32
"""


def songs(*more: str) -> list[str]:
    """Three songs that run on, cut in full sound; `more` for each."""
    return [
        f'title = "{title}"\nmixdown = "mixes/{number}.wav"\nfade_in = 0\nfade_out = 0\njoined = {runs_on}\n{own}'
        for number, (title, runs_on, own) in enumerate(
            zip(("One", "Two", "Three"), ("false", "true", "true"), more, strict=True)
        )
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("joined")
    whole = music(12, -14, 5, RATE)
    for number in range(3):
        write_mix(folder / f"mixes/{number}.wav", whole[number * 4 * RATE : (number + 1) * 4 * RATE], RATE)
    write_manifest(folder, songs("level_db = 1.0", "level_db = -5.0", ""), TAIL)
    glassmaster("build", folder, "--jobs", "1", code=None)
    return folder


@pytest.fixture
def release(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "release"))


def gain(release: Path, number: int) -> Any:
    """What was done to each frame of a song: the file against its mixdown, where the mixdown is loud enough to tell."""
    (path,) = (release / "dist/float").glob(f"{number + 1:02d} *.wav")
    made, mixdown = sf.read(path)[0][:, 0], sf.read(release / f"mixes/{number}.wav")[0][:, 0]
    assert len(made) == len(mixdown)
    loud = np.abs(mixdown) > 0.003
    return np.flatnonzero(loud), made[loud] / mixdown[loud]


def test_each_song_has_its_own_gain_and_goes_over_from_the_one_before(built: Path) -> None:
    told = published(built / "dist")["songs"]
    levels = [10 ** (song["master"]["gain_db"] / 20) for song in told]
    assert told[0]["master"]["gain_db"] - told[1]["master"]["gain_db"] == pytest.approx(6, abs=0.002)
    assert told[2]["master"]["gain_db"] - told[1]["master"]["gain_db"] == pytest.approx(5, abs=0.002)
    drive = 10 ** (told[0]["master"]["drive_db"] / 20)
    for number in range(3):
        at, found = gain(built, number)
        came_from, goes_to = levels[max(0, number - 1)], levels[number]
        share = np.minimum((at + 0.5) / (RAMP * RATE), 1.0)
        expected = drive * (came_from + (goes_to - came_from) * share**2 * (3 - 2 * share))
        assert np.abs(found / expected - 1).max() < 1e-4


def test_the_run_ends_with_the_loudness_that_the_plan_promised(built: Path) -> None:
    from pyloudnorm import Meter

    told = published(built / "dist")["songs"]
    files = sorted((built / "dist/float").iterdir())
    lufs = Meter(RATE, filter_class="DeMan").integrated_loudness(np.concatenate([sf.read(path)[0] for path in files]))
    assert lufs == pytest.approx(told[0]["master"]["aim_lufs"], abs=0.1)
    assert lufs == pytest.approx(told[0]["master"]["promised_lufs"], abs=0.15)


def test_a_frozen_run_keeps_its_ramps_when_an_album_grows(release: Path) -> None:
    before = payloads(release / "dist")
    glassmaster("freeze", release)
    write_mix(release / "mixes/bonus.wav", music(4, -2, 9, RATE), RATE)
    bonus = 'title = "Bonus"\nmixdown = "mixes/bonus.wav"\ngap = 0'
    write_manifest(release, [*songs("level_db = 1.0", "level_db = -5.0", ""), bonus], TAIL)
    glassmaster("build", release, "--jobs", "2", code=None)
    after = payloads(release / "dist")
    assert len(after) == 4
    assert {path: after[path] for path in before} == before
    told = glassmaster("freeze", release, "--release", "Two")  # and with it what it runs on with
    assert "1 songs are frozen" in told.stdout


def test_a_hand_set_gain_inside_a_run_is_kept(release: Path) -> None:
    write_manifest(release, songs("", "gain_db = -4.0", ""), TAIL)
    glassmaster("build", release, "--jobs", "1", code=None)
    at, found = gain(release, 1)
    assert 20 * np.log10(found[at > RAMP * RATE]) == pytest.approx(-4.0, abs=0.001)
    at, found = gain(release, 2)
    assert 20 * np.log10(found[at < 5]) == pytest.approx(-4.0, abs=0.01)


def test_the_plan_expects_of_each_song_of_a_run_what_it_gets(built: Path) -> None:
    (group,) = json.loads(glassmaster("plan", built, "--json").stdout)["masters"]
    assert [song["together"] for song in group["songs"]] == [[1, 2, 3]] * 3
    expected = [song["expected_lufs"] for song in group["songs"]]
    delivered = [song["master"]["integrated_lufs"] for song in published(built / "dist")["songs"]]
    assert expected == pytest.approx(delivered, abs=0.35)  # a ramp from 6 dB above is a twentieth of these short songs
    assert max(expected) - min(expected) > 3
    assert group["songs"][0]["expected_together_lufs"] == pytest.approx(group["songs"][0]["aim_lufs"], abs=0.15)
