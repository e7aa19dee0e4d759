"""Titles and values that are odd, but allowed: one release of them all (section M)."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import tempfile
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.faults_support import HEAD, WAV, Run, glassmaster, manifest, mixdown, song

SCRIPT = '"><script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">'
TITLES = {
    "M23": "x" * 10_000,
    "M24": "two\nlines\x1b[2J",
    "M25": "left\u202eright",
    "M26": SCRIPT,
    "M27": "../../etc/passwd",
    "M27 drive": "C:\\x",
    "M27 absolute": "/absolute",
    "M28": "CON",
    "M28 suffix": "NUL.txt",
    "M28 port": "COM¹",
    "M28 space": "aux ",
    "M29": "Same Name",
    "M29 case": "SAME NAME",
    "M30": "Café",
    "M30 twin": unicodedata.normalize("NFD", "Café"),
    "M31": "漢" * 86,
    "M32 dot": "trailing. ",
    "M32 dash": "--help",
    "M32 hidden": ".hidden",
    "M33": '=HYPERLINK("http://example.com")',
}


@dataclass(frozen=True)
class Odd:
    folder: Path
    run: Run

    @property
    def names(self) -> list[str]:
        return sorted(each.name for each in (self.folder / "dist/wav").iterdir())

    def name(self, case: str) -> str:
        return self.names[list(TITLES).index(case)]

    @property
    def songs(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = json.loads((self.folder / "dist/release.json").read_bytes())["songs"]
        return found


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Odd:
    folder = tmp_path_factory.mktemp("odd")
    mixdown(folder / "mix.wav")
    mixdown(folder / "other.wav", seed=8)
    songs = [song(title, more="allow_duplicate = true") for title in TITLES.values()]
    more = 'isrc = "GBO0A2600001"'
    text = HEAD + 'date = "2199-01-01"\n' + "".join(songs) + song("Repeated", "other.wav", more)
    text += song("Again", "other.wav") + WAV
    raw = b"\xef\xbb\xbf" + ("treatment = []\n" + text).replace("\n", "\r\n").encode()
    manifest(folder, raw)
    run = glassmaster("build", "--jobs", 1, cwd=folder, timeout=120)
    assert run.code == 0, run.said
    return Odd(folder, run)


def test_m05_m06_byte_order_mark_and_crlf(odd: Odd) -> None:
    assert len(odd.songs) == len(TITLES) + 2


def test_m19_overlapping_ranges(odd: Odd) -> None:
    total = len(TITLES)
    assert f'songs {total + 1} and {total + 2} use the same part of "other.wav"' in odd.run.err
    assert "songs 1 and 2" not in odd.run.err


def test_m20_letter_o_for_zero(odd: Odd) -> None:
    assert "is it meant to be the digit 0" in odd.run.err


def test_m22_date_far_ahead(odd: Odd) -> None:
    assert "is the year right?" in odd.run.err


def test_m23_long_title(odd: Odd) -> None:
    assert len(odd.name("M23").encode()) <= 255
    assert odd.songs[0]["title"] == TITLES["M23"]
    assert TITLES["M23"] in tags(odd, "M23")


def test_m24_control_characters(odd: Odd) -> None:
    assert odd.name("M24") == "02 two lines[2J.wav"
    assert "\x1b" not in odd.run.said
    assert "\\x1b" in odd.run.said


def test_m25_reading_direction(odd: Odd) -> None:
    assert "\u202e" not in odd.run.said
    assert "\\u202e" in odd.run.said.lower()
    assert TITLES["M25"] in tags(odd, "M25")
    assert "\u202e" not in odd.name("M25")


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_m26_markup_in_a_title(odd: Odd) -> None:
    page = odd.folder / "dist/report/index.html"
    parser = Tags()
    parser.feed(page.read_text("utf-8"))
    assert not [attributes for _, attributes in parser.found if any(name.startswith("on") for name in attributes)]
    assert not [attributes for tag, attributes in parser.found if tag == "img" and attributes.get("src") == "x"]
    scripts = [attributes for tag, attributes in parser.found if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "listening"}, {}]  # what can be heard, and the player
    if chromium := shutil.which("chromium"):
        line = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=500", "--dump-dom"]
        with tempfile.TemporaryDirectory() as home:
            shown = subprocess.run(
                [*line, f"--user-data-dir={home}", page.as_uri()], capture_output=True, timeout=60, check=True
            )
        assert b"<title>owned" not in shown.stdout
        assert b"Night Signals" in shown.stdout


def test_m27_titles_never_leave_the_folder(odd: Odd) -> None:
    below = {path.relative_to(odd.folder).parts[:2] for path in (odd.folder / "dist").rglob("*") if path.is_file()}
    beside = ("report", "release.json", "provenance.json", "README.txt", "SHA256SUMS")
    assert below == {("dist", each) for each in ("wav", *beside)}
    assert len(odd.names) == len(TITLES) + 2
    assert odd.name("M27") == "05 etc-passwd.wav"
    assert not [name for name in odd.names if any(each in name for each in '/\\:*?"<>|')]


def test_m28_reserved_names(odd: Odd) -> None:
    for case in ("M28", "M28 suffix", "M28 port", "M28 space"):
        stem = odd.name(case).split(" ", 1)[1].removesuffix(".wav").partition(".")[0]
        assert stem.rstrip("_").lower() in ("con", "nul", "com¹", "aux")
        assert stem.endswith("_")


def test_m29_titles_that_differ_by_case(odd: Odd) -> None:
    assert len({name.casefold() for name in odd.names}) == len(odd.names)
    assert "differ in case" in odd.run.err


def test_m30_twins_by_composition(odd: Odd) -> None:
    assert all(name == unicodedata.normalize("NFC", name) for name in odd.names)
    assert len({unicodedata.normalize("NFKC", name) for name in odd.names}) == len(odd.names)
    assert "invisible ways" in odd.run.err


def test_m31_names_fit_in_bytes(odd: Odd) -> None:
    name = odd.name("M31")
    assert name.startswith("16 漢漢")
    assert name.endswith("漢.wav")
    assert 250 <= len(name.encode()) <= 255


def test_m32_dots_and_dashes_at_the_ends(odd: Odd) -> None:
    assert odd.name("M32 dot") == "17 trailing.wav"
    assert odd.name("M32 dash") == "18 help.wav"
    assert odd.name("M32 hidden") == "19 hidden.wav"


def test_m33_formulas_in_tables(odd: Odd) -> None:
    with (odd.folder / "dist/report/running-sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert f"'{TITLES['M33']}" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number(cell)]
    mixdown(odd.folder / "=1+1.wav")
    told = glassmaster("measure", "--csv", "=1+1.wav", "--jobs", 1, cwd=odd.folder)
    assert told.out.splitlines()[1].startswith("'=1+1.wav,")


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def tags(odd: Odd, case: str) -> str:
    from mutagen.wave import WAVE

    found = WAVE(odd.folder / "dist/wav" / odd.name(case)).tags
    assert found is not None
    return str(found["TIT2"])
