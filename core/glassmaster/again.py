"""Why something is made again: the errands of the last build, and what is another in the ones of this.

`asked.json` in the release's room names every errand that the last build asked for, done or kept, with all that its key
is made of. So a difference has a name ("limit.ceiling_dbtp -1.0 -> -0.8"), and what no build needs any more can go.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from .errands import Errand
from .records import read_bytes
from .store import replace
from .values import plain

Asked: TypeAlias = Mapping[str, list[dict[str, Any]]]
"""Errands by phase and what they work on: their keys, and what these are made of."""
_MOST = 4
_LONGEST = 60
_LARGEST = 1 << 30
_TAG = "!"
_WORDS = {
    "source": "the mixdown is another file",
    "spool": "it is made of another sound",
    "blob": "the encoded file is another one",
    "payload_sha256": "the encoded file is another one",
    "sha256": "the file is another one",
}
"""What differs by content has no figures to tell."""
_PLAIN = {"order", "parts", "steps", "value", "settings", "cut"}
"""Parts of a path that say nothing to people."""


def read(path: Path) -> Asked:
    """What the last build asked for; nothing where that is not known, or the note is damaged."""
    found: dict[str, list[dict[str, Any]]] = {}
    for part in _parts(path).values():
        for name, rows in part.items():
            found.setdefault(name, []).extend(rows)
    return found


def write(path: Path, errands: Iterable[Errand], part: str = "") -> None:
    """Note what this build asked for, unless it is noted.

    `part`: names what is less than the whole release; its note stands beside those of the whole and of other parts,
    until the whole is built again.
    """
    found: dict[str, list[Errand]] = {}
    for errand in errands:
        found.setdefault(_name(errand), []).append(errand)
    before = _parts(path)
    others = {name: each for name, each in before.items() if part and name != part}
    if before.keys() == {*others, part} and _keys(before[part]) == _keys(found):
        return  # a key stands for all that it is made of
    new = {name: [{"key": each.key, "of": _of(each)} for each in rows] for name, rows in found.items()}
    replace(path, json.dumps({**others, part: new}).encode())


def _keys(told: Mapping[str, Sequence[Errand]] | Asked) -> dict[str, list[str]]:
    return {name: [each["key"] if isinstance(each, dict) else each.key for each in rows] for name, rows in told.items()}


def _parts(path: Path) -> dict[str, Asked]:
    try:
        found = json.loads(read_bytes(path, _LARGEST))
        return {part: {name: [*map(_row, rows)] for name, rows in each.items()} for part, each in found.items()}
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return {}


def _row(told: Any) -> dict[str, Any]:
    return {"key": str(told["key"]), "of": told["of"]}


NEW = "not made before"


def why(errand: Errand, before: Asked) -> str:
    """What is another than in the last build, in words; for what was not made then, that it is new."""
    known = before.get(_name(errand)) or []
    if any(each["key"] == errand.key for each in known):
        return "its result is no longer kept"
    now = _of(errand)
    nearest = min((_told(each, now) for each in known or _alike(errand, before)), key=len, default=[])
    if not nearest or (not known and set(nearest) & set(_WORDS.values())):
        return NEW
    more = f" and {len(nearest) - _MOST} more" if len(nearest) > _MOST else ""
    return "; ".join(nearest[:_MOST]) + more


def _alike(errand: Errand, before: Asked) -> list[dict[str, Any]]:
    """Errands of the same kind: a song may be called otherwise now."""
    return [each for name, rows in before.items() if name.startswith(f"{errand.phase} ") for each in rows]


def _told(before: Mapping[str, Any], now: dict[str, Any]) -> list[str]:
    """Differences, but for those that only repeat what a stage's own say."""
    found = list(dict.fromkeys(_differences(before["of"], now)))
    return [each for each in found if not any(other.endswith(f".{each}") for other in found)]


def _name(errand: Errand) -> str:
    return f"{errand.phase} {errand.what}"


def _of(errand: Errand) -> dict[str, Any]:
    return {"made": errand.version, **plain(errand, for_key=True)}


def _differences(old: Any, new: Any, *path: str) -> Iterator[str]:
    """Leaves that are not alike, each in words; differences of content are told once."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _fields(old, new, *path)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _rows(old, new, *path)
    else:
        yield f"{'.'.join(path) or 'all'} {_value(old)} -> {_value(new)}"


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], *path: str) -> Iterator[str]:
    if old.get(_TAG) == new.get(_TAG) == "map":
        old, new = _mapped(old), _mapped(new)
    changed = [name for name in dict.fromkeys((*old, *new)) if old.get(name) != new.get(name)]
    for name in changed:
        if words := _WORDS.get(name):
            yield words
            continue
        yield from _differences(old.get(name), new.get(name), *path, *([] if name in _PLAIN else [name]))


def _mapped(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): each for name, each in value["items"]}


def _rows(old: list[Any], new: list[Any], *path: str) -> Iterator[str]:
    if len(old) != len(new):
        yield f"{'.'.join(path) or 'steps'}: {len(old)} -> {len(new)} of them"
        return
    for one, other in zip(old, new, strict=True):
        stage = other.get("stage") if isinstance(other, dict) else None
        if one != other:
            yield from _differences(one, other, *([stage] if stage else path))


def _value(value: Any) -> str:
    if isinstance(value, dict | list):
        return "another" if value else "none"
    text = json.dumps(round(value, 3) if isinstance(value, float) else value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
