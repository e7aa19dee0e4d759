"""Checks of the release and its masters: each finding where it belongs, and none where all is well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassmaster_checks_release as checks
from glassmaster.model import Blob, Decided, Finding, Heard, Master, Outcome, Qc, Song, Step
from tests.level_support import album, heard, master, order, outcome, silence, song, stretches


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
    words = {**ALL_WORDS, "treatment": (Step("level", settings),), **release}
    told = album([heard(minute()) for _ in songs], songs, references=references, **words)
    steps = [Decided("level", "1", settings, Gain(gain)) for gain in gains or [0.0] * count]
    orders = tuple(order(told, index, step) for index, step in enumerate(steps))
    return outcome(told, {"main": orders}, {"main": tuple(masters)} if masters else {})


def late(*songs: Song) -> Outcome:
    """Songs that run on, levelled as one behind a limiter."""
    told = made(songs=songs)
    first, *others = told.orders["main"]
    parts = tuple(replace(part, steps=()) for order in (first, *others) for part in order.parts)
    return replace(told, orders={"main": (replace(first, parts=parts, steps=first.parts[0].steps),)})


def findings(told: Outcome, code: str) -> list[Finding]:
    return [each for each in checks.look(told) if each.code == code]


def limited(share: float, most: float = 4.0) -> Master:
    reduction = np.zeros(6_000, np.float32)
    reduction[: round(share * 6_000)] = most
    return master(0, minute(-14), aim=-14, reduction=reduction)


def spread(*lufs: float) -> list[Master]:
    return [master(index, minute(each)) for index, each in enumerate(lufs)]


def records(*lufs: float) -> dict[str, Heard]:
    return {f"record {number}": heard(minute(each)) for number, each in enumerate(lufs)}


RUN = [named("A"), named("B", joined=True)]
CASES: list[tuple[str, Outcome, Outcome]] = [
    ("fell-short", made([master(0, minute(-14.2), aim=-14)]), made([master(0, minute(-14.05), aim=-14)])),
    ("fell-short", made([master(0, minute(-15), aim=-14)]), made([master(0, minute(-15), aim=None)])),
    ("too-loud", made([master(0, minute(-13.5), aim=-14)]), made([master(0, minute(-14), aim=-14)])),
    ("loudness-spread", made(spread(-14, -18.5)), made(spread(-14, -17.5))),
    (
        "loudness-spread",
        made(spread(-14, -17), qc=Qc(loudness_spread_lu=2)),
        made(spread(-14, -19), [named("A"), named("B", level_db=-5)]),
    ),
    ("moved-far", made(gains=[3, 2, 7.5]), made(gains=[3, 2, 6.5])),
    ("moved-far", made(gains=[0, -4.5]), made(songs=[named("A"), named("B", level_db=-4.5)], gains=[0, -4.5])),
    ("moved-far", made(gains=[0, 9]), made(songs=[named("A"), named("B", gain_db=9)], gains=[0, 9])),
    ("references-apart", made(references=records(-9, -10, -8)), made(references=records(-13, -12.5))),
    (
        "references-apart",
        made(references=records(-18)),
        made(references=records(-9), settings=LevelSettings(target_from="references")),
    ),
    ("reference-unusable", made(references={"a": heard(silence(9))}), made(references=records(-14))),
    ("limiter-hard", made([limited(0.12)]), made([limited(0.08)])),
    ("limiter-hard", made([limited(0.5, 3.5)]), made([limited(0.5, 2.5)])),
    ("programme-levels", late(named("A"), named("B", joined=True, level_db=1)), late(*RUN)),
    (
        "programme-levels",
        late(named("A"), named("B", crossfade=2.0, gain_db=0.0)),
        made(songs=[named("A"), named("B", crossfade=2.0, gain_db=0.0)]),
    ),
    ("hard-splice", made(songs=[named("A"), named("B", gap=0.0)]), made(songs=RUN)),
    ("hard-splice", made(songs=[named("A"), named("B", gap=0.0)]), made(songs=[named("A"), named("B", gap=0.1)])),
    ("isrc-missing", made(songs=[named("A"), song("B")]), made()),
    ("barcode-missing", made(barcode=""), made()),
    ("artwork-missing", made(artwork=None), made()),
]


@pytest.mark.parametrize(("code", "faulty", "sound"), CASES, ids=[each[0] for each in CASES])
def test_finding(code: str, faulty: Outcome, sound: Outcome) -> None:
    assert findings(faulty, code)
    assert not findings(sound, code)


def test_every_code_has_a_case_and_is_explained() -> None:
    assert {each.code for each in checks.CODES} == {code for code, *_ in CASES}
    assert all(each.title and len(each.explain) > 80 for each in checks.CODES)


def test_a_good_release_has_no_findings() -> None:
    told = made(spread(-14, -14.5, -13.8), gains=[3, 2, 4], references=records(-13))
    assert list(checks.look(told)) == []


def test_a_splice_in_silence_is_none() -> None:
    told = made(songs=[named("A"), named("B", gap=0.0)])
    quiet = heard(np.concatenate([silence(0.1), minute(), silence(0.1)]))
    hushed = replace(told, album=album([quiet, quiet], told.album.release.songs, **ALL_WORDS))
    assert not findings(hushed, "hard-splice")


def test_the_rule_that_stopped_a_song_is_told() -> None:
    rule = "stops 1.0 LU short of -14.0 LUFS: max_gain_reduction_db 4.0 is reached"
    (found,) = findings(made([master(0, minute(-15), aim=-14, stopped=rule)]), "fell-short")
    assert found.message == rule
    (found,) = findings(made([master(0, minute(-15), aim=-14)]), "fell-short")
    assert "-15.0 LUFS, 1.0 LU under" in found.message


def test_a_programme_is_weighed_as_one() -> None:
    spool = Blob("e" * 64, 1)
    halves = [master(0, minute(-12), aim=-14, spool=spool), master(1, minute(-17.37), aim=-14, spool=spool)]
    assert not findings(made(halves, RUN), "fell-short")  # the mean of both energies is -14 LUFS
    apart = [replace(each, spool=Blob(f"{each.song:064x}", 1)) for each in halves]
    assert [each.song for each in findings(made(apart, RUN), "fell-short")] == [1]


def test_loudest_passages_count_unless_whole_songs_were_matched() -> None:
    dynamic = [master(0, stretches((50, -14), (10, -14))), master(1, stretches((55, -21), (5, -14)))]
    assert not findings(made(dynamic), "loudness-spread")
    for settings in (LevelSettings(match="integrated"), LevelSettings(mode="song")):
        (found,) = findings(made(dynamic, settings=settings), "loudness-spread")
        assert found.message.endswith("between 02 Song 2 and 01 Song 1")


def test_masters_shared_by_deliverables_are_told_once() -> None:
    short = (master(0, minute(-15), aim=-14),)
    told = made(short)
    shared = replace(told, masters={"main": short, "promo": short})
    assert [each.where for each in findings(shared, "fell-short")] == ["01 Song 1"]
    loud = (master(0, minute(-10), aim=-9, spool=Blob("f" * 64, 1)),)
    both = replace(told, masters={"main": short, "cd": loud})
    assert [each.where for each in findings(both, "fell-short")] == ["01 Song 1, main", "01 Song 1, cd"]


def test_thousands_of_songs_are_looked_over_fast() -> None:
    import time

    grid = minute(-14)
    one = master(0, grid, aim=-14)
    masters = [replace(one, song=index, spool=Blob(f"{index:064x}", 1)) for index in range(2_000)]
    base = heard(grid)
    songs = [named(f"Song {index}") for index in range(2_000)]
    told = outcome(album([base] * 2_000, songs, **ALL_WORDS), {}, {"main": tuple(masters)})
    begin = time.process_time()
    assert list(checks.look(told)) == []
    assert time.process_time() - begin < 3


def test_offer() -> None:
    (check,) = checks.glassmaster_checks()
    assert check.name == "release"
