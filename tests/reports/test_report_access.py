"""Whoever reads it: contrast, colour-blindness, keyboard and screen reader."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmaster_reports import write_html
from glassmaster_reports.colours import DARK, LIGHT, contrast, luminance, readable
from glassmaster_reports.sandbox import TEMPLATES
from tests.browser_support import Tab, browser, needs_chromium
from tests.outcome_support import outcome
from tests.screens_support import asked_for, show

AXE = os.environ.get("GLASSMASTER_AXE", "")
"""axe.min.js of the npm package axe-core."""
TEXT = (
    "ink",
    "soft",
    "link",
    "good",
    "bad",
    "warn",
    "note",
    "master-1",
    "master-2",
    "master-3",
    "mixdown",
    "reference",
)
Numbers: TypeAlias = NDArray[np.float64]
LINES = ("master-1", "master-2", "master-3", "mixdown", "reference")


def _schemes() -> tuple[dict[str, str], dict[str, str]]:
    """The custom properties of the page in light and in dark."""
    sheet = (TEMPLATES / "style.css").read_text("utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    return dict(re.findall(r"--([\w-]+): (#\w+);", light)), dict(re.findall(r"--([\w-]+): (#\w+);", dark))


SCHEMES = _schemes()


@pytest.mark.parametrize(("white", "black", "wanted"), [("#ffffff", "#000000", 21.0), ("#777777", "#ffffff", 4.48)])
def test_contrast_is_what_wcag_says(white: str, black: str, wanted: float) -> None:
    assert contrast(white, black) == pytest.approx(wanted, abs=0.005)
    assert contrast(white, black) == contrast(black, white)


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize("name", TEXT)
def test_every_colour_of_text_can_be_read(scheme: dict[str, str], name: str) -> None:
    for paper in ("paper", "panel"):
        assert contrast(scheme[name], scheme[paper]) >= 4.5, paper


def test_the_papers_are_those_that_accents_are_fitted_to() -> None:
    assert [scheme["paper"] for scheme in SCHEMES] == [LIGHT, DARK]


@pytest.mark.parametrize("colour", ["#ffd400", "#000000", "#ffffff", "#00ff00", "#0b5fa5", "#808080"])
def test_any_accent_becomes_readable_and_moves_no_further_than_it_must(colour: str) -> None:
    for paper in (LIGHT, DARK):
        found = readable(colour, paper)
        assert contrast(found, paper) >= 4.5
        assert found == colour or contrast(found, paper) < 4.8
        assert (contrast(colour, paper) >= 4.5) == (found == colour)


# Vienot, Brettel and Mollon 1999, "Digital video colourmaps for checking the legibility of displays by dichromats"
_PROTAN = np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]])
_DEUTAN = np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]])


def _seen(colour: str, eye: Numbers | None) -> Numbers:
    """In CIE L*a*b* (D65), as an eye sees it."""
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    linear = linear if eye is None else np.clip(eye @ linear, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ linear / np.array([0.9505, 1.0, 1.089]), 1e-6))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize("eye", [None, _PROTAN, _DEUTAN], ids=["all", "protan", "deutan"])
def test_masters_differ_in_colour_for_colour_blind_eyes_too(scheme: dict[str, str], eye: Numbers | None) -> None:
    """Lines also differ in dash and dots in shape; this is the colour alone."""
    for one, other in combinations(LINES[:3], 2):
        distance = float(np.linalg.norm(_seen(scheme[one], eye) - _seen(scheme[other], eye)))
        assert distance > 15, (one, other)  # 2.3 is just noticeable


def test_every_kind_of_line_has_a_dash_or_width_of_its_own() -> None:
    sheet = (TEMPLATES / "charts.css").read_text("utf-8")
    rules = [found for name in LINES for found in re.findall(rf"\.line\.{name} \{{(.*?)\}}", sheet)]
    looks = [re.sub(r"stroke: [^;]+;", "", found) for found in rules]
    assert len(looks) == len(set(looks)) == len(LINES)


def test_luminance_weighs_green_most() -> None:
    assert luminance("#00ff00") > luminance("#ff0000") > luminance("#0000ff") > 0


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    folder = tmp_path_factory.mktemp("access")
    write_html(outcome(), folder)
    with browser(folder) as made:
        show(made, folder / "index.html")
        yield made


@needs_chromium
def test_the_page_asks_for_nothing_and_complains_of_nothing(tab: Tab) -> None:
    assert asked_for(tab) == []
    assert tab.complaints == []


@needs_chromium
def test_all_that_scrolls_can_be_reached_by_keyboard(tab: Tab) -> None:
    """A table wider than the screen scrolls inside its own box, never the page."""
    show(tab, Path(str(tab.run("location.pathname"))), 390)
    wide = "[...document.querySelectorAll('.scroll')].filter(each => each.scrollWidth > each.clientWidth + 1)"
    assert tab.run(f"{wide}.length") > 10
    assert tab.run(f"{wide}.every(each => each.tabIndex === 0 && each.getAttribute('aria-label'))")
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    tab.press("Tab")
    assert tab.run("document.activeElement.className") == "skip"


@needs_chromium
@pytest.mark.skipif(not AXE, reason="GLASSMASTER_AXE names no axe.min.js: npm install axe-core")
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing(tab: Tab, width: int, dark: bool) -> None:
    """All rules of WCAG 2.2 A and AA, and its best practices."""
    show(tab, Path(str(tab.run("location.pathname"))), width, dark=dark)
    tab.run(Path(AXE).read_text("utf-8") + "; 0")
    tab.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    told = tab.run("axe.run().then(found => JSON.stringify(found))")
    found = json.loads(told)
    wrong = [
        (each["id"], each["impact"], [one["html"][:160] for one in each["nodes"][:3]]) for each in found["violations"]
    ]
    assert wrong == []
    assert len(found["passes"]) > 20
