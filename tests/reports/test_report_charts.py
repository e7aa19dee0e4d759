"""Curves and the geometry of the charts."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import chain, pairwise

import numpy as np
import pytest

from glassmaster_reports.charts import Label, axes, level_ticks, rounded_span, spread, time_ticks
from glassmaster_reports.curves import Curves, curve, thinned
from glassmaster_reports.drawings import song_drawing
from glassmaster_reports.release_line import album_drawing
from glassmaster_reports.sequence import sequence
from glassmaster_reports.takes import takes
from tests.drawing_support import placed, points_of
from tests.outcome_support import REFERENCES, SONGS, outcome

SPAN = (-42.0, 0.0)


def _energies(lufs: float, seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.full(round(seconds * 100), 10 ** ((lufs + 0.691) / 10), np.float32)


def test_a_steady_sound_is_a_level_line_from_three_seconds_on() -> None:
    found = curve("Master", "master-1", _energies(-14.0, 20), -14.0, 400)
    assert found is not None
    assert found.lufs == pytest.approx([-14.0] * len(found.lufs), abs=1e-4)
    assert (found.times[0], len(found.times)) == (3.0, 400)
    assert found.times[-1] == pytest.approx(20.0, abs=0.05)


def test_a_loud_passage_shows_three_seconds_after_it_began() -> None:
    grid = np.concatenate([_energies(-30.0, 10), _energies(-12.0, 10), _energies(-30.0, 10)])
    found = curve("Master", "master-1", grid, -15.0, 400)
    assert found is not None
    assert max(found.lufs) == pytest.approx(-12.0, abs=0.01)
    first = next(time for time, lufs in zip(found.times, found.lufs, strict=True) if lufs > -12.1)
    assert first == pytest.approx(13.0, abs=0.1)


def test_thinning_keeps_the_highest_of_every_stretch() -> None:
    values = np.full(30_000, -20.0)
    values[[17, 12_345, 29_999]] = (-9.0, -8.0, -7.0)
    places, kept = thinned(values, 400)
    assert len(places) == 400
    assert sorted(places) == list(places)
    assert {-9.0, -8.0, -7.0} <= set(kept)
    assert {17, 12_345, 29_999} <= set(places)


def test_silence_stays_on_the_paper_and_less_than_three_seconds_has_no_curve() -> None:
    silent = curve("Mixdown", "mixdown", np.zeros(1000, np.float32), None, 400)
    assert silent is not None
    assert set(silent.lufs) == {-70.0}
    assert curve("Mixdown", "mixdown", _energies(-14.0, 2.9), None, 400) is None


@pytest.mark.parametrize(
    ("found", "span"),
    [
        ((-20.2, -7.3), (-24.0, -6.0)),
        ((-70.0, -5.8), (-42.0, 0.0)),
        ((-14.1, -13.9), (-24.0, -12.0)),
        (None, (-42.0, 0.0)),
    ],
)
def test_the_axis_ends_on_sixes(found: tuple[float, float] | None, span: tuple[float, float]) -> None:
    assert rounded_span(found) == span


def test_ticks_stand_where_they_say() -> None:
    scale = axes(258.4, SPAN, 270)
    times = time_ticks(scale)
    assert [tick.label for tick in times[:3]] == ["0:00", "0:30", "1:00"]
    assert times[2].at - times[0].at == pytest.approx(scale.plot.width * 60 / 258.4)
    levels = {tick.label: tick.at for tick in level_ticks(scale)}
    assert list(levels) == ["−42", "−36", "−30", "−24", "−18", "−12", "−6", "0"]
    assert levels["−12"] - levels["0"] == pytest.approx(scale.plot.height * 12 / 42)


@pytest.mark.parametrize("seconds", [3.1, 44.0, 600.0, 10_800.0, 400_000.0])
def test_there_are_few_enough_time_ticks(seconds: float) -> None:
    assert 1 <= len(time_ticks(axes(seconds, SPAN, 270))) <= 10


def test_labels_never_cover_each_other_and_stay_inside() -> None:
    scale = axes(100.0, SPAN, 270)
    labels = [Label("reference", str(place), 0.0, scale.y(-41.0)) for place in range(7)]
    placed = spread(labels, scale)
    gaps = [after.y - before.y for before, after in pairwise(placed)]
    assert min(gaps) >= 14.9
    assert placed[-1].y <= scale.plot.y + scale.plot.height


def test_a_song_is_drawn_with_its_masters_over_its_references() -> None:
    made = outcome()
    curves = Curves(made.album, takes(made))
    chart = song_drawing(curves, sequence(made.album)[0], SPAN)
    assert chart is not None
    assert [panel.unit for panel in chart.panels] == ["", "LUFS", "GR dB", "", ""]
    loudness = chart.panels[1]
    styles = [line.style for line in loudness.lines]
    assert styles == ["reference"] * 3 + ["mixdown", "master-1", "master-2"]
    texts = [label.text for label in loudness.labels]
    assert texts == [
        "night-drive −8.2",
        "Master\N{NO-BREAK SPACE}2 −9.3",
        "slow-burn −9.8",
        "open-air −11.5",
        "Master\N{NO-BREAK SPACE}1 −14.2",
        "Mixdown −24.3",
    ]
    assert len(loudness.bands) == 1
    assert "Mixdown: −24.3 LUFS integrated" in chart.description
    for panel in chart.panels:
        drawn = [points_of(line.path) for line in panel.lines] + [placed(area) for area in panel.areas]
        assert drawn
        for x, y in chain.from_iterable(drawn):
            assert panel.plot.x - 0.1 <= x <= panel.plot.x + panel.plot.width + 0.1
            assert panel.plot.y - 0.1 <= y <= panel.plot.y + panel.plot.height + 0.1


def test_the_mixdown_is_drawn_without_what_the_cut_takes_off() -> None:
    made = outcome()
    mixdown = Curves(made.album, takes(made)).mixdown(0)
    assert mixdown is not None
    assert mixdown.times[-1] == pytest.approx(SONGS[0][1], abs=1.0)


def test_a_song_is_drawn_against_its_own_references_only() -> None:
    made = outcome()
    chart = song_drawing(Curves(made.album, takes(made)), sequence(made.album)[7], SPAN)
    assert chart is not None
    assert [line.style for line in chart.panels[1].lines].count("reference") == 1
    assert any(label.text.startswith("slow-burn") for label in chart.panels[1].labels)


def test_more_than_four_references_share_one_label() -> None:
    made = outcome()
    heard = made.album.references["open-air"]
    names = [f"ref {place}" for place in range(6)]
    songs = tuple(replace(song, references=tuple(names)) for song in made.album.release.songs)
    crowded = replace(
        made.album, references=dict.fromkeys(names, heard), release=replace(made.album.release, songs=songs)
    )
    chart = song_drawing(Curves(crowded, ()), sequence(crowded)[0], SPAN)
    assert chart is not None
    assert [label.text for label in chart.panels[1].labels if label.style == "reference"] == [f"6 references {'−11.5'}"]


def test_the_release_is_one_line_with_gaps_to_scale() -> None:
    made = outcome()
    found = takes(made)
    chart = album_drawing(Curves(made.album, found), found[0], sequence(made.album), SPAN)
    assert chart is not None
    assert len(chart.borders) == 12
    total = 2924.3 + 7 * 2.0 + 0.5 + 4.0 + 2.0
    assert len(chart.pauses) == 10  # none before song 1, none where 6 runs on from 5
    assert chart.pauses[0].width == pytest.approx(chart.plot.width * 2.0 / total)
    assert chart.pauses[-2].width == pytest.approx(chart.plot.width * 2.0 / total)
    assert chart.borders[1] - chart.borders[0] == pytest.approx(chart.plot.width * 260.4 / total)
    peaks, loudness = chart.panels
    assert [label.text for label in loudness.labels] == ["References’ range", "Target −14.0"]
    assert [area.style for area in peaks.areas].count("master-1 peaks") == 11
    bars = [points_of(line.path) for line in peaks.lines if line.style == "level"]
    assert len(bars) == 12
    assert bars[0][0][1] == pytest.approx(peaks.plot.y + peaks.plot.height * (3 + 1) / 27, abs=0.06)  # -1 of 3 to -24
    assert bars[7][0][1] == pytest.approx(peaks.plot.y + peaks.plot.height * (3 + 6.2) / 27, abs=0.06)
    styles = [line.style for line in loudness.lines]
    assert (styles.count("target"), styles.count("level")) == (1, 12)
    assert styles.count("master-1 whole") == 11
    assert styles.count("mixdown whole") == 1  # the draft


def test_references_stay_between_their_10th_and_95th_per_cent() -> None:
    made = outcome()
    grid = np.concatenate([_energies(-20.0, 50), _energies(-10.0, 150)])
    heard = made.album.references["slow-burn"]
    told = replace(heard.measurement, energies=grid)
    one = replace(made.album, references={"slow-burn": replace(heard, measurement=told)})
    found = Curves(one, ()).ranges["slow-burn"]
    assert found.low_lufs == pytest.approx(-20.0, abs=0.01)
    assert found.high_lufs == pytest.approx(-10.0, abs=0.01)
    assert found.integrated_lufs == REFERENCES[0][3][0]
    assert math.isfinite(found.low_lufs)
