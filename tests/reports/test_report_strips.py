"""What runs along a song's time beside its loudness: waveform with findings, gain reduction, stereo image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from glassmaster.model import Finding
from glassmaster_reports.curves import Curves
from glassmaster_reports.drawings import song_drawing
from glassmaster_reports.grids import averaged, highest, image, wave
from glassmaster_reports.paths import outlined, traced
from glassmaster_reports.sequence import sequence
from glassmaster_reports.strips import reduction_panel, wave_panel
from glassmaster_reports.takes import takes
from tests.drawing_support import placed, points_of
from tests.outcome_support import FINDINGS, outcome


def test_a_short_path_leads_through_the_same_places() -> None:
    """No rounding adds up, however many steps there are."""
    places = [(46 + at * 1.127, 100 + 40 * np.sin(at / 3)) for at in range(600)]
    found = points_of(traced(places))
    assert len(found) == 600
    assert np.abs(np.array(found) - np.array(places)).max() <= 0.0501
    assert len(traced(places)) < 600 * 9


@pytest.mark.parametrize(
    ("places", "left"),
    [
        ([(0.0, 5.0), (1.0, 5.0), (2.0, 5.0), (3.0, 5.0), (4.0, 7.0)], [(0, 5), (3, 5), (4, 7)]),
        ([(0.0, 5.0), (9.0, 5.0)], [(0, 5), (9, 5)]),
        ([(-1.25, -0.04), (1.0, -3.0)], [(-1.2, 0), (1, -3)]),
    ],
)
def test_stretches_on_one_level_are_one_step(
    places: list[tuple[float, float]], left: list[tuple[float, float]]
) -> None:
    assert np.array(points_of(traced(places))) == pytest.approx(np.array(left), abs=1e-9)


def test_no_points_make_no_path_and_one_a_place() -> None:
    assert traced([]) == ""
    assert points_of(traced([(3.0, 4.0)]))[0] == (3.0, 4.0)
    assert outlined([]) == ""


def test_columns_keep_the_highest_and_the_mean_of_their_stretch() -> None:
    grid = np.zeros(1000, np.float32)
    grid[[0, 499, 999]] = (0.5, 0.9, 0.7)
    assert highest(grid, 10).tolist() == pytest.approx([0.5, 0, 0, 0, 0.9, 0, 0, 0, 0, 0.7])
    assert averaged(grid, 2).tolist() == pytest.approx([1.4 / 500, 0.7 / 500])
    assert len(highest(grid[:3], 600)) == 3


def test_a_steady_sine_has_its_own_rms_as_level() -> None:
    """Two channels of a 1 kHz sine at full scale: -3.01 dB each, 0.691 dB of K-weighting aside, summed in energy."""
    energies = np.full(400, 2 * 0.5, np.float32)
    found = wave(np.ones(400, np.float32), energies, 100)
    assert found is not None
    assert found.levels == pytest.approx(np.sqrt(0.5))
    assert (found.peaks.max(), found.seconds) == (1.0, 4.0)
    assert wave(np.zeros(0, np.float32), np.zeros(0, np.float32), 100) is None


def test_the_mixdown_stands_upwards_and_the_master_downwards_at_their_own_levels() -> None:
    quiet, loud = (wave(np.full(300, peak, np.float32), np.full(300, 0.01, np.float32), 60) for peak in (0.25, 0.8))
    assert quiet is not None
    assert loud is not None
    panel = wave_panel(("mixdown", "Mixdown", quiet), ("master-1", "Master", loud), 3.0, 10.0, ())
    middle = panel.plot.y + panel.plot.height / 2
    up, _, down, _ = ([y for _, y in placed(area)] for area in panel.areas)
    assert up == pytest.approx([middle - panel.plot.height / 2 * 0.25] * 60, abs=0.06)
    assert down == pytest.approx([middle + panel.plot.height / 2 * 0.8] * 60, abs=0.06)
    times = [x for x, _ in placed(panel.areas[0])]
    assert times[0] == pytest.approx(panel.plot.x + panel.plot.width / 120)
    assert times[-1] == pytest.approx(panel.plot.x + panel.plot.width * 119 / 120)


def test_what_goes_over_full_scale_stays_on_the_paper() -> None:
    over = wave(np.full(300, 1.6, np.float32), np.full(300, 0.01, np.float32), 60)
    assert over is not None
    panel = wave_panel(("mixdown", "Mixdown", over), None, 3.0, 10.0, ())
    assert min(y for _, y in placed(panel.areas[0])) == pytest.approx(panel.plot.y, abs=0.06)
    (full,) = (tick for tick in panel.levels if tick.label == "0 dB")
    assert full.at == pytest.approx(panel.plot.y + panel.plot.height * (1 - 1 / 1.6))


def test_findings_stand_at_their_time() -> None:
    made = outcome()
    chart = song_drawing(Curves(made.album, takes(made)), sequence(made.album)[3], (-42.0, 0.0), FINDINGS)
    assert chart is not None
    (mark,) = chart.panels[0].marks
    assert mark.severity == "warning"
    assert mark.x == pytest.approx(chart.plot.x + chart.plot.width * 83.46 / 203.5)
    assert mark.text == "1:23.5 clipped: the mixdown is clipped at 3 places, the longest for 7 samples"
    assert "1 finding at 1:23.5" in chart.description


def test_of_too_many_findings_the_gravest_are_marked_and_none_outside_of_the_song() -> None:
    some = wave(np.ones(1000, np.float32), np.ones(1000, np.float32), 60)
    assert some is not None
    notes = [Finding("note", "note", "", "", song=0, at=float(at) / 10) for at in range(60)]
    grave = Finding("grave", "error", "", "", song=0, at=9.0)
    waived = Finding("accepted", "warning", "", "", song=0, at=9.5, waived="meant so")
    beyond = [Finding("beyond", "error", "", "", song=0, at=at) for at in (-1.0, 10.5, None)]
    found = wave_panel(("mixdown", "Mixdown", some), None, 10.0, 0.0, [*notes, grave, waived, *beyond]).marks
    assert len(found) == 40
    assert [each.severity for each in found if each.severity != "note"] == ["error", "waived"]
    assert not [each for each in found if "beyond" in each.text]


def test_gain_reduction_hangs_from_zero_and_is_not_drawn_where_there_is_none() -> None:
    made = outcome()
    found = takes(made)
    panel = reduction_panel(3, found, 203.5, 0.0, 300)
    assert panel is not None
    assert [tick.label for tick in panel.levels] == ["−6", "−3", "0"]
    depths = [y for _, y in placed(panel.areas[1])]  # the loud master: 5.8 dB at most, the curve at half of it
    assert depths == pytest.approx([panel.plot.height * 2.9 / 6] * 300, abs=0.06)
    assert [label.text for label in panel.labels] == [
        "Master\N{NO-BREAK SPACE}1 −2.4",
        "Master\N{NO-BREAK SPACE}2 −5.8",
    ]
    assert reduction_panel(7, found, 44.0, 0.0, 300) is None


def test_the_image_is_the_masters_where_that_was_heard_else_the_mixdowns() -> None:
    made = outcome()
    place = sequence(made.album)[0]
    chart = song_drawing(Curves(made.album, takes(made)), place, (-42.0, 0.0))
    assert chart is not None
    image_panel, balance = chart.panels[-2:]
    assert [line.style for line in image_panel.lines] == ["master-1 correlation", "master-1 width"]
    assert sorted(label.text for label in image_panel.labels) == ["Correlation 0.62", "Width 0.21"]
    assert [label.text for label in balance.labels] == ["Balance 0.3 left"]
    deaf = {
        name: tuple(replace(each, measurement=replace(each.measurement, extra={})) for each in masters)
        for name, masters in made.masters.items()
    }
    without = replace(made, masters=deaf)
    chart = song_drawing(Curves(without.album, takes(without)), place, (-42.0, 0.0))
    assert chart is not None
    assert chart.panels[-1].lines[0].style == "mixdown balance"


def test_an_image_is_timed_from_the_songs_start_and_knows_no_silence() -> None:
    made = outcome()
    heard = made.album.mixdowns[0]
    assert heard is not None
    found = image(heard.measurement, 0.5, 258.9, 1000)
    assert found is not None
    assert found.times["correlation"][:2] == (0.0, 1.0)
    assert found.times["balance_db"][0] == 2.0  # the first two seconds have none
    few = image(heard.measurement, 0.5, 258.9, 100)
    assert few is not None
    assert 80 <= len(few.times["width"]) <= 100
    assert image(replace(heard.measurement, extra={"stereo": None}), 0.0, 9.0, 100) is None
