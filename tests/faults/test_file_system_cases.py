"""Folders, signals, rivals and damaged stores, through the command line (section F)."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults_support import (
    HEAD,
    LINUX,
    PROGRAM,
    SLOW,
    WAV,
    alive,
    as_ordinary_user,
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

SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
STOP_SECONDS = 30.0
"""Half of what the slow stage sleeps: who has ended by then did not wait for it, however busy the machine."""
SLOWLY = '\n[[treatment]]\nstage = "slow"\n'


def sources(folder: Path) -> dict[str, str]:
    """What is the user's: everything but our own rooms."""
    ours = (".glassmaster/", "dist/", "release.lock")
    return {name: found for name, found in tree(folder).items() if not name.startswith(ours)}


# ---- F01, F13: where it shall go


def test_f01_output_that_cannot_be_written(tmp_path: Path) -> None:
    path = release(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "sealed").mkdir(mode=0o555)
    before = sources(tmp_path)
    rights = as_ordinary_user()
    for output, words in (
        ("file", "is a file, not a folder"),
        ("file/below", "cannot be written"),
        ("sealed/dist", "cannot be written"),
        ("nowhere/at/all", "there is no folder"),
    ):
        run = glassmaster("build", "--jobs", 1, path, "--output", tmp_path / output, before=rights)
        assert run.code == 5
        assert words in run.err
        assert "--output" in run.err
        assert "measure" not in run.err  # before any work
    assert sources(tmp_path) == before
    assert not (tmp_path / "nowhere").exists()


def test_f01_release_folder_that_may_not_be_written(tmp_path: Path) -> None:
    path = release(tmp_path / "r")
    before = tree(tmp_path)
    (tmp_path / "r").chmod(0o555)
    try:
        for verb in ("build", "check"):
            run = glassmaster(verb, "--jobs", 1, path, before=as_ordinary_user())
            assert run.code == 5
            assert str(tmp_path / "r") in run.err
            assert os.strerror(13) in run.err
            assert "-> make room or set the rights there" in run.err
    finally:
        (tmp_path / "r").chmod(0o755)
    assert tree(tmp_path) == before


def test_f13_output_among_the_sources(tmp_path: Path) -> None:
    mixdown(tmp_path / "mixes/mix.wav")
    path = manifest(tmp_path, HEAD + song("Opening", "mixes/mix.wav") + WAV)
    before = tree(tmp_path)
    for output in (tmp_path / "mixes", tmp_path, tmp_path / "mixes/dist", tmp_path / "mixes/a/../dist"):
        run = glassmaster("build", "--jobs", 1, path, "--output", output)
        assert run.code == 2, run.said
        assert "--output" in run.err
        assert "mix.wav" in run.err
    assert sources(tmp_path) == before
    assert not (tmp_path / "mixes/dist").exists()


