"""Names of delivered files from a template: "{number:02} {title}".

A small language of its own: fields by name, digits for numbers, doubled braces for braces. Nothing is looked up inside
a value, so that no text can reach further than its place in the name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .names import MAX_BYTES, safe_title, shortened

FIELDS = (
    *("number", "title", "version", "artist", "album", "album_artist", "disc", "isrc"),
    *("date", "year", "label", "catalog_number", "barcode"),
)
"""What can stand between braces."""
NUMBERS = frozenset({"number", "disc"})
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_FIELD = re.compile(r"([a-z_]+)(?::0?([1-9]))?")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")
_UNNAMED = "Untitled"


@dataclass(frozen=True)
class Place:
    """Where a field's value goes."""

    field: str
    digits: int = 0
    """Fewest digits of a number; 0: as many as it has."""


class BadTemplate(ValueError):  # noqa: N818 - it is the template that is bad
    """What is wrong with a template; `field` is the name that is not known, if that is it."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def parse(template: str) -> tuple[str | Place, ...]:
    """The parts of a template in order; raises `BadTemplate`."""
    parts: list[str | Place] = []
    at = 0
    for found in _PART.finditer(template):
        parts.append(template[at : found.start()])
        parts.append(_part(found))
        at = found.end()
    parts.append(template[at:])
    plain = "".join("x" if isinstance(part, Place) else part for part in parts)
    if any(not each.strip(" .") for each in plain.split("/")):
        raise BadTemplate("a folder or file in it would have no name")
    return tuple(part for part in parts if part)


def _part(found: re.Match[str]) -> str | Place:
    if found[0] in ("{{", "}}"):
        return found[0][0]
    if found[1] is None:
        raise BadTemplate(f'a lone "{found[0]}"; write it twice where it is meant')
    told = _FIELD.fullmatch(found[1])
    if told is None:
        raise BadTemplate(f'"{found[0]}" is no field; {{title}} is one, and {{number:02}} with two digits')
    if told[1] not in FIELDS:
        raise BadTemplate(f'there is no field "{told[1]}"', told[1])
    if told[2] and told[1] not in NUMBERS:
        raise BadTemplate(f"{told[1]} is no number, so it takes no digits")
    return Place(told[1], int(told[2] or 0))


def fields(template: str) -> frozenset[str]:
    """Names of the fields that a template uses."""
    return frozenset(part.field for part in parse(template) if isinstance(part, Place))


def fill(template: str, values: Mapping[str, str | int], most: Mapping[str, int]) -> tuple[str, ...]:
    """The folders and, last, the name without suffix, all safe on every file system.

    `most` is the highest value of each number: where digits are asked for, all get as many as that one needs.
    """
    parts = parse(template)
    text = "".join(part if isinstance(part, str) else _value(part, values, most) for part in parts)
    *folders, stem = (_component(each) for each in text.split("/"))
    return (*(shortened(each, MAX_BYTES) for each in folders), stem)


def _value(place: Place, values: Mapping[str, str | int], most: Mapping[str, int]) -> str:
    value = values[place.field]
    if isinstance(value, int):
        return f"{value:0{max(place.digits, len(str(most[place.field])))}d}" if place.digits else str(value)
    return safe_title(value) or (_UNNAMED if place.field == "title" else "")


def _component(text: str) -> str:
    return safe_title(_EMPTY_BRACKETS.sub("", text)) or _UNNAMED
