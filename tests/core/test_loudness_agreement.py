"""Other people's meters say the same: ffmpeg's ebur128 and pyloudnorm (DeMan filter)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.loudness_support import Sound, heard, loudness, music

from glassmaster.loudness import SILENCE_LUFS, momentary, short_term


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
