"""The report as data, as text for a terminal, and on paper."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from glassmaster.cli import run
from glassmaster.model import Outcome
from glassmaster_reports import pdf, write_json, write_markdown, write_text
from glassmaster_reports.terminal import broken, short, width
from tests.flow_support import glassmaster, music, write_manifest, write_mix
from tests.outcome_support import FINDINGS, SONGS, outcome

WEASYPRINT = os.environ.get("GLASSMASTER_WEASYPRINT", "")
"""Folder that WeasyPrint was installed into, apart from what is locked."""


def _text(made: Outcome, folder: Path) -> str:
    write_text(made, folder)
    return (folder / "report.txt").read_text("utf-8")


def _columns(line: str) -> int:
    """As a terminal counts them: East Asian wide characters are two."""
    wide = sum(unicodedata.east_asian_width(each) in ("W", "F") for each in line)
    return len(unicodedata.normalize("NFC", line)) + wide


def test_the_summary_fits_a_terminal_and_says_it_all(tmp_path: Path) -> None:
    told = _text(outcome(), tmp_path)
    assert max(map(_columns, told.splitlines())) <= 100
    flat = " ".join(told.split())  # no-break spaces, too
    assert flat.startswith("The Example: Night Signals ===")
    assert "Not ready: 1 error to put right first" in flat
    for each in FINDINGS:
        assert each.message in flat
    assert "waived: It is an interlude." in flat
    for title, *_ in SONGS:
        assert told.count(title) >= 2  # once for each master
    assert "Master 1 beside the references: integrated 2.7 LU quieter than the quietest reference" in flat


@pytest.mark.parametrize("title", ["宇宙" * 60, "A" * 300, "é" * 150, "Word " * 60, "👍" * 80, "한국어 노래 " * 30])
def test_any_title_fits(title: str, tmp_path: Path) -> None:
    made = outcome()
    songs = tuple(replace(each, title=title) for each in made.album.release.songs)
    release = replace(made.album.release, songs=songs, title=title, artist=title)
    told = _text(replace(made, album=replace(made.album, release=release)), tmp_path)
    assert max(map(_columns, told.splitlines())) <= 100
    assert told.count("…") >= 2 * len(SONGS) or title.startswith("Word")


def test_lines_are_broken_between_words_and_through_what_is_longer_than_a_line() -> None:
    assert broken("one two three", 7) == ["one two", "three"]
    assert broken("abcdefghij", 4) == ["abcd", "efgh", "ij"]
    assert broken("宇宙宇宙 x", 5) == ["宇宙", "宇宙", "x"] or broken("宇宙宇宙 x", 5) == ["宇宙", "宇宙 x"]
    assert broken("", 5) == [""]
    assert (width("宇e\u0301"), short("宇宙宇宙", 5)) == (3, "宇宙…")


def test_the_data_say_what_the_page_says(tmp_path: Path) -> None:
    write_json(outcome(), tmp_path)
    told: Any = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (told["schema"], told["verdict"]["word"]) == (1, "Not ready")
    assert [each["place"]["title"] for each in told["songs"]] == [title for title, *_ in SONGS]
    figures = told["songs"][0]["table"]
    assert figures["rows"][0][1] == "−24.3"
    assert "LU quieter than the quietest reference" in told["songs"][0]["words"][0]
    assert not [name for name in ("chart", "sound") if name in told["songs"][0]]
    assert "M46" not in json.dumps(told)  # no drawing
    write_markdown(outcome(), tmp_path)
    markdown = (tmp_path / "report.md").read_text("utf-8")
    for table in (told["overview"], told["running"], *told["deliverables"]):
        assert f"**{table['caption']}**" in markdown.replace("\\", "")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("single")
    write_mix(folder / "one.wav", music(5, -12, 1))
    files = '[[deliverable]]\nname = "wav"\nformat = "wav"\n[report]\npreviews = false\n'
    write_manifest(folder, ['title = "One"\nmixdown = "one.wav"'], files)
    glassmaster("build", folder)
    assert not (folder / "dist/report/report.pdf").exists()  # made when asked for only
    return folder


def test_text_and_json_are_answers_of_the_command_line(built: Path) -> None:
    report = built / "dist/report"
    assert glassmaster("report", built, "--format", "text").stdout == (report / "report.txt").read_text("utf-8")
    assert json.loads(glassmaster("report", built, "--format", "json").stdout)["release"]["title"] == "Small Hours"
    assert glassmaster("report", built, "--format", "markdown").stdout.strip() == str(report / "report.md")


def test_a_form_that_there_is_not_is_named_with_those_there_are(built: Path) -> None:
    told = glassmaster("report", built, "--format", "docx", code=2).stderr
    assert 'there is no report named "docx"' in told
    assert "html, json, markdown, pdf, running-sheet, text" in told


@pytest.mark.skipif(bool(WEASYPRINT), reason="WeasyPrint is here")
def test_without_weasyprint_a_pdf_says_how_to_get_it(built: Path) -> None:
    told = glassmaster("report", built, "--format", "pdf", code=4).stderr
    assert "a PDF needs WeasyPrint, which is not installed" in told
    assert 'pip install "glassmaster[pdf]"' in told
    assert "mend the template" not in told


def _library(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WeasyPrint of our own, in front of any other."""
    (folder / "weasyprint.py").write_text(text, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.syspath_prepend(str(folder))


def test_a_weasyprint_that_fails_is_told_with_a_way_out(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _library(tmp_path, "raise ValueError('torn')", monkeypatch)
    told = glassmaster("report", built, "--format", "pdf", code=4).stderr
    assert "WeasyPrint failed" in told
    assert "ValueError: torn" in told
    assert "or print index.html" in told


def test_a_weasyprint_that_never_ends_is_stopped(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _library(tmp_path, "import time\ntime.sleep(60)", monkeypatch)
    monkeypatch.setattr(pdf, "_SECONDS", 0.5)
    monkeypatch.setattr(pdf, "_PER_SONG", 0)
    assert run(["report", str(built), "--format", "pdf"]) == 4
    told = capsys.readouterr().err
    assert "WeasyPrint did not end within 0.5 s" in told
    assert "or print index.html" in told


@pytest.mark.skipif(not WEASYPRINT, reason="GLASSMASTER_WEASYPRINT names no folder with WeasyPrint in it")
def test_the_page_goes_to_paper_with_its_drawings(built: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "glassmaster", "report", str(built), "--format", "pdf"]
    environment = {**os.environ, "PYTHONPATH": WEASYPRINT}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=600)
    pdf = Path(shutil.copy(built / "dist/report/report.pdf", tmp_path))
    assert pdf.read_bytes()[:5] == b"%PDF-"
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed: apt-get install poppler-utils")
    subprocess.run(["pdftoppm", "-r", "50", "-png", str(pdf), str(tmp_path / "page")], check=True)
    pages = [Image.open(each).convert("RGB") for each in sorted(tmp_path.glob("page*.png"))]
    assert {each.size for each in pages} == {(414, 585)}  # A4 at 50 dots an inch
    red, green, blue = np.moveaxis(np.concatenate([np.asarray(each, np.int16) for each in pages]), 2, 0)
    coloured = int(((blue > 120) & (red < 120) & (blue > green + 30)).sum())
    assert coloured > 500  # the master's colour: a drawing without its rules would be black
