"""Every master is heard by the meters, too: its spectrum and stereo image stand in the report."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from glassmaster.loudness import measure
from glassmaster.loudness.hearing import meters_alone
from glassmaster.model import Audio
from glassmaster.plugins import load
from tests.flow_support import glassmaster, music, write_manifest, write_mix
from tests.page_support import read


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("single")
    write_mix(folder / "one.wav", music(6, -12, 1))
    files = '[[deliverable]]\nname = "wav"\nformat = "wav"\n'
    write_manifest(folder, ['title = "One"\nmixdown = "one.wav"'], files)
    glassmaster("build", folder)
    return folder


def _page(folder: Path) -> str:
    return (folder / "dist/report/index.html").read_text("utf-8")


def test_meters_tell_the_same_alone_as_beside_loudness() -> None:
    sound = np.asarray(music(5, -10, 3), np.float32)
    meters = list(load().meters.values())
    whole = Audio(44_100, 2, len(sound), lambda: iter([sound]))
    in_blocks = Audio(44_100, 2, len(sound), lambda: iter(np.array_split(sound, 7)))
    assert meters_alone(in_blocks, meters) == measure(whole, meters).extra
    silent = Audio(44_100, 2, 0, lambda: iter([]))
    assert meters_alone(silent, meters) == measure(silent, meters).extra


def test_the_page_shows_the_masters_own_spectrum(built: Path) -> None:
    rows = read(_page(built)).tables["Sound of One"]
    assert rows[0] == ["Compared", "Mixdown", "Master"]
    (crest,) = (row for row in rows if row[0] == "Crest (dB)")
    (plr,) = (row for row in rows if row[0] == "PLR (LU)")
    taken = float(plr[1]) - float(plr[2])  # what the limiter took off the peaks
    assert taken > 1.5
    assert float(crest[1]) - float(crest[2]) == pytest.approx(taken, abs=1.0)  # samples, and without any weighting


def test_masters_are_heard_by_those_meters_that_want_it() -> None:
    assert {name for name, meter in load().meters.items() if meter.masters} == {"rms", "spectrum", "stereo"}


def test_a_report_made_again_has_it_without_hearing_anything_again(built: Path) -> None:
    before = _page(built)
    assert "portray" not in glassmaster("report", built).stderr
    assert _page(built) == before


def test_a_master_that_cannot_be_heard_again_costs_its_drawing_only(built: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(built, tmp_path / "copy"))
    store = folder / ".glassmaster"
    for entry in store.glob("ledger/*/*.json"):
        if b'"!": "Portrait"' in entry.read_bytes():
            entry.unlink()
    sizes = {path: path.stat().st_size for path in store.glob("blobs/*/*")}
    for spool in (path for path, size in sizes.items() if size == max(sizes.values())):
        spool.write_bytes(bytes(sizes[spool]))
    glassmaster("report", folder)
    seen = read(_page(folder))
    assert "portrait-missing" in seen.text
    assert "the report shows no spectrum and stereo image of this master: the kept file is damaged" in seen.text
    assert row_labels(seen.tables["Figures of One"]) == ["Mixdown", "Master"]


def row_labels(rows: list[list[str]]) -> list[str]:
    return [row[0] for row in rows[1:]]
