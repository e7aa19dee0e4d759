"""EBU Tech 3341 v4 and Tech 3342: every synthetic minimum test signal, and the rate-independent ones at other rates."""

from __future__ import annotations

import numpy as np
import pytest
from tests.loudness_support import RATES, heard, loudness, tone

from glassmaster.loudness import momentary, short_term

INTEGRATED = {
    "1": (((20, -23.0),), -23.0),
    "2": (((20, -33.0),), -33.0),
    "3": (((10, -36.0), (60, -23.0), (10, -36.0)), -23.0),
    "4": (((10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)), -23.0),
    "5": (((20, -26.0), (20.1, -20.0), (20, -26.0)), -23.0),
}
RANGE = {
    "1": (((20, -20.0), (20, -30.0)), 10.0),
    "2": (((20, -20.0), (20, -15.0)), 5.0),
    "3": (((20, -40.0), (20, -20.0)), 20.0),
    "4": (((20, -50.0), (20, -35.0), (20, -20.0), (20, -35.0), (20, -50.0)), 15.0),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", INTEGRATED)
def test_3341_integrated(case: str, rate: int) -> None:
    parts, expected = INTEGRATED[case]
    measured = loudness(tone(rate, *parts), rate)
    assert measured.integrated_lufs == pytest.approx(expected, abs=0.1)
    if case in "12":
        assert measured.max_momentary_lufs == pytest.approx(expected, abs=0.1)
        assert measured.max_short_term_lufs == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("lfe", [None, 0.0])
def test_3341_case_6_surround(lfe: float | None) -> None:
    levels = (-28.0, -28.0, -24.0, lfe, -30.0, -30.0)
    sound = np.hstack([tone(48000, (20, level), channels=1) for level in levels])
    assert loudness(sound, 48000).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_3341_case_9_short_term_is_constant(rate: int) -> None:
    curve = short_term(loudness(tone(rate, *[(1.34, -20.0), (1.66, -30.0)] * 5), rate).energies)
    assert curve.max() == pytest.approx(-23.0, abs=0.1)
    assert curve.min() == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_3341_case_12_momentary_is_constant(rate: int) -> None:
    curve = momentary(loudness(tone(rate, *[(0.18, -20.0), (0.22, -30.0)] * 25), rate).energies)[60:]
    assert curve.max() == pytest.approx(-23.0, abs=0.1)
    assert curve.min() == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("i", range(1, 21))
def test_3341_case_10_short_term_maximum(i: int, rate: int) -> None:
    measured = loudness(tone(rate, (i * 0.15, None), (3, -23.0), (1, None)), rate)
    assert measured.max_short_term_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("i", range(1, 21))
def test_3341_case_13_momentary_maximum(i: int, rate: int) -> None:
    measured = loudness(tone(rate, (i * 0.02, None), (0.4, -23.0), (1, None)), rate)
    assert measured.max_momentary_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("case", "step", "length"), [("11", 0.15, 3.0), ("14", 0.02, 0.4)])
def test_3341_cases_11_and_14_ladder(case: str, step: float, length: float, rate: int) -> None:
    ladder = [
        ((i * step, None), (length, -38.0 + i), (length - i * step, None)) for i in range(1, 21)
    ]  # each rung lasts 2 * length
    energies = loudness(tone(rate, *[part for rung in ladder for part in rung]), rate).energies
    curve = (short_term if case == "11" else momentary)(energies)
    hops = round(length * 200)
    for i in range(1, 21):  # windows that end within rung i
        begin = (i - 1) * hops - round(length * 100)
        assert curve[max(0, begin + 1) : begin + hops + 1].max() == pytest.approx(-38 + i, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", RANGE)
def test_3342_loudness_range(case: str, rate: int) -> None:
    parts, expected = RANGE[case]
    assert loudness(tone(rate, *parts), rate).loudness_range_lu == pytest.approx(expected, abs=1.0)


SINES = {
    "15": (4, 0.0, 0.50, -6.0),
    "16": (4, 45.0, 0.50, -6.0),
    "17": (6, 60.0, 0.50, -6.0),
    "18": (8, 67.5, 0.50, -6.0),
    "19": (4, 45.0, 1.41, 3.0),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", SINES)
def test_3341_true_peak_of_sines(case: str, rate: int) -> None:
    period, degrees, level, expected = SINES[case]
    n = np.arange(rate)
    fade = np.clip(np.minimum(n, n[::-1]) / (0.01 * rate), 0, 1)
    sine = level * fade * np.sin(2 * np.pi * n / period + np.deg2rad(degrees))
    measured = heard(np.repeat(sine.astype(np.float32)[:, None], 2, axis=1), rate)
    assert measured.true_peak_dbtp is not None
    assert expected - 0.4 <= measured.true_peak_dbtp <= expected + 0.2


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", ["20", "21", "22", "23"])
def test_3341_true_peak_between_samples(case: str, rate: int) -> None:
    periods = [np.sin(2 * np.pi * np.arange(24) / 24)] * 200
    fine = np.concatenate([0.5 * np.concatenate(periods), np.sin(2 * np.pi * np.arange(16) / 16)])
    fine = np.concatenate([fine, 0.5 * np.concatenate(periods)])
    t = np.arange(-128, 129) / 4
    low_pass = np.sinc(t) * np.kaiser(len(t), 9.0) / 4
    sound = np.convolve(fine, low_pass, "same")[int(case) - 20 :: 4].astype(np.float32)
    measured = heard(np.repeat(sound[:, None], 2, axis=1), rate)
    assert measured.true_peak_dbtp is not None
    assert -0.4 <= measured.true_peak_dbtp <= 0.2
