"""A settings class as people read it: every field with its default, its limits and what it does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One field of a settings class."""

    name: str
    default: str
    values: str
    about: str


def settings_rows(settings: type[Any]) -> Iterable[Row]:
    """The fields of a frozen settings class in order; limits come from its annotations, words from its docstrings."""
    from pydantic import ConfigDict, TypeAdapter

    config = ConfigDict(use_attribute_docstrings=True)
    adapter: TypeAdapter[Any] = TypeAdapter(tuple.__class_getitem__((settings, ...)), config=config)  # type: ignore[arg-type]
    schema = adapter.json_schema()
    [found] = schema.get("$defs", {}).values() or [schema["items"]]
    for name, field in found["properties"].items():
        yield Row(name, repr(field.get("default")), _values(field), " ".join(field.get("description", "").split()))


def _values(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " | ".join(repr(each) for each in field["enum"])
    if "anyOf" in field:
        return " or ".join(_values(each) for each in field["anyOf"])
    low, high = field.get("minimum"), field.get("maximum")
    kind = {"number": "number", "integer": "whole number", "string": "text", "boolean": "true or false"}
    told = kind.get(field.get("type", ""), field.get("type", "any"))
    return told if low is None and high is None else f"{told} {low} to {high}"
