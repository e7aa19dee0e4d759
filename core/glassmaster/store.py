"""Where finished work is kept: files by their content, results by the key of their errand. Deletable at any time."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from .model import Blob
from .values import plain, revive

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Store:
    """A folder with `blobs/` (files named by SHA-256), `ledger/` (results by errand key) and `scratch/`."""

    root: Path

    def path(self, blob: Blob) -> Path:
        """Where the file `blob` stands."""
        return self.root / "blobs" / blob.sha256[:2] / blob.sha256

    def find(self, key: str) -> Any | None:
        """The result kept under `key` with all its files present; None if it must be made (again)."""
        try:
            told, text = self._entry(key).read_bytes().split(b"\n", 1)
            if hashlib.sha256(text).hexdigest().encode() != told:
                return None
            result = revive(json.loads(text))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return result if all(self._stands(blob) for blob in _blobs(result)) else None

    def keep(self, key: str, result: Any) -> None:
        """Write `result` down; it appears whole or not at all."""
        text = json.dumps(plain(result), allow_nan=False).encode()
        replace(self._entry(key), hashlib.sha256(text).hexdigest().encode() + b"\n" + text)

    def adopt(self, path: Path) -> Blob:
        """Move a scratch file into the store."""
        blob = Blob(sha256_of(path), path.stat().st_size)
        target = self.path(blob)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        return blob

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
                path.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Remove what a killed build left in `scratch/`. Only for whoever holds the lock."""
        for path in (self.root / "scratch").glob("*"):
            with suppress(OSError):
                path.unlink()

    def _entry(self, key: str) -> Path:
        return self.root / "ledger" / key[:2] / f"{key}.json"

    def _stands(self, blob: Blob) -> bool:
        try:
            return self.path(blob).stat().st_size == blob.size
        except OSError:
            return False


def replace(path: Path, content: bytes) -> None:
    """Write a whole small file: to a unique name beside it, flushed to disk, then renamed over it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, streamed."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _blobs(result: Any) -> Iterator[Blob]:
    if isinstance(result, Blob):
        yield result
    elif is_dataclass(result):
        for each in fields(result):
            if isinstance(value := getattr(result, each.name), Blob):
                yield value
