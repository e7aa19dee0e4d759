"""Sources as files: what is opened at all, and how they are known again."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import sys
from pathlib import Path

import pytest

from glassmaster.errors import Exit, Refused
from glassmaster.model import Source
from glassmaster.sources import fingerprint, open_source, probe, unchanged
from tests.sources_support import noise, only, pcm, wav, written

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def refusal(path: Path) -> Refused:
    with pytest.raises(Refused) as caught:
        probe(path)
    return caught.value


def test_fingerprint_is_the_files_sha256(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * 5000)
    assert fingerprint(path) == hashlib.sha256(bytes(range(256)) * 5000).hexdigest()


def test_a01_missing_names_the_file_that_was_meant(tmp_path: Path) -> None:
    (tmp_path / "01_Opening_Mix2.wav").write_bytes(b"x")
    found = refusal(tmp_path / "01_Opening_Mix1.wav")
    assert found.exit == Exit.SOURCE
    assert only(found).code == "file-missing"
    assert "01_Opening_Mix2.wav" in only(found).hint


def test_a01_missing_folder_is_said(tmp_path: Path) -> None:
    assert str(tmp_path / "nowhere") in only(refusal(tmp_path / "nowhere" / "a.wav")).hint


def test_a01_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.wav", noise(100))

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", denied)
    found = refusal(path)
    assert found.exit == Exit.SOURCE
    assert only(found).code == "file-unreadable"
    assert os.strerror(errno.EACCES) in only(found).message


def test_a02_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.touch()
    assert only(refusal(path)).code == "file-empty"


def test_a02_folder(tmp_path: Path) -> None:
    found = refusal(tmp_path)
    assert (found.exit, only(found).code) == (Exit.SOURCE, "not-a-file")
    assert "a folder" in only(found).message


@needs_posix
@pytest.mark.timeout(10)
def test_a02_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.wav")
    assert "pipe" in only(refusal(tmp_path / "a.wav")).message
    with pytest.raises(Refused):
        fingerprint(tmp_path / "a.wav")


@needs_posix
@pytest.mark.timeout(10)
def test_a02_devices_and_sockets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "device" in only(refusal(Path("/dev/zero"))).message
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("s.wav")
        assert "socket" in only(refusal(Path("s.wav"))).message


@needs_posix
def test_a03_links_are_followed_and_told(tmp_path: Path) -> None:
    real = written(tmp_path / "real.wav", noise(100))
    (tmp_path / "link.wav").symlink_to(real)
    source, findings = probe(tmp_path / "link.wav")
    assert source.frames == 100
    assert [(each.code, each.severity) for each in findings] == [("link-followed", "note")]
    assert str(real.resolve()) in findings[0].message


@needs_posix
def test_a03_broken_links_and_loops(tmp_path: Path) -> None:
    (tmp_path / "dangling.wav").symlink_to(tmp_path / "gone.wav")
    (tmp_path / "loop.wav").symlink_to(tmp_path / "loop.wav")
    for name in ("dangling.wav", "loop.wav"):
        found = refusal(tmp_path / name)
        assert (found.exit, only(found).code) == (Exit.SOURCE, "link-broken")
    assert "gone.wav" in only(refusal(tmp_path / "dangling.wav")).message


def test_a29_a_changed_file_is_told_by_its_content(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", noise(1000))
    source, _ = probe(path)
    assert unchanged(source) is None
    os.utime(path, (1, 1))
    assert unchanged(source) is None
    written(path, noise(1000, seed=8))
    finding = unchanged(source)
    assert finding is not None
    assert (finding.code, finding.exit) == ("source-changed", Exit.CHANGED)
    path.unlink()
    assert unchanged(source) is not None


def test_a29_a_file_that_grows_while_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(pcm(noise(200_000))))
    source, _ = probe(path)
    blocks = iter(open_source(source))
    next(blocks)
    with path.open("ab") as file:
        file.write(b"more")
    with pytest.raises(Refused) as caught:
        list(blocks)
    assert caught.value.exit == Exit.CHANGED


def test_a29_a_file_that_shrinks_while_read_is_changed_not_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(pcm(noise(200_000))))
    source, _ = probe(path)
    blocks = iter(open_source(source))
    next(blocks)
    os.truncate(path, 500_000)
    with pytest.raises(Refused) as caught:
        list(blocks)
    assert caught.value.exit == Exit.CHANGED


def test_the_given_hash_is_taken_over(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", noise(10))
    assert probe(path, sha256="abc")[0].sha256 == "abc"
    assert probe(path)[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert isinstance(probe(path)[0], Source)
