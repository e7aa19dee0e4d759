"""The output folder: known again when nothing changed, and refused where something is not ours."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from glassmaster import output, publish
from glassmaster.errors import Exit
from tests.publish_support import NEW, OLD, beside, read, refusal, released, write


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "release" / "dist"


@pytest.fixture
def state(target: Path) -> Path:
    return target.parent / ".glassmaster" / "published.json"


@pytest.fixture
def journal(state: Path) -> Path:
    return state.with_name("publish.json")


def test_an_untouched_tree_is_known_again_without_reading_it(target: Path, journal: Path, state: Path) -> None:
    released(target, journal, OLD)
    assert not output.stands(target, state, "a digest")
    output.note(target, state, "a digest")
    assert output.stands(target, state, "a digest")
    assert not output.stands(target, state, "another digest")
    assert not output.stands(target.with_name("other"), state, "a digest")


@pytest.mark.parametrize(
    "change",
    [
        lambda target: (target / "README.txt").write_text("longer than it was"),
        lambda target: os.utime(target / "README.txt", ns=(1, 1)),
        lambda target: (target / "wav" / "01 Song.wav").unlink(),
        lambda target: (target / "wav" / "more").write_text("new"),
        shutil.rmtree,
    ],
    ids=["size", "time", "gone", "more", "all gone"],
)
def test_a_touched_tree_is_not(target: Path, journal: Path, state: Path, change: Callable[[Path], object]) -> None:
    released(target, journal, OLD)
    output.note(target, state, "a digest")
    change(target)
    assert not output.stands(target, state, "a digest")


def test_a_tree_that_was_moved_is_not_the_one_that_was_noted(target: Path, journal: Path, state: Path) -> None:
    """What is said of one folder says nothing of another, be every file in it alike."""
    released(target, journal, OLD)
    output.note(target, state, "a digest")
    moved = target.rename(target.with_name("elsewhere"))
    assert not output.stands(moved, state, "a digest")
    moved.rename(target)
    assert output.stands(target, state, "a digest")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"target": 1}', b"[" * 100_000])
def test_a_torn_note_is_no_note(target: Path, journal: Path, state: Path, content: bytes) -> None:
    released(target, journal, OLD)
    state.parent.mkdir(exist_ok=True)
    state.write_bytes(content)
    assert not output.stands(target, state, "a digest")
    output.check_target(target, [], state)


@pytest.mark.parametrize("kept", ["digest", "files"])
def test_a_note_of_another_version_is_no_note(target: Path, journal: Path, state: Path, kept: str) -> None:
    released(target, journal, OLD)
    output.note(target, state, "a digest")
    whole = json.loads(state.read_bytes())
    state.write_text(json.dumps({"target": whole["target"], kept: whole[kept]}))
    assert not output.stands(target, state, "a digest")
    output.check_target(target, [], state)


@pytest.mark.parametrize("noted", [True, False], ids=["as noted", "by its checksums"])
def test_files_that_are_not_ours_are_named_and_kept(target: Path, journal: Path, state: Path, noted: bool) -> None:
    released(target, journal, OLD)
    if noted:
        output.note(target, state, "a digest")
    output.check_target(target, [], state)
    write(target, {"wav/notes for the label.txt": "mine", "b": "", "c": "", "a": ""})
    told = refusal(lambda: output.check_target(target, [], state))
    assert told.exit == Exit.OUTPUT
    [finding] = told.findings
    assert finding.code == "output-foreign"
    assert "a, b, c and 1 more" in finding.message
    assert read(target)["wav/notes for the label.txt"] == "mine"


def test_as_many_foreign_files_as_there_is_room_for_are_all_named(target: Path, state: Path) -> None:
    write(target, {"a": "", "b": "", "c": ""})
    assert refusal(lambda: output.check_target(target, [], state)).findings[0].message.endswith(": a, b, c")


@pytest.mark.parametrize("torn", [b"", b"00", b"00  wav/01 So", b"\xff\xfe\n", b"\n\n"])
def test_torn_checksums_hide_nothing_and_stop_nothing(target: Path, state: Path, torn: bytes) -> None:
    write(target, {"wav/01 Song.wav": "of whom?"})
    (target / "SHA256SUMS").write_bytes(torn)
    assert "01 Song.wav" in refusal(lambda: output.check_target(target, [], state)).findings[0].message


def test_a_name_with_two_spaces_is_known_by_the_checksums(target: Path, journal: Path, state: Path) -> None:
    released(target, journal, {"wav/01 A  B  C.wav": "sound", "SHA256SUMS": "00  wav/01 A  B  C.wav\n"})
    output.check_target(target, [], state)


def test_a_folder_that_was_never_ours_is_refused(target: Path, state: Path) -> None:
    write(target, {"thesis.doc": "years of work"})
    assert "thesis.doc" in refusal(lambda: output.check_target(target, [], state)).findings[0].message


def test_a_file_in_the_report_is_foreign_where_it_was_not_noted(target: Path, journal: Path, state: Path) -> None:
    released(target, journal, OLD)
    output.note(target, state, "a digest")
    write(target, {"report/mine.txt": "mine"})
    assert "report/mine.txt" in refusal(lambda: output.check_target(target, [], state)).findings[0].message


def test_a_build_killed_between_publishing_and_noting_blocks_nothing(target: Path, journal: Path, state: Path) -> None:
    released(target, journal, OLD)
    output.note(target, state, "the old digest")
    released(target, journal, NEW)
    output.check_target(target, [], state)
    assert not output.stands(target, state, "the old digest")


def test_a_report_killed_while_it_was_written_blocks_nothing(target: Path, journal: Path, state: Path) -> None:
    released(target, journal, OLD)
    output.note(target, state, "a digest")
    write(publish.staging_for(target / "report"), {"index.html": "half"})
    output.check_target(target, [], state)
    assert not output.stands(target, state, "a digest")


@pytest.mark.parametrize("name", [".DS_Store", "wav/._01 Song.wav", "Thumbs.db", "report/desktop.ini"])
def test_what_file_managers_leave_behind_is_nobodys(target: Path, journal: Path, state: Path, name: str) -> None:
    released(target, journal, OLD)
    output.note(target, state, "a digest")
    write(target, {name: "litter"})
    output.check_target(target, [], state)
    assert output.stands(target, state, "a digest")


def test_a_file_in_the_folders_place_is_refused(target: Path, state: Path) -> None:
    """F01."""
    write(target.parent, {"dist": "a file"})
    told = refusal(lambda: output.check_target(target, [], state))
    assert (told.exit, told.findings[0].code) == (Exit.OUTPUT, "output")
    assert target.read_text() == "a file"


def test_a_file_in_the_parents_place_is_refused(target: Path, state: Path) -> None:
    target.parent.write_text("a file")
    assert refusal(lambda: output.check_target(target, [], state)).exit == Exit.OUTPUT


def test_a_folder_that_holds_a_source_is_refused(target: Path, state: Path) -> None:
    """F13."""
    write(target, {"mixes/song.wav": "the only copy"})
    for source in (target / "mixes" / "song.wav", target / "mixes" / ".." / "mixes" / "song.wav", target):
        told = refusal(lambda: output.check_target(target, [source], state))  # noqa: B023
        assert told.exit == Exit.USAGE
        assert source.name in told.findings[0].message


def test_a_folder_beside_the_sources_is_fine(target: Path, state: Path) -> None:
    write(target.parent, {"song.wav": "the only copy"})
    output.check_target(target, [target.parent / "song.wav"], state)
    assert beside(target) == ["song.wav"]  # the trial left nothing


def test_a_folder_among_the_mixdowns_is_refused(target: Path, state: Path) -> None:
    """F13: masters beside mixdowns would be taken for some."""
    mixes = target.parent / "mixes"
    write(mixes, {"song.wav": "the only copy"})
    told = refusal(lambda: output.check_target(mixes / "dist", [mixes / "song.wav"], state))
    assert told.exit == Exit.USAGE
    assert "song.wav" in told.findings[0].message
    output.check_target(target, [mixes / "song.wav"], state)


def test_a_missing_parent_is_refused_and_not_made_up(target: Path, state: Path) -> None:
    """F01: the folder of a disk that is not plugged in."""
    told = refusal(lambda: output.check_target(target, [], state))
    assert (told.exit, told.findings[0].code) == (Exit.OUTPUT, "output")
    assert "plug its disk in" in told.findings[0].hint
    assert not target.parent.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_parent_that_cannot_be_written_is_refused_before_any_work(target: Path, state: Path) -> None:
    """F01."""
    target.parent.mkdir(parents=True)
    target.parent.chmod(0o500)
    try:
        told = refusal(lambda: output.check_target(target, [], state))
    finally:
        target.parent.chmod(0o700)
    assert told.exit == Exit.OUTPUT
    assert "Permission denied" in told.findings[0].message


def link(path: Path, to: Path) -> None:
    try:
        path.symlink_to(to, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets us make no links")


def test_a_link_is_refused_for_a_swap_would_replace_it(target: Path, state: Path) -> None:
    real = target.parent / "big disk"
    real.mkdir(parents=True)
    link(target, real)
    told = refusal(lambda: output.check_target(target, [], state))
    assert told.exit == Exit.OUTPUT
    assert str(real.resolve()) in told.findings[0].hint


def test_a_linked_folder_inside_is_foreign(target: Path, journal: Path, state: Path) -> None:
    released(target, journal, OLD)
    output.note(target, state, "a digest")
    (target.parent / "elsewhere").mkdir()
    link(target / "mine", target.parent / "elsewhere")
    assert "mine" in refusal(lambda: output.check_target(target, [], state)).findings[0].message


@pytest.mark.parametrize(("number", "told"), [(errno.ENOSPC, "MB are free there"), (errno.EACCES, "")])
def test_a_full_disk_is_told_with_what_is_free(
    target: Path, state: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    """F02: before any work."""

    def failing(**how: object) -> object:
        raise OSError(number, os.strerror(number))

    target.parent.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "TemporaryFile", failing)
    refused = refusal(lambda: output.check_target(target, [], state))
    assert refused.exit == Exit.OUTPUT
    assert f"cannot be written: {os.strerror(number)}" in refused.findings[0].message
    assert refused.findings[0].message.endswith(told or os.strerror(number))
