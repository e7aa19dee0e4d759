"""Where finished work is kept: files by their content, results by the key of their errand. Deletable at any time."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .errors import Exit, refuse
from .hashing import sha256
from .model import Blob
from .native import flush_folder, moved
from .values import plain, revive


@dataclass(frozen=True)
class Store:
    """A folder with `blobs/` (files named by SHA-256), `ledger/` (results by errand key) and `scratch/`."""

    root: Path
    fresh: frozenset[str] = frozenset()
    """Hashes of files that this very build has written and read again: they are not read once more."""
    damaged: set[Path] = field(default_factory=set, compare=False)
    """What was found damaged by `find`: a miss like any other, but one to be told of."""

    def path(self, blob: Blob) -> Path:
        """Where the file `blob` stands."""
        return self.root / "blobs" / blob.sha256[:2] / blob.sha256

    def find(self, key: str) -> Any | None:
        """The result kept under `key` with all its files present; None if it must be made (again)."""
        try:
            with self._entry(key).open("rb") as file:
                told, text = file.readline().rstrip(b"\n"), file.read()
            if _seal(key, text) != told:
                self.damaged.add(self._entry(key))
                return None
            result = revive(json.loads(text))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return result if all(self._stands(blob) for blob in blobs(result)) else None

    def keep(self, key: str, result: Any) -> None:
        """Write `result` down; it appears whole or not at all."""
        text = json.dumps(plain(result), allow_nan=False).encode()
        replace(self._entry(key), _seal(key, text), b"\n", text)

    def adopt(self, path: Path, *, flush: bool = True) -> Blob:
        """Move a scratch file into the store.

        `flush` False: for large files on the way to others. What a power cut leaves of them is found out by size or by
        hash before another build takes it, and is made anew.
        """
        if flush:
            with path.open("rb+") as file:  # Windows flushes only what is open for writing
                os.fsync(file.fileno())
        blob = Blob(sha256_of(path), path.stat().st_size)
        target = self.path(blob)
        target.parent.mkdir(parents=True, exist_ok=True)
        moved(path, target)
        if flush:
            flush_folder(target.parent)
        return blob

    def proven(self, blob: Blob) -> Path:
        """Where the file `blob` stands, its content checked once a process, and not at all in the build that made it.

        Raises `Refused` (exit 5) and removes it when the disk did not keep what it was given.
        """
        path = self.path(blob)
        if blob.sha256 in self.fresh and self._stands(blob):
            return path
        try:
            whole = _content(path, path.stat().st_mtime_ns) == blob.sha256
        except FileNotFoundError:  # another errand found it damaged a moment ago
            whole = False
        if not whole:
            path.unlink(missing_ok=True)
            hint = "build again: it will be made anew"
            raise refuse(Exit.OUTPUT, "store-damaged", path, "the kept file is damaged and was removed", hint)
        return path

    @contextmanager
    def scratch(self, suffix: str = "") -> Iterator[Path]:
        """A new file name on the store's own disk; what still stands there afterwards is removed."""
        folder = self.root / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{uuid.uuid4().hex}{suffix}"
        try:
            yield path
        finally:
            with suppress(OSError):
                path.unlink()

    def sweep(self) -> None:
        """Remove what a killed build left in `scratch/`. Only for whoever holds the lock."""
        for path in (self.root / "scratch").glob("*"):
            with suppress(OSError):
                path.unlink()

    def _entry(self, key: str) -> Path:
        return self.root / "ledger" / key[:2] / f"{key}.json"

    def _stands(self, blob: Blob) -> bool:
        try:
            whole = self.path(blob).stat().st_size == blob.size
        except OSError:
            return False
        if not whole:
            self.damaged.add(self.path(blob))
        return whole


def replace(path: Path, *content: bytes) -> None:
    """Write a whole small file: to a unique name beside it, flushed to disk, renamed over it, its folder flushed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("xb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        moved(beside, path)
        flush_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, streamed."""
    with path.open("rb") as file:
        return sha256(file)


@cache
def _content(path: Path, changed_ns: int) -> str:
    return sha256_of(path)


def _seal(key: str, text: bytes) -> bytes:
    """Binds an entry's text to its key: a torn entry, or one that lies under another's name, does not count."""
    digest = hashlib.sha256(key.encode() + b"\n")
    digest.update(text)  # a long song's grids make it megabytes: never copied
    return digest.hexdigest().encode()


def blobs(value: Any) -> Iterator[Blob]:
    """The files that an errand or a result speaks of."""
    for each in fields(value) if is_dataclass(value) else ():
        if isinstance(found := getattr(value, each.name), Blob):
            yield found
