"""What changed between two deliveries, told from their release.json alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .changes import decided_changes, measured_changes
from .errors import Exit, refuse
from .history import read
from .model import Json

_RELEASE = ("title", "artist", "type", "revision", "verdict")
_SONG = ("number", "isrc", "status")
_MASTER = ("aim_lufs", "gain_db", "drive_db", "max_gain_reduction_db")
_FILE = ("path", "format", "bits", "encoder", "trim_db")


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was."""

    where: str
    """ "release", a song, a song's master for a deliverable, a file, or "made with"."""
    what: str


def delivery(path: Path) -> dict[str, Any]:
    """release.json of a folder, or of the file itself. Raises `Refused` (exit 2) where there is none to be read."""
    file = path / "release.json" if path.is_dir() else path
    document = read(file)
    if document is None or not isinstance(document.get("songs"), list):
        message = "is no release.json that could be read"
        raise refuse(Exit.USAGE, "no-record", file, message, "name two folders that `glassmaster build` published")
    return document


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Everything that differs, from the whole to the parts. Figures are told where they differ audibly."""
    return [
        *(Change("release", each) for each in decided_changes(_only(old, _RELEASE), _only(new, _RELEASE))),
        *_songs(_by(old, "songs", "disc", "title", "version"), _by(new, "songs", "disc", "title", "version")),
        *_files(_by(old, "deliverables", "name", "title"), _by(new, "deliverables", "name", "title")),
        *_findings(old, new),
        *_versions(_map(old, "provenance"), _map(new, "provenance")),
    ]


def _only(told: Mapping[str, Any], names: Iterable[str]) -> dict[str, Json]:
    single = (str, int, float, type(None))
    return {name: told[name] for name in names if name in told and isinstance(told[name], single)}


def _map(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name)
    return found if isinstance(found, dict) else {}


_Rows = Mapping[tuple[str, ...], Mapping[str, Any]]


def _by(document: Mapping[str, Any], table: str, *names: str) -> _Rows:
    """Rows of a table by what they are called; of those that are called alike, each by its turn."""
    found: dict[tuple[str, ...], Mapping[str, Any]] = {}
    rows = document.get(table)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            name = tuple(str(row.get(each)) for each in names)
            while name in found:
                name = (*name, "again")
            found[name] = row
    return found


def _songs(old: _Rows, new: _Rows) -> Iterator[Change]:
    yield from _come_and_gone(old, new, "song")
    for name in new:
        if name in old:
            yield from _song(new[name], old[name])


def _come_and_gone(old: _Rows, new: _Rows, what: str) -> Iterator[Change]:
    for name in old:
        if name not in new:
            yield Change(_called(old[name]), f"this {what} is gone")
    for name in new:
        if name not in old:
            yield Change(_called(new[name]), f"this {what} is new")


def _called(row: Mapping[str, Any]) -> str:
    if "name" in row:
        return f"{row.get('name')}: {row.get('title')}"
    number = row.get("number")
    return f"{number:02d} {row.get('title')}" if isinstance(number, int) else str(row.get("title"))


def _song(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[Change]:
    where = _called(now)
    for each in decided_changes(_only(then, _SONG), _only(now, _SONG)):
        yield Change(where, each)
    before, after = _map(then, "mixdown"), _map(now, "mixdown")
    if before.get("sha256") != after.get("sha256"):
        told = [f"file {before.get('file')} -> {after.get('file')}"] * (before.get("file") != after.get("file"))
        told += measured_changes(before, after)
        yield Change(f"{where}, mixdown", "; ".join(told) or "another file, as long and as loud as before")
    yield from _masters(where, _by(then, "masters", "deliverable"), _by(now, "masters", "deliverable"))


def _masters(where: str, old: _Rows, new: _Rows) -> Iterator[Change]:
    """Deliverables with one and the same change stand together."""
    found: dict[str, list[str]] = {}
    for name in new:
        if name in old:
            then, now = old[name], new[name]
            told = decided_changes(_only(_map(then, "settings"), _map(then, "settings")), _map(now, "settings"))
            told += decided_changes(_only(then, _MASTER), _only(now, _MASTER))
            told += measured_changes(then, now)
            if told:
                found.setdefault("; ".join(told), []).append(name[0])
    for what, names in found.items():
        yield Change(f"{where}, master for {', '.join(names)}", what)


def _files(old: _Rows, new: _Rows) -> Iterator[Change]:
    yield from _come_and_gone(old, new, "file")
    for name in new:
        if name in old and old[name].get("sha256") != new[name].get("sha256"):
            then, now = old[name], new[name]
            told = decided_changes(_only(then, _FILE), _only(now, _FILE))
            if then.get("payload_sha256") == now.get("payload_sha256"):
                told.append("the sound is the same")
            else:
                told += ["the sound differs", *measured_changes(_map(then, "measured"), _map(now, "measured"))]
            told += [f"tag {each}" for each in _all_changes(_map(then, "tags"), _map(now, "tags"))]
            yield Change(_called(now), "; ".join(told))


def _all_changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*then, *now}):
        if then.get(name) != now.get(name):
            yield f"{name} {then.get(name, 'none')} -> {now.get(name, 'none')}"


def _findings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _by(old, "findings", "code", "where"), _by(new, "findings", "code", "where")
    for name, row in before.items():
        if name not in after:
            yield Change(str(row.get("where")), f"no longer found: {row.get('code')}")
    for name, row in after.items():
        if name not in before:
            yield Change(str(row.get("where")), f"found now: {row.get('code')} ({row.get('severity')})")


def _versions(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for each in _all_changes(then, now):
        yield Change("made with", each)
