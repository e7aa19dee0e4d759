"""Why something is made again, in words; and what may go because nobody asks for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster import again, cache
from glassmaster.errands import Errand, Finished, Prepared
from glassmaster.errors import Exit, Refused
from glassmaster.model import Blob, Decided
from glassmaster.place import Place
from glassmaster.store import Store
from tests.work_support import job


@dataclass(frozen=True)
class Limit:
    ceiling_dbtp: float = -1.0
    name: str = "x"


@dataclass(frozen=True)
class Master(Errand):
    """As a render errand is built."""

    phase = "render"
    handler = "nobody"
    steps: tuple[Decided, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    spool: Blob = field(default_factory=lambda: Blob("00" * 32, 4))
    aim: Any = None


@dataclass(frozen=True)
class Mastered(Master):
    """With what its stages decided once more, as it is handed on."""

    value: Any = None


@dataclass(frozen=True)
class Painted(Master):
    """The same of another phase."""

    phase = "paint"


STEP = Decided("limit", "1", Limit(), Limit())
MASTER = Master("01 Song", 1.0, (STEP,), {"title": "Song"})


def told(now: Errand, *before: Errand, folder: Path) -> str:
    again.write(folder / "asked.json", before)
    return again.why(now, again.read(folder / "asked.json"))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (replace(MASTER, steps=(replace(STEP, settings=Limit(-0.8)),)), "limit.ceiling_dbtp -1.0 -> -0.8"),
        (replace(MASTER, steps=(replace(STEP, version="2"),)), 'limit.version "1" -> "2"'),
        (replace(MASTER, steps=(STEP, STEP)), "steps: 1 -> 2 of them"),
        (replace(MASTER, tags={"title": "Other"}), 'tags.title "Song" -> "Other"'),
        (replace(MASTER, tags={"title": "Song", "more": "x" * 99}), f'tags.more null -> "{"x" * 56}...'),
        (replace(MASTER, spool=Blob("11" * 32, 5)), "it is made of another sound"),
        (replace(MASTER, aim=-14.123456), "aim null -> -14.123"),
        (replace(MASTER, aim={"a": 1}), "aim null -> another"),
        (replace(MASTER, aim=()), "aim null -> none"),
        (replace(MASTER, what="02 New Name", tags={"title": "New"}), 'tags.title "Song" -> "New"'),
        (replace(MASTER, what="02 New Song", spool=Blob("11" * 32, 5)), again.NEW),
        (MASTER, "its result is no longer kept"),
        (job("first"), again.NEW),
    ],
)
def test_differences_have_names(tmp_path: Path, now: Errand, words: str) -> None:
    assert told(now, MASTER, folder=tmp_path) == words


def test_of_several_the_nearest_is_compared_and_the_list_ends(tmp_path: Path) -> None:
    far = replace(MASTER, tags=dict.fromkeys("abcdef", "other"), aim=1.0)
    now = replace(MASTER, aim=2.0)
    assert told(now, far, MASTER, folder=tmp_path) == "aim null -> 2.0"
    assert told(now, far, folder=tmp_path).endswith(" and 4 more")


def test_of_many_steps_only_those_that_differ_are_told(tmp_path: Path) -> None:
    before = replace(MASTER, steps=(Decided("level", "1", Limit(), Limit()), STEP))
    now = replace(before, steps=(before.steps[0], replace(STEP, settings=Limit(-0.8))))
    assert told(now, before, folder=tmp_path) == "limit.ceiling_dbtp -1.0 -> -0.8"


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (MASTER, replace(MASTER, aim={"a": 1}), "aim another -> null"),
        (MASTER, replace(MASTER, aim=(1, 2)), "aim another -> null"),
        (replace(MASTER, aim=(1, 2, 3)), replace(MASTER, aim=(1, 2)), "aim: 2 -> 3 of them"),
        (replace(MASTER, aim=(1, 3)), replace(MASTER, aim=(1, 2)), "aim 2 -> 3"),
        (replace(MASTER, tags={"title": "Café"}), MASTER, 'tags.title "Song" -> "Café"'),
        (replace(MASTER, tags={"title": "x" * 58}), MASTER, f'tags.title "Song" -> "{"x" * 58}"'),
        (replace(MASTER, tags={"title": "x" * 59}), MASTER, f'tags.title "Song" -> "{"x" * 56}...'),
        (Mastered("01", 1.0, (STEP,), value=2), Mastered("01", 1.0, (STEP,), value=1), "all 1 -> 2"),
        (replace(MASTER, what="02 New"), Painted("02 New", 1.0, (STEP,), {"title": "Song"}, aim=1.0), again.NEW),
    ],
)
def test_what_was_there_and_is_gone_long_or_elsewhere_has_a_name_too(
    tmp_path: Path, now: Errand, before: Errand, words: str
) -> None:
    assert told(now, before, folder=tmp_path) == words


def test_what_a_stage_says_is_not_said_again_without_its_name(tmp_path: Path) -> None:
    louder = replace(STEP, settings=Limit(-0.8))
    before, now = (Mastered("01", 1.0, (step,), value=step.settings) for step in (STEP, louder))
    assert told(now, before, folder=tmp_path) == "limit.ceiling_dbtp -1.0 -> -0.8"


def test_a_song_is_compared_with_itself_even_where_another_is_more_alike(tmp_path: Path) -> None:
    now = replace(MASTER, aim=2.0, tags={"title": "New"})
    another = replace(now, what="02 Other", aim=1.0)
    assert told(now, MASTER, another, folder=tmp_path) == 'tags.title "Song" -> "New"; aim null -> 2.0'


def test_four_differences_are_all_that_there_are(tmp_path: Path) -> None:
    before, now = (replace(MASTER, tags=dict.fromkeys("abcd", word)) for word in ("old", "new"))
    assert told(now, before, folder=tmp_path) == "; ".join(f'tags.{each} "old" -> "new"' for each in "abcd")


_DAMAGED = (None, b"", b"\xff", b"[]", b"{", b"[" * 100_000, b'{"a": 1}', b'{"": {"a": 1}}', b'{"": {"a": [1]}}')
_FOREIGN = (b'{"": {"a": [{"key": "k"}]}}', b'{"a": [{"key": "k", "of": 1}]}')


@pytest.mark.parametrize("text", [*_DAMAGED, *_FOREIGN], ids=range(len(_DAMAGED + _FOREIGN)))
def test_notes_that_cannot_be_read_are_none(tmp_path: Path, text: bytes | None) -> None:
    if text is not None:
        (tmp_path / "asked.json").write_bytes(text)
    assert again.read(tmp_path / "asked.json") == {}


def test_the_same_notes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "asked.json"
    again.write(path, [MASTER])
    os.utime(path, (1, 1))
    again.write(path, [MASTER])
    assert path.stat().st_mtime == 1


def test_a_part_is_noted_beside_the_whole_until_that_is_built_again(tmp_path: Path) -> None:
    """As `build --only` does: what the other deliverables need of the same song is not forgotten."""
    path, other = tmp_path / "asked.json", replace(MASTER, aim=-9.0)
    again.write(path, [MASTER])
    again.write(path, [replace(MASTER, aim=-7.0)], "cd")
    again.write(path, [other, job("one")], "cd")
    again.write(path, [job("two")], "promo")
    assert noted(path) == {MASTER.key, other.key, job("one").key, job("two").key}
    assert again.why(other, again.read(path)) == again.why(MASTER, again.read(path)) == "its result is no longer kept"
    again.write(path, [job("two")])
    assert noted(path) == {job("two").key}


def noted(path: Path) -> set[str]:
    return {row["key"] for rows in again.read(path).values() for row in rows}


# ---- what may go


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "release.toml", tmp_path / "dist", tmp_path / ".glassmaster")


def kept(place: Place, errand: Errand, content: bytes) -> Path:
    store = Store(place.room)
    with store.scratch() as path:
        path.write_bytes(content)
        result = Prepared(store.adopt(path), 48_000, 2, (0, 9))
    store.keep(errand.key, result)
    return store.path(result.spool)


def test_prune_takes_what_nobody_asked_for_and_nothing_else(place: Place) -> None:
    one, other, shared = (job(name) for name in ("one", "other", "shared"))
    needed, loose, common = kept(place, one, b"needed"), kept(place, other, b"loose"), kept(place, shared, b"common")
    kept(place, job("also shared"), b"common")
    nobodys = needed.with_name("ab" * 32)
    nobodys.write_bytes(b"nobody's")
    for path in place.room.rglob("*"):
        os.utime(path, (1_000, 1_000))
    again.write(place.asked, [one, shared])
    os.utime(place.asked, (1_000 + 2 * 86_400, 1_000 + 2 * 86_400))
    late = kept(place, job("made since"), b"made since")
    assert cache.prune(place, Store(place.room), 3) == 0
    assert {each.kind: each.files for each in cache.kept(Store(place.room))} == {
        "prepared sound": 9,  # five notes and four files: two share one
        cache.LOOSE: 1,
    }
    assert cache.prune(place, Store(place.room), 1) > len(b"loose" + b"nobody's")
    assert (needed.exists(), common.exists(), late.exists()) == (True, True, True)
    assert (loose.exists(), nobodys.exists(), loose.parent.exists()) == (False, False, False)
    assert Store(place.room).find(one.key) is not None
    assert Store(place.room).find(other.key) is None


def test_prune_without_notes_takes_nothing(place: Place) -> None:
    path = kept(place, job("one"), b"needed")
    with pytest.raises(Refused) as caught:
        cache.prune(place, Store(place.room), 0)
    assert (caught.value.exit, path.exists()) == (Exit.USAGE, True)
    assert "glassmaster build" in caught.value.findings[0].hint


def test_clear_leaves_the_room(place: Place) -> None:
    kept(place, job("one"), b"needed")
    Store(place.room).keep(job("two").key, Finished("00", 1, {}))
    again.write(place.asked, [job("one")])
    (place.room / "published.json").write_text("{}")
    assert {each.kind: each.files for each in cache.kept(Store(place.room))} == {"prepared sound": 2, cache.OTHER: 1}
    assert cache.clear(place) > 6
    assert [path.name for path in place.room.iterdir()] == ["published.json"]
    assert cache.clear(place) == 0
    assert cache.kept(Store(place.room)) == ()


def test_days_are_counted_to_the_second(place: Place) -> None:
    """What was used just as long ago as is asked for stays; a second more, and it goes."""
    built, day = 10 * 86_400, 86_400
    needed, stays, goes = (kept(place, job(name), name.encode()) for name in ("needed", "stays", "goes"))
    nobodys = [needed.with_name(digit * 64) for digit in "ab"]
    for path, age in ((stays, day), (goes, day + 1), (nobodys[0], day), (nobodys[1], day + 1)):
        if path in nobodys:
            path.write_bytes(b"nobody's")
        os.utime(path, (built - age,) * 2)
    for name, age in (("stays", day), ("goes", day + 1)):
        [entry] = (place.room / "ledger").rglob(f"{job(name).key}.json")
        os.utime(entry, (built - age,) * 2)
    again.write(place.asked, [job("needed")])
    os.utime(place.asked, (built, built))
    cache.prune(place, Store(place.room), 1)
    assert [path.exists() for path in (needed, stays, goes, *nobodys)] == [True, True, False, True, False]
    assert [Store(place.room).find(job(name).key) is not None for name in ("needed", "stays", "goes")] == [
        True,
        True,
        False,
    ]


def test_sizes_are_those_of_the_files(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(place, job("one"), b"needed")
    files = [path for path in place.room.rglob("*") if path.is_file()]
    whole = sum(path.stat().st_size for path in files)
    [found] = cache.kept(Store(place.room))
    assert (found.files, found.size) == (len(files), whole) == (2, whole)
    monkeypatch.setattr(cache, "_files", lambda store: [store.root / "blobs" / "gone"])  # gone while it was looked for
    assert cache.kept(Store(place.room)) == (found,)
    assert cache.clear(place) == whole
