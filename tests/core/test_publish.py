"""Publishing: whoever looks sees the old tree or the new one, whole - after any crash, on any error."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from glassmaster import publish
from glassmaster.native import moved
from tests.publish_support import NEW, OLD, beside, read, released, write


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "release" / "dist"


@pytest.fixture
def state(target: Path) -> Path:
    return target.parent / ".glassmaster" / "published.json"


@pytest.fixture
def journal(state: Path) -> Path:
    return state.with_name("publish.json")


def test_the_first_release_and_the_next(target: Path, journal: Path) -> None:
    for tree in (OLD, NEW):
        released(target, journal, tree)
        assert read(target) == tree
        assert beside(target) == ["dist"]
        assert not journal.exists()


def test_what_is_not_published_vanishes(target: Path, journal: Path) -> None:
    released(target, journal, OLD)

    def stopped() -> None:
        with publish.staging(target) as folder:
            write(folder, NEW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stopped()
    assert read(target) == OLD
    assert beside(target) == ["dist"]


def test_staging_begins_empty_whatever_a_killed_build_left(target: Path, journal: Path) -> None:
    write(publish.staging_for(target), {"half/file": "x"})
    released(target, journal, NEW)
    assert read(target) == NEW


def test_the_old_tree_comes_back_where_the_new_one_is_gone(target: Path, journal: Path) -> None:
    write(target.with_name(".dist.old"), OLD)
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"target": str(target)}))
    publish.recover(journal)
    assert read(target) == OLD
    assert beside(target) == ["dist"]


def test_a_new_tree_that_never_took_its_place_goes(target: Path, journal: Path) -> None:
    write(target, OLD)
    write(publish.staging_for(target), NEW)
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"target": str(target)}))
    publish.recover(journal)
    assert read(target) == OLD
    assert beside(target) == ["dist"]


def test_where_both_trees_are_gone_nothing_is_made_up(target: Path, journal: Path) -> None:
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"target": str(target)}))
    publish.recover(journal)
    assert beside(target) == []
    assert not journal.exists()


def test_folders_are_not_flushed_where_the_system_does_not_let_them(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows: files are flushed all the same."""
    flushed: list[int] = []
    monkeypatch.setattr(publish, "os", SimpleNamespace(name="nt", fsync=flushed.append))
    released(target, journal, NEW)
    assert len(flushed) == len(NEW)
    assert read(target) == NEW


@pytest.mark.parametrize("content", [None, b"", b'{"target', b"[]", b"{}", b'{"target": 5}'])
def test_without_a_whole_journal_nothing_is_touched(target: Path, journal: Path, content: bytes | None) -> None:
    """F20."""
    write(target, OLD)
    if content is not None:
        journal.parent.mkdir(parents=True)
        journal.write_bytes(content)
    publish.recover(journal)
    assert read(target) == OLD


