"""A real stranger's plugin: installed by pip, found by its entry point, used through the command line."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.release_support import RATE, Run, glassmaster, manifest, mixdown

HERE = Path(__file__).parent / "glassmaster-hum"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hum")
    shutil.copytree(HERE, folder / "source")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command += ["--disable-pip-version-check", "--target", str(folder / "site"), str(folder / "source")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if "No module named pip" in done.stderr or "hatchling" in done.stderr:
        pytest.skip("pip and hatchling are needed to install a plugin")
    assert done.returncode == 0, done.stderr
    return folder / "site"


def test_it_is_one_file_and_eight_lines() -> None:
    assert sorted(path.name for path in HERE.glob("*.*")) == ["glassmaster_hum.py", "pyproject.toml"]
    assert len((HERE / "pyproject.toml").read_text().splitlines()) == 8


def test_it_is_listed_and_explained_beside_the_built_ins(site: Path) -> None:
    told = glassmaster("plugins", "--json", site=site)
    assert told.code == 0
    rows = {(row["kind"], row["name"]): row for row in told.json}
    assert rows["stage", "hum"]["plugin"] == "hum (glassmaster-hum 0.3)"
    shown = glassmaster("plugins", "show", "hum", site=site)
    assert "mains_hz = 50.0" in shown.out
    assert "40 to 70" in shown.out
    assert "60 Hz in the Americas" in shown.out
    assert glassmaster("plugins", "show", "hum").code == 2  # without it


@pytest.fixture(scope="module")
def built(site: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("release")
    mixdown(folder / "song.wav", 6.0, hum_hz=50.0)
    manifest(folder, 'title = "Song"\nmixdown = "song.wav"', treatment=['stage = "hum"\nmains_hz = 50'])
    return folder, glassmaster("build", folder, "--json", site=site)


def level_db(samples: Any, frequency: float) -> float:
    """Level of one frequency over the last four seconds, by its own sine and cosine."""
    heard = samples[-4 * RATE - RATE // 10 : -RATE // 10, 0]
    angle = 2 * np.pi * frequency * np.arange(len(heard)) / RATE
    return float(20 * np.log10(abs(np.mean(heard * np.exp(-1j * angle))) * 2))


def test_it_takes_the_hum_out_and_nothing_else(built: tuple[Path, Run]) -> None:
    folder, run = built
    assert run.code == 0, run.err
    before, _ = soundfile.read(folder / "song.wav")
    after, _ = soundfile.read(folder / "dist" / "wav" / "01 Song.wav")
    assert level_db(before, 50) == pytest.approx(20 * np.log10(0.03), abs=0.5)
    assert level_db(after, 50) < level_db(before, 50) - 40
    assert level_db(after, 330) == pytest.approx(level_db(before, 330), abs=0.05)


def test_the_record_names_it(built: tuple[Path, Run]) -> None:
    assert built[1].json["provenance"]["plugin hum"] == "glassmaster-hum 0.3"


def test_a_second_build_has_nothing_to_do(built: tuple[Path, Run], site: Path) -> None:
    again = glassmaster("build", built[0], "--json", site=site)
    first, now = built[1].json, again.json
    cost = now.pop("budget")["phases"]
    assert {row["phase"]: row["done"] for row in cost if row["done"]} == {}
    assert now == {name: told for name, told in first.items() if name != "budget"}
    assert not [line for line in again.err.splitlines() if line.startswith(("render:", "encode:", "finish:"))]


def test_its_settings_are_checked_like_ours(site: Path, tmp_path: Path) -> None:
    mixdown(tmp_path / "song.wav", 1.0)
    body = 'title = "Song"\nmixdown = "song.wav"'
    manifest(tmp_path, body, treatment=['stage = "hum"\nmains = 50'])
    told = glassmaster("check", tmp_path, site=site)
    assert told.code == 2
    assert "mains_hz" in told.err  # the nearest name
    manifest(tmp_path, body, treatment=['stage = "hum"\nmains_hz = 500'])
    assert glassmaster("check", tmp_path, site=site).code == 2
    assert glassmaster("check", tmp_path).code == 2  # without it the stage is unknown


def test_a_new_version_makes_its_work_be_done_again(built: tuple[Path, Run], site: Path, tmp_path: Path) -> None:
    newer = tmp_path / "site"
    shutil.copytree(site, newer)
    [told] = newer.glob("*.dist-info/METADATA")
    told.write_text(told.read_text("utf-8").replace("Version: 0.3", "Version: 0.4"), "utf-8")
    shutil.copytree(built[0], tmp_path / "release")
    again = glassmaster("build", tmp_path / "release", "--json", site=newer)
    assert again.json["provenance"]["plugin hum"] == "glassmaster-hum 0.4"
    assert "render: 01 Song" in again.err
