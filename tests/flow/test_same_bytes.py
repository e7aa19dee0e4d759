"""The same bytes wherever, whenever and by whomever a release is built; and a build that proves it (P09, F14, F15)."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.faults_support import environment, plugin, tree
from tests.faults_support import glassmaster as run
from tests.flow_support import glassmaster, music, published, write_manifest, write_mix

SONGS = [
    'title = "Eins"\nmixdown = "mixes/1.wav"',
    'title = "Zwei, Hälfte"\nmixdown = "mixes/2.wav"\nlyrics = "la"',
]
FORMATS = ("wav", "mp3", "opus", "vorbis")
TAIL = "".join(f'\n[[deliverable]]\nname = "{name}"\nformat = "{name}"\n' for name in FORMATS)
RANDOM = """
import os
from dataclasses import dataclass
import numpy as np
from glassmaster.hooks import Stage, hookimpl

@dataclass(frozen=True)
class Dice:
    sides: int = 6

def render(audio, settings):
    rng = np.random.default_rng(int.from_bytes(os.urandom(4), "little"))
    for block in audio:
        yield block + rng.standard_normal(block.shape).astype("f4") * 1e-4

@hookimpl
def glassmaster_stages():
    yield Stage("dice", Dice, render)
"""


def release(folder: Path) -> Path:
    """At 8 kHz, which is a finding that names the file, and with a reference that cannot be used."""
    write_mix(folder / "mixes/1.wav", music(1.0, -18, 1, 8_000), 8_000)
    write_mix(folder / "mixes/2.wav", music(1.5, -18, 2, 8_000), 8_000)
    (folder / "gone").mkdir(parents=True)
    tail = '\n[[reference]]\nname = "gone"\nfile = "gone/record.flac"\n' + TAIL
    return write_manifest(folder, SONGS, tail, previews=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("here")
    assert run("build", "--jobs", 2, release(folder)).code == 0
    return folder


def test_another_machine_makes_the_same_tree(built: Path, tmp_path: Path) -> None:
    """Folder, working directory, time zone, locale, umask, hash seed, workers, threads: all others."""
    folder = tmp_path / "ganz woanders" / "tiefer"
    release(folder)
    env = environment(
        TZ="Pacific/Kiritimati",
        LC_ALL="C",
        PYTHONHASHSEED="7",
        HOME=str(tmp_path),
        HOSTNAME="elsewhere",
        OMP_NUM_THREADS="3",
        OPENBLAS_NUM_THREADS="3",
        COLUMNS="40",
        SOURCE_DATE_EPOCH="1",
    )
    mask = -1 if sys.platform == "win32" else 0o077
    told = run("build", "--jobs", 8, "release.toml", env=env, cwd=folder, umask=mask)
    assert told.code == 0, told.said
    assert tree(folder / "dist") == tree(built / "dist")


def test_what_is_published_names_files_from_the_manifest_on(built: Path) -> None:
    """The finding of a low rate names the mixdown; no page and no record knows where the release lies."""
    where = {each["where"] for each in published(built / "dist")["findings"]}
    assert {"mixes/1.wav", "gone/record.flac"} <= where
    for path in (built / "dist").rglob("*"):
        if path.is_file():
            assert str(built).encode() not in path.read_bytes(), path


def test_a_store_that_moved_with_its_release_tells_of_the_new_place(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "moved"
    shutil.copytree(built, folder)
    told = run("check", "--jobs", 1, folder).said
    assert str(folder / "mixes/1.wav") in told
    assert str(built) not in told


def test_reproduced_byte_for_byte(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "r"))
    before = tree(folder)
    told = run("build", "--reproduce", "--jobs", 1, folder)
    assert (told.code, told.out) == (0, f"{folder / 'dist'}: reproduced, byte for byte\n")
    assert {name: each for name, each in tree(folder).items() if not name.endswith("lock.json")} == before
    assert [each.name for each in (folder / ".glassmaster").iterdir() if each.name == "reproduce"] == []


def test_reproduced_after_another_revision(built: Path, tmp_path: Path) -> None:
    """A record tells what changed since the one before; building it again does not."""
    folder = Path(shutil.copytree(built, tmp_path / "r"))
    write_mix(folder / "mixes/2.wav", music(1.5, -17, 3, 8_000), 8_000)
    assert run("build", "--jobs", 1, folder).code == 0
    assert len(published(folder / "dist")["revised"]) == 1
    assert run("build", "--reproduce", "--jobs", 1, folder).code == 0


def test_what_is_not_reproduced_is_named(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "r"))
    (folder / "dist/wav/01 Eins.wav").write_bytes(b"other")
    (folder / "dist/extra.txt").write_text("more")
    (folder / "dist/README.txt").unlink()
    told = run("build", "--reproduce", "--json", "--jobs", 1, folder)
    found = {each["where"]: each["message"] for each in json.loads(told.out)["findings"]}
    assert told.code == 8
    assert found == {
        "wav/01 Eins.wav": "is another file now",
        "extra.txt": "was not made again",
        "README.txt": "was not published before",
    }


def test_p09_a_plugin_that_throws_dice_is_named(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "r"))
    text = (folder / "release.toml").read_text("utf-8")
    (folder / "release.toml").write_text(text + '\n[[treatment]]\nstage = "dice"\n', "utf-8")
    env = plugin(tmp_path / "plugin", RANDOM, "dice")
    assert run("build", "--jobs", 1, folder, env=env).code in (0, 1)
    told = run("build", "--reproduce", "--jobs", 1, folder, env=env)
    assert told.code == 8
    assert "render: the same work gave another result; its stages: dice (dice (dice 1.0))" in told.err
    assert "not reproduced" in told.out


def test_reproduce_wants_a_release_that_is_out(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "r", ignore=shutil.ignore_patterns("dist")))
    assert "run: glassmaster build" in glassmaster("build", "--reproduce", folder, code=2).stderr
    assert "--only" in glassmaster("build", "--reproduce", "--only", "wav", folder, code=2).stderr


def test_upgrade_takes_the_best_encoder_there_is(built: Path, tmp_path: Path) -> None:
    """E11: a build keeps to the encoders in release.lock, until it is told otherwise."""
    folder = Path(shutil.copytree(built, tmp_path / "r"))
    lock = json.loads((folder / "release.lock").read_text("utf-8"))
    best = lock["encoders"]["opus"]
    if best["name"] == "soundfile":
        pytest.skip("there is only one encoder for Opus here: sudo apt-get install ffmpeg")
    text = (folder / "release.toml").read_text("utf-8")
    pinned = text.replace('format = "opus"\n', 'format = "opus"\nencoder = "soundfile"\n')
    (folder / "release.toml").write_text(pinned, "utf-8")
    assert run("build", "--jobs", 1, folder).code == 0
    (folder / "release.toml").write_text(text, "utf-8")
    for more, name in ((), "soundfile"), (("--upgrade",), best["name"]):
        assert run("build", "--jobs", 1, folder, *more).code == 0
        assert json.loads((folder / "release.lock").read_text("utf-8"))["encoders"]["opus"]["name"] == name
        encoders = {each["name"]: each["encoder"] for each in published(folder / "dist")["deliverables"]}
        assert encoders["opus"].startswith(name)
