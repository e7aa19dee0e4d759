"""The meters beside loudness, against arithmetic done here."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.listening import installed_meters
from glassmaster.meters.clicks import Clicks
from glassmaster.meters.depth import BitDepth
from glassmaster.meters.dropouts import Dropouts
from glassmaster.meters.edges import Edges
from glassmaster.meters.flat_tops import FlatTops
from glassmaster.meters.histogram import PeakHistogram
from glassmaster.meters.rms import DcOffset, Rms
from glassmaster.meters.spectrum import BANDS_HZ, Spectrum
from glassmaster.meters.stereo import Stereo
from glassmaster.meters.traces import Traces
from glassmaster.model import Json, Listener, Meter
from glassmaster.sources import open_source
from tests.loudness_support import Sound, heard, music, tone

METERS = (BitDepth, Clicks, DcOffset, Dropouts, Edges, FlatTops, PeakHistogram, Rms, Spectrum, Stereo, Traces)


def told(meter: Callable[[int, int], Listener], sound: Sound, rate: int, sizes: Sequence[int] = (65_536,)) -> Json:
    return heard(sound, rate, sizes, meters=[Meter("it", meter)], oversampling=1).extra["it"]


def sides(left: float, right: float, seconds: float = 2, rate: int = 48_000) -> Sound:
    """A sine of these amplitudes; a negative one is turned round."""
    return tone(rate, (seconds, 0.0), channels=1) * np.array([left, right], np.float32)


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_all_can_be_written_as_json_and_nothing_has_no_value(meter: type[Listener], channels: int) -> None:
    for frames in (0, 1, 100, 48_000):
        answer = told(meter, np.zeros((frames, channels), np.float32), 48_000)
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("sizes", [(129_600,), (4096,), (1, 7, 12_345), (480,)])
def test_how_the_sound_is_cut_changes_nothing(meter: type[Listener], sizes: Sequence[int]) -> None:
    sound = music(44_100, 6.123)
    assert told(meter, sound, 44_100, (len(sound),)) == told(meter, sound, 44_100, sizes)


def test_they_are_installed_and_listen_in_the_same_pass() -> None:
    sound = music(48_000, 12)
    extra = heard(sound, 48_000, meters=installed_meters()).extra
    assert {"dc_offset", "peak_histogram", "rms", "spectrum", "stereo"} <= {*extra}
    mean_square = np.square(sound, dtype=np.float64).mean()
    assert extra["rms"]["rms_dbfs"] == pytest.approx(10 * math.log10(2 * mean_square), abs=1e-3)


def test_rms_reads_a_full_scale_sine_as_0_and_its_crest_as_3() -> None:
    answer = told(Rms, sides(1.0, 1.0), 48_000)
    assert answer["rms_dbfs"] == pytest.approx(0.0, abs=1e-3)
    assert answer["crest_db"] == pytest.approx(3.01, abs=0.01)
    answer = told(Rms, sides(0.5, 0.0), 48_000)
    assert answer["rms_dbfs_by_channel"] == [pytest.approx(-6.02, abs=0.01), None]
    assert answer["rms_dbfs"] == pytest.approx(-9.03, abs=0.01)
    assert told(Rms, np.full((4800, 1), -0.25, np.float32), 48_000)["crest_db"] == pytest.approx(0.0, abs=1e-3)
    assert told(Rms, np.zeros((4800, 1), np.float32), 48_000) == {
        "rms_dbfs": None,
        "rms_dbfs_by_channel": [None],
        "crest_db": None,
    }


def test_dc_offset_of_each_channel() -> None:
    sound = sides(0.5, 0.5) + np.array([0.1, -0.002], np.float32)
    assert told(DcOffset, sound, 48_000) == [pytest.approx(0.1, abs=1e-5), pytest.approx(-0.002, abs=1e-5)]
    assert told(DcOffset, sound[:0], 48_000) == [None, None]


@pytest.mark.parametrize(
    ("left", "right", "correlation", "width", "balance"),
    [
        (0.5, 0.5, 1.0, 0.0, 0.0),
        (0.5, -0.5, -1.0, 1.0, 0.0),
        (0.5, 0.25, 1.0, 0.1, -6.021),
        (0.25, 0.5, 1.0, 0.1, 6.021),
        (0.5, 0.0, None, 0.5, None),
        (0.0, 0.0, None, None, None),
    ],
)
def test_stereo_image(
    left: float, right: float, correlation: float | None, width: float | None, balance: float | None
) -> None:
    answer = told(Stereo, sides(left, right), 48_000)
    assert (answer["correlation"], answer["width"], answer["balance_db"]) == (correlation, width, balance)
    assert answer["correlation_over_time"] == [correlation] * 2


def test_stereo_second_by_second() -> None:
    sound = np.concatenate([sides(0.5, 0.5, 1), sides(0.5, -0.5, 2), sides(0.5, 0.25, 0.5)])
    answer = told(Stereo, sound, 48_000)
    assert answer["step_seconds"] == 1.0
    assert answer["correlation_over_time"] == [1.0, -1.0, -1.0, 1.0]
    assert answer["balance_db_over_time"] == [0.0, 0.0, 0.0, -6.021]
    assert answer["correlation"] == pytest.approx((1 - 2 + 0.25) / math.sqrt(3.5 * 3.125), abs=1e-4)
    noise = np.random.default_rng(1).standard_normal((96_000, 2)).astype(np.float32) * 0.1
    answer = told(Stereo, noise, 48_000)
    assert abs(answer["correlation"]) < 0.02
    assert answer["width"] == pytest.approx(0.5, abs=0.01)
    assert told(Stereo, noise[:, :1], 48_000) is None


@pytest.mark.parametrize("rate", [44_100, 11_025])
def test_histogram_counts_the_peaks_of_10_ms(rate: int) -> None:
    random = np.random.default_rng(3)
    edges = [hop * rate // 100 for hop in range(300)] + [299 * rate // 100 + rate // 250]  # the last hop is incomplete
    peaks = 10 ** (random.uniform(-80, 9, (300, 2)) / 20)
    sound = np.zeros((edges[-1], 2), np.float32)
    for hop, (begin, end) in enumerate(pairwise(edges)):
        sound[random.integers(begin, end)] = peaks[hop] * random.choice([-1, 1], 2)
    answer = told(PeakHistogram, sound, rate, (1000, 1, 17))
    expected = [0] * len(answer["counts"])
    for level in (20 * np.log10(peaks)).ravel().tolist():
        expected[min(max(math.floor(level) - answer["from_dbfs"], 0), len(expected) - 1)] += 1
    assert answer["counts"] == expected
    assert sum(expected) == 600


def centres() -> list[float]:
    return [1000 * 10 ** (n / 10) for n in range(-17, 14)]


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000, 192_000, 8000])
def test_a_full_scale_sine_reads_0_dbfs_in_its_band(rate: int) -> None:
    for hz, nominal in zip(centres(), BANDS_HZ, strict=True):
        if hz * 10**0.05 > rate / 2:
            continue
        sound = np.sin(2 * np.pi * hz * np.arange(3 * rate) / rate).astype(np.float32)
        levels = told(Spectrum, sound[:, None], rate)["levels_dbfs"]
        assert levels[BANDS_HZ.index(nominal)] == pytest.approx(0.0, abs=0.8 if hz < 45 else 0.25)
        assert all(
            each < -8 for band, each in enumerate(levels) if each is not None and band != BANDS_HZ.index(nominal)
        )


def test_bands_above_half_the_rate_have_no_value() -> None:
    levels = told(Spectrum, music(8000, 5), 8000)["levels_dbfs"]
    assert [each is None for each in levels] == [hz * 10**0.05 > 4000 for hz in centres()]


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_white_noise_rises_by_the_width_of_the_bands(rate: int) -> None:
    noise = np.random.default_rng(5).standard_normal((rate * 40, 2)).astype(np.float32) * 0.1
    levels = told(Spectrum, noise, rate)["levels_dbfs"]
    for hz, level in list(zip(centres(), levels, strict=True))[:30]:
        width = hz * (10**0.05 - 10**-0.05)
        spread = 4 * 4.34 / math.sqrt(2 * 40 * width)  # four standard deviations of so many independent values
        assert level == pytest.approx(10 * math.log10(2 * 0.01 * width / (rate / 2)), abs=max(0.1, spread))


def test_low_end_and_high_end_balance() -> None:
    parts = [np.sin(2 * np.pi * hz * np.arange(96_000) / 48_000) for hz in (80.0, 1000.0, 8000.0)]
    sound = (0.4 * parts[0] + 0.2 * parts[1] + 0.05 * parts[2]).astype(np.float32)[:, None]
    answer = told(Spectrum, sound, 48_000)
    assert answer["low_end_db"] == pytest.approx(6.02, abs=0.1)
    assert answer["high_end_db"] == pytest.approx(-12.04, abs=0.1)
    assert told(Spectrum, sound * 0, 48_000)["low_end_db"] is None


def test_a_file_shorter_than_a_window_has_a_spectrum() -> None:
    sound = tone(48_000, (0.15, 0.0))
    assert told(Spectrum, sound, 48_000)["levels_dbfs"][BANDS_HZ.index(1000)] == pytest.approx(0.0, abs=0.5)


def deviations(sound: Sound, rate: int) -> list[float]:
    """Of bands from 25 Hz that lie within 30 dB of the strongest: from what all windows of all channels say."""

    def thorough(rate: int, channels: int) -> Listener:
        return Spectrum(rate, channels, thorough=True)

    full, quick = (told(meter, sound, rate)["levels_dbfs"] for meter in (thorough, Spectrum))
    highest = max(each for each in full if each is not None)
    return [
        abs(a - b)
        for a, b in list(zip(full, quick, strict=True))[1:]
        if a is not None and a > highest - 30 and b is not None
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_windows_left_out_change_no_band_by_more_than_a_fifth_of_a_decibel(seed: int) -> None:
    found = deviations(music(48_000, 60, seed), 48_000)
    assert len(found) >= 10
    assert max(found) <= 0.2


@pytest.mark.skipif(not os.environ.get("GLASSMASTER_REAL_ALBUM"), reason="GLASSMASTER_REAL_ALBUM names no folder")
def test_nor_on_real_music() -> None:
    worst = {}
    for path in sorted(Path(os.environ["GLASSMASTER_REAL_ALBUM"]).rglob("*.wav")):
        audio = open_source(path)
        worst[path.name] = max(deviations(np.concatenate([*audio]), audio.rate))
    assert worst
    assert {name: each for name, each in worst.items() if each > 0.2} == {}


@pytest.mark.parametrize("bits", [0, 16])
@pytest.mark.parametrize("level", [0.02, 0.1, 0.99])
@pytest.mark.parametrize("hertz", [22, 39, 120, 295, 997, 4_000, 11_000])
def test_the_crests_of_a_sine_are_no_flat_tops_and_those_of_a_clipped_one_are(
    hertz: int, level: float, bits: int
) -> None:
    phase = 2 * np.pi * hertz * np.arange(96_000) / 48_000
    dither = np.random.default_rng(5).triangular(-1, 0, 1, len(phase)) if bits else 0
    step = 2.0 ** (1 - bits) if bits else 2.0**-40

    def runs(sound: Any) -> int:
        found: Any = told(FlatTops, ((np.rint(sound / step + dither)) * step)[:, None].astype(np.float32), 48_000)
        return int(found["runs"])

    assert runs(level * np.sin(phase)) == 0
    if hertz < 4_000:  # above, a clipped top is one or two samples wide
        assert 2 * hertz <= runs(level * np.clip(2 * np.sin(phase), -1, 1)) <= 4 * hertz + 1


@pytest.mark.parametrize("seconds", [0.395, 1.0, 3.993, 4.5])
def test_a_click_is_found_wherever_it_stands(seconds: float) -> None:
    """Hops are looked at in parts, and passages end after 4 s."""
    sound = tone(48_000, (5.0, -20.0))
    sound[round(48_000 * seconds)] += 0.3
    found = told(Clicks, sound, 48_000)
    assert (found["count"], found["at"]) == (1, [pytest.approx(seconds, abs=0.001)])
