"""The finished files: what a reader finds in them, on their own and in a browser."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from glassmaster.model import Outcome
from glassmaster_reports import glassmaster_reports, write_html, write_markdown
from tests.outcome_support import DELIVERABLES, FINDINGS, REFERENCES, SONGS, outcome, release
from tests.page_support import Seen, read, row_of

NBSP = "\N{NO-BREAK SPACE}"


def _page(made: Outcome, folder: Path) -> str:
    write_html(made, folder)
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _page(outcome(), tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def seen(html: str) -> Seen:
    return read(html)


def test_the_verdict_and_what_to_do_come_first(seen: Seen) -> None:
    assert seen.headings[:3] == ["Night Signals", "Not ready", "Findings"]
    order = [
        "Errors 1",
        "Warnings 2",
        "Notes 1",
        "Waived 1",
        "The release at a glance",
        "Songs",
        "1 Opening",
        "12 Orbital Elevator",
        "Running sheet",
        "Deliverables",
        "Beside the references",
        "What was done",
        "Made with",
    ]
    assert [heading for heading in seen.headings if heading in order] == order
    assert seen.text.index('set status = "final"') < seen.text.index("All songs")


def test_the_figures_of_every_song_stand_in_the_page(seen: Seen) -> None:
    for title, _, (lufs, short, spread, peak), quiet, *_ in SONGS:
        rows = seen.tables[f"Figures of {title}"]
        shown = [f"{each:.1f}".replace("-", "−") for each in (lufs, short, spread, peak, peak - lufs)]
        assert row_of(rows, "Mixdown")[1:6] == shown
        reached = "—" if quiet is None else f"{quiet:.1f}".replace("-", "−")
        assert row_of(rows, "Master 1")[1] == reached
    assert row_of(seen.tables["Figures of Opening"], "night-drive")[1:6] == ["−8.2", "−6.1", "4.0", "0.9", "9.1"]


def test_running_sheet_files_references_and_versions_stand_in_the_page(seen: Seen) -> None:
    assert row_of(seen.tables["Running sheet"], "Second Light")[2:] == [
        "GBAAA2600002",
        "4:20.4",
        "5:01.0",
        "0:02.0",
        "9:21.4",
    ]
    files = next(rows for caption, rows in seen.tables.items() if caption.startswith("cd-16-44: 11 files"))
    assert row_of(files, "04 Awakening.wav")[2:7] == ["WAV, 16 bit, 44.1 kHz", "35.9 MB", "−8.6", "−0.3", "0.0"]
    assert [row[0] for row in seen.tables["References"][1:]] == [name for name, *_ in REFERENCES]
    assert ["lame", "3.100"] in seen.tables["Made with"]


def test_nothing_in_the_page_runs_loads_or_asks(html: str, seen: Seen) -> None:
    policy = next(a["content"] for tag, a in seen.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:" in policy
    assert not [tag for tag, _ in seen.tags if tag in ("script", "iframe", "object", "embed", "link", "form", "base")]
    for tag, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("href", "src", "xlink:href"):
            address = attributes.get(name)
            assert address is None or address.startswith(("#", "../", "data:image/")), address


def test_the_page_can_be_heard_and_walked_through(seen: Seen) -> None:
    names = [tag for tag, _ in seen.tags]
    assert [names.count(each) for each in ("main", "header", "nav", "footer", "h1")] == [1, 1, 1, 1, 1]
    ids = [a["id"] for _, a in seen.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for tag, attributes in seen.tags:
        if tag == "th":
            assert attributes.get("scope") in ("col", "row")
        if attributes.get("role") == "img":
            assert set(str(attributes["aria-labelledby"]).split()) <= set(ids)
        if str(attributes.get("href", "")).startswith("#"):
            assert str(attributes["href"])[1:] in ids
    drawings = [a for tag, a in seen.tags if tag == "svg" and a.get("role") == "img"]
    assert len(drawings) == len(SONGS) * 3 + 2
    timed = sum(each.at is not None for each in FINDINGS)
    assert names.count("title") == len(drawings) + timed + 1
    assert names.count("desc") == len(drawings)


def test_a_songs_chart_tells_a_player_where_its_time_runs(seen: Seen) -> None:
    """In seconds of the song, and in the drawing's own units."""
    charts = {a["data-song"]: a for tag, a in seen.tags if tag == "svg" and "data-song" in a}
    assert list(charts) == [str(number + 1) for number in range(len(SONGS))]
    for number, (_, seconds, *_) in enumerate(SONGS, 1):
        told = charts[str(number)]
        width = float(str(told["viewbox"]).split()[2])
        assert (told["data-start"], float(str(told["data-end"]))) == ("0", seconds)
        assert 0 < float(str(told["data-left"])) < float(str(told["data-right"])) < width


