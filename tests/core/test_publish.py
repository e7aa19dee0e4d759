"""Publishing is one step: killed, failing or resumed at any moment, a whole tree stands, old or new."""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from glassmaster import native, publish
from glassmaster.native import moved
from tests.publish_support import NEW, OLD, beside, by, read, released, write


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "release" / "dist"


@pytest.fixture
def state(target: Path) -> Path:
    return target.parent / ".glassmaster" / "published.json"


@pytest.fixture
def journal(state: Path) -> Path:
    return state.with_name("publish.json")


@pytest.fixture(params=["exchange", "renames"])
def way(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the trees change places."""
    by(request.param, tmp_path, monkeypatch)
    return str(request.param)


def test_the_first_release_and_the_next(target: Path, journal: Path, way: str) -> None:
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
    flushed: list[bool] = []
    monkeypatch.setattr(native, "os", SimpleNamespace(**{**vars(os), "name": "nt"}))
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append(stat.S_ISDIR(os.fstat(descriptor).st_mode)))
    released(target, journal, NEW)
    assert flushed == [False] * (len(NEW) + 1), "each file and the journal"
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


PROBLEMS = [OSError(errno.EACCES, "Permission denied"), KeyboardInterrupt()]


@pytest.mark.parametrize("problem", PROBLEMS, ids=["error", "interrupt"])
@pytest.mark.parametrize("to", ["publish.json", ".dist.old", "dist"])
def test_an_error_puts_the_old_tree_back_at_once(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException, to: str
) -> None:
    """F03, F05: of the journal's rename, the old tree's leaving, the new tree's coming."""
    by("renames", target, monkeypatch)
    released(target, journal, OLD)
    failed: list[Path] = []
    rename = Path.replace

    def failing(path: Path, where: Path) -> Path:
        if where.name == to and not failed:
            failed.append(path)
            raise problem
        return rename(path, where)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", failing)
        with pytest.raises(type(problem)):
            released(target, journal, NEW)
    assert failed
    assert read(target) == OLD
    goes_on(target, journal, OLD)


@pytest.mark.parametrize("problem", PROBLEMS, ids=["error", "interrupt"])
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_an_error_of_the_exchange_leaves_either_tree_whole(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch, problem: BaseException, done: bool
) -> None:
    """A disk far away may do a thing and yet say that it failed: the old tree must not come back over the new one."""
    by("exchange", target, monkeypatch)
    released(target, journal, OLD)
    exchange = native.exchanged

    def failing(one: Path, other: Path) -> bool:
        if done:
            exchange(one, other)
        raise problem

    monkeypatch.setattr(publish, "exchanged", failing)
    with pytest.raises(type(problem)):
        released(target, journal, NEW)
    monkeypatch.undo()
    left = NEW if done else OLD
    assert read(target) == left
    goes_on(target, journal, left)


def goes_on(target: Path, journal: Path, stands: dict[str, str]) -> None:
    """The next start finds what stands there in order, and publishes as ever."""
    publish.recover(journal)
    assert read(target) == stands
    assert beside(target) == ["dist"]
    for tree in (NEW, OLD):
        released(target, journal, tree)
        assert read(target) == tree


def test_a_first_release_that_fails_tells_its_own_reason(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no old tree to be put back, and none is looked for."""
    tried: list[Path] = []

    def full(path: Path, to: Path) -> None:
        if not path.exists():
            raise FileNotFoundError
        tried.append(to)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "moved", full)
    with pytest.raises(OSError, match="No space"):
        released(target, journal, NEW)
    assert tried == [target, target.with_name(".dist.new.gone")]
    assert beside(target) == [], "what cannot lose its name goes all the same"


def test_an_interrupt_after_the_new_tree_has_come_leaves_it_there(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by("renames", target, monkeypatch)
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
    """F07: files and their folders first, then the names that point to them: journal, release."""
    flushed: list[int] = []
    real = os.fsync

    def flush(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    order: dict[str, list[int]] = {}
    rename = Path.replace

    def noted(path: Path, to: Path) -> Path:
        done = rename(path, to)
        order[to.name] = list(flushed)
        return done

    monkeypatch.setattr(Path, "replace", noted)
    monkeypatch.setattr(os, "fsync", flush)
    released(target, journal, NEW)
    wanted = [path for path in target.rglob("*") if path.is_file() or os.name != "nt"]
    assert {path.stat().st_ino for path in wanted} <= set(order["publish.json"])
    if os.name != "nt":
        assert order["dist"][len(order["publish.json"]) :] == [journal.parent.stat().st_ino]


def test_what_a_killed_build_left_of_the_tree_before_is_no_hindrance(target: Path, journal: Path, way: str) -> None:
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


def test_a_tree_loses_its_name_first_even_where_a_half_was_left_before(
    target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed twice in the middle of tidying up: what is removed file by file never bears a name that is believed."""
    removed: list[str] = []
    remove = shutil.rmtree

    def noted(path: Path, **how: Any) -> None:
        if path.exists():
            removed.append(path.name)
        remove(path, **how)

    released(target, journal, OLD)
    for folder in (target.with_name(".dist.old"), target.with_name(".dist.new")):
        write(folder, NEW)
        write(folder.with_name(f"{folder.name}.gone"), {"half/file": "x"})
    journal.write_text(json.dumps({"target": str(target)}))
    monkeypatch.setattr(shutil, "rmtree", noted)
    publish.recover(journal)
    assert removed
    assert {name for name in removed if not name.endswith(".gone")} == set()
    assert (read(target), beside(target)) == (OLD, ["dist"])


def test_the_room_of_a_journal_is_made_however_deep(target: Path, tmp_path: Path) -> None:
    released(target, tmp_path / "rooms" / "of" / "releases" / "publish.json", NEW)
    assert read(target) == NEW


def test_a_recovered_name_is_flushed(target: Path, journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(target.with_name(".dist.old"), OLD)
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"target": str(target)}))
    flushed: list[Path] = []
    monkeypatch.setattr(publish, "flush_folder", flushed.append)
    publish.recover(journal)
    assert flushed == [target.parent]