@pytest.mark.parametrize("problem", [OSError(13, "Permission denied"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", [1, 2, 3])
def test_an_error_puts_the_old_tree_back_at_once(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException, call: int
) -> None:
    """F03, F05: the calls are the journal's rename, the old tree's leaving, the new tree's coming."""
    released(target, journal, OLD)
    rename, calls = Path.replace, []

    def failing(path: Path, to: Path) -> Path:
        calls.append(path)
        if len(calls) == call:
            raise problem
        return rename(path, to)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(type(problem)):
        released(target, journal, NEW)
    monkeypatch.undo()
    assert len(calls) >= call
    assert read(target) == OLD
    publish.recover(journal)
    assert read(target) == OLD
    assert beside(target) == ["dist"]
    released(target, journal, NEW)
    assert read(target) == NEW


def test_a_first_release_that_fails_tells_its_own_reason(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no old tree to be put back, and none is looked for."""
    tried: list[Path] = []

    def full(path: Path, to: Path) -> None:
        tried.append(path)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "moved", full)
    with pytest.raises(OSError, match="No space"):
        released(target, journal, NEW)
    assert tried == [publish.staging_for(target)]
    assert beside(target) == []


def test_an_interrupt_after_the_new_tree_has_come_leaves_it_there(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    released(target, journal, OLD)

    def interrupted(path: Path, to: Path) -> None:
        moved(path, to)
        if to == target:
            raise KeyboardInterrupt

    monkeypatch.setattr(publish, "moved", interrupted)
    with pytest.raises(KeyboardInterrupt):
        released(target, journal, NEW)
    monkeypatch.undo()
    assert read(target) == NEW
    publish.recover(journal)
    assert read(target) == NEW
    assert beside(target) == ["dist"]


def test_everything_is_flushed_before_the_journal_is_written(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F07: files and their folders first, then the names that point to them."""
    flushed: list[int] = []
    real = os.fsync

    def flush(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    order: list[list[int]] = []
    rename = Path.replace

    def noted(path: Path, to: Path) -> Path:
        order.append(list(flushed))
        return rename(path, to)

    monkeypatch.setattr(Path, "replace", noted)
    monkeypatch.setattr(os, "fsync", flush)
    released(target, journal, NEW)
    wanted = [path for path in target.rglob("*") if path.is_file() or os.name != "nt"]
    assert {path.stat().st_ino for path in wanted} <= set(order[0])


def test_what_a_killed_build_left_of_the_tree_before_is_no_hindrance(target: Path, journal: Path) -> None:
    released(target, journal, OLD)
    write(target.with_name(".dist.old"), {"half": "gone"})
    released(target, journal, NEW)
    assert read(target) == NEW
    assert beside(target) == ["dist"]


def test_the_journal_may_be_taken_away_meanwhile(target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The room beside the manifest can be deleted at any time."""

    def meanwhile(path: Path, to: Path) -> None:
        moved(path, to)
        journal.unlink(missing_ok=True)

    monkeypatch.setattr(publish, "moved", meanwhile)
    released(target, journal, OLD)
    assert read(target) == OLD
    target.rename(target.with_name(".dist.old"))
    journal.write_text(json.dumps({"target": str(target)}))
    publish.recover(journal)
    assert read(target) == OLD


@pytest.mark.skipif(os.name == "nt", reason="folders cannot be flushed there")
def test_the_new_name_itself_is_flushed_and_no_folder_is_left_open(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F07: a swap that a power cut undoes would be one that was told of."""
    flushed: list[tuple[int, bool]] = []
    opened: list[int] = []
    flush, opening = os.fsync, os.open

    def noted_flush(descriptor: int) -> None:
        flushed.append((os.fstat(descriptor).st_ino, target.exists()))
        flush(descriptor)

    def noted_open(*how: Any, **more: Any) -> int:
        opened.append(opening(*how, **more))
        return opened[-1]

    monkeypatch.setattr(os, "fsync", noted_flush)
    monkeypatch.setattr(os, "open", noted_open)
    released(target, journal, NEW)
    monkeypatch.undo()
    assert (target.parent.stat().st_ino, True) in flushed
    assert opened
    for handle in set(opened):
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(handle)


CRASH = """
import os, pathlib, shutil, sys
from pathlib import Path
from glassmaster import publish

at, after, target, journal = int(sys.argv[1]), sys.argv[2] == "after", Path(sys.argv[3]), Path(sys.argv[4])
calls = 0

def crashing(original, half=None):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == at and not after:
            if half:
                half(*args)
            os._exit(77)
        done = original(*args, **kwargs)
        if calls == at:
            os._exit(77)
        return done
    return call

def half(folder, *rest, **more):
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    if files:
        files[0].unlink()

pathlib.Path.replace = crashing(pathlib.Path.replace)
pathlib.Path.unlink = crashing(pathlib.Path.unlink)
shutil.rmtree = crashing(shutil.rmtree, half)
if sys.argv[5] == "swap":
    publish.swap(target, journal)
else:
    publish.recover(journal)
"""


def crashed(at: int, when: str, target: Path, journal: Path, step: str = "swap") -> bool:
    """Run a step in a process that dies at the n-th change of the disk; False when it came to its end before."""
    command = [sys.executable, "-c", CRASH, str(at), when, str(target), str(journal), step]
    code = subprocess.run(command, timeout=60).returncode
    assert code in (0, 77)
    return code == 77


def crash_points(target: Path, journal: Path, prepare: Callable[[], None], step: str = "swap") -> Iterator[None]:
    """After each crash there is, with everything prepared anew before it."""
    points = 0
    for when in ("before", "after"):
        at = 1
        while True:
            shutil.rmtree(target.parent, ignore_errors=True)
            prepare()
            if not crashed(at, when, target, journal, step):
                break
            yield
            at, points = at + 1, points + 1
    assert points >= 6


@pytest.mark.parametrize("first", [True, False], ids=["first release", "next release"])
def test_a_crash_anywhere_leaves_the_old_tree_or_the_new_one_whole(target: Path, journal: Path, first: bool) -> None:
    """F04: killed at any moment; the next start puts it in order."""

    def prepare() -> None:
        if not first:
            write(target, OLD)
        write(publish.staging_for(target), NEW)

    outcomes = []
    for _ in crash_points(target, journal, prepare):
        if target.exists():
            assert read(target) in (OLD, NEW)  # even before anybody puts it in order
        publish.recover(journal)
        outcomes.append(read(target) if target.exists() else {})
        assert outcomes[-1] in ([{}, NEW] if first else [OLD, NEW])
        assert not journal.exists()
        with publish.staging(target):
            pass
        assert beside(target) in (["dist"], [])
    assert ({} if first else OLD) in outcomes
    assert NEW in outcomes


def test_a_crash_while_putting_in_order_does_no_harm_either(target: Path, journal: Path) -> None:
    def prepare() -> None:
        write(publish.staging_for(target), NEW)
        write(target.with_name(".dist.old"), OLD)
        journal.parent.mkdir(parents=True, exist_ok=True)
        journal.write_text(json.dumps({"target": str(target)}))

    for _ in crash_points(target, journal, prepare, "recover"):
        publish.recover(journal)
        assert read(target) == NEW
        assert beside(target) == ["dist"]
        assert not journal.exists()
