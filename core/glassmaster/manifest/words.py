"""What pydantic has to complain about, in a musician's words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

from ..errors import Exit
from ..model import Finding
from .kinds import Noun, expects, hint_at, literals
from .page import Trouble, plain, quoted
from .scan import Keys
from .times import TIMES

_LONGEST_WORD = 100
_TIME = 'a time (seconds or "m:ss.mmm")'


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the known word most like this one, or nothing."""
    return _nearest(word, tuple(known)) if len(word) <= _LONGEST_WORD else ""


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str:
    names = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), names, n=1, cutoff=0.6)
    return meant(names[found[0]]) if found else ""


def meant(word: str) -> str:
    """The hint that a word was misspelt."""
    return f"did you mean {quoted(word)}?"


def unknown(keys: Keys, known: Iterable[str], elsewhere: Mapping[str, str]) -> Trouble:
    """A key that means nothing here; `elsewhere` says where it would mean something."""
    key, names = str(keys[-1]), sorted(known)
    hint = nearest(key, names) or elsewhere.get(key, "") or f"known here: {', '.join(names)}"
    return Trouble(keys, "unknown-key", f"unknown key {quoted(key)}", hint, on_key=True)


def not_offered(keys: Keys, code: str, message: str, hint: str, broken: Iterable[Finding]) -> Trouble:
    """A name that no plugin offers here. Where some could not be loaded, it may be theirs: that is their failure."""
    told = [f"{each.where} {each.message} ({each.hint})" for each in broken]
    exit_code = Exit.STAGE if told else Exit.USAGE
    return Trouble(keys, code, message, "; ".join(filter(None, (hint, *told))), exit=exit_code)


def missing(keys: Keys) -> Trouble:
    """A key that must be there."""
    message = f"{keys[-1]} is missing in {_table(keys[:-1])}"
    return Trouble(keys, "missing-key", message, f'add a line: {keys[-1]} = "..."')


def unexpected(keys: Keys, expected: str, value: Any) -> Trouble:
    """A value of the wrong type or out of range."""
    message = f"{plain(_place(keys))} must be {expected}, not {actual(value)}"
    return Trouble(keys, "wrong-value", message, _cure(keys, expected, value))


def translated(noun: Noun, error: Mapping[str, Any], row: Any, keys: Keys) -> Trouble:
    """One complaint of pydantic about `row`, a table read as `noun` that stands at `keys`."""
    way = real(error["loc"], row)
    if error["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        owner = hint_at(noun, way[:-1])
        return unknown((*keys, *way), [each.name for each in fields(owner)] if is_dataclass(owner) else [], {})
    if error["type"] in ("missing", "missing_argument"):
        return missing((*keys, *way))
    if error["type"] in ("value_error", "assertion_error"):
        return Trouble((*keys, *way), "wrong-value", plain(error["msg"].partition(", ")[2] or error["msg"]))
    hint = hint_at(noun, way)
    expected = expects(hint)
    if keys[:1] == ("song",) and way[-1:] and way[-1] in TIMES:
        expected = expected.replace("a number", _TIME)
    trouble = unexpected((*keys, *way), expected, error["input"])
    return _literally(trouble, hint, error["input"])


def real(loc: Sequence[str | int], row: Any) -> Keys:
    """The part of pydantic's location that exists in the data; behind it come names of a union's branches."""
    way: list[str | int] = []
    for step in loc:
        if isinstance(row, dict) and isinstance(step, str):
            way.append(step)
            if step not in row:
                break
            row = row[step]
        elif isinstance(row, list) and isinstance(step, int) and step < len(row):
            way.append(step)
            row = row[step]
        else:
            break
    return tuple(way)


def actual(value: Any) -> str:
    """A value as people call it."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}" if abs(value) < 1e15 else "so large a number"
        case str():
            return f"the text {quoted(value)}" if value else "an empty text"
        case list():
            return "a list"
        case dict():
            return "a table"
    return str(type(value).__name__)


def _literally(trouble: Trouble, hint: Any, value: Any) -> Trouble:
    """With the nearest of the words that are allowed here, where one is near."""
    near = nearest(value, literals(hint)) if isinstance(value, str) else ""
    if not near:
        return trouble
    return Trouble(trouble.keys, trouble.code, trouble.message, near)


def _cure(keys: Keys, expected: str, value: Any) -> str:
    key = plain(_place(keys))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and "in quotes" in expected:
        return f'put it in quotes: {key} = "{value}"'
    if isinstance(value, str) and "number" in expected and _is_number(value):
        return f"write it without quotes: {key} = {value.strip()}"
    if isinstance(value, str) and "number" in expected and value[:1] in "+-0123456789" and value:
        return "write the number only, without its unit and without quotes"
    if isinstance(value, str) and expected.startswith("a list"):
        return f'write it as a list: {key} = ["{plain(value)}"]'
    if isinstance(value, str) and value.lower() in ("true", "false", "yes", "no") and "true" in expected:
        return f"write it without quotes: {key} = {'true' if value.lower() in ('true', 'yes') else 'false'}"
    return ""


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _place(keys: Keys) -> str:
    name = next((key for key in reversed(keys) if isinstance(key, str)), "")
    return f"{name}, entry {keys[-1] + 1}," if isinstance(keys[-1], int) else str(name)


def _table(keys: Keys) -> str:
    names = plain(".".join(key for key in keys if isinstance(key, str)))
    return f"[[{names}]]" if keys and isinstance(keys[-1], int) else f"[{names}]"
