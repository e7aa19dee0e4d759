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
from glassmaster.loudness.gating import energy, loudest, lufs
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
    assert fast[600] == SILENCE_LUFS == -120.0
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


def ones(*energies: float) -> list[Grid]:
    """Songs of one gating block each, of whole numbers, so that sums and means are exact."""
    return [np.full(40, each, np.float32) for each in energies]


def three(*energies: float) -> list[Grid]:
    """Songs of one short-term window each."""
    return [np.full(300, each, np.float32) for each in energies]


def test_what_stands_on_the_edge_of_a_gate() -> None:
    """A block must be louder than the relative gate (BS.1770-5, annex 1, equation 6); a window of 3 s must not be
    quieter than it (EBU Tech 3342, section 2)."""
    assert integrated(ones(19, 1)) == pytest.approx(
        -0.691 + 10 * math.log10(19), abs=1e-12
    )  # their mean is ten times 1
    assert integrated(ones(18, 1)) == pytest.approx(-0.691 + 10 * math.log10(9.5), abs=1e-12)
    assert loudness_range(three(199, 1)) == pytest.approx(10 * math.log10(199), abs=1e-12)
    assert loudness_range(three(201, 1)) == pytest.approx(0.0, abs=1e-12)
    assert lufs(energy(SILENCE_LUFS)) is None
    assert lufs(energy(-119.999)) == pytest.approx(-119.999, abs=1e-9)


@pytest.mark.parametrize("count", [1, 2, 5, 6, 10, 11, 15, 20, 21, 31])
def test_loudness_range_lies_between_the_10th_and_the_95th_of_a_hundred(count: int) -> None:
    """EBU Tech 3342, section 2: the nearest of the sorted windows; here they rise by 0.25 LU."""
    songs = three(*(10 ** (-2 + step / 40) for step in range(count)))
    low, high = (math.floor((count - 1) * percent / 100 + 0.5) for percent in (10, 95))
    assert loudness_range(songs[::-1]) == pytest.approx((high - low) / 4, abs=1e-4)


def mean_of(energies: Grid, begin: int, width: int) -> float:
    return math.fsum(map(float, energies[begin : begin + width])) / width


def as_lufs(mean_square: float) -> float:
    return max(-120.0, -0.691 + 10 * math.log10(max(mean_square, 1e-30)))


@pytest.mark.parametrize("step", [1, 3, 7, 10, 20, 39, 40, 41, 150])
def test_a_curve_of_hours_has_no_seam(step: int) -> None:
    """It is made in pieces of ten minutes; whatever the step, each value is that of its own window."""
    energies = uneven(3, 1400)
    for curve, width in ((momentary(energies, step), 40), (short_term(energies, step), 300)):
        assert len(curve) == len(range(0, len(energies) - width + 1, step))
        at = {0, 1, len(curve) // 2, len(curve) - 1}
        at |= {seam // step + near for seam in (65_536, 131_072) for near in range(-2 - width // step, 3)}
        for index in sorted(at):
            assert curve[index] == pytest.approx(as_lufs(mean_of(energies, index * step, width)), abs=1e-6), index


@pytest.mark.parametrize("seconds", [0.01, 0.02, 0.39, 0.4, 0.41, 2.99, 3.0, 3.1, 4.0, 12.0, 60.0])
def test_loudest_passages_are_the_loudest_tenth(seconds: float) -> None:
    energies = uneven(7, seconds)
    if seconds >= 3:
        all_of_them = [mean_of(energies, begin, 300) for begin in range(0, len(energies) - 299, 10)]
        loudest_first = sorted((each for each in all_of_them if as_lufs(each) > -70), reverse=True)
        chosen = loudest_first[: math.ceil(len(loudest_first) / 10)]
    else:
        width = min(40, len(energies))
        chosen = [max(mean_of(energies, begin, width) for begin in range(len(energies) - width + 1))]
    assert loudest_passages(energies) == pytest.approx(as_lufs(math.fsum(chosen) / len(chosen)), abs=1e-6)


@pytest.mark.parametrize("at", [0, 1, 30_000, 65_236, 65_535, 65_536, 65_537, 100_000, 131_072, 140_000 - 300])
def test_the_loudest_moment_is_found_wherever_it_is(at: int) -> None:
    energies = np.full(140_000, 1e-3, np.float32)
    energies[at : at + 300] = 0.5
    level, seconds = loudest(energies, 300)
    assert level == pytest.approx(-0.691 + 10 * math.log10(0.5), abs=1e-6)
    assert seconds == at / 100


def test_the_first_of_equally_loud_moments_counts() -> None:
    twice = np.zeros(140_000, np.float32)
    twice[500:540] = twice[70_000:70_040] = 0.5
    assert loudest(twice, 40)[1] == 5.0
    assert loudest(np.ones(65_536 + 40, np.float32), 40)[1] == 0.0


def test_silence_and_too_short_a_sound_have_no_loudest_moment() -> None:
    assert loudest(np.zeros(1000, np.float32), 40) == (None, None)
    assert loudest(np.ones(39, np.float32), 40) == (None, None)
    assert loudest(np.ones(40, np.float32), 40) == (-0.691, 0.0)
