"""How the release will play: the section of the page, its Markdown, and the same in release.json."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import glassmaster_profiles
from glassmaster.model import Adjust, Outcome, Profile, Step
from glassmaster.record import release_json
from glassmaster_reports import write_html, write_markdown
from glassmaster_reports.playing import Playing, playing
from glassmaster_reports.sequence import sequence
from glassmaster_reports.tables import Table
from glassmaster_reports.takes import takes
from tests.outcome_support import DELIVERABLES, LevelSettings, outcome, release
from tests.page_support import read, row_of

PROFILES = {each.name: each for each in glassmaster_profiles.glassmaster_profiles()}
NBSP = "\N{NO-BREAK SPACE}"


def _made(profiles: dict[str, Profile] | None = None) -> Outcome:
    made = outcome()
    return replace(made, album=replace(made.album, profiles=PROFILES if profiles is None else profiles))


@pytest.fixture(scope="module")
def section() -> Playing:
    made = _made()
    found = playing(made, sequence(made.album), takes(made))
    assert found is not None
    return found


def _rows(table: Table) -> dict[str, list[str]]:
    return {row.cells[table.head].text: [cell.text for cell in row.cells] for row in table.rows}


def test_every_service_has_its_row_for_album_and_single_play(section: Playing) -> None:
    assert section.services.caption == f"How services play Master{NBSP}1: distributor and promo"
    rows = _rows(section.services)
    # the songs lie between -23.4 and -13.2 LUFS; the quietest peaks at -6.2 dBTP, the others at -1
    assert rows["Spotify, normal"][1:] == [
        *("−14.0", "−0.8", "−24.2 to −14.0", "—"),
        *("−0.8 to +5.2", "−18.2 to −14.0", "—"),
    ]
    assert rows["Spotify, loud"][1:] == [
        *("−11.0", "+2.2", "−21.2 to −11.0", "10 songs, 2.0 dB"),
        *("+2.2 to +12.4", "−11.0", "11 songs, 7.0 dB"),
    ]
    assert rows["YouTube"][1:] == ["−14.0", *("−0.8 to 0.0", "−23.4 to −14.0", "—") * 2]
    assert rows["YouTube Music"][1:] == ["−7.0", *("0.0", "−23.4 to −13.2", "—") * 2]
    # pooled the songs are at -13.9
    assert rows["Apple Music (Sound Check)"][2] == "−2.1"
    assert rows["AES77 (AES TD1008)"][2:4] == ["−0.8", "−24.2 to −14.0"]
    assert len(rows) == 11


def test_every_song_has_its_gain_at_every_service(section: Playing) -> None:
    rows = _rows(section.songs)
    assert [column.title for column in section.songs.columns][:5] == [
        *("No.", "Song", "Spotify, normal", "Spotify, loud", "Spotify, quiet"),
    ]
    assert rows["Enemy Unknown"][:6] == ["8", "Enemy Unknown", "+5.2", "+12.4*", "+4.4", "+5.2"]
    assert rows["Awakening"][2:] == [
        *("−0.8", "+2.2*", "−5.8", "−2.8", "−0.8", "0.0", "−0.8", "−0.8", "−1.8", "−0.8", "−2.8"),
    ]
    assert rows["Nebula · draft"][2:] == ["—"] * 11


def test_every_rule_has_its_source_and_date(section: Playing) -> None:
    rows = _rows(section.rules)
    _, does, read_in, on = rows["Spotify"]
    assert does.startswith("turns down what is louder than −14 LUFS; turns quiet music up until its true peak meets")
    assert does.endswith("set by its loudest song (second-hand)")
    first, second = read_in.split("; album: ")
    assert first == "https://support.spotify.com/us/artists/article/loudness-normalization"
    assert second == "https://audioaccountability.com/audio-accountability-blog/new-spotify-normalization-revelations"
    assert on == "2026-11-22"
    assert rows["YouTube"][1].endswith("an album’s songs are set one by one; as told or measured by others")
    assert len(rows) == 9


def test_a_limiter_that_stands_ready_and_has_nothing_to_do_is_said_so() -> None:
    made = _made()
    kept = {name: tuple(each for each in masters if each.song == 7) for name, masters in made.masters.items()}
    found = playing(replace(made, masters=kept), sequence(made.album), takes(replace(made, masters=kept)))
    assert found is not None
    assert _rows(found.services)["Spotify, loud"][4] == "1 song, 7.0 dB"
    loud = replace(PROFILES["spotify"], plays_at_lufs=-30.0, rules={**PROFILES["spotify"].rules, "limits_levels": []})
    ready = replace(loud, rules={**loud.rules, "other_levels": {"low": -29.0}, "limits_levels": ["low"]})
    made = _made({"ready": ready})
    found = playing(made, sequence(made.album), takes(made))
    assert found is not None
    assert _rows(found.services)["Spotify, low"][4] == "does not act"


def test_page_and_markdown_show_it_with_the_same_figures(tmp_path: Path) -> None:
    write_html(_made(), tmp_path)
    write_markdown(_made(), tmp_path)
    seen = read((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert "How it will play" in seen.headings
    row = row_of(seen.tables[f"How services play Master{NBSP}1: distributor and promo".replace(NBSP, " ")], "TIDAL")
    assert row == ["TIDAL", "−14.0", "−0.8", "−24.2 to −14.0", "—", "−0.8 to 0.0", "−23.4 to −14.0", "—"]
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "\n## How it will play\n" in text
    assert f"| {' | '.join(row)} |" in text
    assert "+12.4\\*" in text


def test_without_masters_or_services_there_is_no_such_section(tmp_path: Path) -> None:
    for made in (_made({}), replace(_made(), masters={}, orders={}, products=())):
        write_html(made, tmp_path)
        text = (tmp_path / "index.html").read_text(encoding="utf-8")
        assert "How it will play" not in text
        assert json.loads(release_json(made))["playback"] == []


def test_m26_texts_of_a_strangers_profile_are_only_texts(tmp_path: Path) -> None:
    bad = "</td></tr></table><script>alert(1)</script> | `x` *y*"
    rules: dict[str, Any] = {"other_levels": {bad: -11.0}, "second_hand": {bad: bad}}
    made = _made({"bad": Profile(bad, bad, "playback", bad, bad, -14.0, rules=rules)})
    write_html(made, tmp_path)
    seen = read((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert not [tag for tag, _ in seen.tags if tag == "script"]
    assert bad in seen.text


def test_release_json_tells_it_song_by_song() -> None:
    text = release_json(_made()).decode()
    assert not re.search(r": -0\.0\b(?!\d)", text)
    document = json.loads(text)
    assert [each["name"] for each in document["playback"]][:2] == ["spotify", "apple-music"]
    spotify = document["playback"][0]
    assert {*spotify} == {"name", "title", "source", "dated", "levels"}
    assert [(each["name"], each["plays_at_lufs"], each["limits"]) for each in spotify["levels"]] == [
        ("normal", -14.0, False),
        ("loud", -11.0, True),
        ("quiet", -19.0, False),
    ]
    normal, loud, _ = spotify["levels"]
    quiet_song = {"song": 0, "disc": 1, "title": "Enemy Unknown", "gain_db": 5.2}
    assert normal["single"][7] == {
        **quiet_song,
        "integrated_lufs": -18.2,
        "true_peak_dbtp": -1.0,
        "limiter_db": 0.0,
    }
    assert (loud["single"][7]["gain_db"], loud["single"][7]["limiter_db"]) == (12.4, 7.0)
    assert {each["gain_db"] for each in normal["album"]} == {-0.8}


@pytest.mark.parametrize(
    ("settings", "target"),
    [
        ({"target_from": "apple-music"}, -16.0),
        ({"target_from": "aes77", "mode": "loudest"}, -14.0),
        ({"target_from": "references"}, None),
        ({"target_from": ""}, -14.0),
    ],
)
def test_the_chart_shows_the_target_of_a_destination(settings: dict[str, Any], target: float | None) -> None:
    made = _made()
    own = (Adjust("level", tuple(settings.items())),)
    steps = (Step("level", LevelSettings()),)
    told = release(treatment=steps, deliverables=(replace(DELIVERABLES[0], adjust=own),))
    assert [each.target_lufs for each in takes(replace(made, album=replace(made.album, release=told)))] == [target]
