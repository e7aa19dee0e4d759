"""Order and times: the running sheet and its CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster.model import Album
from glassmaster_reports import write_running_sheet
from glassmaster_reports.running import running_sheet
from glassmaster_reports.sequence import sequence
from tests.outcome_support import album, outcome, release


def _with_songs(made: Album, **by_index: dict[str, Any]) -> Album:
    songs = list(made.release.songs)
    for name, changes in by_index.items():
        index = int(name.removeprefix("song"))
        songs[index] = replace(songs[index], **changes)
    return replace(made, release=replace(made.release, songs=tuple(songs)))


def test_starts_are_lengths_and_gaps_added_up() -> None:
    places = sequence(album())
    starts = [round(place.start or 0.0, 3) for place in places[:6]]
    # 258.4 + 2 | + 301.0 + 2 | + 347.2 + 0.5 | + 203.5 + 2 | + 141.9, joined
    assert starts == [0.0, 260.4, 563.4, 911.1, 1116.6, 1258.5]
    assert [place.gap for place in places[:6]] == [0.0, 2.0, 2.0, 0.5, 2.0, 0.0]
    assert places[5].joined
    assert places[-1].total == pytest.approx(sum((2924.3, 7 * 2.0, 0.5, 4.0, 2.0)), abs=1e-6)


def test_numbers_count_on_and_every_disc_starts_at_zero() -> None:
    discs: dict[str, Any] = {f"song{index}": {"disc": 2} for index in range(8, 12)}
    places = sequence(_with_songs(album(), **discs))
    assert [place.number for place in places] == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4]
    assert (places[8].start, places[8].gap) == (0.0, 0.0)
    assert places[9].start == pytest.approx(252.5 + 4.0)
    assert running_sheet(places).columns[0].title == "Disc"


def test_a_crossfade_starts_before_the_song_before_has_ended() -> None:
    places = sequence(_with_songs(album(), song1={"crossfade": 4.0, "gap": None}))
    assert places[1].start == pytest.approx(258.4 - 4.0)
    assert running_sheet(places).rows[1].cells[5].text == "crossfade 0:04.0"


def test_a_mixdown_that_was_not_heard_leaves_the_times_behind_it_open() -> None:
    made = album()
    made = replace(made, mixdowns=(*made.mixdowns[:2], None, *made.mixdowns[3:]))
    places = sequence(made)
    assert places[2].start == pytest.approx(563.4)
    assert (places[2].length, places[3].start) == (None, None)
    assert [cell.text for cell in running_sheet(places).rows[3].cells[3:]] == ["—", "3:23.5", "—", "—"]


def test_the_sheet_says_what_a_plant_asks_for() -> None:
    rows = [[cell.text for cell in row.cells] for row in running_sheet(sequence(album())).rows]
    assert rows[0] == ["1", "Opening", "GBAAA2600001", "0:00.0", "4:18.4", "—", "4:18.4"]
    assert rows[5] == ["6", "By-Product, Part 2", "GBAAA2600006", "20:58.5", "2:27.3", "joined", "23:25.8"]
    assert rows[10][1] == "Nebula · draft"


def test_a_version_stands_in_brackets_and_a_single_takes_the_release_title() -> None:
    places = sequence(_with_songs(album(), song0={"title": "", "version": "Radio Edit"}))
    assert places[0].title == "Night Signals (Radio Edit)"


def test_the_csv_reads_back_with_seconds_and_no_formula(tmp_path: Path) -> None:
    hostile = _with_songs(album(), song0={"title": '=HYPERLINK("http://x")'}, song1={"artist": "@cmd\n|' /C calc'!A0"})
    path = tmp_path / "running-sheet.csv"
    write_running_sheet(outcome(album=hostile), tmp_path)
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == len(release().songs)
    assert rows[0]["title"] == '\'=HYPERLINK("http://x")'
    assert rows[1]["artist"] == "'@cmd\\x0a|' /C calc'!A0"
    assert (rows[1]["start"], rows[1]["start_s"], rows[1]["length_s"], rows[1]["gap_s"]) == (
        "4:20.400",
        "260.400",
        "301.000",
        "2.000",
    )
    assert rows[10]["status"] == "draft"
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
