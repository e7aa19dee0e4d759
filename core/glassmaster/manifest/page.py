"""A manifest's text as people see it: line, column, and the line itself with a caret."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ..errors import Exit
from ..model import Finding
from .scan import Keys, Places

_WINDOW = 100
_BEFORE = 60


@dataclass(frozen=True)
class Trouble:
    """Something wrong at a place of the manifest that is still named by its keys."""

    keys: Keys
    code: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning", "note"] = "error"
    on_key: bool = False
    """Point at the key rather than at its value."""
    exit: Exit = Exit.USAGE
    """What an error leads to by itself; beside others, the manifest is at fault."""


def plain(text: str) -> str:
    """`text` safe to print: control, bidirectional and unprintable characters as escapes."""
    return "".join(c if c.isprintable() else _escape(c) for c in text)


def quoted(text: str, longest: int = 60) -> str:
    """`text` in quotes, safe to print and not longer than a line."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return f'"{plain(short)}"'


def _escape(char: str) -> str:
    return f"\\u{ord(char):04X}" if ord(char) < 0x10000 else f"\\U{ord(char):08X}"


def _width(text: str) -> int:
    """Columns on a terminal (UAX #11)."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@dataclass(frozen=True)
class Page:
    """The text of one manifest, and where everything stands in it."""

    name: str
    """The path as the user gave it."""
    text: str
    places: Places

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def finding(self, trouble: Trouble) -> Finding:
        """The trouble as a finding with its place."""
        place = self.places.nearest(trouble.keys)
        offset = None if place is None else place.key if trouble.on_key else place.value
        song = trouble.keys[1] if trouble.keys[:1] == ("song",) and len(trouble.keys) > 1 else None
        return self.at(offset, trouble.code, trouble.message, trouble.hint, trouble.severity, song)

    def at(
        self,
        offset: int | None,
        code: str,
        message: str,
        hint: str = "",
        severity: Literal["error", "warning", "note"] = "error",
        song: str | int | None = None,
    ) -> Finding:
        """A finding at an offset of the text (None: about the whole file)."""
        number = song if isinstance(song, int) else None
        if offset is None:
            return Finding(code, severity, self.name, message, hint, number)
        line = self.line(offset)
        where = f"{self.name}:{line}:{offset - self._starts[line - 1] + 1}"
        return Finding(code, severity, where, f"{message}\n{self._excerpt(line, offset)}", hint, number)

    def _excerpt(self, line: int, offset: int) -> str:
        start = self._starts[line - 1]
        end = self.text.find("\n", start)
        whole = self.text[start : end if end >= 0 else len(self.text)].replace("\t", " ")
        column = offset - start
        cut = max(0, column - _BEFORE) if len(whole) > _WINDOW else 0
        before, after = plain(whole[cut:column]), plain(whole[column : cut + _WINDOW])
        margin = f"{line:5d} | "
        return f"{margin}{before}{after}\n{' ' * (len(margin) - 2)}| {' ' * _width(before)}^"
