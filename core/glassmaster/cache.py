"""What the store of a release holds, by kind; and how what no build needs any more goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import again
from .errors import Exit, refuse
from .place import Place
from .store import Store, blobs

KINDS = {
    "Heard": "measurements",
    "Rendered": "masters",
    "Prepared": "prepared sound",
    "Encoded": "encoded files",
    "Painted": "pictures",
}
OTHER, LOOSE = "notes", "needed by nothing"
_DAY_S = 86_400


@dataclass(frozen=True)
class Kept:
    """One kind of what is kept."""

    kind: str
    files: int
    size: int
    """Bytes on disk."""


@dataclass(frozen=True)
class _Entry:
    path: Path
    key: str
    kind: str
    files: tuple[Path, ...]


def kept(store: Store) -> tuple[Kept, ...]:
    """Every kind with its files, a file that several results share once."""
    counts: dict[str, list[int]] = {}
    seen: set[Path] = set()
    for entry in _entries(store):
        _count(counts, entry.kind, [entry.path, *(path for path in entry.files if path not in seen)])
        seen.update(entry.files)
    _count(counts, LOOSE, [path for path in _files(store) if path not in seen])
    return tuple(Kept(kind, files, size) for kind, (files, size) in sorted(counts.items()) if files)


def prune(place: Place, store: Store, keep_days: float) -> int:
    """Remove what the last build did not ask for and nobody made or used for `keep_days` days; gives the bytes freed.

    Only for whoever holds the lock. Raises `Refused` (exit 2) where no build has noted what it needs.
    """
    asked = again.read(place.asked)
    if not asked:
        message = "no build has noted what it needs"
        raise refuse(Exit.USAGE, "not-built", place.room, message, "run `glassmaster build` first, or: cache --clear")
    noted = place.asked.stat().st_mtime - keep_days * _DAY_S  # what is newer may belong to a build to come
    keys = {each["key"] for rows in asked.values() for each in rows}
    going: list[Path] = []
    needed: set[Path] = set()
    for entry in _entries(store):
        if entry.key in keys or _changed(entry.path) >= noted:
            needed.update(entry.files)
        else:
            going.append(entry.path)
    loose = [path for path in _files(store) if path not in needed and _changed(path) < noted]
    return _removed([*going, *loose])


def clear(place: Place) -> int:
    """Remove all that is kept; what is published, release.lock and the lock in use stay. Gives the bytes freed."""
    freed = 0
    for name in ("ledger", "blobs", "scratch"):
        folder = place.room / name
        freed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        if folder.exists():
            shutil.rmtree(folder)
    place.asked.unlink(missing_ok=True)
    return freed


def _entries(store: Store) -> Iterator[_Entry]:
    for path in sorted((store.root / "ledger").rglob("*.json")):
        result = store.find(path.stem)
        tag = type(result).__name__ if result is not None else ""
        yield _Entry(path, path.stem, KINDS.get(tag, OTHER), tuple(store.path(blob) for blob in blobs(result)))


def _files(store: Store) -> list[Path]:
    return sorted(path for path in (store.root / "blobs").rglob("*") if path.is_file())


def _count(counts: dict[str, list[int]], kind: str, paths: Iterable[Path]) -> None:
    row = counts.setdefault(kind, [0, 0])
    for path in paths:
        with suppress(OSError):
            row[1] += path.stat().st_size
            row[0] += 1


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _removed(paths: Iterable[Path]) -> int:
    freed = 0
    for path in paths:
        size = path.stat().st_size
        path.unlink()
        freed += size
        with suppress(OSError):  # others stand in it
            path.parent.rmdir()
    return freed
