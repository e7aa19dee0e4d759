"""The page as what JSON can hold: for other programs, and for templates that run apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import PurePath
from types import SimpleNamespace
from typing import Any

from .charts import Chart
from .tables import Table


def plain(value: Any, *, drawings: bool = True) -> Any:
    """Records as objects with their fields and properties, paths by their last name; of anything else its text.

    Without `drawings`, charts are left out, for what they show stands in tables, too; tables keep their cells' texts.
    """
    return _plain(value, () if drawings else (Chart,))


def _plain(value: Any, without: tuple[type[Any], ...]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, PurePath):
        return value.name
    if without and isinstance(value, Table):
        return _table(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: _plain(each, without)
            for name in _names(type(value))
            if not _left_out(each := getattr(value, name), without)
        }
    if isinstance(value, Mapping):
        return {str(name): _plain(each, without) for name, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: _plain(getattr(value, name), without) for name in value._fields}
    return [_plain(each, without) for each in value] if isinstance(value, tuple | list) else str(value)


def _table(table: Table) -> dict[str, Any]:
    """Half a million cells of ten thousand songs would be ten times as much as their texts."""
    columns = [{"title": each.title, "unit": each.unit} for each in table.columns]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    return {"caption": table.caption, "columns": columns, "rows": rows, "note": table.note}


def _left_out(value: Any, without: tuple[type[Any], ...]) -> bool:
    """A drawing, or several, with or without their captions."""
    if isinstance(value, tuple) and value:
        return any(_left_out(each, without) for each in value)
    return isinstance(value, without)


def _names(kind: Any) -> list[str]:
    """A record's fields, and what it says of itself by properties; not where it lies: no byte may depend on that."""
    told = [name for name, each in vars(kind).items() if isinstance(each, property) and name != "folder"]
    return [*(each.name for each in fields(kind)), *told]


class Named(SimpleNamespace):
    """An object of JSON as a template reads a record, by its names after a dot, or a mapping, by `get`."""

    def get(self, key: object, default: Any = None) -> Any:
        """What stands under a key; all keys of JSON are texts."""
        return vars(self).get(str(key), default)


def revived(names: dict[str, Any]) -> Named:
    return Named(**names)
