"""A delivered album goes into beets' library, the strictest reader of tags there is, and needs no correction.

beets runs in its own environment: GLASSMASTER_BEET names its command where it is not on the path (.ci/run makes one).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.formats_support import FORMATS
from tests.release_support import glassmaster, mixdown

BEET = os.environ.get("GLASSMASTER_BEET") or shutil.which("beet")
pytestmark = pytest.mark.skipif(not BEET, reason="beets is not installed: pip install beets")
MANIFEST = """
[release]
title = "Night Signals"
artist = "The Example"
artist_sort = "Example, The"
type = "compilation"
date = 2026-11-20
label = "Example Records"
catalog_number = "EX001"
barcode = "5012345678900"
genre = "Electronic"
language = "eng"
comment = "Nachts"
[[song]]
title = "Öffnung"
artist = "A Guest"
mixdown = "1.wav"
isrc = "GBAAA2600001"
composer = "A. Writer; B. Writer"
lyricist = "C. Poet"
lyrics = "first line"
[[song]]
title = "Second Light"
version = "Live"
mixdown = "2.wav"
isrc = "GBAAA2600002"
language = "deu"
disc = 2
"""
_WHOLE_DB = 0.51
"""beets keeps the gain of Opus in whole dB."""
FIELDS = {
    "title": ("Öffnung", "Second Light (Live)"),
    "artist": ("A Guest", "The Example"),
    "albumartist": ("The Example", "The Example"),
    "albumartist_sort": ("Example, The", "Example, The"),
    "album": ("Night Signals", "Night Signals"),
    "track": ("01", "01"),
    "tracktotal": ("01", "01"),
    "disc": ("01", "02"),
    "disctotal": ("02", "02"),
    "year": ("2026", "2026"),
    "month": ("11", "11"),
    "day": ("20", "20"),
    "label": ("Example Records", "Example Records"),
    "catalognum": ("EX001", "EX001"),
    "barcode": ("5012345678900", "5012345678900"),
    "isrc": ("GBAAA2600001", "GBAAA2600002"),
    "language": ("eng", "deu"),
    "genres": ("Electronic", "Electronic"),
    "comments": ("Nachts", "Nachts"),
    "lyrics": ("first line", ""),
    "albumtype": ("compilation", "compilation"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    names = [name for name, each in FORMATS.items() if each.encoders()]
    for number in (1, 2):
        mixdown(folder / f"{number}.wav", 2.0, seed=number)
    tables = "".join(f'[[deliverable]]\nname = "{name}"\nformat = "{name}"\n' for name in names)
    (folder / "release.toml").write_text(MANIFEST + tables, "utf-8")
    done = glassmaster("build", folder, timeout=600)
    assert done.code in (0, 1), done.err
    return folder / "dist"


def library(folder: Path, room: Path, *how: str) -> list[dict[str, str]]:
    """What beets knows of a folder after importing it as it is, no question asked."""
    room.joinpath("config.yaml").write_text(
        "import: {copy: no, write: no, duplicate_action: keep}\nplugins: []\n", "utf-8"
    )
    where = {**os.environ, "BEETSDIR": str(room), "PYTHONUTF8": "1"}
    names = [*FIELDS, "comp", "rg_track_gain", "rg_album_gain", "rg_track_peak", "r128_track_gain", "r128_album_gain"]
    assert BEET
    for command in (
        ["import", "-q", "-A", "-C", *how, str(folder)],
        ["ls", "-f", "\x1f".join(f"${each}" for each in names)],
    ):
        done = subprocess.run([BEET, *command], env=where, capture_output=True, check=True, encoding="utf-8")
    rows = [line.split("\x1f") for line in done.stdout.splitlines() if "\x1f" in line]
    return sorted((dict(zip(names, row, strict=True)) for row in rows), key=lambda row: row["disc"])


@pytest.mark.parametrize("name", FORMATS)
def test_beets_knows_all_that_the_manifest_says(built: Path, tmp_path: Path, name: str) -> None:
    if not (built / name).is_dir():
        pytest.skip(f"{name} cannot be made here")
    rows = library(built / name, tmp_path)
    assert {field: tuple(row[field] for row in rows) for field in FIELDS} == FIELDS
    told = json.loads((built / "release.json").read_text("utf-8"))["deliverables"]
    for row, entry in zip(rows, (each for each in told if each["name"] == name), strict=True):
        heard, tags = entry["measured"], entry["tags"]
        if name == "opus":
            assert float(row["r128_track_gain"]) == pytest.approx(-23 - heard["integrated_lufs"], abs=_WHOLE_DB)
            assert float(row["r128_album_gain"]) == pytest.approx(int(tags["r128_album_gain"]) / 256, abs=_WHOLE_DB)
        else:
            assert float(row["rg_track_gain"]) == pytest.approx(-18 - heard["integrated_lufs"], abs=0.06)
            assert float(row["rg_album_gain"]) == pytest.approx(float(tags["replaygain_album_gain"][:-3]), abs=0.06)
            assert float(row["rg_track_peak"]) == pytest.approx(10 ** (heard["true_peak_dbtp"] / 20), abs=0.06)


def test_beets_reads_that_it_is_a_compilation(built: Path, tmp_path: Path) -> None:
    """Song by song: of an album taken as it is, beets judges that by the artists itself."""
    rows = library(built, tmp_path, "-s")
    assert len(rows) == sum(path.is_file() for path in built.glob("*/Disc */*"))
    assert {row["comp"] for row in rows} == {"True"}
