"""What a build promises of other people's files and time: sources, small disks, interrupts, one at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults_support import (
    HEAD,
    SLOW,
    WAV,
    alive,
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

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts are made as Linux makes them")
SIGNALS = pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
SLOWLY = '\n[[treatment]]\nstage = "slow"\n'
FINISHED_S, TOLD_S = 2.0, 1.0


@contextmanager
def mounted(*line: str) -> Iterator[None]:
    """A mount for the time of a test; skipped where that is not allowed."""
    folder = line[-1]
    made = subprocess.run(["mount", *line], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"mount is not allowed here: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], capture_output=True, check=False)


@LINUX
def test_f02_a_real_disk_that_is_too_small(tmp_path: Path) -> None:
    """A tmpfs that is full after the measuring, then one with a little more room: nothing half, and it goes on."""
    small = tmp_path / "small"
    small.mkdir()
    with mounted("-t", "tmpfs", "-o", "size=2500k", "none", str(small)):
        path = release(small, '[[deliverable]]\nname = "flac"\nformat = "flac"\n')
        filler = small / "filler"
        filler.write_bytes(bytes(2_000_000))
        first = glassmaster("build", "--jobs", 1, path)
        assert first.code == 5, first.said
        assert "needs about" in first.err
        assert "free" in first.err
        assert not (small / "dist").exists()
        assert [each.name for each in small.iterdir() if each.name.startswith(".dist")] == []
        for size in (1_500_000, 1_200_000, 900_000, 600_000, 0):
            filler.write_bytes(bytes(size))
            run = glassmaster("build", "--jobs", 1, path)
            assert run.code in (0, 5), run.said
            assert run.code == 0 or "free" in run.err
            assert (small / "dist").exists() == (run.code == 0)
            if run.code == 0:
                break
        assert glassmaster("build", "--jobs", 1, path).code == 0, "nothing is to be made, so it needs no room"
        assert glassmaster("verify", small / "dist", "--jobs", 1).code == 0


@LINUX
def test_mixdowns_on_a_disk_that_may_only_be_read(tmp_path: Path) -> None:
    mixes = tmp_path / "mixes"
    mixdown(mixes / "mix.wav")
    path = manifest(tmp_path / "r", HEAD + song("Opening", "../mixes/mix.wav") + WAV)
    before = tree(mixes)
    with mounted("--bind", "-o", "ro", str(mixes), str(mixes)):
        subprocess.run(["mount", "-o", "remount,bind,ro", str(mixes)], check=True)
        with pytest.raises(OSError, match="Read-only"):
            (mixes / "x").touch()
        assert glassmaster("build", "--jobs", 1, path).code == 0
    assert tree(mixes) == before


def test_a29_a_source_that_changes_meanwhile(tmp_path: Path) -> None:
    """Nothing is published, and what was stays."""
    env = plugin(tmp_path / "plugin", SLOW)
    path = release(tmp_path / "r")
    assert glassmaster("build", "--jobs", 1, path, env=env).code == 0
    before = tree(tmp_path / "r/dist")
    path.write_text(path.read_text("utf-8") + SLOWLY + "seconds = 2.0\n", "utf-8")
    process = started("build", path, "--jobs", 1, log=tmp_path / "log", env=env)
    until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
    mixdown(tmp_path / "r/mix.wav", 0.5, seed=99)
    assert process.wait(60) == 6
    assert "changed while" in (tmp_path / "log").read_text()
    assert tree(tmp_path / "r/dist") == before


@SIGNALS
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_f05_f06_stopped_within_two_seconds(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """The workers, too: one of them sleeps for a minute."""
    env = plugin(tmp_path / "plugin", SLOW)
    path = release(tmp_path / "r", SLOWLY)
    process = started("build", path, "--jobs", 2, log=tmp_path / "log", env=env, start_new_session=True)
    (mark,) = until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
    began, busy = time.monotonic(), os.times()
    process.send_signal(number)
    assert process.wait(60) == code
    until(lambda: not alive(int(mark.name.partition("-")[2])))
    assert time.monotonic() - began < FINISHED_S * crowd(), busy
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_f08_the_second_build_is_told_within_a_second(tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", SLOW)
    path = release(tmp_path / "r", SLOWLY)
    process = started("build", path, "--jobs", 1, log=tmp_path / "log", env=env)
    try:
        until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
        glassmaster("--version")
        began = time.monotonic()
        run = glassmaster("build", path, env=env)
        assert time.monotonic() - began < TOLD_S * crowd()
        assert run.code == 7
        assert f"process {process.pid} on " in run.err
    finally:
        process.kill()
        process.wait()


def crowd() -> float:
    """How many share a core: on a busy machine everything takes so many times as long."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 1.0
    return max(1.0, 2 * load / (os.cpu_count() or 1))


@pytest.mark.parametrize(
    "text",
    ["", pytest.param("[" * 100_000, id="deep"), '{"target": 1}', "[]", '{"target": "/nowhere", "schema": 99}'],
)
def test_f20_a_torn_journal_does_no_harm(tmp_path: Path, text: str) -> None:
    path = release(tmp_path)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    before = tree(tmp_path / "dist")
    for name in ("publish.json", "published.json", "asked.json"):
        (tmp_path / ".glassmaster" / name).write_text(text)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    assert tree(tmp_path / "dist") == before


def test_f17_no_room_for_temporary_files(tmp_path: Path) -> None:
    """The system's folder for them may be full or not there: a build uses its own."""
    path = release(tmp_path / "r")
    env = {
        **os.environ,
        "TMPDIR": str(tmp_path / "gone"),
        "TEMP": str(tmp_path / "gone"),
        "TMP": str(tmp_path / "gone"),
    }
    run = glassmaster("build", "--jobs", 1, path, env=env)
    assert run.code == 0, run.said
    assert tempfile.gettempdir() != str(tmp_path / "gone")
