"""Mixdowns that are others than in the delivery before: told by what that delivery's release.json says of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import records
from .changes import measured_changes
from .figures import figures
from .model import Album, Json, Revision
from .songs import names_of, told_apart

_DIGITS = 16
_ALIKE = "as long and as loud as before, but another file"


def revised(delivery: Path, album: Album) -> tuple[Revision, ...]:
    """Songs whose mixdown changed since the last delivery, or in it; none where nothing (readable) was delivered.

    What the last delivery told of an earlier one is handed on for as long as the mixdown stays, so that building again
    changes nothing.
    """
    before = read(delivery / "release.json") or {}
    found = [*_anew(before, album), *_handed_on(before, album)]
    return tuple(sorted(found, key=lambda each: each.song))


def read(path: Path) -> dict[str, Any] | None:
    """A release.json; None where there is none that could be one."""
    try:
        document = records.read_json(path, parse_constant=lambda name: None, parse_float=_sane, parse_int=_whole)
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _sane(text: str) -> float | None:
    return value if math.isfinite(value := float(text)) else None


def _whole(text: str) -> int | None:
    return int(text) if len(text) < _DIGITS else None


def _rows(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    rows = document.get(name)
    yield from (each for each in rows if isinstance(each, dict)) if isinstance(rows, list) else ()


def _anew(before: Mapping[str, Any], album: Album) -> Iterator[Revision]:
    known = {name: n for n, name in enumerate(names_of(album.release.songs))}
    rows = [*_rows(before, "songs")]
    for row, name in zip(rows, told_apart((row.get("disc"), _full_title(row)) for row in rows), strict=True):
        then, number = row.get("mixdown"), known.get(name, -1)
        now = album.mixdowns[number] if name in known else None
        if not isinstance(then, dict) or now is None or then.get("sha256") == now.source.sha256:
            continue
        told = _single(then)
        changed = "; ".join(measured_changes(told, {"bits": now.source.bits, **figures(now.measurement)})) or _ALIKE
        name, sha256 = (str(told.pop(each, "")) for each in ("file", "sha256"))
        yield Revision(number, name, sha256, now.source.sha256, tuple(told.items()), changed)


def _full_title(row: Mapping[str, Any]) -> str:
    return f"{row.get('title')} ({version})" if (version := row.get("version")) else str(row.get("title"))


def _handed_on(before: Mapping[str, Any], album: Album) -> Iterator[Revision]:
    for row in _rows(before, "revised"):
        number, then = _found(row, album), row.get("before")
        if number is None or not isinstance(then, dict):
            continue
        texts = {name: str(row.get(name, "")) for name in ("file", "sha256", "now_sha256", "changed")}
        yield Revision(song=number, figures=tuple(_single(then).items()), **texts)


def _found(row: Mapping[str, Any], album: Album) -> int | None:
    """The song that still has the mixdown which a row tells of."""
    told = row.get("disc"), row.get("title"), row.get("now_sha256")
    pairs = enumerate(zip(album.release.songs, album.mixdowns, strict=True))
    return next((n for n, (song, now) in pairs if now and told == (song.disc, song.title, now.source.sha256)), None)


def _single(told: Mapping[str, Any]) -> dict[str, Json]:
    """What could be a figure; whoever forged the file may have written anything."""
    return {name: each for name, each in told.items() if each is None or isinstance(each, str | int | float)}
