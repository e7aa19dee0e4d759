"""Mixdowns that are others than in the delivery before: told by what that delivery's release.json says of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .changes import measured_changes
from .figures import figures
from .model import Album, Heard, Json, Revision, Song

_LARGEST = 64 << 20
_DIGITS = 16
_ALIKE = "as long and as loud as before, but another file"


def revised(delivery: Path, album: Album) -> tuple[Revision, ...]:
    """Songs whose mixdown changed since the last delivery, or in it; none where nothing (readable) was delivered.

    What the last delivery told of an earlier one is handed on for as long as the mixdown stays, so that building again
    changes nothing.
    """
    before = read(delivery / "release.json") or {}
    heard = {
        _name(song): (n, each) for n, (song, each) in enumerate(zip(album.release.songs, album.mixdowns, strict=True))
    }
    found = [*_anew(before, heard), *_handed_on(before, heard)]
    return tuple(sorted(found, key=lambda each: each.song))


def read(path: Path) -> dict[str, Any] | None:
    """A release.json; None where there is none that could be one."""
    try:
        if path.stat().st_size > _LARGEST:
            return None
        document = json.loads(path.read_bytes(), parse_constant=lambda name: None, parse_float=_sane, parse_int=_whole)
    except (OSError, ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _sane(text: str) -> float | None:
    return value if math.isfinite(value := float(text)) else None


def _whole(text: str) -> int | None:
    return int(text) if len(text) < _DIGITS else None


_Heard = Mapping[tuple[int, str], tuple[int, Heard | None]]


def _name(song: Song) -> tuple[int, str]:
    return song.disc, song.title


def _rows(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    rows = document.get(name)
    yield from (each for each in rows if isinstance(each, dict)) if isinstance(rows, list) else ()


def _anew(before: Mapping[str, Any], heard: _Heard) -> Iterator[Revision]:
    for row in _rows(before, "songs"):
        then = row.get("mixdown")
        number, now = _found(row, heard)
        if not isinstance(then, dict) or now is None or then.get("sha256") == now.source.sha256:
            continue
        told = _single(then)
        changed = "; ".join(measured_changes(told, {"bits": now.source.bits, **figures(now.measurement)})) or _ALIKE
        name, sha256 = (str(told.pop(each, "")) for each in ("file", "sha256"))
        yield Revision(number, name, sha256, now.source.sha256, tuple(told.items()), changed)


def _handed_on(before: Mapping[str, Any], heard: _Heard) -> Iterator[Revision]:
    for row in _rows(before, "revised"):
        number, now = _found(row, heard)
        then = row.get("before")
        if now is None or row.get("now_sha256") != now.source.sha256 or not isinstance(then, dict):
            continue
        texts = {name: str(row.get(name, "")) for name in ("file", "sha256", "now_sha256", "changed")}
        yield Revision(song=number, figures=tuple(_single(then).items()), **texts)


def _found(row: Mapping[str, Any], heard: _Heard) -> tuple[int, Heard | None]:
    disc, title = row.get("disc"), row.get("title")
    named = isinstance(disc, int) and isinstance(title, str)
    return heard.get((disc, title), (-1, None)) if named else (-1, None)  # type: ignore[arg-type]


def _single(told: Mapping[str, Any]) -> dict[str, Json]:
    """What could be a figure; whoever forged the file may have written anything."""
    return {name: each for name, each in told.items() if each is None or isinstance(each, str | int | float)}
