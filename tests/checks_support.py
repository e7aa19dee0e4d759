"""Made-up releases of minutes of music for tests of the checks: with every word they need, unless a test takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from glassmaster.model import Check, Decided, Finding, Outcome, Reference, Song, Step
from tests.level_support import album, heard, order, outcome, song, stretches

Case = tuple[str, Outcome, Outcome]
"""A code, an outcome that has it, one that has not."""


@dataclass(frozen=True)
class LevelSettings:
    match: str = "short-term"
    mode: str = "album"
    target_lufs: float = -14.0
    target_from: str = ""


@dataclass(frozen=True)
class Gain:
    gain_db: float


ALL_WORDS: dict[str, Any] = {"barcode": "5012345678900", "artwork": Path("cover.png")}


def named(title: str, **fields: Any) -> Song:
    return song(title, isrc="GBAAA2600001", **fields)


def minute(lufs: float = -20.0) -> Any:
    return stretches((60, lufs))


def made(
    masters: Any = (), songs: Any = (), gains: Any = (), settings: Any = None, references: Any = None, **release: Any
) -> Outcome:
    """A release of minutes of music with every word it needs; `masters` by song, or none before a build."""
    count = max(len(masters), len(songs), len(gains), 1)
    songs = songs or [named(f"Song {number + 1}") for number in range(count)]
    settings = settings or LevelSettings()
    references = {"record": heard(minute(-14))} if references is None else references
    records = tuple(Reference(name, Path(f"{name}.flac")) for name in references)
    words = {**ALL_WORDS, "treatment": (Step("level", settings),), **release, "references": references}
    told = album([heard(minute()) for _ in songs], songs, **words)
    told = replace(told, release=replace(told.release, references=records))
    steps = [Decided("level", "1", settings, Gain(gain)) for gain in gains or [0.0] * count]
    orders = tuple(order(told, index, step) for index, step in enumerate(steps))
    return outcome(told, {"main": orders}, {"main": tuple(masters)} if masters else {})


def findings(check: Check, told: Outcome, code: str) -> list[Finding]:
    return [each for each in check.look(told) if each.code == code]


def held(check: Check, code: str, faulty: Outcome, sound: Outcome) -> None:
    assert findings(check, faulty, code)
    assert not findings(check, sound, code)


def complete(check: Check, cases: Sequence[Case]) -> None:
    """Every code of the check has a case and is explained."""
    assert {each.code for each in check.codes} == {code for code, *_ in cases}
    assert all(each.title and each.cause and each.remedy and len(each.explain) > 80 for each in check.codes)
