"""The stage `level`: where its target comes from, and what becomes of one that is out of reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import glassmaster_profiles
from glassmaster.errors import Exit, Refused
from glassmaster.model import Album, Cut, Made, Master
from glassmaster_level import Level
from tests.level_support import RATE, album, heard, master, song, stretches
from tests.levelling_support import ends, gains, levels, song_like


def test_references_give_the_target() -> None:
    records = {name: heard(stretches((30, lufs))) for name, lufs in [("a", -8), ("b", -11), ("c", -9.5)]}
    made = album([heard(song_like(0))], references=records)
    (found,) = levels(made, Level(target_from="references"))
    assert found.aim_lufs == pytest.approx(-9.5, abs=0.002)
    assert "references" in found.why


DESTINATIONS = {each.name: each for each in glassmaster_profiles.glassmaster_profiles()}


@pytest.mark.parametrize(
    ("name", "mode", "aim"),
    [("spotify", "album", -14.0), ("apple-music", "song", -16.0), ("ebu-r128", "album", -23.0), ("aes77", "song", -16)],
)
def test_a_destination_gives_the_target(name: str, mode: Any, aim: float) -> None:
    made = replace(album([heard(song_like(0))]), profiles=DESTINATIONS)
    (found,) = levels(made, Level(target_from=name, target_lufs=-9.0, mode=mode))
    assert found.aim_lufs == pytest.approx(aim, abs=0.002)
    assert f"{DESTINATIONS[name].title}'s {aim:.1f} LUFS" in found.why


def test_aes77_puts_the_loudest_song_of_an_album_at_its_own_level() -> None:
    made = replace(album([heard(song_like(0)), heard(song_like(-6))]), profiles=DESTINATIONS)
    found = levels(made, Level(target_from="aes77", mode="loudest", match="none"))
    assert [each.aim_lufs for each in found] == pytest.approx([-14.0, -20.0], abs=0.002)


@pytest.mark.parametrize(
    ("name", "hint"), [("Spotfy", 'did you mean "spotify"?'), ("cd", "known: references, spotify, apple-music")]
)
def test_a_target_that_is_none_is_refused_with_those_that_are(name: str, hint: str) -> None:
    refused = refusal(replace(album([heard(song_like(0))]), profiles=DESTINATIONS), Level(target_from=name))
    (finding,) = refused.findings
    assert finding.code == "target-unknown"
    assert f'"{name}"' in finding.message
    assert hint in finding.hint


def refusal(made: Album, settings: Level) -> Refused:
    with pytest.raises(Refused) as caught:
        levels(made, settings)
    assert caught.value.exit == Exit.USAGE
    return caught.value


def test_references_that_are_not_there_are_asked_for() -> None:
    refused = refusal(album([heard(song_like(0))]), Level(target_from="references"))
    assert refused.findings[0].code == "target-unknown"


@pytest.mark.parametrize(
    ("songs", "anchor"),
    [
        ([song("A"), song("B")], "C"),
        ([song("A"), song("A")], "A"),
        ([song("A"), song("B")], ""),
        ([song("A"), song("B", gain_db=1.0)], "B"),
    ],
)
def test_an_anchor_must_name_one_song_that_moves(songs: Any, anchor: str) -> None:
    made = album([heard(song_like(0)), heard(song_like(0))], songs)
    refused = refusal(made, Level(mode="anchor", anchor=anchor))
    assert refused.findings[0].code == "anchor-unknown"


def test_without_a_limiter_the_release_stops_under_the_ceiling() -> None:
    mixdowns = [heard(song_like(0), true_peak=-4.0), heard(song_like(-6), true_peak=-12.0)]
    made = album(mixdowns)
    free, held = gains(made), levels(made, moment=Made(chain=()))
    assert max(-4.0 + free[0], -12.0 + free[1]) > -1
    assert max(-4.0 + held[0].gain_db, -12.0 + held[1].gain_db) == pytest.approx(-1.0, abs=0.001)
    assert held[0].gain_db - held[1].gain_db == pytest.approx(free[0] - free[1], abs=0.002)
    assert "true peak" in held[0].why


def test_without_a_limiter_each_song_of_mode_song_stops_for_itself() -> None:
    made = album([heard(song_like(0), true_peak=-4.0), heard(song_like(-6), true_peak=-30.0)])
    settings = Level(mode="song", ceiling_dbtp=-2.0)
    free, held = gains(made, settings), gains(made, settings, Made(chain=()))
    assert held == pytest.approx([2.0, free[1]], abs=0.001)


def test_a_peak_outside_the_cut_does_not_hold_the_song_down() -> None:
    grid = np.concatenate([stretches((10, 0)), song_like(0)])
    mixdown = heard(grid)
    loud_count_in = replace(mixdown, measurement=replace(mixdown.measurement, true_peak_at=2.0))
    made = album([loud_count_in], cuts=[Cut(10 * RATE, 70 * RATE)])
    (found,) = gains(made, Level(target_lufs=-60), Made(chain=()))
    samples = 20 * np.log10(np.max(mixdown.measurement.peaks[1000:]))
    (held,) = gains(made, Level(target_lufs=0), Made(chain=()))
    assert samples + held == pytest.approx(-1.0 - 3.01, abs=0.01)  # what may stand between the samples is allowed for
    assert found < held


def after(made: Album, settings: Level, short: dict[int, float]) -> dict[int, Master]:
    """Masters that reached their aims but for `short` (LU under it)."""
    wanted = levels(made, settings)
    grids = ends(made, [each.gain_db for each in wanted])
    return {
        index: master(index, grid * 10 ** (-short.get(index, 0.0) / 10), aim=wanted[index].aim_lufs)
        for index, grid in enumerate(grids)
    }


def test_shortfall_of_a_song_lowers_all_if_asked() -> None:
    made = album([heard(song_like(offset)) for offset in (0, -4, 5)])
    settings = Level(target_lufs=-9, shortfall="album")
    first = levels(made, settings)
    moment = Made(chain=(), heard=after(made, settings, {1: 1.3, 2: 0.4}), driven=True)
    second = levels(made, settings, moment)
    for before, now in zip(first, second, strict=True):
        assert before.gain_db - now.gain_db == pytest.approx(1.3, abs=0.002)
        assert (before.aim_lufs or 0) - (now.aim_lufs or 0) == pytest.approx(1.3, abs=0.002)
    alone = replace(settings, shortfall="song")
    assert levels(made, alone, moment) == levels(made, alone)


def test_what_was_lowered_stays_lowered_once_it_is_reached() -> None:
    made = album([heard(song_like(offset)) for offset in (0, -4, 5)])
    settings = Level(target_lufs=-9, shortfall="album")
    moment = Made(chain=(), heard=after(made, settings, {1: 1.3}), driven=True)
    second = levels(made, settings, moment)
    grids = ends(made, [each.gain_db for each in second])
    reached = {i: master(i, grid * 1.005, aim=second[i].aim_lufs) for i, grid in enumerate(grids)}
    assert levels(made, settings, Made(chain=(), heard=reached, driven=True)) == second
