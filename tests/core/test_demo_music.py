"""The demo album: complete, the same every time, and music by what can be measured of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from glassmaster import plugins
from glassmaster.cuts import suggest_ends
from glassmaster.demo import make_demo
from glassmaster.loudness import measure
from glassmaster.manifest import load
from glassmaster.model import Measurement, Source
from glassmaster.sources import open_source, probe
from tests.release_support import glassmaster


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_demo(tmp_path_factory.mktemp("demo") / "album").parent


@pytest.fixture(scope="module")
def songs(demo: Path) -> list[tuple[Source, Measurement]]:
    sources = [probe(path)[0] for path in sorted((demo / "mixes").iterdir())]
    return [(source, measure(open_source(source), ())) for source in sources]


def sound(source: Source) -> NDArray[np.float32]:
    return np.concatenate(list(open_source(source)))


def test_four_mixdowns_of_different_rate_loudness_and_dynamics(songs: list[tuple[Source, Measurement]]) -> None:
    assert [source.rate_hz for source, _ in songs] == [48_000, 44_100, 48_000, 48_000]
    assert {(source.container, source.bits, source.channels) for source, _ in songs} == {("WAV", 24, 2)}
    assert all(15 <= source.frames / source.rate_hz <= 30 for source, _ in songs)
    levels = [measured.integrated_lufs or 0.0 for _, measured in songs]
    assert max(levels) - min(levels) > 10
    assert all(-30 < level < -12 for level in levels)
    assert max(measured.true_peak_dbtp or 0.0 for _, measured in songs) < -1
    ratios = [measured.plr_lu or 0.0 for _, measured in songs]
    assert max(ratios) - min(ratios) > 1


def test_silence_around_and_two_songs_that_run_on(songs: list[tuple[Source, Measurement]]) -> None:
    found = [suggest_ends(measured)[:2] for _, measured in songs]
    lengths = [source.frames / source.rate_hz for source, _ in songs]
    assert all(start > 1 for start, _ in found[:3])
    assert all(lengths[song] - found[song][1] > 1.5 for song in (0, 1, 3))
    assert found[2][1] == lengths[2]
    assert found[3][0] == 0
    before, after = sound(songs[2][0])[-480:], sound(songs[3][0])[:480]
    steps = np.abs(np.diff(np.concatenate([before, after]), axis=0)).max(axis=1)
    assert steps[479] <= np.delete(steps, 479).max()


def test_it_is_music(songs: list[tuple[Source, Measurement]]) -> None:
    """Energy stands on the notes of the tempered scale, both channels differ, and the level breathes."""
    for source, measured in songs:
        played = sound(source)
        spectrum = np.abs(np.fft.rfft(played.sum(axis=1))) ** 2
        hz = np.fft.rfftfreq(len(played), 1 / source.rate_hz)
        melodic = (hz > 220) & (hz < 880)
        cents = 1200 * np.log2(hz[melodic] / 440)
        on_note = np.abs(cents - 100 * np.rint(cents / 100)) < 20
        assert spectrum[melodic][on_note].sum() > 0.75 * spectrum[melodic].sum()
        correlation = np.asarray(np.corrcoef(played.T))[0, 1]
        assert 0.2 < correlation < 0.98
        assert (measured.loudness_range_lu or 0) > 1


def test_references_are_louder_than_the_mixdowns(demo: Path, songs: list[tuple[Source, Measurement]]) -> None:
    loudest = max(measured.integrated_lufs or 0.0 for _, measured in songs)
    paths = sorted((demo / "references").iterdir())
    assert len(paths) == 2
    for path in paths:
        source, findings = probe(path)
        assert (source.container, findings) == ("FLAC", ())
        assert (measure(open_source(source), ()).integrated_lufs or -99.0) > loudest + 2


def test_the_cover(demo: Path) -> None:
    with Image.open(demo / "art" / "cover.png") as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (1600, 1600))
        assert len(picture.resize((64, 64)).getcolors(5000) or ()) > 100


def test_the_manifest_loads_without_a_complaint(demo: Path) -> None:
    release, findings = load(demo / "release.toml", plugins.load())
    assert len(release.songs) == 4
    assert [song.joined for song in release.songs] == [False, False, False, True]
    assert all(song.mixdown.exists() for song in release.songs)
    assert all(reference.file.exists() for reference in release.references)
    assert [each for each in findings if each.severity != "note"] == []


def test_the_same_bytes_every_time(demo: Path, tmp_path: Path) -> None:
    again = make_demo(tmp_path / "again").parent

    def hashes(folder: Path) -> dict[str, str]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    assert hashes(demo) == hashes(again)
    assert len(hashes(again)) == 8


def test_a_newcomer_s_first_look_finds_nothing_to_worry_about(tmp_path: Path) -> None:
    run = glassmaster("check", "--json", make_demo(tmp_path / "album"))
    assert {each["severity"] for each in json.loads(run.out)["findings"]} <= {"note"}
