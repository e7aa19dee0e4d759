"""Reads a finished page back as a reader does: its tables, headings, paths and everything that could act."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "img", "br", "hr", "input", "link"}


@dataclass
class Seen(HTMLParser):
    """Filled by `read`."""

    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    """Rows of cells, the header first, by the table's caption."""
    headings: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    open_tags: list[str] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._rows: list[list[str]] = []
        self._caption = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open_tags.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        elif tag in ("h1", "h2", "h3"):
            self.headings.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open_tags or self.open_tags.pop() != tag:
            self.unbalanced.append(tag)
        if tag == "table":
            rows = [[" ".join(cell.split()) for cell in row] for row in self._rows]
            self.tables[" ".join(self._caption.split())] = rows
        elif tag in ("h1", "h2", "h3"):
            self.headings[-1] = " ".join(self.headings[-1].split())

    def handle_data(self, data: str) -> None:
        if "style" in self.open_tags:
            return
        self.text += data
        if "caption" in self.open_tags:
            self._caption += data
        elif {"td", "th"} & set(self.open_tags):
            self._rows[-1][-1] += data
        elif {"h1", "h2", "h3"} & set(self.open_tags):
            self.headings[-1] += data

    def __hash__(self) -> int:
        return id(self)


def read(html: str) -> Seen:
    """A page as it would be seen; fails on markup that does not close what it opens."""
    seen = Seen()
    seen.feed(html)
    seen.close()
    assert seen.unbalanced == [], seen.unbalanced
    assert seen.open_tags == [], seen.open_tags
    return seen


def row_of(rows: list[list[str]], name: str) -> list[str]:
    """The one row that has a cell `name`."""
    found = [row for row in rows if name in row]
    assert len(found) == 1, (name, rows)
    return found[0]