def test_what_is_linked_is_where_the_build_puts_it(seen: Seen) -> None:
    links = [str(a["href"]) for tag, a in seen.tags if tag == "a" and str(a["href"]).startswith("../")]
    assert len(links) == 33
    assert "../promo/06%20By-Product%2C%20Part%202.mp3" in links


def test_the_same_outcome_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for report in glassmaster_reports():
            if not report.asked:
                report.write(outcome(), tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["index.html", "report.json", "report.md", "report.txt", "running-sheet.csv"]
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_check_before_any_build_has_a_page_too(tmp_path: Path) -> None:
    made = outcome(masters={}, orders={}, products=())
    seen = read(_page(made, tmp_path))
    assert "Deliverables" not in seen.headings
    assert row_of(seen.tables["Figures of Opening"], "Mixdown")[1] == "−24.3"
    assert row_of(seen.tables["Treatment of the release"], "limit")[2].startswith("ceiling_dbtp −1.0")
    assert "The release from start to end: Mixdowns" in seen.text


def test_a_release_of_nothing_but_silence_has_a_page(tmp_path: Path) -> None:
    made = outcome(masters={}, orders={}, products=(), findings=())
    bare = release(references=(), treatment=(), songs=made.album.release.songs[:1])
    album = replace(made.album, release=bare, mixdowns=(None,), cuts=(None,), references={})
    seen = read(_page(replace(made, album=album), tmp_path))
    assert row_of(seen.tables["Figures of Opening"], "Mixdown")[1:] == ["—"] * 9
    assert "No song could be heard yet." in seen.text
    assert "Nothing was found." in seen.text


def test_the_cover_is_inside_the_page_and_a_broken_one_is_left_out(tmp_path: Path) -> None:
    cover = tmp_path / "cover.png"
    Image.new("RGB", (1200, 1200), (180, 40, 60)).save(cover)
    made = outcome()
    with_cover = replace(made, album=replace(made.album, release=release(artwork=cover)))
    images = [a for tag, a in read(_page(with_cover, tmp_path)).tags if tag == "img"]
    assert [str(each["alt"]) for each in images] == ["Front cover of Night Signals"]
    data = base64.b64decode(str(images[0]["src"]).removeprefix("data:image/jpeg;base64,"))
    assert data[:2] == b"\xff\xd8"
    assert len(data) < 20_000
    for broken in (b"", b"<svg onload='alert(1)'/>", cover.read_bytes()[:200]):
        cover.write_bytes(broken)
        assert not [tag for tag, _ in read(_page(with_cover, tmp_path)).tags if tag == "img"]


def test_twelve_songs_take_little_room(tmp_path: Path) -> None:
    write_html(outcome(), tmp_path)
    assert (tmp_path / "index.html").stat().st_size < 600_000


def test_two_hundred_songs_are_written(tmp_path: Path) -> None:
    made = _many(200)
    write_html(made, tmp_path)
    assert (tmp_path / "index.html").stat().st_size < 6_000_000
    assert "200 songs" not in (tmp_path / "index.html").read_text(encoding="utf-8")


def _many(count: int) -> Outcome:
    made = outcome()
    which = [0, 1, 3, 4, 6, 8, 9, 11]
    picked = [which[place % len(which)] for place in range(count)]
    album = replace(
        made.album,
        release=release(
            songs=tuple(made.album.release.songs[index] for index in picked), deliverables=DELIVERABLES[:1]
        ),
        mixdowns=tuple(made.album.mixdowns[index] for index in picked),
        cuts=tuple(made.album.cuts[index] for index in picked),
    )
    known = {each.song: each for each in made.masters["distributor"]}
    masters = tuple(replace(known[index], song=place) for place, index in enumerate(picked))
    return replace(made, album=album, masters={"distributor": masters}, orders={}, products=(), findings=())


def test_markdown_has_the_same_facts(tmp_path: Path, seen: Seen) -> None:
    write_markdown(outcome(), tmp_path)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# The Example: Night Signals\n\n**Not ready**: 1 error to put right first")
    tables = _markdown_tables(text)
    for caption, rows in seen.tables.items():
        assert tables[caption] == rows, caption
    assert "- To do: fix it in the mix: lower the mix bus by 3 dB and export again" in text


def _markdown_tables(text: str) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = {}
    caption = ""
    for line in text.replace(NBSP, " ").splitlines():
        if re.fullmatch(r"\*\*[^*]+\*\*", line):
            caption = line.strip("*")
        elif line.startswith("|") and ":---" not in line and "---:" not in line:
            found.setdefault(caption, []).append([cell.strip() for cell in line.strip("|").split("|")])
    return found


def test_loading_the_plugin_loads_nothing_heavy() -> None:
    heavy = ["numpy", "jinja2", "PIL", "soundfile", "soxr", "pydantic", "mutagen", "rich"]
    code = f"import sys, glassmaster_reports; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
