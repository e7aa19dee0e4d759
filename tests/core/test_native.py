"""Files as the system underneath takes them."""

from __future__ import annotations

import errno
import os
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
import soundfile

from glassmaster import native
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

    monkeypatch.setattr(native, "_WAITS_SECONDS", (0.5, 1.0))
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


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be flushed there")
@pytest.mark.parametrize(("number", "raised"), [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True)])
def test_a_share_that_flushes_no_folder_is_no_failing_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, raised: bool
) -> None:
    asked: list[int] = []

    def flush(handle: int) -> None:
        asked.append(os.fstat(handle).st_ino)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", flush)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)) if raised else nullcontext():
        native.flush_folder(tmp_path)
    assert asked == [tmp_path.stat().st_ino]
