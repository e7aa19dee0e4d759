"""Plans: every number is decided before any audio is rendered, and equal decisions are one order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from glassmaster.errands import Render
from glassmaster.model import Adjust, Album, Cut, Deliverable, Order, Step
from glassmaster.plan import chain, ready_songs
from tests.level_support import RATE, heard, silence, song
from tests.plan_support import (
    LEVEL,
    LIMIT,
    MAIN,
    SECONDS,
    TREATMENT,
    adjusted,
    indices,
    made,
    mix,
    planned,
)


def settings_of(told: Album, index: int, deliverable: Deliverable) -> dict[str, Any]:
    return {step.stage: step.settings for step in chain(told.release, told.release.songs[index], deliverable)}


def test_the_songs_own_settings_come_after_the_deliverables() -> None:
    loud = Deliverable(
        "cd", "wav", adjust=(adjusted("level", target_lufs=-9.0), adjusted("limit", ceiling_dbtp=-0.3, release_ms=60.0))
    )
    told = made([song("One"), song("Two", adjust=(adjusted("limit", release_ms=200.0),))], [MAIN, loud])
    assert settings_of(told, 0, MAIN) == {"level": LEVEL(), "limit": LIMIT()}
    assert settings_of(told, 0, loud) == {
        "level": LEVEL(target_lufs=-9.0),
        "limit": LIMIT(ceiling_dbtp=-0.3, release_ms=60.0),
    }
    assert settings_of(told, 1, MAIN)["limit"] == LIMIT(release_ms=200.0)
    assert settings_of(told, 1, loud)["limit"] == LIMIT(ceiling_dbtp=-0.3, release_ms=200.0)


def test_false_leaves_a_stage_out() -> None:
    plain = Deliverable("plain", "wav", adjust=(Adjust("limit", None),))
    told = made([song("One"), song("Two", adjust=(Adjust("level", None),))], [MAIN, plain])
    assert list(settings_of(told, 0, plain)) == ["level"]
    assert list(settings_of(told, 1, MAIN)) == ["limit"]
    assert settings_of(told, 1, plain) == {}


def test_the_order_of_the_treatment_stays_whatever_is_adjusted() -> None:
    told = made([song("One", adjust=(adjusted("limit", release_ms=60.0), adjusted("level", amount=0.5)))])
    assert list(settings_of(told, 0, MAIN)) == ["level", "limit"]


def test_a_stage_that_stands_twice_is_adjusted_twice() -> None:
    twice = (Step("limit", LIMIT()), Step("limit", LIMIT(release_ms=100.0)))
    told = made([song("One", adjust=(adjusted("limit", ceiling_dbtp=-2.0),))], treatment=twice)
    steps = chain(told.release, told.release.songs[0], MAIN)
    assert [step.settings.ceiling_dbtp for step in steps] == [-2.0, -2.0]
    assert [step.settings.release_ms for step in steps] == [20.0, 100.0]


def test_drafts_and_what_could_not_be_heard_get_no_order() -> None:
    songs = [song("One"), song("Two", status="draft"), song("Three"), song("Four")]
    told = made(songs, mixdowns=[mix(), mix(), None, mix()])
    assert ready_songs(told) == (0, 3)
    assert indices(planned(told)["main"]) == [[0], [3]]


def test_a_song_without_a_cut_gets_none_either() -> None:
    told = made([song("One"), song("Two")])
    told = replace(told, cuts=(None, told.cuts[1]))
    assert ready_songs(told) == (1,)


def test_level_runs_song_by_song_and_the_limiter_once_over_all() -> None:
    [order] = planned(made([song("One"), song("Two", joined=True)]))["main"]
    assert [[step.stage for step in part.steps] for part in order.parts] == [["level"], ["level"]]
    assert [step.stage for step in order.steps] == ["limit"]
    assert order.ceiling_dbtp == LIMIT().ceiling_dbtp
    assert order.aim_lufs == pytest.approx(-14.0, abs=0.1)


def test_without_a_limiter_there_is_no_ceiling_to_hold() -> None:
    [order] = planned(made([song("One")], treatment=TREATMENT[:1]))["main"]
    assert order.ceiling_dbtp is None
    assert order.steps == ()


def test_without_a_treatment_nothing_is_decided() -> None:
    [order] = planned(made([song("One")], treatment=()))["main"]
    assert order == Order(order.parts, (), None, None)
    assert order.parts[0].steps == ()


def test_the_cut_and_the_source_are_as_they_were_heard() -> None:
    told = made([song("One")])
    told = replace(told, cuts=(Cut(480, 96_000, 100, 200, "linear"),))
    [order] = planned(told)["main"]
    assert order.parts[0].cut == Cut(480, 96_000, 100, 200, "linear")
    assert told.mixdowns[0] is not None
    assert order.parts[0].source == told.mixdowns[0].source


def test_silence_can_be_planned() -> None:
    told = made([song("One"), song("Two")], mixdowns=[mix(), heard(silence(SECONDS))])
    orders = planned(told)["main"]
    assert orders[1].aim_lufs is None


def test_deliverables_that_ask_for_the_same_sound_share_their_orders() -> None:
    loud = (adjusted("level", target_lufs=-9.0), adjusted("limit", ceiling_dbtp=-0.3))
    said_otherwise = (
        adjusted("limit", ceiling_dbtp=-0.3),
        adjusted("level", target_lufs=-12.0),
        adjusted("level", target_lufs=-9.0),
    )
    deliverables = [
        MAIN,
        Deliverable("mp3", "mp3", rate_hz=44_100, adjust=(adjusted("limit", ceiling_dbtp=-1.0),)),
        Deliverable("cd", "wav", adjust=loud),
        Deliverable("loud mp3", "mp3", adjust=said_otherwise),
    ]
    found = planned(made([song("One"), song("Two"), song("Three")], deliverables))
    assert found["main"] == found["mp3"]
    assert found["cd"] == found["loud mp3"]
    assert set(found["main"]).isdisjoint(found["cd"])
    assert len({order for orders in found.values() for order in orders}) == 6


def test_the_same_album_gives_the_same_orders() -> None:
    told = made([song("One"), song("Two", joined=True), song("Three")])
    assert planned(told) == planned(told)


def key_of(order: Order) -> str:
    return Render("", 0.0, order, "engine").key


def test_a_songs_place_is_no_part_of_its_sound() -> None:
    """Swapped in order, and each with a gain of its own, songs need no second rendering."""
    one, two = mix(-20), mix(-24)
    songs = [song("One", gain_db=1.0), song("Two", gain_db=2.0)]
    before = planned(made(songs, mixdowns=[one, two]))["main"]
    after = planned(made(songs[::-1], mixdowns=[two, one]))["main"]
    assert [key_of(order) for order in before] == [key_of(order) for order in after][::-1]


def test_one_songs_own_settings_leave_the_others_as_they_are() -> None:
    songs = [song("One"), song("Two"), song("Three")]
    mixdowns = [mix(-24.0 + number) for number in range(3)]
    before = planned(made(songs, mixdowns=mixdowns))["main"]
    songs[1] = song("Two", adjust=(adjusted("limit", release_ms=200.0),))
    after = planned(made(songs, mixdowns=mixdowns))["main"]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]


def test_a_thousand_songs_are_planned_in_moments() -> None:
    """M12: nothing in a plan may grow with the square of the songs."""
    one = mix()
    told = made([song(f"Song {number}") for number in range(1000)], mixdowns=[one] * 1000)
    assert len(planned(told)["main"]) == 1000


def test_frames_are_counted_at_the_rate_of_these_tests() -> None:
    assert mix().measurement.frames == SECONDS * RATE
