"""The page in plain text that fits 100 columns of any terminal."""

from __future__ import annotations

from collections.abc import Iterator

from .findings import Group, Item
from .page import Page, SongView
from .terminal import broken, by_take, clean, grid, width

WIDTH = 100


def summary(page: Page) -> str:
    """Verdict, what to do, the songs, and how they stand beside the references."""
    lines = [line.rstrip() for line in _lines(page)]
    return "\n".join(lines) + "\n"


def _lines(page: Page) -> Iterator[str]:
    title = f"{page.release.artist}: {page.release.title}"
    yield from (*_wrapped(title), "=" * min(WIDTH, width(clean(title))), "")
    yield from _wrapped(f"{page.verdict.word}: {page.verdict.why}")
    yield from _wrapped("; ".join(f"{name} {' '.join(filter(None, rest))}" for name, *rest in page.figures))
    for group in page.groups:
        yield from _group(group)
    for table in by_take(page.overview):
        yield from ("", *grid(table, WIDTH))
    for song in page.songs:
        yield from _song(song)
    for table in (*page.deliverables, *([page.approvals] if page.approvals else [])):
        yield from ("", *_wrapped(table.caption))


def _group(group: Group) -> Iterator[str]:
    yield from ("", f"{group.title} ({group.count})")
    for item in group.items:
        yield from _item(item)


def _item(item: Item) -> Iterator[str]:
    for spot in item.spots:
        at = f" at {spot.at}" if spot.at else ""
        yield from _wrapped(f"{spot.where}{at}: {spot.message} ({item.code})", "- ")
    for name, told in (("to do", item.hint), ("waived", item.waived)):
        if told:
            yield from _wrapped(f"{name}: {told}", "  ")


def _song(song: SongView) -> Iterator[str]:
    if song.words:
        yield from ("", *_wrapped(f"{song.place.number} {song.place.title}"))
        for words in song.words:
            yield from _wrapped(words, "  ")


def _wrapped(text: str, start: str = "") -> list[str]:
    """A paragraph in lines of `WIDTH` columns, its further lines under the first one's text."""
    lines = broken(clean(text), WIDTH - len(start))
    return [f"{start if not number else ' ' * len(start)}{line}" for number, line in enumerate(lines)]
