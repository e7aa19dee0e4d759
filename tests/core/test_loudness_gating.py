"""Gating, pooling, curves and passages on grids of energies, against arithmetic done here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from glassmaster.loudness import (
    SILENCE_LUFS,
    album,
    integrated,
    loudest_passages,
    loudness_range,
    momentary,
    short_term,
    whole_hops,
)
from glassmaster.model import Grid
from tests.loudness_support import gated, heard, music, tone


def grid(*parts: tuple[float, float]) -> Grid:
    """(seconds, LUFS): energies of steady loudness."""
    energies = [10 ** ((lufs + 0.691) / 10) for _, lufs in parts]
    return np.repeat(energies, [round(seconds * 100) for seconds, _ in parts]).astype(np.float32)


def uneven(seed: int, seconds: float) -> Grid:
    random = np.random.default_rng(seed)
    slow = np.repeat(random.uniform(-50, -10, math.ceil(seconds)), 100)[: round(seconds * 100)]
    return np.asarray(10 ** ((slow + random.normal(0, 3, len(slow))) / 10), np.float32)


def test_one_song_is_gated_by_the_book() -> None:
    for seed, seconds in enumerate((0.4, 0.49, 3.0, 47.33, 301.0)):
        energies = uneven(seed, seconds)
        assert integrated([energies]) == pytest.approx(gated([energies]), abs=1e-9)


def test_songs_are_gated_together_and_no_block_straddles_two() -> None:
    songs = [uneven(1, 31.27), uneven(2, 0.35), uneven(3, 12.0), grid((20, -72.0)), grid((8, -40.0))]
    assert integrated(songs) == pytest.approx(gated(songs), abs=1e-9)
    assert integrated(songs) != pytest.approx(gated([np.concatenate(songs)]), abs=1e-6)


def test_pooling_is_never_the_mean_of_the_songs() -> None:
    loud, quiet = grid((60, -10.0)), grid((60, -30.0))
    assert integrated([loud, quiet]) == pytest.approx(-10.0, abs=1e-4)  # the quiet song falls under the relative gate
    assert integrated([quiet]) == pytest.approx(-30.0, abs=1e-4)


def test_a_slice_stands_for_a_cut() -> None:
    energies = grid((5, -12.0), (30, -20.0), (5, -12.0))
    assert integrated([energies[500:-500]]) == pytest.approx(-20.0, abs=1e-4)


def test_gates() -> None:
    assert integrated([grid((10, -70.1))]) is None
    assert integrated([grid((10, -69.9))]) == pytest.approx(-69.9, abs=1e-4)
    assert integrated([np.zeros(1000, np.float32)]) is None
    assert integrated([grid((0.39, -20.0))]) is None
    assert integrated([]) is None


def test_curves_have_a_value_for_each_whole_window_and_a_floor() -> None:
    energies = grid((5, -20.0), (5, -300.0), (5, -30.0))
    fast, slow = momentary(energies), short_term(energies)
    assert (len(fast), len(slow)) == (1500 - 39, 1500 - 299)
    assert fast[0] == pytest.approx(-20.0, abs=1e-4)
    assert fast[600] == SILENCE_LUFS
    assert slow[-1] == pytest.approx(-30.0, abs=1e-4)
    assert np.isfinite(fast).all()
    np.testing.assert_array_equal(momentary(energies, step=10), fast[::10])
    assert len(momentary(energies[:39])) == len(short_term(energies[:299])) == 0


def test_loudness_range_pools_windows_and_gates_them() -> None:
    assert loudness_range([grid((60, -20.0)), grid((60, -30.0))]) == pytest.approx(10.0, abs=0.01)
    assert loudness_range([grid((60, -20.0)), grid((60, -45.0))]) == pytest.approx(0.0, abs=0.01)  # 20 LU gate
    assert loudness_range([grid((60, -20.0), (1, -71.0))]) is not None
    assert loudness_range([grid((2.9, -20.0))]) is None
    assert loudness_range([grid((60, -75.0))]) is None


def test_loudest_passages() -> None:
    song = grid((90, -24.0), (13, -14.0), (17, -71.0))  # 101 windows of pure -14 among 1171, 871 + 130 above the gate
    assert loudest_passages(song) == pytest.approx(-14.0, abs=0.01)
    assert loudest_passages(grid((1, -30.0), (1, -10.0))) == pytest.approx(-10.0, abs=1e-4)
    assert loudest_passages(grid((0.2, -30.0))) == pytest.approx(-30.0, abs=1e-4)
    assert loudest_passages(grid((0.2, -80.0))) is None
    assert loudest_passages(grid((60, -80.0))) is None
    assert loudest_passages(grid()) is None


def test_album_pools_measurements() -> None:
    sounds = [music(48000, 21.0437, seed=5), 0.1 * music(44100, 14.2, seed=6), tone(48000, (0.2, -3.0)) * 0]
    songs = [heard(s, rate) for s, rate in zip(sounds, (48000, 44100, 48000), strict=True)]
    whole = album(songs)
    grids = [songs[0].energies[:2104], songs[1].energies, songs[2].energies]
    assert whole.integrated_lufs == pytest.approx(gated(grids), abs=1e-9)
    assert whole.songs == 3
    assert whole.seconds == pytest.approx(21.0437 + 14.2 + 0.2, abs=1e-4)
    assert whole.true_peak_dbtp == songs[0].true_peak_dbtp
    assert whole.max_short_term_lufs == songs[0].max_short_term_lufs
    assert whole.min_psr_lu == min(songs[0].min_psr_lu or 0, songs[1].min_psr_lu or 0)
    assert whole.plr_lu == pytest.approx((songs[0].true_peak_dbtp or 0) - (whole.integrated_lufs or 0))
    assert [len(whole_hops(m)) for m in songs] == [2104, 1420, 20]
    nothing = album([])
    assert (nothing.integrated_lufs, nothing.true_peak_dbtp, nothing.plr_lu, nothing.dr) == (None, None, None, None)
