"""Spectrum and dynamics beside the references: matched in loudness, drawn, and said in words."""

from __future__ import annotations

import pytest

from glassmaster_reports.sequence import sequence
from glassmaster_reports.takes import takes
from glassmaster_reports.tone import IMAGE, Levels, Tone, Tones, level, regions, shared, tones
from glassmaster_reports.tone_charts import dynamics_drawing, spectrum_drawing
from glassmaster_reports.tone_words import sentences, sound_table
from tests.drawing_support import points_of
from tests.outcome_support import outcome

FLAT: Levels = (-12.0,) * 31
NO_FIGURES = dict.fromkeys(("plr_lu", "min_psr_lu", "loudness_range_lu", "crest_db", *(name for name, _ in IMAGE)))


def _tone(label: str, bands: Levels, style: str = "reference") -> Tone:
    return Tone(label, style, bands, NO_FIGURES)


def _told(own: Levels, *references: Levels) -> str:
    found = Tones((_tone("Mixdown", FLAT, "mixdown"), _tone("Master", own, "master-1")), ())
    others = tuple(_tone(f"r{at}", each) for at, each in enumerate(references))
    (told,) = sentences(Tones(found.own, others))
    return told


def _with(change: float, first: int, last: int) -> Levels:
    return tuple(-12.0 + (change if first <= at < last else 0.0) for at in range(31))


def test_what_all_references_have_more_of_is_said_in_decibels() -> None:
    told = _told(_with(-2.1, 0, 5), FLAT, _with(1.0, 0, 5), _with(3.0, 0, 31))
    assert told == "Master at the references’ loudness: 2.1 dB less below 60 Hz than all three references."


def test_the_greatest_difference_is_said_first_and_the_nearest_reference_counts() -> None:
    own = tuple(-12.0 + (1.5 if at < 5 else 4.0 if at >= 25 else 0.0) for at in range(31))
    told = _told(own, FLAT, _with(0.4, 0, 5))
    assert told == (
        "Master at the references’ loudness: 4.0 dB more above 6 kHz, 1.1 dB more below 60 Hz than both references."
    )


def test_less_than_a_decibel_is_no_difference() -> None:
    told = _told(_with(0.9, 0, 5), FLAT)
    assert told.endswith("no part of the spectrum lies 1.0 dB or more outside of the reference’s.")
    assert "than the reference." in _told(_with(1.1, 0, 5), FLAT)


def test_records_of_a_low_rate_are_compared_up_to_where_they_reach() -> None:
    """At 22.05 kHz nothing is known above the third octave around 8 kHz, which ends at 8.9 kHz."""
    low: Levels = (*FLAT[:27], *(None,) * 4)
    assert shared([_tone("a", FLAT), _tone("b", low)]) == 27
    assert [each.title for each in regions(27)][-1] == "from 2 to 6 kHz"  # two bands of five are not worth a name
    assert [each.title for each in regions(28)][-1] == "from 6 to 11 kHz"
    assert "above" not in _told(_with(9.0, 25, 31), low)


def test_a_region_is_the_sum_of_its_energies() -> None:
    (below, *_) = regions(31)
    assert level(_tone("x", FLAT), below) == pytest.approx(-12.0 + 6.9897, abs=1e-4)  # five bands alike
    assert level(_tone("x", ()), below) is None


def test_spectra_are_compared_at_the_same_loudness() -> None:
    """A mixdown ten decibels under its master, otherwise the same, has the same spectrum here."""
    made = outcome()
    found = tones(made.album, sequence(made.album)[0], takes(made))
    assert [tone.label for tone in found.own] == ["Mixdown", "Master\N{NO-BREAK SPACE}1", "Master\N{NO-BREAK SPACE}2"]
    assert [tone.label for tone in found.references] == ["slow-burn", "night-drive", "open-air"]
    assert found.own[0].bands_db[7] == pytest.approx(-9.0)  # as the made-up meter tells it of 100 Hz: 9 dB under
    assert found.own[1].bands_db[7] == pytest.approx(-9.0)
    assert found.references[0].bands_db[7] == pytest.approx(-9.0)


def test_the_spectrum_lies_where_the_axis_says() -> None:
    own = (_tone("Mixdown", _with(6.0, 17, 18), "mixdown"), _tone("Master", FLAT, "master-1"))
    chart = spectrum_drawing("Song", Tones(own, (_tone("r", _with(-3.0, 0, 31)), _tone("s", _with(3.0, 0, 31)))))
    assert chart is not None
    (panel,) = chart.panels
    levels = {tick.label: tick.at for tick in panel.levels}
    assert [line.style for line in panel.lines] == ["master-1", "mixdown"]
    bump = min(points_of(panel.lines[1].path), key=lambda point: point[1])
    assert bump[1] == pytest.approx(levels["−6"], abs=0.06)
    assert bump[0] == pytest.approx(next(tick.at for tick in chart.times if tick.label == "1k"), abs=0.06)
    between = sorted({round(y, 1) for _, y in points_of(panel.areas[0].path)})
    wanted = [levels["−12"] - (levels["−18"] - levels["−12"]) / 2, levels["−12"] + (levels["−18"] - levels["−12"]) / 2]
    assert between == pytest.approx(wanted, abs=0.1)
    assert {"Master", "Mixdown", "References"} == {label.text for label in panel.labels}


def test_nothing_measured_is_nothing_drawn() -> None:
    bare = Tones((_tone("Mixdown", (), "mixdown"),), ())
    assert spectrum_drawing("Song", bare) is None
    assert dynamics_drawing("Song", bare) is None
    assert sound_table("Song", bare) is None
    assert sentences(bare) == ()


def test_dynamics_stand_on_one_scale_over_the_references_range() -> None:
    made = outcome()
    found = tones(made.album, sequence(made.album)[0], takes(made))
    chart = dynamics_drawing("Opening", found)
    assert chart is not None
    (panel,) = chart.panels
    assert [tick.label for tick in panel.levels] == ["PLR", "Least PSR", "LRA", "Crest"]
    ticks = {tick.label: tick.at for tick in chart.times}
    per_lu = (ticks["6"] - ticks["0"]) / 6
    plr = panel.bands[0]  # the references' PLR: 0.3 + 9.8, 0.9 + 8.2, -0.2 + 11.5
    assert plr.x + 1 == pytest.approx(ticks["0"] + 9.1 * per_lu)
    assert plr.width - 2 == pytest.approx((11.3 - 9.1) * per_lu)
    dots = [area for area in panel.areas if area.style == "dot mixdown"]
    assert points_of(dots[0].path)[0][0] == pytest.approx(ticks["0"] + 18.1 * per_lu, abs=0.06)  # -6.2 + 24.3
    assert panel.labels[0].text == "18.1 → 13.2 → 9.0"
    assert "PLR: Mixdown 18.1" in chart.description
    assert "references 9.1 to 11.3" in chart.description


def test_all_that_is_drawn_can_be_read_as_figures() -> None:
    made = outcome()
    table = sound_table("Opening", tones(made.album, sequence(made.album)[0], takes(made)))
    assert table is not None
    rows = {each.cells[0].text: [cell.text for cell in each.cells[1:]] for each in table.rows}
    assert rows["PLR (LU)"] == ["18.1", "13.2", "9.0", "9.1 to 11.3"]
    assert rows["Correlation"] == ["0.62", "0.62", "0.62", "0.62"]
    assert next(name for name in rows if "Hz" in name) == "Below 60 Hz (dB)"
