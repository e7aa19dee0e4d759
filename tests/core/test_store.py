"""The store: what is whole is found again, everything else is a miss, and nothing half-written has a name."""

from __future__ import annotations

import hashlib
import json
import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glassmaster.errands import Finished, Prepared
from glassmaster.errors import Exit, Refused
from glassmaster.model import Blob
from glassmaster.store import Store, replace, sha256_of

KEY = hashlib.sha256(b"key").hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()
FINISHED = Finished("01" * 32, 7, {"title": "Song"})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "room")


def entry(store: Store, key: str = KEY) -> Path:
    [path] = (store.root / "ledger").rglob(f"{key}*")
    return path


def kept(store: Store, content: bytes = b"sound", key: str = KEY) -> Prepared:
    """A result with a file in the store."""
    with store.scratch() as path:
        path.write_bytes(content)
        result = Prepared(store.adopt(path), 48_000, 2, (0, 9))
    store.keep(key, result)
    return result


def test_what_is_kept_is_found(store: Store) -> None:
    assert store.find(KEY) is None
    store.keep(KEY, FINISHED)
    assert store.find(KEY) == FINISHED
    assert Store(store.root).find(KEY) == FINISHED
    assert store.find(OTHER) is None


def test_the_last_result_counts(store: Store) -> None:
    store.keep(KEY, FINISHED)
    store.keep(KEY, "a hash")
    assert store.find(KEY) == "a hash"


def test_an_entry_cut_short_anywhere_is_a_miss(store: Store) -> None:
    store.keep(KEY, FINISHED)
    whole = entry(store).read_bytes()
    for length in range(len(whole)):
        entry(store).write_bytes(whole[:length])
        assert store.find(KEY) is None, length
    entry(store).write_bytes(whole)
    assert store.find(KEY) == FINISHED


def test_an_entry_with_any_byte_changed_is_a_miss(store: Store) -> None:
    store.keep(KEY, FINISHED)
    whole = entry(store).read_bytes()
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x01
        entry(store).write_bytes(damaged)
        assert store.find(KEY) is None, at


def test_an_entry_of_another_errand_is_a_miss(store: Store) -> None:
    store.keep(KEY, FINISHED)
    store.keep(OTHER, "a hash")
    entry(store).write_bytes(entry(store, OTHER).read_bytes())
    assert store.find(KEY) is None


@pytest.mark.parametrize(
    "text",
    [
        b'{"!": "Stranger", "x": 1}',
        b'{"!": "Finished", "sha256": "ab"}',
        b'{"!": "Finished", "sha256": "ab", "size": 1, "tags": {}, "more": 1}',
        b'{"x": 1}',
        b'{"!": ["Finished"]}',
        b'{"!": "grid", "f32": "not base64!"}',
        b"{",
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
    ],
    ids=range(10),
)
def test_an_entry_of_another_version_is_a_miss(store: Store, text: bytes) -> None:
    store.keep(KEY, FINISHED)
    seal = hashlib.sha256(KEY.encode() + b"\n" + text).hexdigest().encode()
    entry(store).write_bytes(seal + b"\n" + text)
    assert store.find(KEY) is None


def test_the_seal_that_these_tests_make_is_the_one_that_counts(store: Store) -> None:
    store.keep(KEY, "a hash")
    text = json.dumps("another").encode()
    seal = hashlib.sha256(KEY.encode() + b"\n" + text).hexdigest().encode()
    entry(store).write_bytes(seal + b"\n" + text)
    assert store.find(KEY) == "another"


def test_a_result_without_its_file_is_a_miss(store: Store) -> None:
    result = kept(store)
    assert store.find(KEY) == result
    path = store.path(result.spool)
    path.write_bytes(b"soun")
    assert store.find(KEY) is None
    path.unlink()
    assert store.find(KEY) is None
    path.write_bytes(b"sound")
    assert store.find(KEY) == result


def test_a_flipped_bit_in_a_file_is_found_before_it_is_used(store: Store) -> None:
    """F19."""
    result = kept(store)
    assert store.proven(result.spool) == store.path(result.spool)
    store.path(result.spool).write_bytes(b"sounc")
    os.utime(store.path(result.spool), ns=(1, 1))
    with pytest.raises(Refused) as caught:
        store.proven(result.spool)
    assert caught.value.exit == Exit.OUTPUT
    assert caught.value.findings[0].code == "store-damaged"
    assert store.find(KEY) is None  # so that the next build makes it anew


def test_what_this_build_made_is_not_read_once_more(store: Store) -> None:
    result = kept(store)
    fresh = Store(store.root, frozenset({result.spool.sha256}))
    store.path(result.spool).write_bytes(b"sounc")
    assert fresh.proven(result.spool) == store.path(result.spool)
    store.path(result.spool).write_bytes(b"soun")  # of another length: that much is looked at
    with pytest.raises(Refused):
        fresh.proven(result.spool)
    with pytest.raises(Refused):  # gone by now
        store.proven(result.spool)


def test_what_is_damaged_is_remembered_and_what_is_missing_is_not(store: Store) -> None:
    result = kept(store)
    assert store.find(OTHER) is None
    assert store.damaged == set()
    store.path(result.spool).write_bytes(b"soun")
    assert store.find(KEY) is None
    assert store.damaged == {store.path(result.spool)}
    whole = entry(store).read_bytes()
    entry(store).write_bytes(whole[:-1])
    assert store.find(KEY) is None
    assert store.damaged == {store.path(result.spool), entry(store)}
    assert Store(store.root) == store, "it is the same store"


