"""A table as values, so that HTML and Markdown show the same facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    title: str
    unit: str = ""
    kind: str = "text"
    """text, number or code: how the cells are set."""


@dataclass(frozen=True)
class Cell:
    text: str
    href: str = ""
    """Where a click leads: a place in the page or a file beside it."""
    more: str = ""
    """The whole of what `text` shortens."""


@dataclass(frozen=True)
class Row:
    cells: tuple[Cell, ...]
    style: str = ""
    """mixdown, master-1, reference, draft, total: how the row is marked."""


@dataclass(frozen=True)
class Table:
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    head: int = 0
    """Column whose cells name their rows."""
    note: str = ""


def row(*texts: str | Cell, style: str = "") -> Row:
    return Row(tuple(each if isinstance(each, Cell) else Cell(each) for each in texts), style)


def number(title: str, unit: str = "") -> Column:
    return Column(title, unit, "number")
