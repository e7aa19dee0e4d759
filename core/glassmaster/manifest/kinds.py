"""Types in a musician's words, and which type stands where."""

from __future__ import annotations

import json
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

import annotated_types

_UNIONS = (Union, types.UnionType)
_LISTS = (tuple, list, Sequence)


Noun: TypeAlias = Any
"""A dataclass. Not type[Any], which mypy does not take for hashable."""


def listed(words: Iterable[str], last: str = "and") -> str:
    """a, b and c"""
    *some, final = words
    return f"{', '.join(some)} {last} {final}" if some else final


def expects(hint: Any) -> str:
    """What a type accepts: "a whole number from 1 to 99", "text in quotes" ..."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _bounded(inner[0], [part for each in inner[1:] for part in _unpacked(each)])
    if origin in _UNIONS:
        return listed((expects(each) for each in inner if each is not type(None)), "or")
    if origin is Literal:
        return listed((json.dumps(each) for each in inner if each != ""), "or")
    if origin in _LISTS:
        return f"a list: [{expects(inner[0])}, ...]"
    return _simple(origin or hint)


def _simple(kind: Any) -> str:
    if kind in _NAMES:
        return _NAMES[kind]
    return "a table: { ... }" if is_dataclass(kind) or kind is dict else f"a {getattr(kind, '__name__', kind)}"


_NAMES: Mapping[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "text in quotes",
    Path: "a path in quotes",
    bool: "true or false",
    Any: "a value",
}


def _unpacked(constraint: Any) -> list[Any]:
    return list(constraint) if isinstance(constraint, annotated_types.GroupedMetadata) else [constraint]


def _bounded(kind: Any, constraints: Sequence[Any]) -> str:
    low = high = ""
    rest = []
    for each in constraints:
        match each:
            case annotated_types.Ge(ge):
                low = f"{ge}"
            case annotated_types.Gt(gt):
                low = f"above {gt}"
            case annotated_types.Le(le):
                high = f"{le}"
            case annotated_types.Lt(lt):
                high = f"below {lt}"
            case annotated_types.MultipleOf(multiple):
                rest.append(f"in steps of {multiple}")
            case annotated_types.MinLen(least):
                rest.append(f"of at least {least}")
            case annotated_types.MaxLen(most):
                rest.append(f"of at most {most}")
    return " ".join([expects(kind), *_range(low, high), *rest])


def _range(low: str, high: str) -> list[str]:
    if low and high and " " not in low + high:
        return [f"from {low} to {high}"]
    parts = [low if " " in low else f"of at least {low}"] if low else []
    parts += [high if " " in high else f"of at most {high}"] if high else []
    return [" and ".join(parts)] if parts else []


def literals(hint: Any) -> list[str]:
    """The words that a type allows one by one."""
    if get_origin(hint) is Literal:
        return [each for each in get_args(hint) if isinstance(each, str) and each]
    return [word for each in get_args(hint) for word in literals(each)]


@lru_cache(maxsize=256)
def hints(noun: Noun) -> Mapping[str, Any]:
    """The fields' types of a dataclass, with their limits."""
    return get_type_hints(noun, include_extras=True)


def hint_at(hint: Any, way: Sequence[str | int]) -> Any:
    """The type that stands at `way` within a type; Any where it cannot be told."""
    for step in way:
        hint = _inside(hint, step)
    return hint


def _inside(hint: Any, step: str | int) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        return hints(hint).get(str(step), Any)
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _inside(inner[0], step)
    if origin in _UNIONS:
        return next((found for each in inner if (found := _inside(each, step)) is not Any), Any)
    if origin in _LISTS:
        fixed = origin is tuple and inner[-1] is not Ellipsis
        return inner[int(step)] if fixed and int(step) < len(inner) else inner[0]
    return inner[-1] if inner and isinstance(step, str) else Any
