"""The page looks as it did when somebody last looked: three widths, both colour schemes, and print."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.approved_support import FOLDER, LOOKS, approved, differences, taken, written
from tests.browser_support import Tab, browser, needs_chromium
from tests.screens_support import look, printed, show

_ANEW = "if it is meant so: python -m tests.approved_support, look at the pictures, commit them"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("looks"))


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


def test_pictures_are_small() -> None:
    files = sorted(FOLDER.glob("*.png"))
    assert [each.stem for each in files] == sorted(LOOKS)
    assert max(each.stat().st_size for each in files) < 150_000


@needs_chromium
@pytest.mark.parametrize("name", LOOKS)
def test_the_page_looks_as_approved(tab: Tab, page: Path, name: str) -> None:
    assert list(differences(taken(tab, page, name), approved(name))) == [], _ANEW


@needs_chromium
@pytest.mark.parametrize("font", ["serif", "Liberation Sans, Arial, sans-serif"])
def test_another_font_looks_the_same(tab: Tab, page: Path, font: str) -> None:
    """As on a machine with others."""
    sheet = f"const own = new CSSStyleSheet(); own.replaceSync('* {{ font-family: {font} !important }}');"
    change = f"{sheet} document.adoptedStyleSheets = [own]"
    assert list(differences(taken(tab, page, "1440-light", change), approved("1440-light"))) == []


_DRAWING = "document.querySelectorAll('svg.chart')[2]"
_CHANGES = {
    "a drawing is missing": f"{_DRAWING}.remove()",
    "a drawing is empty": f"{_DRAWING}.replaceChildren()",
    "a drawing lost its curves": "document.querySelectorAll('.chart .area, .chart .line').forEach(e => e.remove())",
    "a drawing is moved inside its frame": f"{_DRAWING}.setAttribute('viewBox', '90 0 900 570')",
    "a drawing is upside down": f"{_DRAWING}.setAttribute('transform', 'scale(1 -1)')",
    "the verdict is green": "document.querySelector('.verdict').style.background = '#12683c'",
    "the style is gone": "document.querySelector('style').remove()",
}


@needs_chromium
@pytest.mark.parametrize("change", _CHANGES)
def test_what_went_wrong_does_not_look_as_approved(tab: Tab, page: Path, change: str) -> None:
    """The comparison is tolerant, not blind."""
    tab.call("Page.setBypassCSP", enabled=True)
    assert list(differences(taken(tab, page, "1440-light", _CHANGES[change]), approved("1440-light"))) != []


@needs_chromium
@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="pdfinfo is not installed: apt-get install poppler-utils")
def test_it_prints_on_a4_one_song_a_page(tab: Tab, page: Path, tmp_path: Path) -> None:
    show(tab, page)
    look(tab, 1200, media="print")
    pdf = tmp_path / "page.pdf"
    pdf.write_bytes(printed(tab))
    told = subprocess.run(["pdfinfo", str(pdf)], capture_output=True, text=True, check=True).stdout
    sizes = [line for line in told.splitlines() if line.startswith("Page size")]
    assert "(A4)" in sizes[0]
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    pages = text.split("\f")
    assert 4 <= len(pages) <= 9
    for title in ("1 Advanced Simulacra", "2 Awakening"):
        (own,) = (each for each in pages if " ".join(each.split()).startswith(title))
        assert "Master 2 beside the references" in " ".join(own.split())  # from its heading to its last words
