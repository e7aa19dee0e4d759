"""What a delivered folder says of itself: its record, read as if a stranger had written it, and the files there are."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from . import records
from .errors import Exit, Refused, refuse
from .folders import below
from .model import Json
from .names import folded

RECORD = "release.json"
SUMS = "SHA256SUMS"
EXACT = ("frames", "rate_hz", "channels")
FIGURES = ("integrated_lufs", "true_peak_dbtp", "max_short_term_lufs", "sample_peak_dbfs")
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # Finder and Explorer leave them wherever one looks
_MOST_SUMS = 32 << 20  # a hundred thousand files with the longest names
_LARGEST = 2**63 - 1
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WHICH = "name the folder that `glassmaster build` published (dist/ by default)"
_FORGED = "do not trust this delivery"


@dataclass(frozen=True)
class Record:
    """release.json, as far as it can be relied on for proving."""

    files: tuple[Mapping[str, Any], ...]
    """One entry for each delivered file; see `_file`."""
    songs: Mapping[tuple[int, int], Mapping[str, Any]]
    """By disc and number."""
    title: str
    artist: str
    artwork: Mapping[str, Any] | None


def read(folder: Path) -> Record:
    """The folder's record. Raises `Refused` (exit 8) where there is none, or where it is damaged or forged."""
    path = folder / RECORD
    try:
        return _record(records.read_json(path, parse_constant=_no_number), folder)
    except OSError as problem:
        what = "is missing" if isinstance(problem, FileNotFoundError) else f"cannot be read ({_why(problem)})"
        raise refuse(Exit.UNPROVEN, "no-record", path, f"{what}, so nothing here can be proven", _WHICH) from None
    except Refused:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        raise refuse(Exit.UNPROVEN, "record-damaged", path, "is damaged", "get the delivery again") from None


def _why(problem: OSError) -> str:
    return problem.strerror or str(problem)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _record(document: Any, folder: Path) -> Record:
    files = tuple(_file(each, folder) for each in _typed(document["deliverables"], list))
    if len({folded(each["path"]) for each in files}) < len(files):
        raise ValueError("one path twice")
    songs = [_song(each) for each in _typed(document["songs"], list)]
    artwork = document.get("artwork")
    if artwork is not None:
        _inside(_typed(artwork["path"], str), folder)
        _hash(artwork["sha256"])
    title, artist = (_typed(document[name], str) for name in ("title", "artist"))
    return Record(files, {(each["disc"], each["number"]): each for each in songs}, title, artist, artwork)


def _file(entry: Any, folder: Path) -> Mapping[str, Any]:
    """An entry with all that proving needs, each of its kind."""
    _inside(_typed(entry["path"], str), folder)
    for name in ("sha256", "payload_sha256"):
        _hash(entry[name])
    for name, kind in (("name", str), ("format", str), ("size", int), ("song", int)):
        _typed(entry[name], kind)
    if not all(isinstance(each, str) for pair in _typed(entry["tags"], dict).items() for each in pair):
        raise TypeError("tags are texts")
    measured = _typed(entry["measured"], dict)
    if min(_typed(measured[name], int) for name in EXACT[1:]) < 1 or _typed(measured["frames"], int) < 0:
        raise ValueError("no sound has such a layout")
    for name in FIGURES:
        _figure(measured[name])
    return dict(entry)


def _song(entry: Any) -> Mapping[str, Any]:
    for name, kind in (("number", int), ("disc", int), ("title", str), ("isrc", str), ("masters", list)):
        _typed(entry[name], kind)
    for each in entry["masters"]:
        _typed(each["deliverable"], str)
        _figure(each["max_momentary_lufs"])
    return dict(entry)


def _typed(value: Any, kind: type[Any]) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise TypeError(f"no {kind.__name__}")
    if kind is int and abs(value) > _LARGEST:
        raise ValueError("too large a number")
    return value


def _figure(value: Json) -> None:
    if value is not None and not (isinstance(value, int | float) and math.isfinite(value)):
        raise ValueError("no figure")


def _hash(value: Any) -> None:
    if not _SHA256.fullmatch(_typed(value, str)):
        raise ValueError("no SHA-256")


def _inside(path: str, folder: Path) -> None:
    """No record may lead to other people's files, be it by its path or by a link."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or not stays(folder / path, folder):
        message = f"names a file outside the folder: {path}"
        raise refuse(Exit.UNPROVEN, "record-damaged", folder / RECORD, message, _FORGED)


def stays(path: Path, folder: Path) -> bool:
    """Whether a path leads to a place below a folder, by whatever links."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # links in a circle; a NUL in the name
        return False


def sums(folder: Path) -> Mapping[str, str] | None:
    """SHA256SUMS by path; None where it is missing or damaged."""
    try:
        lines = records.read_bytes(folder / SUMS, _MOST_SUMS).decode("utf-8").splitlines()
        found = {path: told for told, path in (line.split("  ", 1) for line in lines)}
        return found if all(_SHA256.fullmatch(told) for told in found.values()) else None
    except (OSError, ValueError):
        return None


@dataclass(frozen=True)
class Listing:
    """The files that really stand in a folder, by their path as it is spelt there."""

    exact: Mapping[str, Path]
    loose: Mapping[str, str]
    """Spellings by what they count as on systems that ignore case."""

    def find(self, path: str) -> tuple[Path | None, str]:
        """Where a recorded path stands, and its other spelling if only capitals differ."""
        if found := self.exact.get(_composed(path)):
            return found, ""
        spelt = self.loose.get(folded(path))
        return (self.exact[spelt], spelt) if spelt else (None, "")


def listing(folder: Path) -> Listing:
    """All files below the folder but the litter of file managers. Compositions of accents count as one spelling,
    because some systems change them while copying."""
    there = (path for path in below(folder) if path.name not in LITTER and not path.name.startswith("._"))
    exact = {_composed(path.relative_to(folder).as_posix()): path for path in there}
    return Listing(exact, {folded(name): name for name in sorted(exact)})


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def extras(found: Listing, known: Iterable[str]) -> list[str]:
    """Files that no list names. The report is not proven: it can be made again at any time."""
    ours = {folded(each) for each in known}
    return sorted(each for each in found.exact if folded(each) not in ours and not each.startswith("report/"))
