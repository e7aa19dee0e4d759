"""R13: a release of ten thousand songs has a page that a browser opens: charts for the first, tables for all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import glassmaster_profiles
from glassmaster.model import Finding, Measurement, Outcome
from glassmaster_reports import curves, write_html, write_markdown
from tests.outcome_support import DELIVERABLES, outcome, release
from tests.page_support import read

COUNT = 10_000
DRAWN = 200


def _short(told: Measurement) -> Measurement:
    return replace(told, energies=told.energies[:500], peaks=told.peaks[:500], frames=5 * told.rate_hz)


def many(count: int, *, whole: bool = False) -> Outcome:
    """The same eight songs, of five seconds each or `whole`, over and over, in three deliverables that sound alike."""
    trimmed = (lambda told: told) if whole else _short
    made = outcome()
    picked = [(0, 1, 2, 3, 6, 7, 8, 9)[place % 8] for place in range(count)]
    folders = (*DELIVERABLES[:2], replace(DELIVERABLES[0], name="archive"))
    heard = [each and replace(each, measurement=trimmed(each.measurement)) for each in made.album.mixdowns]
    songs = [replace(each, title=f"{each.title} of the Long Night") for each in made.album.release.songs]
    album = replace(
        made.album,
        release=release(songs=tuple(songs[index] for index in picked), deliverables=folders),
        mixdowns=tuple(heard[index] for index in picked),
        cuts=tuple(made.album.cuts[index] for index in picked),
        profiles={each.name: each for each in glassmaster_profiles.glassmaster_profiles()},
    )
    known = {each.song: replace(each, measurement=trimmed(each.measurement)) for each in made.masters["distributor"]}
    masters = tuple(replace(known[index], song=place) for place, index in enumerate(picked))
    by_song = {order.parts[0].song: order for order in made.orders["distributor"]}
    parts = [replace(by_song[index].parts[0], song=place) for place, index in enumerate(picked)]
    orders = tuple(replace(by_song[index], parts=(part,)) for index, part in zip(picked, parts, strict=True))
    files = {each.song: each for each in made.products if each.deliverable == "promo"}
    products = tuple(
        replace(
            files[index], deliverable=each.name, song=place, path=f"{each.name}/{place + 1:05} {songs[index].title}"
        )
        for each in folders
        for place, index in enumerate(picked)
    )
    names = [each.name for each in folders]
    finding = Finding("clipped", "warning", f"song {count}", "clipped at 3 places", song=count - 1)
    return replace(
        made,
        album=album,
        masters=dict.fromkeys(names, masters),
        orders=dict.fromkeys(names, orders),
        products=products,
        findings=(finding,),
    )


def test_r13_ten_thousand_songs(tmp_path: Path) -> None:
    """Not through the command line, which would have to hear and make as many files first."""
    write_html(many(COUNT), tmp_path)
    page = tmp_path / "index.html"
    assert page.stat().st_size < 20_000_000
    text = page.read_text(encoding="utf-8")
    assert text.count('<svg class="chart"') == DRAWN + 1
    assert text.count('<section class="song"') == DRAWN
    assert f"This release has {COUNT} songs. The first {DRAWN} have charts and figures of their own" in text
    tables = text.split("<caption>")
    for caption in ("All songs", "Running sheet", "Songs of Master: ", "distributor: 10000 files", "archive: 10000 "):
        (table,) = (each for each in tables if each.startswith(caption))
        assert table.partition("</table>")[0].count("<tr") == COUNT + 1, caption
    assert "09999 " in text
    assert "10000 " in text


def test_what_is_left_out_is_said_and_nothing_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "MOST_DRAWN", 3)
    made = many(8)
    write_html(made, tmp_path)
    write_markdown(made, tmp_path)
    seen = read((tmp_path / "index.html").read_text(encoding="utf-8"))
    ids = {a["id"] for _, a in seen.tags if "id" in a}
    links = {str(a["href"]) for tag, a in seen.tags if tag == "a" and str(a["href"]).startswith("#")}
    assert {each[1:] for each in links} <= ids
    assert {each for each in ids if str(each).removeprefix("song-").isdecimal()} == {"song-1", "song-2", "song-3"}
    said = "This release has 8 songs. The first 3 have charts and figures of their own; the others stand in the tables"
    assert said in seen.text
    assert said in (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "song after song, the first 3 of them" in seen.text
    assert "Song by song" in seen.tables
    assert len(seen.tables["Song by song"]) == 1 + 3
    assert "5 more songs in release.json." in seen.text
    assert len(seen.tables["All songs"]) == 1 + 8
    assert "song 8" in seen.text


def test_a_release_whose_songs_are_all_drawn_says_nothing_about_it(tmp_path: Path) -> None:
    write_html(many(8), tmp_path)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "This release has" not in text
    assert text.count('<svg class="chart"') == 9
