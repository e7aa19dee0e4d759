"""Checks of levels: each finding where it belongs, and none where all is well."""

from __future__ import annotations

import pytest

import glassmaster_checks_levels as checks
from glassmaster.model import Master, Outcome, Qc, Song
from tests.checks_support import Case, LevelSettings, complete, findings, held, made, minute, named
from tests.level_support import master, stretches

CHECK = next(iter(checks.glassmaster_checks()))


def spread(*lufs: float) -> list[Master]:
    return [master(index, minute(each)) for index, each in enumerate(lufs)]


RUN = [named("A"), named("B", joined=True)]
CASES: list[Case] = [
    ("loudness-spread", made(spread(-14, -18.5)), made(spread(-14, -17.5))),
    (
        "loudness-spread",
        made(spread(-14, -17), qc=Qc(loudness_spread_lu=2)),
        made(spread(-14, -19), [named("A"), named("B", level_db=-5)]),
    ),
    ("loudness-jump", made(spread(-14, -17.1)), made(spread(-14, -16.9))),
    ("loudness-jump", made(spread(-14, -10.9, -14)), made(spread(-14, -12.5, -11))),
    ("loudness-jump", made(spread(-14, -18)), made(spread(-14, -18), [named("A"), named("B", level_db=-4)])),
    ("loudness-jump", made(spread(-14, -18)), made(spread(-14, -18), [named("A"), named("B", gain_db=0.0)])),
    ("loudness-jump", made(spread(-14, -18)), made(spread(-14, -18), RUN)),
    ("loudness-jump", made(spread(-14, -18)), made(spread(-14, -18), [named("A"), named("B", disc=2)])),
    ("moved-far", made(gains=[3, 2, 7.5]), made(gains=[3, 2, 6.5])),
    ("moved-far", made(gains=[0, -4.5]), made(songs=[named("A"), named("B", level_db=-4.5)], gains=[0, -4.5])),
    ("moved-far", made(gains=[0, 9]), made(songs=[named("A"), named("B", gain_db=9)], gains=[0, 9])),
]


@pytest.mark.parametrize(("code", "faulty", "sound"), CASES, ids=[each[0] for each in CASES])
def test_finding(code: str, faulty: Outcome, sound: Outcome) -> None:
    held(CHECK, code, faulty, sound)


def test_every_code_has_a_case_and_is_explained() -> None:
    complete(CHECK, CASES)
    assert CHECK.name == "levels"


def test_good_levels_have_no_findings() -> None:
    assert list(CHECK.look(made(spread(-14, -14.5, -13.8), gains=[3, 2, 4]))) == []


def test_a_jump_is_told_of_the_song_that_follows_with_figure_and_limit() -> None:
    (found,) = findings(CHECK, made(spread(-14, -14, -18)), "loudness-jump")
    assert (found.song, found.where) == (2, "03 Song 3")
    assert found.message == "is 4.0 LU quieter than 02 Song 2 before it, more than 3 LU against what was declared"


def test_a_song_left_out_stands_between_its_neighbours() -> None:
    songs: list[Song] = [named("A"), named("Draft", status="draft"), named("C")]
    masters = [master(0, minute(-14)), master(2, minute(-19))]
    assert not findings(CHECK, made(masters, songs), "loudness-jump")


def test_loudest_passages_count_unless_whole_songs_were_matched() -> None:
    dynamic = [master(0, stretches((50, -14), (10, -14))), master(1, stretches((55, -21), (5, -14)))]
    assert not findings(CHECK, made(dynamic), "loudness-spread")
    for settings in (LevelSettings(match="integrated"), LevelSettings(mode="song")):
        (found,) = findings(CHECK, made(dynamic, settings=settings), "loudness-spread")
        assert found.message.endswith("between 02 Song 2 and 01 Song 1")