def test_files_are_named_by_their_content(store: Store) -> None:
    one, other = kept(store, b"one"), kept(store, b"other", OTHER)
    assert one.spool == Blob(hashlib.sha256(b"one").hexdigest(), 3)
    assert store.path(one.spool).read_bytes() == b"one"
    assert store.path(one.spool).name == one.spool.sha256
    assert store.path(other.spool).read_bytes() == b"other"
    assert kept(store, b"one").spool == one.spool
    assert list((store.root / "scratch").iterdir()) == []


def test_a_store_of_an_earlier_version_is_found_where_it_lies(store: Store) -> None:
    result = kept(store)
    assert store.path(result.spool) == store.root / "blobs" / result.spool.sha256[:2] / result.spool.sha256
    assert entry(store) == store.root / "ledger" / KEY[:2] / f"{KEY}.json"


def test_no_figure_that_json_does_not_know_is_written_down(store: Store) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.keep(KEY, math.nan)
    assert store.find(KEY) is None


def test_scratch_is_gone_whatever_happens(store: Store) -> None:
    seen = []

    def half() -> None:
        with store.scratch(".wav") as path:
            assert path.suffix == ".wav"
            assert path.parent == store.root / "scratch"
            assert not path.exists()
            path.write_bytes(b"half")
            seen.append(path)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert not seen[0].exists()
    with store.scratch():
        pass  # nothing was written


def test_a_scratch_file_that_cannot_be_removed_stops_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows, while a virus scanner reads it: the next build sweeps it away."""

    def busy(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "in use", str(path))

    monkeypatch.setattr(Path, "unlink", busy)
    with store.scratch() as path:
        path.touch()
    store.sweep()
    assert path.exists()
    monkeypatch.undo()
    store.sweep()
    assert not path.exists()


def test_sweeping_leaves_what_is_kept(store: Store) -> None:
    result = kept(store)
    (store.root / "scratch" / "left by a killed build").write_bytes(b"half")
    store.sweep()
    assert list((store.root / "scratch").iterdir()) == []
    assert store.find(KEY) == result
    Store(store.root / "nowhere").sweep()


def test_many_threads_never_get_one_scratch_name(store: Store) -> None:
    seen: list[Path] = []
    start = threading.Barrier(16)

    def scratch() -> None:
        start.wait()
        for _ in range(50):
            with store.scratch() as path:
                path.touch(exist_ok=False)
                seen.append(path)

    with ThreadPoolExecutor(16) as pool:
        for each in [pool.submit(scratch) for _ in range(16)]:
            each.result()
    assert len(set(seen)) == len(seen) == 800


def test_many_threads_keep_and_find_one_key(store: Store) -> None:
    """A reader sees one whole result or the other, never a mixture or nothing."""
    results = [Finished(str(number), number, {"title": "x" * number * 100}) for number in range(8)]
    store.keep(KEY, results[0])

    def busy(result: Finished) -> None:
        for _ in range(20):
            store.keep(KEY, result)
            assert store.find(KEY) in results

    with ThreadPoolExecutor(8) as pool:
        for each in [pool.submit(busy, result) for result in results]:
            each.result()
    assert [path.name for path in (store.root / "ledger").rglob("*") if path.is_file()] == [f"{KEY}.json"]


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new folder" / "file"
    replace(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(path.parent.iterdir()) == [path]


def test_what_gets_a_name_was_flushed_to_disk_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F07: a rename that outruns its content leaves an empty file after a power cut."""
    told: list[str] = []
    flush, rename = os.fsync, Path.replace

    def noted_flush(descriptor: int) -> None:
        assert os.fstat(descriptor).st_size, "what Python still holds back is not on its way to the disk"
        told.append("flush")
        flush(descriptor)

    def noted_rename(path: Path, target: Path) -> Path:
        told.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noted_flush)
    monkeypatch.setattr(Path, "replace", noted_rename)
    kept(Store(tmp_path))
    folder = [] if os.name == "nt" else ["flush"]
    assert told == ["flush", "rename", *folder] * 2


def test_a_power_cut_that_takes_an_unflushed_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F07: large files on the way to others are not waited for; none, zeros or half of one is never taken for it."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: pytest.fail("there is nothing to wait for"))
    building = Store(tmp_path)
    with building.scratch() as path:
        path.write_bytes(b"sound")
        blob = building.adopt(path, flush=False)
    monkeypatch.undo()
    building.keep(KEY, Prepared(blob, 48_000, 2, (0, 9)))
    for left in (b"", b"sou"):
        building.path(blob).write_bytes(left)
        assert Store(tmp_path).find(KEY) is None
    building.path(blob).write_bytes(bytes(5))
    with pytest.raises(Refused, match="damaged"):
        Store(tmp_path).proven(blob)
    assert Store(tmp_path).find(KEY) is None


def test_the_hash_is_of_the_whole_file(tmp_path: Path) -> None:
    content = os.urandom((1 << 20) + 7)
    (tmp_path / "file").write_bytes(content)
    assert sha256_of(tmp_path / "file") == hashlib.sha256(content).hexdigest()
