"""A look over every single value before anybody asks what it is for."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from typing import Any

from .page import Trouble, quoted
from .scan import Keys

_LARGEST = 2**63 - 1
_LINES_WELCOME = {"notes", "lyrics"}
_DIRECTION = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
"""Explicit directional formatting characters (UAX #9, section 2)."""


def tidy(data: dict[str, Any]) -> tuple[dict[str, Any], list[Trouble]]:
    """The same tables with dates as ISO 8601 text, and what is wrong with single values whatever they stand for.

    A wrong value is replaced by a harmless one, so that the rest can still be looked at.
    """
    troubles: list[Trouble] = []
    tidied = {key: _value(value, (key,), troubles) for key, value in data.items()}
    return tidied, troubles


def _value(value: Any, keys: Keys, troubles: list[Trouble]) -> Any:
    match value:
        case str():
            troubles.extend(_characters(value, keys))
            return value.replace("\0", "")
        case dict():
            return {key: _value(inner, (*keys, key), troubles) for key, inner in value.items()}
        case list():
            return [_value(inner, (*keys, index), troubles) for index, inner in enumerate(value)]
        case datetime.datetime() | datetime.date():
            return value.isoformat()
        case datetime.time():
            hint = 'put times in quotes: "3:58.2" are minutes and seconds, "1:03:58" has hours'
            troubles.append(Trouble(keys, "wrong-value", "a time of day says nothing here", hint))
            return ""
        case float() if not math.isfinite(value):
            troubles.append(Trouble(keys, "wrong-value", f"{_name(keys)} must be finite, not {value}"))
            return 0.0
        case int() if abs(value) > _LARGEST:
            troubles.append(Trouble(keys, "wrong-value", f"{_name(keys)} is too large a number"))
            return 0
    return value


def _characters(text: str, keys: Keys) -> Iterator[Trouble]:
    if text.isprintable() and text.isascii():
        return
    if "\0" in text:
        message = f"{_name(keys)} contains a NUL character, which no file can carry: {quoted(text)}"
        yield Trouble(keys, "nul-character", message, "delete it")
        return
    if any(_control(c) for c in text) and _name(keys) not in _LINES_WELCOME:
        message = f"{_name(keys)} contains control characters: {quoted(text)}"
        yield Trouble(keys, "control-character", message, "they are replaced in file names", "warning")
    if _DIRECTION.intersection(text):
        message = f"{_name(keys)} contains characters that turn the reading direction: {quoted(text)}"
        hint = "kept in the tags; delete them if they came in by copying"
        yield Trouble(keys, "direction-character", message, hint, "warning")


def _control(char: str) -> bool:
    return char < " " or "\x7f" <= char <= "\x9f" or char in "\u2028\u2029"


def _name(keys: Keys) -> str:
    return next((key for key in reversed(keys) if isinstance(key, str)), "")
