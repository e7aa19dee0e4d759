"""Plans of songs that run on: programmes, crossfades, joints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from glassmaster.errors import Exit
from glassmaster.model import Adjust, Album
from tests.level_support import song
from tests.plan_support import (
    indices,
    made,
    mix,
    planned,
    refusal,
)


def test_songs_that_run_on_are_one_programme() -> None:
    songs = [
        song("One"),
        song("Two", joined=True),
        song("Three", crossfade=2.0),
        song("Four"),
        song("Five", joined=True),
    ]
    assert indices(planned(made(songs))["main"]) == [[0, 1, 2], [3, 4]]


def test_a_song_that_is_left_out_ends_a_programme() -> None:
    songs = [
        song("One"),
        song("Two", joined=True, status="draft"),
        song("Three", crossfade=2.0, mark=1.0),
        song("Four"),
    ]
    [one, three, four] = planned(made(songs))["main"]
    assert indices([one, three, four]) == [[0], [2], [3]]
    assert three.parts[0].overlap == 0  # there is nothing to overlap with
    assert three.parts[0].mark == 0


def test_crossfades_and_marks_are_frames_of_the_mixdown() -> None:
    songs = [song("One"), song("Two", crossfade=2.5, mark=1.25)]
    told = made(songs, mixdowns=[mix(rate=44_100), mix(rate=44_100)])
    [order] = planned(told)["main"]
    assert (order.parts[0].overlap, order.parts[0].mark) == (0, 0)
    assert (order.parts[1].overlap, order.parts[1].mark) == (110_250, 55_125)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1)])
def test_songs_of_two_layouts_cannot_run_on(rate: int, channels: int) -> None:
    songs = [song("One"), song("Two", joined=True)]
    told = made(songs, mixdowns=[mix(), mix(rate=rate, channels=channels)])
    refused = refusal(told)
    assert refused.exit == Exit.USAGE
    [finding] = refused.findings
    assert (finding.code, finding.where) == ("joined-layout", 'song "Two"')
    assert f"{channels} channels at {rate} Hz" in finding.message
    assert "2 channels at 48000 Hz" in finding.message


@pytest.mark.parametrize(
    ("crossfades", "marks", "wrong"),
    [
        ((0.0, 10.0, 10.0), (0, 0, 0), None),
        ((0.0, 20.5, 0.0), (0, 0, 0), "Song 2"),
        ((0.0, 10.5, 10.0), (0, 0, 0), "Song 3"),
        ((0.0, 20.0, 0.0), (0, 19.5, 0), None),
        ((0.0, 5.0, 0.0), (0, 20.0, 0), "Song 2"),
        ((0.0, 5.0, 10.0), (0, 12.0, 1.0), "Song 3"),
        ((0.0, 20.0, 0.0), (0, 0.0, 0), "Song 2"),
    ],
)
def test_crossfades_fit_into_their_songs(
    crossfades: Sequence[float], marks: Sequence[float], wrong: str | None
) -> None:
    """Three songs of 20 s, all running on."""
    songs = [
        song(f"Song {number + 1}", crossfade=crossfade, mark=mark, joined=number > 0 and not crossfade)
        for number, (crossfade, mark) in enumerate(zip(crossfades, marks, strict=True))
    ]
    told = made(songs)
    if wrong is None:
        assert indices(planned(told)["main"]) == [[0, 1, 2]]
        return
    refused = refusal(told)
    assert (refused.exit, refused.findings[0].code) == (Exit.USAGE, "impossible-fade")
    assert refused.findings[0].where == f'song "{wrong}"'


def joints(told: Album) -> list[Any]:
    """How much higher the gain before each song is, by programme."""
    return [[part.steps[0].value.joint_db for part in order.parts] for order in planned(told)["main"]]


def test_where_songs_are_joined_the_gain_comes_from_the_song_before() -> None:
    songs = [song("One", level_db=2.0), song("Two", joined=True), song("Three", joined=True, gain_db=-30.0)]
    told = made([*songs, song("Four", level_db=3.0)])
    gains = [part.steps[0].value.gain_db for order in planned(told)["main"] for part in order.parts]
    assert joints(told) == [[0.0, pytest.approx(2.0, abs=0.001), pytest.approx(gains[1] + 30, abs=0.001)], [0.0]]


def test_a_crossfade_needs_no_ramp_and_equal_gains_leave_no_crumbs() -> None:
    songs = [song("One", level_db=2.0), song("Two", crossfade=1.0), song("Three", joined=True)]
    assert joints(made(songs)) == [[0.0, 0.0, 0.0]]


def test_a_stage_that_the_song_before_leaves_out_counts_as_no_gain() -> None:
    songs = [song("One", adjust=(Adjust("level", None),)), song("Two", joined=True, gain_db=-2.0)]
    order = planned(made(songs))["main"][0]
    assert order.parts[1].steps[0].value.joint_db == 2.0
