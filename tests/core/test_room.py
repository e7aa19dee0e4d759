"""What a full disk is told with, and the errors of disks that libraries would keep to themselves."""

from __future__ import annotations

import errno
import io
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster import room
from glassmaster.codecs import disk, libsndfile
from glassmaster.errors import Exit, Refused, disk_fault
from glassmaster.model import Audio, Finding, Report
from glassmaster.plugins import Offers
from glassmaster.tree import write_reports
from tests import outcome_support
from tests.sources_support import noise

MB = 1_000_000


def full(path: Path) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def test_a_build_that_would_not_fit_is_refused_before_it_begins(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    room.check_room(tmp_path, 0)
    with pytest.raises(Refused) as caught:
        room.check_room(tmp_path, free + 10**12)
    [finding] = caught.value.findings
    assert (caught.value.exit, finding.code) == (Exit.OUTPUT, "disk-full")
    assert f"{(free + 10**12) / MB:,.0f}"[:5] in finding.message
    assert "are free" in finding.message
    assert finding.hint


def test_what_is_kept_need_not_be_made_again(tmp_path: Path) -> None:
    wanted = shutil.disk_usage(tmp_path).free + 50 * MB
    with pytest.raises(Refused):
        room.check_room(tmp_path, wanted)
    (tmp_path / "blobs" / "ab").mkdir(parents=True)
    with (tmp_path / "blobs" / "ab" / "abcd").open("wb") as file:
        file.truncate(10**9)  # a hole: it takes no room
    room.check_room(tmp_path, wanted)


def test_a_disk_that_runs_full_is_told_with_both_figures(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught, room.told(tmp_path, 123 * MB):
        raise full(tmp_path / "blobs")
    [finding] = caught.value.findings
    assert (caught.value.exit, finding.where) == (Exit.OUTPUT, str(tmp_path / "blobs"))
    assert "a build from scratch needs about 123 MB here, " in finding.message
    assert "MB are free there" in finding.message


def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="elsewhere"), room.told(tmp_path, 0):
        raise OSError(errno.EIO, "elsewhere")


def test_the_same_of_a_workers_disk(tmp_path: Path) -> None:
    findings = (Finding("disk-full", "error", "x", "full", "h"), Finding("other", "note", "y", "fine", "h"))
    outcome = replace(outcome_support.outcome(), findings=findings)
    told = room.figured(outcome, tmp_path, 5 * MB).findings
    assert told[0].message.startswith("full: a build from scratch needs about 5 MB here")
    assert told[1] == findings[1]


def test_what_is_free_is_asked_of_the_nearest_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.left(tmp_path / "not" / "there").endswith(" MB are free there")

    def silent(path: Path) -> Any:
        raise OSError

    monkeypatch.setattr(shutil, "disk_usage", silent)
    assert room.left(tmp_path) == ""


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EROFS])
def test_a_failing_disk_is_found_behind_other_exceptions(number: int) -> None:
    cause = OSError(number, "x")
    assert disk_fault(cause) is cause
    assert disk_fault(ValueError(cause)) is cause
    outer = ValueError()
    outer.__cause__ = cause
    assert disk_fault(outer) is cause
    assert disk_fault(OSError(errno.ENOENT, "x")) is None
    assert disk_fault(None) is None
    circle = ValueError()
    circle.__context__ = circle
    assert disk_fault(circle) is None


# ---- files that libsndfile writes


class _Failing(io.FileIO):
    """A file that takes so many bytes."""

    left = 1 << 62

    def write(self, data: Any) -> int:
        if type(self).left < len(data):
            raise OSError(errno.ENOSPC, "full")
        type(self).left -= len(data)
        return super().write(data)


def written(kind: str, subtype: str, bits: int | None) -> Callable[[Path], None]:
    sound = (noise(150_000, 2) * 2**15).round() / 2**15  # on the grid of 16 bits
    audio = Audio(48_000, sound.shape[1], len(sound), lambda: iter([sound.astype("f4")]))
    return lambda path: libsndfile.write(audio, path, kind, subtype, bits)


KINDS = [("WAV", "PCM_16", 16), ("FLAC", "PCM_16", 16), ("AIFF", "PCM_16", 16), ("OGG", "VORBIS", None)]


@pytest.mark.parametrize(("kind", "subtype", "bits"), KINDS)
def test_no_error_of_the_disk_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, subtype: str, bits: int | None
) -> None:
    """Wherever the disk begins to fail, even in the last header, the file is not taken for written."""
    write = written(kind, subtype, bits)
    monkeypatch.setattr(io, "FileIO", _Failing)
    write(tmp_path / "whole")
    size = (tmp_path / "whole").stat().st_size
    for part in (0.0, 0.3, 0.7, 0.999):
        monkeypatch.setattr(_Failing, "left", int(size * part))
        with pytest.raises(OSError, match="full"):
            write(tmp_path / "half")


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        written("WAV", "PCM_16", 16)(tmp_path / "nowhere" / "file.wav")


def test_an_error_while_closing_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(io, "FileIO", _Failing)
    monkeypatch.setattr(_Failing, "left", 0)
    file = disk.Written(tmp_path / "file")
    assert file.write(b"held back") == 9
    with pytest.raises(OSError, match="full"):
        file.close()


def test_an_error_while_seeking_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(io, "FileIO", _Failing)
    monkeypatch.setattr(_Failing, "left", 0)
    file = disk.Written(tmp_path / "file")
    file.write(b"held back")
    assert file.seek(0) == -1
    assert file.write(b"more") == 0
    with pytest.raises(OSError, match="full"):
        file.close()


def test_a_written_file_is_read_back(tmp_path: Path) -> None:
    with closing(disk.Written(tmp_path / "file")) as file:
        assert file.write(b"abc") == 3
        assert file.seek(1) == file.tell() == 1
        buffer = bytearray(2)
        assert file.readinto(memoryview(buffer)) == 2
    assert bytes(buffer) == b"bc"


def test_programs_name_the_disk_in_their_last_words(tmp_path: Path) -> None:
    found = disk.named(f"av_interleaved_write_frame(): {os.strerror(errno.ENOSPC)}")
    assert found is not None
    assert found.errno == errno.ENOSPC
    assert disk.named("Unknown encoder") is None
    assert disk.refuses(tmp_path) is None
    assert isinstance(disk.refuses(tmp_path / "nowhere"), OSError)


def test_a_report_that_the_disk_stops_is_not_called_broken(tmp_path: Path) -> None:
    def write(outcome: object, folder: Path) -> None:
        raise full(folder)

    offers = Offers(reports={"page": Report("page", write)})
    with pytest.raises(OSError, match="No space"):
        write_reports(outcome_support.outcome(), tmp_path / "report", offers)


def test_a_refusal_for_want_of_room_gets_the_figures_once(tmp_path: Path) -> None:
    finding = Finding("disk-full", "error", "x", "full", "h")
    with pytest.raises(Refused) as caught, room.told(tmp_path, 5 * MB):
        raise Refused(Exit.OUTPUT, finding)
    once = caught.value.findings
    assert once[0].message.startswith("full: a build from scratch needs about 5 MB here")
    with pytest.raises(Refused) as caught, room.told(tmp_path, 5 * MB):
        raise Refused(Exit.OUTPUT, *once)
    assert caught.value.findings == once
