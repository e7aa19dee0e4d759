"""Words and tables for people. Everything that came from outside is made safe for a terminal and for a CI's log."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from contextlib import nullcontext

import click

from ..documents import published
from ..model import REMEDIES, Finding, Json
from ..names import inert, printable
from .stdout import answering

_WIDTH = 100
_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def show_json(document: Json) -> None:
    """Print one JSON document; what could move a terminal stands there as JSON's own escapes."""
    with answering():
        click.echo(published(document), nl=False)


def say(*lines: str, lead: str = "", colour: str | None = None, err: bool = False) -> None:
    """Lines for people, the first after a coloured word. Each stays one line that only shows, whatever is in it.

    The one door to the terminal: whoever has words for people brings them here.
    """
    first, *others = lines or ("",)
    head = click.style(inert(lead), fg=colour, bold=True) if lead else ""
    with nullcontext() if err else answering():
        click.echo(head + inert(first), err=err)
        for each in others:
            click.echo(inert(each), err=err)


def show_text(text: str) -> None:
    """Print a document as UTF-8, whatever the terminal speaks; bytes of file names that are no text as escapes."""
    with answering():
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def show_findings(findings: Iterable[Finding]) -> None:
    """Each finding with where, what and what to do next, to stderr."""
    for each in findings:
        label = "waived" if each.waived else each.severity
        say(f": {' '.join(each.where.splitlines())}", lead=label, colour=_COLOURS[each.severity], err=True)
        say(*_indented(each.message), err=True)
        if each.hint:
            say(*_indented(f"-> {each.hint}"), err=True)
        if told := reasons(each):
            say(*_indented(f"({'; '.join(told)})"), err=True)
        if each.waived:
            say(*_indented(f"accepted because: {each.waived}"), err=True)


def reasons(finding: Finding) -> list[str]:
    """Whose turn it is, what brought it about and how sure that is, as far as message and hint have not said it."""
    said = f"{finding.message} {finding.hint}"
    told = [REMEDIES[finding.remedy]] if finding.remedy and REMEDIES[finding.remedy] not in said else []
    told += [f"most likely {finding.cause}"] if finding.cause and finding.severity != "note" else []
    return told + ([f"{finding.confidence:.0%} sure"] if finding.confidence is not None else [])


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]


def wrapped(text: str) -> list[str]:
    """One line of prose, indented as it is, broken so that it fits 100 columns."""
    text = printable(text)
    indent = " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(text, _WIDTH, subsequent_indent=f"{indent}   ", break_long_words=False, break_on_hyphens=False)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> list[str]:
    """Columns as wide as they need to be, the first `left` to the left and figures to the right."""
    safe = [list(head), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in safe) for column in range(len(head))]
    return [_row(row, widths, left) for row in safe]


def _row(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    placed = (
        cell.ljust(width) if column < left else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(placed).rstrip()


def figure(value: float | None, digits: int = 1, *, sign: bool = False) -> str:
    """A number as the field writes it; an en rule where there is none."""
    if value is None:
        return "-"
    return f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"


def clock(seconds: float) -> str:
    """m:ss.t, with tenths."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
