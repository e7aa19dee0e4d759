"""One at a time, on one computer and on a share of several: F09, F27."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults_support import SLOW, environment, glassmaster, plugin, release, started, tree, until

SLOWLY = '\n[[treatment]]\nstage = "slow"\n'
NO_FLOCK = """
import errno, os
try:
    import fcntl
except ImportError:
    fcntl = None

def flock(handle, how):
    raise OSError(getattr(errno, os.environ["FLOCK"]), os.strerror(getattr(errno, os.environ["FLOCK"])))

if fcntl and os.environ.get("FLOCK"):
    fcntl.flock = flock
"""
"""A share whose file server does not lock."""
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="shares lock in another way there")


@contextmanager
def building(folder: Path, flock: str = "") -> Iterator[tuple[Path, dict[str, str], subprocess.Popen[bytes]]]:
    """A release that is being built meanwhile, and that stands in its slow stage; killed at the end."""
    env = plugin(folder / "plugin", SLOW + NO_FLOCK)
    env = environment(**{**env, "FLOCK": flock})
    path = release(folder / "r", SLOWLY)
    process = started("build", path, "--jobs", 1, log=folder / "log", env=env)
    try:
        until(lambda: [*(folder / "plugin").glob("worker-*")])
        yield path, env, process
    finally:
        process.kill()
        process.wait()


def test_f27_nothing_is_cleared_away_under_a_build(tmp_path: Path) -> None:
    with building(tmp_path) as (path, env, process):
        before = tree(path.parent)
        for words in (["--clear"], ["--prune"], ["--prune", "--keep-days", "1"]):
            run = glassmaster("cache", path, *words, env=env)
            assert run.code == 7
            assert f"process {process.pid} on {socket.gethostname()} is building here" in run.err
            assert "-> wait until it is done, or stop it" in run.err
            assert run.out == ""
        assert tree(path.parent) == before
        assert process.poll() is None
        assert glassmaster("cache", path, env=env).code == 0, "looking is free"


@POSIX
def test_f09_a_lock_without_its_process_is_none(tmp_path: Path) -> None:
    """By the system's lock, and where a share has none and a file stands for it."""
    for flock in ("", "ENOSYS"):
        folder = tmp_path / (flock or "locks")
        with building(folder, flock) as (path, env, process):
            run = glassmaster("build", path, env=env)
            assert run.code == 7, run.said
            assert f"process {process.pid} on" in run.err
            assert "not supported" not in run.err, "that the share has no locks is our matter"
        assert (path.parent / ".glassmaster/lock").exists()
        path.write_text(path.read_text("utf-8").replace(SLOWLY, ""), "utf-8")
        run = glassmaster("build", "--jobs", 1, path, env=env)
        assert run.code == 0, run.said


@POSIX
def test_f09_a_lock_of_another_computer_that_is_gone(tmp_path: Path) -> None:
    """Its process cannot be looked up from here: the message says what to delete, and then it builds."""
    with building(tmp_path, "ENOSYS") as (path, env, _):
        pass
    room, here, there = path.parent / ".glassmaster", socket.gethostname(), "nas-in-studio-b"
    lock, note = room / "lock", room / "lock.json"
    assert here in lock.read_text("utf-8")
    lock.write_text(lock.read_text("utf-8").replace(here, there), "utf-8")
    told = {**json.loads(note.read_bytes()), "host": there}
    note.write_text(json.dumps(told), "utf-8")
    path.write_text(path.read_text("utf-8").replace(SLOWLY, ""), "utf-8")
    before = tree(path.parent)
    run = glassmaster("build", path, env=env)
    assert run.code == 7, run.said
    assert f"process {told['pid']} on {there} is building here" in run.err
    assert f"wait until it is done, or stop it on {there}" in run.err
    assert f"if nothing runs there any more, delete {lock} and build again" in run.err
    assert tree(path.parent) == before
    lock.unlink()
    assert glassmaster("build", "--jobs", 1, path, env=env).code == 0


@POSIX
def test_f09_a_share_whose_lock_service_is_down(tmp_path: Path) -> None:
    env = environment(**{**plugin(tmp_path / "plugin", NO_FLOCK), "FLOCK": "ENOLCK"})
    path = release(tmp_path / "r")
    run = glassmaster("build", "--jobs", 1, path, env=env)
    assert run.code == 5, run.said
    for words in (".glassmaster", "cannot keep two builds apart", "-> start the lock service", "disk of this computer"):
        assert words in run.err
    assert not (tmp_path / "r/dist").exists()
    assert glassmaster("build", "--jobs", 1, path).code == 0