@pytest.mark.parametrize("room", ["ours", "another", None])
def test_a_journal_speaks_of_another_place_only_where_it_was_written(
    target: Path, journal: Path, tmp_path: Path, room: str | None
) -> None:
    """It is known by its folder's inode: one that came along with a stranger's release moves nothing outside."""
    outside = tmp_path / "outside" / "dist"
    write(outside.with_name(".dist.old"), OLD)
    journal.parent.mkdir(parents=True)
    inode = journal.parent.stat().st_ino
    told = {"ours": {"room": inode}, "another": {"room": inode + 1}, None: {}}[room]
    journal.write_text(json.dumps({"target": str(outside), **told}))
    publish.recover(journal)
    assert outside.exists() == (room == "ours")
    assert journal.exists() == (room != "ours")


@pytest.mark.parametrize("name", ["/", "", "."])
def test_a_journal_that_names_no_folder_moves_nothing(journal: Path, name: str) -> None:
    journal.parent.mkdir(parents=True)
    journal.write_text(json.dumps({"target": name, "room": journal.parent.stat().st_ino}))
    publish.recover(journal)
    assert journal.exists()


class Killed(BaseException):
    """The process is gone."""


class Life:
    """Of a process that dies at its n-th change of the disk, before or after it: what it would do then is not done."""

    def __init__(self, at: int, when: str) -> None:
        self.at, self.when, self.changes = at, when, 0

    def mortal(self, change: Callable[..., Any], half: Callable[..., object] = bool) -> Callable[..., Any]:
        """A change of the disk; `half` is what stands of a long one when the end comes before it is done."""

        def changed(*what: Any, **how: Any) -> Any:
            self.changes += 1
            if self.changes == self.at and self.when == "before":
                half(*what[:1])
            elif self.changes <= self.at:
                done = change(*what, **how)
            if self.changes >= self.at:
                raise Killed
            return done

        return changed


def half_removed(folder: Path) -> None:
    for path in [path for path in folder.rglob("*") if path.is_file()][:1]:
        path.unlink()


def crashed(at: int, when: str, target: Path, journal: Path, step: str) -> bool:
    """Take a step that ends at the n-th change of the disk; False when it came to its end before."""
    life = Life(at, when)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", life.mortal(Path.replace))
        patch.setattr(Path, "unlink", life.mortal(Path.unlink))
        patch.setattr(shutil, "rmtree", life.mortal(shutil.rmtree, half_removed))
        patch.setattr(publish, "exchanged", life.mortal(native.exchanged))
        try:
            publish.swap(target, journal) if step == "swap" else publish.recover(journal)
        except Killed:
            return True
    return False


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
def test_a_crash_anywhere_leaves_the_old_tree_or_the_new_one_whole(
    target: Path, journal: Path, first: bool, way: str
) -> None:
    """F04: killed at any moment; the next start puts it in order."""

    def prepare() -> None:
        if not first:
            write(target, OLD)
        write(publish.staging_for(target), NEW)

    outcomes = []
    for _ in crash_points(target, journal, prepare):
        if target.exists():
            assert read(target) in (OLD, NEW)  # even before anybody puts it in order
        assert target.exists() or first or way == "renames"
        assert {*beside(target)} <= {"dist", *(each.name for each in publish.beside(target))}
        publish.recover(journal)
        outcomes.append(read(target) if target.exists() else {})
        assert outcomes[-1] in ([{}, NEW] if first else [OLD, NEW])
        assert not journal.exists()
        with publish.staging(target):
            pass
        assert beside(target) in (["dist"], [])
    assert ({} if first else OLD) in outcomes
    assert NEW in outcomes


def test_half_a_tree_never_comes_back(target: Path, journal: Path, way: str) -> None:
    """Killed while it removed the tree before, and then the user takes the release away: nothing, or a whole one."""

    def prepare() -> None:
        write(target, OLD)
        write(publish.staging_for(target), NEW)
        for name in (".dist.new.gone", ".dist.old.gone"):  # of a run that was killed before
            write(target.with_name(name), {"half": "gone"})

    for _ in crash_points(target, journal, prepare):
        shutil.rmtree(target, ignore_errors=True)
        publish.recover(journal)
        assert not target.exists() or read(target) in (OLD, NEW)


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
