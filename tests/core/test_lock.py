"""One build at a time."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import filelock
import pytest

from glassmaster.errors import Exit, Refused
from glassmaster.lock import held

HOLD = """
import sys, time
from pathlib import Path
from glassmaster.lock import held
with held(Path(sys.argv[1])):
    Path(sys.argv[1], "held").touch()
    time.sleep(60)
"""


def refusal(room: Path) -> Refused:
    def take() -> None:
        with held(room):
            raise AssertionError("two held one lock")

    began = time.monotonic()
    with pytest.raises(Refused) as caught:
        take()
    assert time.monotonic() - began < 30.0  # told at once: it does not wait for the other to end (60 s)
    return caught.value


def test_the_second_is_told_who_holds_it(tmp_path: Path) -> None:
    """F08."""
    with held(tmp_path / "room"):
        told = refusal(tmp_path / "room")
    assert told.exit == Exit.LOCKED
    assert f"process {os.getpid()} on " in told.findings[0].message
    assert told.findings[0].hint


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"{}", b'"x"'])
def test_a_torn_note_of_the_holder_does_no_harm(tmp_path: Path, content: bytes | None) -> None:
    """None: somebody took it away, which the holder does not mind either."""
    note = tmp_path / "lock.json"
    with held(tmp_path):
        note.unlink() if content is None else note.write_bytes(content)
        assert "another process" in refusal(tmp_path).findings[0].message
    assert not note.exists()


def test_the_second_waits_no_longer_than_half_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F08: it is told within a second, and a program takes a while to start."""
    waited: list[float] = []
    take = filelock.FileLock.acquire

    def acquire(lock: Any, timeout: float = -1.0) -> Any:
        waited.append(timeout)
        return take(lock, timeout=0)

    with held(tmp_path):
        monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
        refusal(tmp_path)
    [seconds] = waited
    assert 0.1 <= seconds <= 0.5


def test_a_room_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    for _ in range(2):
        with held(tmp_path / "release" / "room"):
            assert (tmp_path / "release" / "room" / "lock.json").exists()


def test_it_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(3):
        with held(tmp_path):
            assert (tmp_path / "lock.json").exists()
        assert not (tmp_path / "lock.json").exists()


def failing(room: Path) -> None:
    with held(room):
        raise ZeroDivisionError


def test_a_failed_build_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        failing(tmp_path)
    with held(tmp_path):
        pass


def test_it_is_let_go_at_once_and_not_when_memory_is_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[filelock.BaseFileLock] = []
    lock = filelock.FileLock

    def kept(path: Path) -> filelock.BaseFileLock:
        made.append(lock(path))
        return made[-1]

    monkeypatch.setattr(filelock, "FileLock", kept)
    with held(tmp_path):
        assert [each.is_locked for each in made] == [True]
    assert [each.is_locked for each in made] == [False]


def test_a_killed_build_lets_go(tmp_path: Path) -> None:
    """F09: the system frees the lock; the stale note beside it does not matter."""
    with (tmp_path / "log").open("wb") as log:
        holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=log, stderr=log)
    try:
        for _ in range(600):
            if (tmp_path / "held").exists():
                break
            time.sleep(0.02)
        assert f"process {holder.pid} on " in refusal(tmp_path).findings[0].message
    finally:
        holder.kill()
        holder.wait(30)
    assert (tmp_path / "lock.json").exists()
    with held(tmp_path):
        pass


# ---- who holds it, and disks that do not lock


def refused(room: Path) -> Refused:
    with pytest.raises(Refused) as caught, held(room):
        pass
    return caught.value


@pytest.mark.parametrize("host", ["", "nas-in-studio-b"])
def test_who_comes_second_is_told_what_to_do_here_and_there(tmp_path: Path, host: str) -> None:
    """A process of another computer cannot be looked at from here: its lock may have outlived it."""
    with filelock.FileLock(tmp_path / "lock"):
        told = {"pid": 4711, "host": host or socket.gethostname()}
        (tmp_path / "lock.json").write_text(json.dumps(told))
        refusal = refused(tmp_path)
    assert refusal.exit == Exit.LOCKED
    [finding] = refusal.findings
    assert finding.message == f"process 4711 on {told['host']} is building here"
    assert ("if nothing runs there any more, delete" in finding.hint) == bool(host)
    assert ("stop it on nas-in-studio-b" in finding.hint) == bool(host)


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EIO])
def test_a_disk_that_does_not_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def acquire(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(filelock.FileLock, "acquire", acquire)
    if number == errno.EIO:
        with pytest.raises(OSError, match=os.strerror(number)), held(tmp_path):
            pass
        return
    refusal = refused(tmp_path)
    assert refusal.exit == Exit.OUTPUT
    assert f"cannot keep two builds apart: {os.strerror(number)}" in refusal.findings[0].message
    assert "start the lock service" in refusal.findings[0].hint


def test_what_filelock_has_to_say_of_a_share_is_our_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire = filelock.FileLock.acquire

    def warned(lock: Any, *what: Any, **how: Any) -> Any:
        warnings.warn("flock is not supported", stacklevel=1)
        return acquire(lock, *what, **how)

    monkeypatch.setattr(filelock.FileLock, "acquire", warned)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        with held(tmp_path):
            pass
    assert heard == []
