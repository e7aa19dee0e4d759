"""What the tables say: figures, comparison, findings, treatment, files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from glassmaster.model import Adjust, Decided, Finding, Qc
from glassmaster_reports.compare import ASPECTS, in_words, release_table, song_words
from glassmaster_reports.curves import Curves
from glassmaster_reports.delivered import deliverables
from glassmaster_reports.figures import overview, reference_files, song_figures
from glassmaster_reports.findings import groups, verdict
from glassmaster_reports.sequence import sequence
from glassmaster_reports.tables import Table
from glassmaster_reports.takes import takes
from glassmaster_reports.treatment import asked, done
from glassmaster_reports.words import spanned
from tests.outcome_support import DELIVERABLES, Gain, LevelSettings, master, masters, outcome, release

INTEGRATED, _, RANGE, PLR = ASPECTS
NBSP = "\N{NO-BREAK SPACE}"


def _texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_deliverables_that_sound_the_same_share_a_take() -> None:
    found = takes(outcome())
    assert [(take.label, take.deliverables, take.target_lufs) for take in found] == [
        (f"Master{NBSP}1", ("distributor", "promo"), -14.0),
        (f"Master{NBSP}2", ("cd-16-44",), -9.0),
    ]
    assert found[0].goes_to == f"Master{NBSP}1: distributor and promo"
    assert 10 not in found[0].masters


def test_one_take_is_simply_the_master() -> None:
    made = outcome()
    one = replace(made, masters={"distributor": made.masters["distributor"]})
    assert [(take.label, take.style) for take in takes(one)] == [("Master", "master-1")]


def test_a_target_that_comes_from_elsewhere_is_not_claimed() -> None:
    made = outcome()
    left_out = replace(DELIVERABLES[0], adjust=(Adjust("level", None),))
    album = replace(made.album, release=release(deliverables=(left_out,)))
    assert [take.target_lufs for take in takes(replace(made, album=album))] == [None]


def test_a_song_stands_beside_its_masters_and_references() -> None:
    made = outcome()
    table = song_figures(made.album, sequence(made.album)[0], takes(made))
    assert [column.title for column in table.columns] == [
        "File",
        "Integrated",
        "Short-term max",
        "Loudness range",
        "True peak",
        "PLR",
        "Gain",
        "Drive",
        "GR at work",
        "Most GR",
    ]
    assert _texts(table) == [
        ["Mixdown", "−24.3", "−19.6", "8.1", "−6.2", "18.1", "—", "—", "—", "—"],
        [f"Master{NBSP}1", "−14.2", "−9.9", "7.8", "−1.0", "13.2", "+10.0", "+0.4", "0.6", "1.1"],
        [f"Master{NBSP}2", "−9.3", "−5.0", "7.8", "−0.3", "9.0", "+11.9", "+3.4", "2.3", "4.6"],
        ["slow-burn", "−9.8", "−7.6", "5.2", "0.3", "10.1", "—", "—", "—", "—"],
        ["night-drive", "−8.2", "−6.1", "4.0", "0.9", "9.1", "—", "—", "—", "—"],
        ["open-air", "−11.5", "−8.9", "7.5", "−0.2", "11.3", "—", "—", "—", "—"],
    ]
    assert table.note == "The mixdown’s figures are of the whole file; the song is 0:00.5 to 4:18.9 of it."


def test_what_does_not_exist_is_a_dash() -> None:
    made = outcome()
    silent = made.album.mixdowns[0]
    assert silent is not None
    nothing: dict[str, Any] = dict.fromkeys(
        ("integrated_lufs", "max_short_term_lufs", "loudness_range_lu", "true_peak_dbtp", "plr_lu")
    )
    told = replace(silent, measurement=replace(silent.measurement, **nothing))
    album = replace(made.album, mixdowns=(told, None, *made.album.mixdowns[2:]), references={})
    for song in (0, 1):
        rows = _texts(song_figures(album, sequence(album)[song], takes(made)))
        assert rows[0] == ["Mixdown", *["—"] * 9]
        assert rows[-1] == ["open-air", *["—"] * 9]
    assert _texts(reference_files(album))[0][:3] == ["slow-burn", "Slow Burn.flac", "could not be heard"]


def test_the_overview_adds_gain_and_drive_and_leaves_a_draft_open() -> None:
    made = outcome()
    table = overview(made.album, sequence(made.album), takes(made), 12)
    rows = _texts(table)
    assert rows[1] == [
        "2",
        "Second Light",
        "5:01.0",
        "−22.8",
        "−13.6",
        "+9.5",
        "0.9",
        "−1.0",
        "−8.8",
        "+14.3",
        "2.6",
        "−0.3",
    ]
    assert rows[10] == ["11", "Nebula · draft", "5:20.8", "−28.6", *["—"] * 8]
    assert table.rows[1].cells[1].href == "#song-2"


@pytest.mark.parametrize(
    ("value", "known", "words"),
    [
        (-14.0, [-9.8, -11.5], "2.5 LU quieter than the quietest reference"),
        (-9.0, [-9.8, -11.5], "0.8 LU louder than the loudest reference"),
        (-10.0, [-9.8, -11.5], "within the references’ range"),
        (-11.54, [-9.8, -11.5], "within the references’ range"),
        (-14.0, [-9.8], "4.2 LU quieter than the reference"),
        (-9.8, [-9.8], "the same as the reference"),
        (None, [-9.8], "—"),
        (-14.0, [], "—"),
    ],
)
def test_loudness_in_words(value: float | None, known: list[float], words: str) -> None:
    assert in_words(INTEGRATED, value, known) == words


def test_range_and_density_have_their_own_words() -> None:
    assert in_words(RANGE, 9.9, [4.0, 7.5]) == "2.4 LU wider than the widest reference"
    assert in_words(RANGE, 3.0, [4.0, 7.5]) == "1.0 LU narrower than the narrowest reference"
    assert in_words(PLR, 8.0, [9.1, 11.3]) == "1.1 LU denser than the densest reference"
    assert in_words(PLR, 13.0, [9.1, 11.3]) == "1.7 LU more open than the most open reference"
    assert (spanned([4.0, 7.5]), spanned([4.0]), spanned([])) == ("4.0 to 7.5", "4.0", "—")


def test_the_release_is_pooled_and_compared() -> None:
    made = outcome()
    table = release_table(made.album, takes(made)[0])
    assert table is not None
    rows = {row[0]: row[1:] for row in _texts(table)}
    # the energies' mean over all songs; the mean of the songs' own figures would be -14.8
    assert rows["Integrated (LUFS)"] == ["−13.9", "−11.5 to −8.2", "2.4 LU quieter than the quietest reference"]
    assert rows["Short-term max (LUFS)"] == ["−9.0", "−8.9 to −6.1", "0.1 LU quieter than the quietest reference"]
    assert rows["PLR (LU)"] == ["12.9", "9.1 to 11.3", "1.6 LU more open than the most open reference"]
    assert release_table(replace(made.album, references={}), takes(made)[0]) is None


def test_a_song_is_put_into_words_with_its_own_references() -> None:
    made = outcome()
    curves = Curves(made.album, takes(made))
    said = song_words(curves, sequence(made.album)[7])
    assert said[0] == (
        f"Master{NBSP}1 beside the references: integrated 13.6 LU quieter than the reference (−9.8 LUFS); "
        "loudness range 2.5 LU narrower than the reference (5.2 LU); PLR 7.1 LU more open than the reference (10.1 LU)."
    )
    assert song_words(curves, sequence(made.album)[10]) == ()


def test_findings_are_grouped_with_what_to_do_and_the_waived_ones_last() -> None:
    made = outcome()
    found = groups(made.findings, sequence(made.album))
    assert [(group.severity, [item.code for item in group.items]) for group in found] == [
        ("error", ["draft"]),
        ("warning", ["target-not-reached", "clipped"]),
        ("note", ["mixed-rates"]),
        ("waived", ["loudness-jump"]),
    ]
    clipped = found[1].items[1]
    assert [(spot.href, spot.at) for spot in clipped.spots] == [("#song-4", "1:23.5")]
    assert clipped.hint == "fix it in the mix: lower the mix bus by 3 dB and export again"
    assert found[3].items[0].waived == "It is an interlude."


def test_what_asks_for_the_same_is_told_once_with_all_places() -> None:
    made = outcome()
    hint = "fix it in the mix: high-pass filter at 5 to 20 Hz"
    shifted = [Finding("mix-dc-offset", "warning", f"{n + 1}", f"shifted by {n}", hint, song=n) for n in range(3)]
    other = replace(shifted[0], hint="another remedy", song=5)
    (group,) = groups((*shifted[:2], other, replace(shifted[2], at=7.0)), sequence(made.album))
    assert group.count == 4
    assert [[spot.message for spot in item.spots] for item in group.items] == [
        ["shifted by 0", "shifted by 1", "shifted by 2"],
        ["shifted by 0"],
    ]
    assert [spot.at for spot in group.items[0].spots] == ["", "", "0:07.0"]


def test_the_verdict_says_what_stands_in_the_way() -> None:
    assert verdict(outcome()).why == "1 error to put right first; besides, 2 warnings, 1 note and 1 waived finding"
    strict = outcome()
    strict = replace(strict, album=replace(strict.album, release=release(qc=Qc(fail_on="warning"))))
    assert verdict(strict).why == "1 error and 2 warnings to put right first; besides, 1 note and 1 waived finding"
    ready = verdict(outcome(verdict="ready", findings=(Finding("mixed-rates", "note", "release", "two rates"),)))
    assert (ready.word, ready.why) == ("Ready", "1 note")
    assert verdict(outcome(verdict="ready", findings=())).why == "Nothing was found."


def test_what_was_done_is_told_once_for_all_and_then_song_by_song() -> None:
    made = outcome()
    chain, songs = done(takes(made)[1], sequence(made.album))
    assert _texts(chain) == [
        ["1", "level", "match short-term, mode album, target_lufs −9.0, amount 1"],
        ["2", "limit", "ceiling_dbtp −0.3, release_ms 120, max_gain_reduction_db 6.0"],
    ]
    rows = _texts(songs)
    assert rows[0] == ["1", "Opening", "−9.3", "−9.3", "+11.9", "+3.4", "2.3", "4.6", "—", "—"]
    short = "1 dB more drive brings less than 0.25 LU: 0.6 LU short"
    assert rows[2] == ["3", "Advanced Simulacra", "−9.4", "−10.0", "+14.2", "+3.0", "2.0", "3.9", "—", short]
    assert rows[3][8] == "limit: release_ms 200"
    assert rows[10] == ["11", "Nebula", *["—"] * 6, "draft: not mastered", "—"]


def test_values_of_strange_stages_and_stages_left_out_are_told() -> None:
    made = outcome()
    first, *others = made.orders["distributor"]
    part = first.parts[0]
    hum = Decided("hum", "1", {"mains_hz": 50.0}, {"mains_hz": 50.0, "depth_db": -23.456, "why": "hum at 50 Hz"})
    order = replace(first, parts=(replace(part, steps=(part.steps[0], hum)),))
    made = replace(made, orders={"distributor": (order, *others)}, masters={"distributor": masters(loud=False)})
    _, songs = done(takes(made)[0], sequence(made.album))
    assert _texts(songs)[0][8] == "hum: mains_hz 50, depth_db −23.5, hum at 50 Hz; without limit"
    assert _texts(songs)[1][8] == "without hum"


def test_no_treatment_is_said_so() -> None:
    made = outcome()
    bare = replace(made, album=replace(made.album, release=release(treatment=())), masters={}, orders={})
    table = asked(bare)
    assert (table.rows, table.note) == ((), "No treatment: the mixdowns are delivered as they are.")


def test_a_gain_that_no_column_shows_is_not_hidden() -> None:
    made = master(0, loud=False)
    assert made is not None
    whole = outcome()
    first, *others = whole.orders["distributor"]
    steps = (Decided("level", "1", LevelSettings(), Gain(-3.0, -14.2)), *first.parts[0].steps[1:])
    order = replace(first, parts=(replace(first.parts[0], steps=steps),))
    whole = replace(whole, orders={"distributor": (order, *others)}, masters={"distributor": masters(loud=False)})
    _, songs = done(takes(whole)[0], sequence(whole.album))
    assert _texts(songs)[0][8] == "level: gain_db −3.0"


def test_every_file_stands_with_its_format_and_proof() -> None:
    made = outcome()
    tables = deliverables(made, sequence(made.album), 12)
    assert [table.caption.split(":")[0] for table in tables] == ["distributor", "promo", "cd-16-44"]
    assert tables[0].caption.endswith(", for distributor-generic")
    assert [len(table.rows) for table in tables] == [11, 11, 11]
    number, file, form, size, lufs, peak, trim, untrimmed, encoder, proof = tables[1].rows[1].cells
    assert (number.text, form.text, encoder.text) == ("2", "MP3, 320 kbit/s, 48 kHz", "lame 3.100")
    assert (file.text, file.href) == ("02 Second Light.mp3", "../promo/02%20Second%20Light.mp3")
    assert (size.text, lufs.text, peak.text, trim.text) == ("12.0 MB", "−14.0", "−0.4", "−0.4")
    assert (untrimmed.text, tables[0].rows[1].cells[7].text) == ("0.1", "—")
    product = next(each for each in made.products if each.path == "promo/02 Second Light.mp3")
    assert (proof.text, proof.more) == (product.sha256[:12], product.sha256)
    assert tables[2].rows[0].cells[2].text == "WAV, 16 bit, 44.1 kHz"
    assert tables[2].rows[-1].cells[0].text == "12"
