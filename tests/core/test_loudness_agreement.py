"""Other people's meters say the same: ffmpeg's ebur128, libebur128 and pyloudnorm (DeMan filter)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from glassmaster.loudness import SILENCE_LUFS, measure, momentary, short_term
from glassmaster.sources import open_source
from tests import libebur128_support as libebur128
from tests.loudness_support import Sound, heard, loudness, music

no_libebur128 = pytest.mark.skipif(not libebur128.available(), reason=libebur128.MISSING)
no_album = pytest.mark.skipif(
    not os.environ.get("GLASSMASTER_REAL_ALBUM"), reason="GLASSMASTER_REAL_ALBUM names no folder of mixdowns"
)


def album() -> list[Path]:
    found = sorted(Path(os.environ["GLASSMASTER_REAL_ALBUM"]).rglob("*.wav"))
    assert found, "the folder that GLASSMASTER_REAL_ALBUM names holds no *.wav"
    return found


@pytest.fixture(params=[44100, 48000])
def material(request: pytest.FixtureRequest) -> tuple[Sound, int]:
    rate = int(request.param)
    return np.clip(music(rate, 40) * 1.5, -0.8, 0.8), rate


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_ffmpeg_agrees(material: tuple[Sound, int], tmp_path: Path) -> None:
    sound, rate = material
    soundfile.write(tmp_path / "a.wav", sound, rate, "FLOAT")
    graph = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-"
    line = ["ffmpeg", "-nostdin", "-v", "info", "-i", str(tmp_path / "a.wav"), "-af", graph, "-f", "null", "-"]
    run = subprocess.run(line, capture_output=True, text=True, check=True, timeout=120)
    told = {key: [float(v) for v in re.findall(rf"r128\.{key}=(\S+)", run.stdout)] for key in ("I", "LRA", "M", "S")}
    peak = re.search(r"True peak:\s+Peak:\s+(-?[\d.]+)", run.stderr)
    assert peak
    measured = heard(sound, rate)
    assert measured.integrated_lufs == pytest.approx(told["I"][-1], abs=0.01)
    assert measured.loudness_range_lu == pytest.approx(told["LRA"][-1], abs=0.15)
    assert measured.true_peak_dbtp == pytest.approx(float(peak[1]), abs=0.15)
    for curve, theirs, begin in ((momentary, told["M"], 3), (short_term, told["S"], 29)):
        ours = curve(measured.energies, step=10)
        expected = np.fmax(theirs[begin : begin + len(ours)], SILENCE_LUFS)  # ffmpeg says -inf or nan in silence
        np.testing.assert_allclose(ours, expected, atol=0.02)


@pytest.mark.filterwarnings("ignore")
def test_pyloudnorm_agrees(material: tuple[Sound, int]) -> None:
    import pyloudnorm

    sound, rate = material
    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    assert loudness(sound, rate).integrated_lufs == pytest.approx(meter.integrated_loudness(sound), abs=0.01)


@no_libebur128
@pytest.mark.parametrize("channels", [1, 2])
def test_libebur128_agrees(material: tuple[Sound, int], channels: int) -> None:
    sound, rate = material
    sound = sound[:, :channels]
    theirs, ours = libebur128.measured([sound], rate, channels), heard(sound, rate)
    assert ours.integrated_lufs == pytest.approx(theirs.integrated_lufs, abs=0.01)
    assert ours.loudness_range_lu == pytest.approx(theirs.loudness_range_lu, abs=0.5)  # it takes a window each second
    assert ours.true_peak_dbtp == pytest.approx(theirs.true_peak_dbtp, abs=0.3)  # clipped: each filter differs
    assert ours.sample_peak_dbfs == pytest.approx(theirs.sample_peak_dbfs, abs=1e-4)


@no_album
@no_libebur128
def test_libebur128_agrees_on_real_music() -> None:
    for path in album():
        audio = open_source(path)
        theirs, ours = libebur128.measured(audio, audio.rate, audio.channels), measure(audio)
        assert ours.integrated_lufs == pytest.approx(theirs.integrated_lufs, abs=0.01), path.name
        assert ours.loudness_range_lu == pytest.approx(theirs.loudness_range_lu, abs=0.5), path.name
        assert ours.true_peak_dbtp == pytest.approx(theirs.true_peak_dbtp, abs=0.3), path.name


@no_album
@pytest.mark.filterwarnings("ignore")
def test_pyloudnorm_agrees_on_real_music() -> None:
    import pyloudnorm

    for path in album():
        audio = open_source(path)
        theirs = pyloudnorm.Meter(audio.rate, filter_class="DeMan").integrated_loudness(np.concatenate([*audio]))
        assert measure(audio).integrated_lufs == pytest.approx(theirs, abs=0.01), path.name
