"""`glassmaster measure` as people and programs call it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile

import glassmaster
from glassmaster.errors import Refused
from glassmaster.model import Json
from tests.loudness_support import Sound, gated, heard, music, tone
from tests.warm import ran, said

FIXED = (
    *("path", "rate_hz", "channels", "frames", "integrated_lufs", "loudness_range_lu", "max_momentary_lufs"),
    *("max_short_term_lufs", "true_peak_dbtp", "sample_peak_dbfs", "plr_lu", "min_psr_lu", "dr"),
)
"""Names of design section 7: scripts rely on them."""

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Run:
    """What a call left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Json:
        return json.loads(self.out)


def measure(*arguments: object, cwd: Path | None = None) -> Run:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        return Run(ran(["measure", *map(str, arguments)], out, err, 120, cwd=cwd), said(out), said(err))


def written(path: Path, sound: Sound, rate: int = 48_000, subtype: str = "PCM_24") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate, subtype)
    return path


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three songs: WAV at 48 kHz, FLAC at 44.1 kHz, mono WAV."""
    folder = tmp_path_factory.mktemp("songs")
    written(folder / "01 one.wav", music(48_000, 12, seed=1) * 0.5)
    written(folder / "sub" / "02 two.flac", music(44_100, 10, seed=2) * 0.3, 44_100)
    written(folder / "sub" / "03 mono.wav", music(48_000, 9, seed=3)[:, :1] * 0.3)
    return folder


def test_json_of_a_folder_has_the_names_and_figures(songs: Path) -> None:
    run = measure(songs, "--json", "-j", 2)
    assert run.code == 0, run.err
    document = run.document
    assert [Path(str(each["path"])).name for each in document["files"]] == ["01 one.wav", "02 two.flac", "03 mono.wav"]
    sound, rate = soundfile.read(songs / "01 one.wav", dtype="float32")
    expected = heard(sound, rate)
    first = document["files"][0]
    assert {*FIXED} <= {*first}
    for name in FIXED[1:]:
        assert first[name] == pytest.approx(getattr(expected, name), abs=1e-4), name
    for name in ("true_peak_at", "max_momentary_at", "max_short_term_at", "min_psr_at"):
        assert first[name] == pytest.approx(getattr(expected, name), abs=1e-4), name
    for each in document["files"]:  # heard here or by a worker
        assert {"dc_offset", "peak_histogram", "rms", "spectrum", "stereo"} <= {*each["extra"]}
    assert (document["references"], document["findings"]) == ([], [])


def test_the_album_is_gated_over_all_songs_together(songs: Path) -> None:
    document = measure(songs, "--json").document
    grids = [
        heard(*soundfile.read(songs / name, dtype="float32", always_2d=True)).energies
        for name in ("01 one.wav", "sub/02 two.flac", "sub/03 mono.wav")
    ]
    album = document["album"]
    assert album["integrated_lufs"] == pytest.approx(gated(grids), abs=1e-4)


def test_the_table_names_files_album_and_the_mono_rule(songs: Path) -> None:
    run = measure(songs)
    lines = run.out.splitlines()
    assert lines[0].split() == ["file", "length", "LUFS", "LRA", "max", "M", "max", "S", "dBTP", "dBFS", "PLR", "DR"]
    assert lines[1].startswith("01 one.wav")
    assert lines[4].startswith("all as an album")
    assert "dual mono" in lines[5]
    assert "measure: " in run.err


def test_patterns_are_expanded_where_no_shell_did_it(songs: Path) -> None:
    run = measure("**/*.wav", "--json", cwd=songs)
    assert [Path(str(each["path"])).name for each in run.document["files"]] == ["01 one.wav", "03 mono.wav"]
    nothing = measure("*.aiff", cwd=songs)
    assert nothing.code == 2
    assert "*.aiff" in nothing.err


def test_a_name_with_brackets_is_a_name(tmp_path: Path) -> None:
    path = written(tmp_path / "take [1].wav", tone(48_000, (1, -20.0)))
    assert len(measure(path, "--json").document["files"]) == 1


def test_csv_has_a_line_for_each_file_and_no_formula(tmp_path: Path) -> None:
    written(tmp_path / "=1+1.wav", tone(48_000, (2, -20.0)))
    written(tmp_path / "b.wav", tone(48_000, (2, -30.0)))
    run = measure("=1+1.wav", "b.wav", "--csv", cwd=tmp_path)
    rows = list(csv.DictReader(run.out.splitlines()))
    assert [row["path"] for row in rows] == ["'=1+1.wav", "b.wav"]
    assert {*FIXED} <= {*rows[0]}
    assert float(rows[1]["integrated_lufs"]) == pytest.approx(-30.0, abs=0.02)
    assert rows[1]["loudness_range_lu"] == ""


@pytest.mark.parametrize("target", ["-", "curves.csv"])
def test_curves_tell_loudness_over_time(tmp_path: Path, target: str) -> None:
    written(tmp_path / "a.wav", tone(48_000, (4, -20.0), (2, None), (4, -30.0)))
    run = measure("a.wav", "--curve", target, cwd=tmp_path)
    assert run.code == 0, run.err
    text = run.out if target == "-" else (tmp_path / target).read_text("utf-8")
    assert ("file" in run.out) == (target != "-")
    rows = {row["seconds"]: row for row in csv.DictReader(text.splitlines())}
    assert next(iter(rows)) == "0.4"
    assert list(rows)[-1] == "10.0"
    assert len(rows) == 97
    assert float(rows["3.0"]["momentary_lufs"]) == pytest.approx(-20.0, abs=0.05)
    assert float(rows["3.0"]["short_term_lufs"]) == pytest.approx(-20.0, abs=0.05)
    assert float(rows["10.0"]["momentary_lufs"]) == pytest.approx(-30.0, abs=0.05)
    assert (rows["2.9"]["short_term_lufs"], rows["6.0"]["momentary_lufs"]) == ("", "")


def test_a_broken_file_is_named_and_stops_no_other(songs: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes((songs / "01 one.wav").read_bytes()[:5000])
    (tmp_path / "text.flac").write_text("no sound")
    run = measure(
        tmp_path / "broken.wav", songs / "01 one.wav", tmp_path / "text.flac", tmp_path / "none.wav", "--json"
    )
    assert run.code == 3
    document = run.document
    assert [Path(str(each["path"])).name for each in document["files"]] == ["01 one.wav"]
    assert [each["code"] for each in document["findings"]] == ["truncated", "container-unknown", "file-missing"]
    for name in ("broken.wav", "text.flac", "none.wav"):
        assert name in run.err


def test_silence_and_little_sound_have_no_value(tmp_path: Path) -> None:
    written(tmp_path / "silence.wav", np.zeros((48_000 * 5, 2), np.float32))
    written(tmp_path / "short.wav", tone(48_000, (0.2, -20.0)))
    document = measure(tmp_path, "--json").document
    short, silence = document["files"]
    assert (silence["integrated_lufs"], silence["true_peak_dbtp"], silence["dr"]) == (None, None, None)
    assert short["integrated_lufs"] is None
    assert short["true_peak_dbtp"] == pytest.approx(-20.0, abs=0.5)
    table = measure(tmp_path)
    assert " - " in table.out
    assert table.code == 0


def test_strict_peaks_are_finer(tmp_path: Path) -> None:
    n = np.arange(48_000)
    sound = (0.5 * np.sin(2 * np.pi * n * 0.4 + 0.3) * np.hanning(48_000) ** 4).astype(np.float32)[:, None]
    path = written(tmp_path / "a.wav", sound, subtype="FLOAT")
    usual, strict = (measure(path, "--json", *more).document for more in ([], ["--strict"]))
    assert [each["true_peak_oversampling"] for each in (usual, strict)] == [4, 16]
    assert strict["files"][0]["true_peak_dbtp"] == pytest.approx(-6.0206, abs=0.03)
    assert strict["files"][0]["true_peak_dbtp"] >= usual["files"][0]["true_peak_dbtp"]


def test_references_stand_beside_and_do_not_count_in_the_album(songs: Path) -> None:
    alone = measure(songs / "01 one.wav", "--json").document
    beside = measure(songs / "01 one.wav", "--to", songs / "sub", "--json").document
    assert [Path(str(each["path"])).name for each in beside["references"]] == ["02 two.flac", "03 mono.wav"]
    assert (beside["album"], beside["files"]) == (alone["album"], alone["files"])
    assert "ref: 02 two.flac" in measure(songs / "01 one.wav", "--to", songs / "sub").out


def test_cross_check_shows_what_pyloudnorm_reads(songs: Path) -> None:
    run = measure(songs, "--cross-check", "--json")
    for each in run.document["files"]:
        assert each["pyloudnorm_lufs"] == pytest.approx(each["integrated_lufs"], abs=0.01)
    assert "pyloudnorm" in measure(songs / "01 one.wav", "--cross-check").out.splitlines()[0]


@pytest.mark.parametrize(("mask", "lfe"), [(0x3F, 3), (0x60F, 3), (0x0F, 3), (0x37, None), (0x33, None)])
def test_layouts_are_told_by_the_channel_mask(tmp_path: Path, mask: int, lfe: int | None) -> None:
    """EBU Tech 3341 case 6: the LFE makes no difference; behind -60..-120 degrees a channel counts 1.5 dB more."""
    from tests.sources_support import pcm, wav

    channels = mask.bit_count()
    levels = {0x3F: (-28, -28, -24, 0, -30, -30), 0x60F: (-28, -28, -24, 0, -30, -30), 0x37: (-28, -28, -24, -30, -30)}
    sound = np.hstack([tone(48_000, (3, float(level)), channels=1) for level in levels.get(mask, (-24,) * channels)])
    (tmp_path / "a.wav").write_bytes(wav(pcm(sound), channels=channels, mask=mask))
    found = measure(tmp_path / "a.wav", "--json").document["files"][0]["integrated_lufs"]
    power = 10**-2.4 / 2  # of a sine with a peak level of -24 dBFS
    side, front = (2 * 1.41 + 2) * power, 3 * power
    expected = {0x0F: 10 * np.log10(front), 0x33: 10 * np.log10(side)}.get(mask, -23.0)
    assert found == pytest.approx(expected, abs=0.1)
    assert (lfe is None) == (mask & 8 == 0)


def test_the_parent_starts_without_numpy_and_nothing_imports_a_decoder_for_wav(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", tone(48_000, (1, -20.0)))
    code = (
        "import sys; from glassmaster.cli import run; before = {*sys.modules}; code = run(['measure', sys.argv[1]]);"
        "print('numpy' in before, [n for n in ('soundfile', 'scipy', 'pyloudnorm', 'soxr') if n in sys.modules], code)"
    )
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.splitlines()[-1] == "False [] 0"


@pytest.mark.parametrize("form", [(), ("--csv",), ("--curve", "-"), ("--json",)])
def test_meters_of_plugins_listen_where_what_they_tell_is_shown(tmp_path: Path, form: tuple[str, ...]) -> None:
    path = written(tmp_path / "a.wav", tone(48_000, (1, -20.0)))
    code = (
        "import sys; from glassmaster.cli import run; assert run(['measure', *sys.argv[1:]]) == 0;"
        "print(*(name for name in sys.modules if name.startswith('glassmaster.meters.')), file=sys.stderr)"
    )
    line = [sys.executable, "-c", code, str(path), *form]
    run = subprocess.run(line, capture_output=True, text=True, check=True, timeout=60)
    assert ("glassmaster.meters.spectrum" in run.stderr) == (form == ("--json",))


def test_from_python(songs: Path) -> None:
    reading = glassmaster.measure(songs / "01 one.wav")
    expected = heard(*soundfile.read(songs / "01 one.wav", dtype="float32"))
    assert reading.integrated_lufs == pytest.approx(expected.integrated_lufs, abs=1e-6)
    assert reading.source is not None
    assert reading.source.path == songs / "01 one.wav"
    assert reading.max_short_term_at == expected.max_short_term_at
    assert {"spectrum", "stereo", "rms", "dc_offset", "peak_histogram"} <= {*reading.extra}
    assert [each[0] for each in reading.short_term[:2]] == [3.0, 3.1]
    assert reading.momentary[-1][0] == pytest.approx(12.0)
    highest = max(lufs for _, lufs in reading.short_term)
    assert highest == pytest.approx(expected.max_short_term_lufs, abs=0.05)
    assert glassmaster.measure(str(songs / "01 one.wav"), strict=True).true_peak_dbtp is not None
    with pytest.raises(Refused, match=r"none\.wav"):
        glassmaster.measure(songs / "none.wav")


def test_a_notebook_shows_figures_and_charts(songs: Path) -> None:
    reading = glassmaster.measure(songs / "01 one.wav")
    page = ElementTree.fromstring(reading._repr_html_())  # which is well-formed
    told = {row[0].text: row[1].text for row in page.iter("tr")}
    assert told["integrated"] == f"{reading.integrated_lufs:.1f} LUFS"
    assert (told["max short-term"] or "").startswith(f"{reading.max_short_term_lufs:.1f} LUFS at 0:")
    loudness, spectrum = page.iter(f"{SVG}svg")
    for chart in (loudness, spectrum):
        assert chart.get("role") == "img"
        assert "01 one.wav" in (chart.get("aria-label") or "")
        assert chart.get("fill") == "currentColor"  # so it is read on light and on dark pages
    assert "<script" not in reading._repr_html_()
    points = [each.split(",") for each in (next(loudness.iter(f"{SVG}polyline")).get("points") or "").split()]
    assert len(points) == len(reading.short_term)
    levels = [float(next(text for text in loudness.iter(f"{SVG}text")).text or "nan")]
    heights = [float(line.get("y1") or "nan") for line in loudness.iter(f"{SVG}line")][:4]
    per_lu = (heights[3] - heights[0]) / 30
    for (_, y), (_, lufs) in zip(points, reading.short_term, strict=True):
        assert float(y) == pytest.approx(min(heights[0] + (levels[0] - lufs) * per_lu, heights[3]), abs=0.2)
    bars = [(each[0].text or "").split(": ") for each in spectrum.iter(f"{SVG}rect")]
    heard_levels = [each for each in reading.extra["spectrum"]["levels_dbfs"] if each is not None]
    assert bars
    assert max(float(level.removesuffix(" dBFS")) for _, level in bars) == pytest.approx(max(heard_levels), abs=0.05)


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_a_notebook_shows_silence_and_hostile_names(tmp_path: Path) -> None:
    path = written(tmp_path / 'a&b<i>".wav', np.zeros((48_000, 2), np.float32))
    reading = glassmaster.measure(path)
    page = ElementTree.fromstring(reading._repr_html_())
    assert page[0][0].text == 'a&b<i>".wav'
    assert {row[1].text for row in page.iter("tr")} == {"-"}
    assert not [*page.iter(f"{SVG}polyline"), *page.iter(f"{SVG}rect"), *page.iter(f"{SVG}circle")]
    assert reading.short_term == reading.short_term[:0]


def test_the_function_keeps_its_name_when_the_module_is_imported() -> None:
    import glassmaster.flow  # which imports the module

    assert glassmaster.measure.__module__ == "glassmaster"
    assert "glassmaster.measure" in sys.modules
