"""A stranger's delivery, and what it may do to `verify`, `diff`, `doctor` and `build`: they answer within bounds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults_support import LINUX, Run, glassmaster, release, tree

SONG = "wav/01 Opening.wav"
RECORDS = ("release.json", "SHA256SUMS", "provenance.json", "README.txt")
HUGE = 1 << 40
linux = pytest.mark.skipif(not LINUX, reason="pipes, sparse files and such names are made as Linux has them")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger")
    release(folder)
    told = glassmaster("build", "--jobs", 1, cwd=folder)
    assert told.code == 0, told.said
    return folder


@pytest.fixture
def dist(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built / "dist", tmp_path / "dist", ignore=shutil.ignore_patterns("report"))
    return tmp_path / "dist"


def verified(folder: Path) -> Run:
    told = glassmaster("verify", folder, "--jobs", 1, timeout=120)
    assert told.code == 8, told.said
    assert len(told.said) < 40_000
    return told


def test_the_copy_itself_is_proven(dist: Path) -> None:
    assert glassmaster("verify", dist, "--jobs", 1).code == 0


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _sparse(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(HUGE)


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


@linux
@pytest.mark.parametrize("change", [_pipe, _sparse, _device, _loop])
def test_what_is_no_file_of_ours_is_never_waited_for_nor_read_to_its_end(
    dist: Path, change: Callable[[Path], None]
) -> None:
    """All but release.json at once, then that as well."""
    names = (SONG, *RECORDS[1:])
    for name in names:
        change(dist / name)
    told = verified(dist)
    if change in (_device, _loop):
        assert f"names a file outside the folder: {SONG}" in told.err
    else:
        assert all(f"error: {name}" in told.err for name in (SONG, "SHA256SUMS"))
    change(dist / "release.json")
    assert "error: " + str(dist / "release.json") in verified(dist).err
    for verb in (("diff", dist, dist), ("doctor", dist / "release.json")):
        told = glassmaster(*verb)
        assert told.code == 2, told.said
        assert "no release.json that could be read" in told.err


@linux
def test_a_build_beside_such_a_record_does_not_wait_either(built: Path, tmp_path: Path) -> None:
    folder = tmp_path / "album"
    shutil.copytree(built, folder)
    _pipe(folder / "dist/release.json")
    for name in ("asked.json", "publish.json"):
        (folder / ".glassmaster" / name).unlink(missing_ok=True)
        os.mkfifo(folder / ".glassmaster" / name)
    told = glassmaster("build", "--jobs", 1, cwd=folder, timeout=120)
    assert told.code in (0, 5), told.said


def test_a_release_lock_that_is_nested_without_end_is_told(built: Path, tmp_path: Path) -> None:
    for name in ("release.toml", "mix.wav"):
        shutil.copy(built / name, tmp_path)
    (tmp_path / "release.lock").write_text("[" * 100_000)
    told = glassmaster("plan", "--jobs", 1, cwd=tmp_path)
    assert told.code == 2
    assert "release.lock" in told.err
    assert "nested too deeply" in told.err


def _of_numbers(size: int) -> bytes:
    return b'{"deliverables": [' + b"0," * (size // 2) + b"0]}"


DOCUMENTS = {
    "deep lists": b"[" * 1_000_000,
    "deep tables": b'{"a":' * 300_000,
    "long number": b'{"schema": ' + b"9" * 1_000_000 + b"}",
    "many values": _of_numbers(12 << 20),
    "too large": b" " * (65 << 20),
    "other kinds": json.dumps({"title": 1, "artist": [], "songs": {}, "deliverables": "x"}).encode(),
    "no document": b"\xff\xfe\0",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_record_that_is_a_bomb_is_refused(name: str, dist: Path) -> None:
    (dist / "release.json").write_bytes(DOCUMENTS[name])
    assert "release.json" in verified(dist).err
    told = glassmaster("diff", dist, dist)
    assert told.code == 2
    assert "no release.json that could be read" in told.err


@pytest.mark.parametrize("path", ["../outside.wav", "/etc/hostname", "wav/../../outside.wav", "link/outside.wav", "."])
def test_a_record_that_leads_out_is_forged(path: str, dist: Path) -> None:
    (dist.parent / "outside.wav").write_bytes(b"secret")
    if path.startswith("link"):
        (dist / "link").symlink_to(dist.parent, target_is_directory=True)
    document = json.loads((dist / "release.json").read_bytes())
    document["deliverables"][0]["path"] = path
    (dist / "release.json").write_text(json.dumps(document))
    told = verified(dist)
    assert "names a file outside the folder" in told.err or "release.json" in told.err
    assert "secret" not in told.said


def test_checksums_that_lead_out_open_nothing(dist: Path) -> None:
    with (dist / "SHA256SUMS").open("a") as file:
        file.writelines(f"{'0' * 64}  {name}\n" for name in ("../x", "/etc/passwd", "\x1b[2J", "-"))
    told = verified(dist)
    assert "../x" in told.err
    assert "\x1b" not in told.said


@linux
def test_a_crowd_of_files_and_a_well_of_folders_are_told_in_short(dist: Path) -> None:
    (dist / "crowd").mkdir()
    for number in range(300):
        (dist / f"crowd/{number}").touch()
    (dist / "up").symlink_to(dist, target_is_directory=True)
    here = os.open(dist, os.O_RDONLY)
    for _ in range(1_500):  # deeper than any path may be long, and than Python calls
        os.mkdir("d", dir_fd=here)
        deeper = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = deeper
    os.close(here)
    told = verified(dist)
    assert "error: crowd/0" in told.err
    assert "201 more files are no part of the delivery" in told.err  # with the link, 100 of them one by one
    subprocess.run(["rm", "-rf", dist / "d"], check=True)  # Python's own way is not deep enough


@linux
def test_a_record_and_a_file_that_agree_on_an_absurd_size_are_not_read(dist: Path) -> None:
    _sparse(dist / SONG)
    document = json.loads((dist / "release.json").read_bytes())
    document["deliverables"][0]["size"] = HUGE
    (dist / "release.json").write_text(json.dumps(document))
    assert "far more than was delivered" in verified(dist).err


def test_a_journal_that_came_with_a_folder_reaches_nothing_outside(built: Path, tmp_path: Path) -> None:
    """What a killed run left beside its output is cleared away; a journal of a stranger's may not name other places."""
    folder, victim = tmp_path / "album", tmp_path / "victim"
    folder.mkdir()
    for name in ("release.toml", "mix.wav"):
        shutil.copy(built / name, folder)
    for name in (".music.old", ".music.new"):
        (victim / name).mkdir(parents=True)
        (victim / name / "keep.wav").write_bytes(b"kept")
    before = tree(victim)
    (folder / ".glassmaster").mkdir()
    targets: tuple[Any, ...] = (str(victim / "music"), "../victim/music", "", "/", "a\0b", 5, [], None)
    for target in targets:
        for document in ({"target": target}, {"target": target, "room": 1}):
            (folder / ".glassmaster/publish.json").write_text(json.dumps(document))
            told = glassmaster("check", "--jobs", 1, cwd=folder) if target == targets[0] else _checked(folder)
            assert told.code in (0, 1), told.said
            assert tree(victim) == before
    (folder / ".glassmaster/publish.json").write_text("[" * 100_000)
    assert glassmaster("check", "--jobs", 1, cwd=folder).code in (0, 1)


def _checked(folder: Path) -> Run:
    """The same in this process: what matters happens before any work."""
    from glassmaster.publish import recover

    recover(folder / ".glassmaster/publish.json")
    return Run(0, "", "")
