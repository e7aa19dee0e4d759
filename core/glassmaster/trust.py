"""Whom the user trusts: plugin files by path and SHA-256, one small note for each in a folder of the user's own."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from .store import replace
from .values import key

FOLDER = "GLASSMASTER_CONFIG"
"""Environment variable that names another folder for what the user decided."""


@dataclass(frozen=True)
class Trusted:
    """One file as it was when the user trusted it."""

    path: str
    sha256: str


def folder() -> Path:
    """Where a user's own decisions are kept, as each system wants it. Raises OSError where nobody has a home."""
    if told := os.environ.get(FOLDER):
        return Path(told).absolute()
    return _base() / "glassmaster"


def of(path: Path) -> Trusted | None:
    """What was trusted at this path; None for nothing, or a note that cannot be read: that trusts nobody."""
    try:
        return _read(_note(path))
    except OSError:
        return None


def grant(path: Path, sha256: str) -> None:
    """Trust a file as it is. Raises OSError where that cannot be noted."""
    replace(_note(path), json.dumps(asdict(Trusted(_whole(path), sha256))).encode())


def withdraw(path: Path) -> bool:
    """Trust a file no longer; False where it was not trusted. Raises OSError where the note cannot be removed."""
    known = _note(path).exists()
    _note(path).unlink(missing_ok=True)
    return known


def everyone() -> tuple[Trusted, ...]:
    """All that is trusted, by path."""
    found = (_read(path) for path in (folder() / "trusted").glob("*.json"))
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.path))


def _base() -> Path:
    try:
        home = Path.home()
    except RuntimeError as problem:
        raise FileNotFoundError(f"there is no home folder: name one for glassmaster in {FOLDER}") from problem
    places = dict(_places(home))
    return places.get(sys.platform, places[""])


def _places(home: Path) -> Iterator[tuple[str, Path]]:
    """By system; "" is every other one (XDG Base Directory Specification: a path that is not absolute is ignored)."""
    yield "win32", Path(os.environ.get("APPDATA") or home / "AppData/Roaming")
    yield "darwin", home / "Library/Application Support"
    told = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    yield "", told if told.is_absolute() else home / ".config"


def _whole(path: Path) -> str:
    return str(path.resolve())


def _note(path: Path) -> Path:
    """Named by the path, whose accents some disks write apart."""
    whole = unicodedata.normalize("NFC", os.path.normcase(_whole(path)))
    return folder() / "trusted" / f"{key(whole)}.json"


def _read(note: Path) -> Trusted | None:
    try:
        found = json.loads(note.read_bytes())
        return Trusted(str(found["path"]), str(found["sha256"]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
