"""A table as values, so that HTML and Markdown show the same facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .words import DASH


@dataclass(frozen=True)
class Column:
    title: str
    unit: str = ""
    kind: str = "text"
    """text, number or code: how the cells are set."""


class Cell(NamedTuple):
    """Ten thousand songs make half a million of these: a tuple is made five times as fast as a dataclass."""

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


def flat(table: Table) -> Iterator[tuple[str, list[tuple[str, str, str, str, bool]]]]:
    """Each row as its style and its cells as (kind, text, href, more, plain).

    The sandbox of templates looks every attribute over, which takes long for ten thousand songs. Kind: "head" for what
    names the row, empty for numbers, else the column's. Plain: of letters that are never written from right to left,
    so that the text needs no element of its own: ten thousand songs have hundreds of thousands of them.
    """
    kinds = ["head" if at == table.head else _kind(each) for at, each in enumerate(table.columns)]
    for each in table.rows:
        yield (
            each.style,
            [
                (kind, cell.text, cell.href, cell.more, cell.text == DASH or cell.text.isascii())
                for kind, cell in zip(kinds, each.cells, strict=True)
            ],
        )


def _kind(column: Column) -> str:
    return column.kind.replace("number", "").strip()


def number(title: str, unit: str = "") -> Column:
    return Column(title, unit, "number")
