"""Tables to nouns by pydantic; what it refuses is told and left out, so that the rest can be looked at too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from .kinds import Noun, hints
from .page import Trouble
from .scan import Keys
from .words import translated, unknown

CONFIG = ConfigDict(extra="forbid")
"""How a class is read that says nothing about it itself."""


MOST_UNKNOWN = 100
"""So many unknown keys of one table are told; behind them the table is another thing altogether."""
_PASSES = 3  # single values, then the class's own look at all of them, then what is left


@dataclass(frozen=True)
class Table:
    """One table of the manifest on its way to a noun."""

    keys: Keys
    """Where it stands."""
    row: Mapping[str, Any]
    also: frozenset[str] = frozenset()
    """Keys that are read elsewhere; good for suggestions."""
    elsewhere: Mapping[str, str] | None = None
    """Keys that belong to other tables, with a hint."""


@lru_cache(maxsize=256)
def adapter(noun: Noun, *, described: bool = False) -> TypeAdapter[tuple[Any, ...]]:
    """Reads a list of `noun`. The list is what hands `CONFIG` down to our classes and to a plugin's untouched one.

    `described`: its JSON Schema carries the fields' docstrings, to find which takes five times as long as all the rest.
    """
    config = ConfigDict(**CONFIG, use_attribute_docstrings=True) if described else CONFIG
    return TypeAdapter(tuple[noun, ...], config=config)


@lru_cache(maxsize=256)
def unreadable(noun: Noun) -> str:
    """Why a plugin's settings class cannot be understood; empty if it can."""
    try:
        adapter(noun), hints(noun)
    except Exception as problem:  # a stranger's annotations
        return str(problem).partition("\n")[0] or type(problem).__name__
    return ""


def keys_of(noun: Noun, hidden: frozenset[str] = frozenset()) -> list[str]:
    """The keys of a table, in the order of its class."""
    return [field.name for field in fields(noun) if field.name not in hidden]


def checked(
    noun: Noun, tables: Sequence[Table], hidden: frozenset[str] = frozenset()
) -> tuple[list[Any], list[Trouble]]:
    """One noun for each table, in order, and all that is wrong. What is wrong has its default in the noun."""
    known = keys_of(noun, hidden)
    rows = [{key: value for key, value in table.row.items() if key in known} for table in tables]
    troubles = [
        unknown((*table.keys, key), {*known, *table.also}, table.elsewhere or {})
        for table in tables
        for key in islice((key for key in table.row if key not in known), MOST_UNKNOWN)
    ]
    for _ in range(_PASSES):
        try:
            return list(_read(noun, rows)), troubles
        except ValidationError as refusal:
            errors = refusal.errors(include_url=False)
        for error in errors:
            place = int(error["loc"][0])
            local = {**error, "loc": error["loc"][1:]}
            troubles.append(translated(noun, local, tables[place].row, tables[place].keys))
        _heal(noun, rows, [error["loc"] for error in errors])
    return [None] * len(rows), troubles


def _read(noun: Noun, rows: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    # as JSON, because only there strict validation takes a list for a tuple and a text for a path
    return adapter(noun).validate_json(json.dumps(rows), strict=True)


def _heal(noun: Noun, rows: list[dict[str, Any]], places: Sequence[tuple[int | str, ...]]) -> None:
    """Take the refused values out; what must be there gets an empty text."""
    required = {field.name for field in fields(noun) if field.default is field.default_factory is MISSING}
    for place in places:
        row = rows[int(place[0])]
        if len(place) == 1:
            row.clear()
        else:
            row.pop(str(place[1]), None)
        row.update((name, "") for name in required - row.keys() if hints(noun)[name] in (str, Path))