def test_f13_files_of_others_in_the_output_are_kept(tmp_path: Path) -> None:
    path = release(tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/holiday.jpg").write_text("mine")
    run = glassmaster("build", "--jobs", 1, path)
    assert run.code == 5
    assert "holiday.jpg" in run.err
    assert (tmp_path / "dist/holiday.jpg").read_text() == "mine"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


def test_f10_output_on_another_file_system(tmp_path: Path, elsewhere: Path) -> None:
    path = release(tmp_path)
    for _ in range(2):
        assert glassmaster("build", "--jobs", 1, path, "--output", elsewhere / "dist").code == 0
        path.write_text(path.read_text("utf-8").replace("Opening", "Ending"), "utf-8")
    assert (elsewhere / "dist/wav/01 Ending.wav").exists()
    assert [each.name for each in elsewhere.iterdir()] == ["dist"]
    assert not (tmp_path / "dist").exists()


# ---- F05, F06: told to stop


@SIGNALS
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_f05_interrupted(tmp_path: Path, number: signal.Signals, code: int) -> None:
    env = plugin(tmp_path / "plugin", SLOW)
    path = release(tmp_path / "r")
    assert glassmaster("build", path, "--jobs", 1, env=env).code == 0
    published, before = tree(tmp_path / "r/dist"), sources(tmp_path / "r")
    text = path.read_text("utf-8")
    path.write_text(text + SLOWLY, "utf-8")
    process = started("build", path, "--jobs", 2, log=tmp_path / "log", env=env, start_new_session=True)
    (mark,) = until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
    process.send_signal(number)
    assert process.wait(STOP_SECONDS) == code
    until(lambda: not alive(int(mark.name.partition("-")[2])), STOP_SECONDS)
    said = (tmp_path / "log").read_text()
    assert "Traceback" not in said
    assert "kept for the next run" in said
    path.write_text(text, "utf-8")
    assert tree(tmp_path / "r/dist") == published
    assert sources(tmp_path / "r") == before
    assert [each.name for each in (tmp_path / "r").iterdir() if each.name.startswith(".dist")] == []


@SIGNALS
def test_f05_interrupted_twice_by_the_terminal(tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", SLOW)
    path = release(tmp_path / "r", SLOWLY)
    process = started("build", path, "--jobs", 2, log=tmp_path / "log", env=env, start_new_session=True)
    (mark,) = until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does: to the workers, too
    time.sleep(0.05)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    assert process.wait(STOP_SECONDS) == 130
    until(lambda: not alive(int(mark.name.partition("-")[2])), STOP_SECONDS)
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert not (tmp_path / "r/dist").exists()


@SIGNALS
def test_f06_reader_that_goes_away() -> None:
    """As `| head` does, but for certain before the first line."""
    with tempfile.TemporaryFile() as err:
        reading, writing = os.pipe()
        os.close(reading)
        process = subprocess.Popen([PROGRAM, "schema"], stdin=subprocess.DEVNULL, stdout=writing, stderr=err)
        os.close(writing)
        assert process.wait(30) == 141
        err.seek(0)
        assert err.read() == b""


@SIGNALS
@pytest.mark.parametrize("text", ["", HEAD], ids=["built", "refused"])
def test_f06_nobody_reads_the_messages_either(tmp_path: Path, text: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    path = manifest(tmp_path, text) if text else release(tmp_path)
    line = [str(PROGRAM), "build", "--jobs", "1", str(path)]
    process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing)
    os.close(writing)
    assert process.wait(60) == 141


# ---- F08, F15, F18: other people's machines


def test_f08_two_builds_at_once(tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", SLOW)
    path = release(tmp_path / "r", SLOWLY)
    process = started("build", path, "--jobs", 1, log=tmp_path / "log", env=env)
    try:
        until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
        run = glassmaster("build", path, env=env)
        assert run.code == 7
        assert f"process {process.pid}" in run.err
        assert process.poll() is None  # the second did not wait for the first
    finally:
        process.kill()
        process.wait()


RIGHTS = ((0o077, 0o600, 0o700), (0o000, 0o644, 0o755))


@SIGNALS
@pytest.mark.parametrize(("mask", "file", "folder"), RIGHTS)
def test_f15_rights_follow_the_umask(tmp_path: Path, mask: int, file: int, folder: int) -> None:
    path = release(tmp_path, '[[deliverable]]\nname = "mp3"\nformat = "mp3"\n')
    assert glassmaster("build", "--jobs", 1, path, umask=mask).code == 0
    found = {each: stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "dist").rglob("*")}
    assert {mode for each, mode in found.items() if each.is_file()} == {file}
    assert {mode for each, mode in found.items() if each.is_dir()} == {folder}
    assert stat.S_IMODE((tmp_path / "dist").stat().st_mode) == folder


LOCALES = ({"LC_ALL": "C", "LANG": ""}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"})


@pytest.mark.parametrize("changes", LOCALES)
def test_f18_locale(tmp_path: Path, changes: dict[str, str]) -> None:
    mixdown(tmp_path / "mix.wav")
    path = manifest(tmp_path, HEAD + song("Añb 漢字 \U0001f3b8") + WAV)
    env = environment(**changes)
    run = glassmaster("build", "--json", "--jobs", 1, path, env=env)
    assert run.code == 0, run.said
    assert json.loads(run.out)["songs"][0]["title"] == "Añb 漢字 \U0001f3b8"
    assert (tmp_path / "dist/wav/01 Añb 漢字 \U0001f3b8.wav").exists()
    assert glassmaster("build", path, env=env).code == 0


@pytest.mark.skipif(not LINUX, reason="other systems keep names as Unicode")
def test_f18_system_that_cannot_write_the_name(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav")
    path = manifest(tmp_path, HEAD + song("漢字") + WAV)
    env = environment(LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    run = glassmaster("build", "--jobs", 1, path, env=env)
    assert run.code == 5
    assert "ascii" in run.err
    assert "PYTHONUTF8=1" in run.err
    assert not (tmp_path / "dist").exists()


@pytest.mark.skipif(not LINUX, reason="other systems keep names as Unicode")
def test_f18_names_that_are_no_unicode(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    path = release(tmp_path / "r").parent.rename(folder) / "release.toml"
    odd = mixdown(tmp_path / "odd.wav", seed=3).rename(folder / os.fsdecode(b"\xff.wav"))
    run = glassmaster("build", "--jobs", 1, path)
    assert run.code == 0, run.said
    assert json.loads((folder / "dist/release.json").read_bytes())["verdict"] == "ready"
    run = glassmaster("measure", "--json", "--jobs", 1, odd)
    assert run.code == 0, run.said
    assert os.fsencode(json.loads(run.out)["files"][0]["path"]) == os.fsencode(odd)
    for verb in (["measure", "--csv", "--jobs", 1, odd], ["verify", folder / "dist", "--jobs", 1]):
        assert glassmaster(*verb).code == 0
    odd.write_bytes(b"")
    run = glassmaster("measure", "--jobs", 1, odd)
    assert run.code == 3
    assert "\\udcff.wav" in run.err


# ---- F19, F21, F22: the store and the workers


def test_f19_damaged_store(tmp_path: Path) -> None:
    path = release(tmp_path)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    published, room = tree(tmp_path / "dist"), tmp_path / ".glassmaster"
    entries = list((room / "ledger").rglob("*.json"))
    blobs = [each for each in (room / "blobs").rglob("*") if each.is_file()]
    for damage in ("flipped entries", "flipped files", "missing files"):
        for each in entries if damage == "flipped entries" else blobs:
            flip(each)
            if damage == "missing files":
                each.unlink()
        for each in (tmp_path / "dist").rglob("*"):
            if each.is_file():
                each.unlink()
        run = glassmaster("build", "--jobs", 1, path)
        assert run.code == 0, (damage, run.said)
        assert tree(tmp_path / "dist") == published, damage
        if damage == "flipped files":
            assert "damaged" in run.err


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(data)
    os.utime(path, ns=times)


def test_f21_same_bytes_from_one_worker_and_three(tmp_path: Path) -> None:
    more = '[[deliverable]]\nname = "opus"\nformat = "opus"\n[[deliverable]]\nname = "mp3"\nformat = "mp3"\n'
    more += '[[deliverable]]\nname = "cd"\nformat = "wav"\n'
    more += 'bits = 16\nrate_hz = 44100\ndither = "shaped"\n'
    songs = "".join(song(f"Song {seed}", f"{seed}.wav") for seed in range(3))
    trees = []
    for jobs in (1, 3):
        folder = tmp_path / str(jobs)
        for seed in range(3):
            mixdown(folder / f"{seed}.wav", 0.5 + seed / 2, seed=seed)
        assert glassmaster("build", "--jobs", jobs, manifest(folder, HEAD + songs + WAV + more)).code == 0
        trees.append(tree(folder / "dist"))
    assert len(trees[0]) > 12
    assert trees[0] == trees[1]


@SIGNALS
@pytest.mark.parametrize(("times", "code"), [(1, 0), (9, 4)])
def test_f22_a_worker_dies(tmp_path: Path, times: int, code: int) -> None:
    env = plugin(tmp_path / "plugin", SLOW)
    for seed in range(3):
        mixdown(tmp_path / f"r/{seed}.wav", seed=seed)
    songs = "".join(song(f"Song {seed}", f"{seed}.wav") for seed in range(3))
    treatment = f'\n[[treatment]]\nstage = "deadly"\nsong = "Song 1"\ntimes = {times}\n'
    path = manifest(tmp_path / "r", HEAD + songs + treatment + WAV)
    run = glassmaster("build", "--jobs", 2, path, env=env)
    assert run.code == code, run.said
    assert len([*(tmp_path / "plugin").glob("death-*")]) == min(times, 2)
    assert (tmp_path / "r/dist").exists() == (code == 0)
    if code:
        assert "02 Song 1" in run.err
        assert "signal 9 (SIGKILL)" in run.err
        assert "render: 01 Song 0\n" in run.err
        assert "render: 03 Song 2\n" in run.err


@pytest.mark.skipif(not LINUX, reason="elsewhere a folder in which somebody works cannot be removed")
@pytest.mark.parametrize("program", [[str(PROGRAM)], [sys.executable, "-m", "glassmaster"]], ids=["command", "module"])
def test_a_working_folder_that_is_gone(tmp_path: Path, program: list[str]) -> None:
    mixdown(tmp_path / "r/mix.wav")
    path = manifest(tmp_path / "r", HEAD + song("One") + WAV)
    (tmp_path / "gone").mkdir()
    script = f"import os, sys; os.rmdir({str(tmp_path / 'gone')!r}); os.execv(sys.argv[1], sys.argv[1:])"
    line = [sys.executable, "-c", script, *program, "check", str(path)]
    told = subprocess.run(line, cwd=tmp_path / "gone", capture_output=True, text=True, timeout=90, check=False)
    assert "Traceback" not in told.stderr, told.stderr
    assert told.returncode == 5
    assert "in which this was started is no longer there" in told.stderr


@pytest.mark.skipif(not LINUX, reason="limits as Linux has them")
def test_no_worker_can_be_started(tmp_path: Path) -> None:
    """No fault of any file, and none is said to have one."""
    mixdown(tmp_path / "mix.wav")
    manifest(tmp_path, HEAD + song("One") + WAV)
    told = glassmaster("check", "--jobs", 1, tmp_path, before=["prlimit", "--nofile=10"])
    assert told.code == 4, told.said
    assert "no worker could be started: Too many open files" in told.err
    assert "allow more processes and open files (ulimit -u, ulimit -n)" in told.err
    assert "decoder" not in told.said
    assert glassmaster("check", "--jobs", 1, tmp_path).code in (0, 1)
