"""Files as the system underneath takes them."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import soundfile

from glassmaster import native
from tests.publish_support import NEW, OLD, by, read, write
from tests.sources_support import RATE, noise


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_soundfile_opens_names_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.wav")
    soundfile.write(native.native(path), noise(100), RATE, "PCM_24", format="WAV")
    assert path.exists()
    assert soundfile.info(native.native(path)).frames == 100


@pytest.mark.parametrize(("looks", "waits"), [(0, 0), (2, 2), (3, 2)])
def test_a_rename_waits_for_whoever_looks_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: int, waits: int
) -> None:
    """As on Windows, where a file that is open cannot be renamed."""
    waited: list[float] = []
    left, replace = [looks], Path.replace

    def watched(source: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(13, "a virus scanner looks at it")
        return replace(source, target)

    monkeypatch.setattr(native, "_waits_seconds", {os.name: (0.5, 1.0)}.get)
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(Path, "replace", watched)
    (tmp_path / "new").write_text("new")
    if looks > waits:
        with pytest.raises(PermissionError):
            native.moved(tmp_path / "new", tmp_path / "old")
    else:
        native.moved(tmp_path / "new", tmp_path / "old")
        assert (tmp_path / "old").read_text() == "new"
    assert waited == [0.5, 1.0][:waits]


def test_only_windows_makes_us_wait_and_each_time_about_twice_as_long() -> None:
    """A virus scanner is done within a second or two; who waits longer for an open file is not helped by more."""
    assert native._waits_seconds("posix") == ()
    waits = native._waits_seconds("nt")
    assert 0.02 <= waits[0] <= 0.1
    assert [after / before for before, after in pairwise(waits)] == pytest.approx([2.0] * (len(waits) - 1))
    assert 1.0 <= sum(waits) <= 2.0


# ---- two folders change places


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two folders that are there already, the second with a name that is no text where that can be."""
    one, other = tmp_path / "one", tmp_path / (os.fsdecode(b"\xff") if os.name != "nt" else "other")
    write(one, OLD)
    write(other, NEW)
    return one, other


def test_two_folders_change_places_in_one_step(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = pair
    by("exchange", one.parent, monkeypatch)
    assert native.exchanged(one, other)
    assert (read(one), read(other)) == (NEW, OLD)


def test_an_exchange_that_fails_tells_both_names(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = pair
    by("exchange", one.parent, monkeypatch)
    with pytest.raises(FileNotFoundError) as caught:
        native.exchanged(one, other / "not there")
    told = caught.value
    assert (told.filename, told.filename2) == (str(one), str(other / "not there"))
    assert told.strerror == os.strerror(errno.ENOENT)
    assert (read(one), read(other)) == (OLD, NEW)


def library(monkeypatch: pytest.MonkeyPatch, system: str, **functions: Any) -> None:
    """Another system's C library."""

    def loaded(name: str | None, use_errno: bool) -> SimpleNamespace:
        assert name is None
        assert use_errno
        return SimpleNamespace(**functions)

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(ctypes, "CDLL", loaded)


@pytest.mark.parametrize(("system", "name"), [("linux", "renameat2"), ("darwin", "renamex_np")])
def test_each_system_is_called_as_its_manual_says(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, system: str, name: str
) -> None:
    """renameat2(2): folder, path, folder, path, RENAME_EXCHANGE; renamex_np(2): path, path, RENAME_SWAP."""
    called: list[tuple[Any, ...]] = []

    def call(*arguments: Any) -> int:
        called.append(arguments)
        return 0

    library(monkeypatch, system, **{name: call})
    assert native.exchanged(*pair)
    one, other = map(os.fsencode, pair)
    assert called == [{"linux": (-100, one, -100, other, 2), "darwin": (one, other, 2)}[system]]


CANNOT = ("ENOSYS", "EINVAL", "ENOTSUP", "EOPNOTSUPP", "EPERM")


@pytest.mark.parametrize("number", [getattr(errno, name) for name in CANNOT], ids=CANNOT)
def test_a_disk_that_knows_no_exchange_is_no_error(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refused(*arguments: Any) -> int:
        ctypes.set_errno(number)
        return -1

    library(monkeypatch, "darwin", renamex_np=refused)
    assert not native.exchanged(*pair)


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_a_system_without_an_exchange_has_none(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    """A C library older than the call, or Windows, where no library is looked for."""
    library(monkeypatch, system)
    if system == "win32":
        monkeypatch.delattr(ctypes, "CDLL")
    assert not native.exchanged(*pair)
    assert (read(pair[0]), read(pair[1])) == (OLD, NEW)


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be flushed there")
@pytest.mark.parametrize(("number", "raised"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)])
def test_a_share_that_flushes_no_folder_is_no_failing_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: bool
) -> None:
    asked: list[int] = []
    handles: list[int] = []

    def flush(handle: int) -> None:
        handles.append(handle)
        asked.append(os.fstat(handle).st_ino)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", flush)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)) if raised else nullcontext():
        native.flush_folder(tmp_path)
    assert asked == [tmp_path.stat().st_ino]
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(handles[0])


def test_windows_flushes_no_folder_and_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(native, "os", SimpleNamespace(name="nt", open=asked.append))
    native.flush_folder(tmp_path)
    assert asked == []
