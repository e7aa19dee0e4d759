"""Tails: what the highest of some peaks tell of the highest of more."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glassmaster.tails import tail

FALL_DB = 0.1
TRIES, COUNT, TIMES = 400, 300, 8


@pytest.fixture(scope="module")
def draws() -> list[list[float]]:
    """Linear peaks that fall off exponentially from -1 dB, many sounds of them."""
    rng = np.random.default_rng(3)
    levels = -1 + rng.exponential(FALL_DB, (TRIES, COUNT * TIMES))
    return [[10 ** (level / 20) for level in each] for each in levels.tolist()]


def test_the_fall_off_is_found(draws: list[list[float]]) -> None:
    found = [tail(each[:COUNT]).spread_db for each in draws]
    assert np.mean(found) == pytest.approx(FALL_DB, rel=0.05)


def test_the_highest_of_more_is_foretold_from_some(draws: list[list[float]]) -> None:
    errors = []
    for each in draws:
        told = tail(each[:COUNT])
        expected = told.of_more(TIMES)
        assert expected is not None
        errors.append(expected - 20 * math.log10(max(each)))
    assert abs(np.mean(errors)) < FALL_DB / 2
    below = np.mean([error < 0 for error in errors])
    assert 0.2 < below < 0.6  # the highest of all is as often higher as lower, more or less: hence the doubt
    assert np.mean([error + FALL_DB + 0.1 < 0 for error in errors]) < 0.2


def test_nothing_is_expected_below_what_was_seen() -> None:
    told = tail([1.0, 0.5, 0.5, 0.5])
    assert told.highest_db == 0.0
    assert told.expected_db is not None
    assert told.expected_db >= 0.0


def test_a_lone_peak_is_no_fall_off() -> None:
    assert tail([1.0, *[0.1] * 20]).spread_db <= 0.3


def test_only_as_many_peaks_as_were_loud_belong_to_the_tail() -> None:
    peaks = [0.99, 0.985, 0.98, 0.7, 0.69, 0.68, 0.67, 0.66, 0.65]
    assert tail(peaks, loud=2.4).spread_db == pytest.approx(20 * math.log10(math.sqrt(0.99 * 0.985) / 0.98))
    assert tail(peaks).spread_db > 4 * tail(peaks, loud=2.4).spread_db


@pytest.mark.parametrize("peaks", [[], [0.0, 0.0]])
def test_silence_has_no_peak(peaks: list[float]) -> None:
    told = tail(peaks)
    assert (told.highest_db, told.expected_db, told.of_more(5.0), told.spread_db) == (None, None, None, 0.0)


def test_one_peak_stands_for_itself() -> None:
    told = tail([0.5])
    assert told.expected_db == told.highest_db == pytest.approx(-6.0206, abs=1e-4)
    assert told.of_more(10.0) == told.highest_db
