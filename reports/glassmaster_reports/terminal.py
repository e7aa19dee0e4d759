"""Text and tables for terminals: columns counted as they are shown, nothing in them that a terminal would obey."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from glassmaster.names import printable

from .tables import Column, Row, Table

_NARROWEST = 12
_COMMON, _PER_TAKE = 4, 4
"""Columns of the overview: number, song, length and mixdown; then so many for each master."""


def clean(text: str) -> str:
    """One line; controls and characters that turn the direction are shown as escapes."""
    return printable(" ".join(text.encode("utf-8", "replace").decode().split()))


def width(text: str) -> int:
    """Columns of a terminal that a text takes (UAX #11: wide and full-width are two, marks that combine none)."""
    return sum(_width(each) for each in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def broken(text: str, most: int) -> list[str]:
    """A paragraph in lines of at most `most` columns; what is longer than a line is cut through."""
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if width(joined) <= most:
            lines[-1] = joined
            continue
        first, *others = _pieces(word, most)
        lines += [first, *others] if lines[-1] else []
        if not lines[0]:
            lines = [first, *others]
    return lines


def _pieces(word: str, most: int) -> list[str]:
    pieces = [""]
    for each in word:
        if width(pieces[-1]) + _width(each) > most:
            pieces.append("")
        pieces[-1] += each
    return pieces


def short(text: str, most: int) -> str:
    """The beginning of a text, with an ellipsis where something is missing."""
    return text if width(text) <= most else f"{_pieces(text, most - 1)[0]}…"


def by_take(table: Table) -> Iterator[Table]:
    """The overview cut into one table for each master, so that each fits a terminal."""
    starts = range(_COMMON, len(table.columns), _PER_TAKE)
    for start in starts or [len(table.columns)]:
        chosen = [*range(_COMMON), *range(start, min(start + _PER_TAKE, len(table.columns)))]
        columns = tuple(table.columns[at] for at in chosen)
        rows = tuple(Row(tuple(row.cells[at] for at in chosen), row.style) for row in table.rows)
        yield replace(table, columns=columns, rows=rows)


def grid(table: Table, most: int) -> Iterator[str]:
    """A table under two lines of headings; the column that names its rows is shortened until all fits."""
    rows = [[clean(cell.text) for cell in row.cells] for row in table.rows]
    heads = [[clean(each.title) for each in table.columns], [clean(each.unit) for each in table.columns]]
    widths = [max(width(row[at]) for row in (*heads, *rows)) for at in range(len(table.columns))]
    rest = sum(widths) - widths[table.head] + 2 * (len(widths) - 1)
    widths[table.head] = max(_NARROWEST, min(widths[table.head], most - rest))
    for row in (*heads, *rows):
        yield "  ".join(_cell(*each) for each in zip(row, widths, table.columns, strict=True)).rstrip()


def _cell(text: str, most: int, column: Column) -> str:
    shown = short(text, most)
    room = " " * (most - width(shown))
    return f"{room}{shown}" if "number" in column.kind else f"{shown}{room}"
