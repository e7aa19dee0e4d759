"""The masters of an outcome as people speak of them: what several deliverables share is told once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .model import Master, Outcome
from .phrases import where


@dataclass(frozen=True, eq=False)
class Sounding:
    """One set of masters that differs from the others."""

    deliverable: str
    """The first that it is for."""
    masters: tuple[Master, ...]
    places: Mapping[int, str]
    """By song: "01 Opening", with the deliverable behind it where there are several sets."""


def distinct(outcome: Outcome) -> Iterator[Sounding]:
    """Each different set of masters once, in the order of the deliverables."""
    seen: dict[tuple[tuple[str, int], ...], str] = {}
    for name, masters in outcome.masters.items():
        seen.setdefault(tuple((each.spool.sha256, each.start) for each in masters), name)
    songs = outcome.album.release.songs
    for name in seen.values():
        suffix = f", {name}" if len(seen) > 1 else ""
        masters = outcome.masters[name]
        yield Sounding(name, masters, {each.song: where(songs[each.song]) + suffix for each in masters})
