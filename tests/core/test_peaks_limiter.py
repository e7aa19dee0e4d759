"""What the limiter leaves alone, and how its gain moves."""

from __future__ import annotations

import numpy as np
import pytest

from glassmaster.peaks import Limiting
from tests.peaks_support import Sound, db, hard, limited, true_peak_db


def song(seconds: float, rate: int = 48000, channels: int = 2) -> Sound:
    """Chords, a bass and a drum every half second; peaks near 0 dBFS."""
    rng = np.random.default_rng(11)
    t = np.arange(int(seconds * rate)) / rate
    parts = []
    for _ in range(channels):
        wave = 0.25 * np.sin(2 * np.pi * 55 * t) + sum(
            0.08 * np.sin(2 * np.pi * f * t + rng.random() * 6) for f in (220, 277.2, 329.6, 1760)
        )
        since = t % 0.5
        hiss = np.convolve(rng.standard_normal(len(t)), np.hanning(9) / 2.5, "same")
        wave += np.exp(-since * 60) * 0.35 * hiss
        parts.append(wave * (0.6 + 0.4 * np.sin(2 * np.pi * 0.3 * t)))
    return np.stack(parts, axis=1).astype(np.float32)


@pytest.mark.parametrize("block", [1, 17, 1000, 4096, 65536, 65537, 10**6])
def test_the_cut_of_the_input_changes_no_bit(block: int) -> None:
    sound = song(0.3 if block == 1 else 3.0)
    whole, grid = limited(sound, 48000, Limiting(-1.0, drive_db=9.0), block=len(sound))
    parts, same = limited(sound, 48000, Limiting(-1.0, drive_db=9.0), block=block)
    assert grid.max() > 3
    assert np.array_equal(whole, parts)
    assert np.array_equal(grid, same)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 192000, 384000])
@pytest.mark.parametrize("channels", [1, 2, 8])
def test_nothing_over_the_ceiling_nothing_changed(rate: int, channels: int) -> None:
    sound = song(0.5, rate, channels) * np.float32(0.4)
    result, grid = limited(sound, rate, Limiting(-1.0))
    assert np.array_equal(result, sound)
    assert not grid.any()


@pytest.mark.parametrize("under", [0.004, 0.05])
def test_up_to_the_ceiling_no_bit_is_changed(under: float) -> None:
    sound = song(3.0)
    sound *= np.float32(10 ** ((-1.0 - under - true_peak_db(sound, 48000)) / 20))
    result, grid = limited(sound, 48000, Limiting(-1.0))
    assert np.array_equal(result, sound)
    assert not grid.any()


@pytest.mark.parametrize("frames", [0, 1, 2, 479, 480, 481, 65536])
@pytest.mark.parametrize("level", [0.1, 3.0])
def test_length_and_grid_are_kept(frames: int, level: float) -> None:
    sound = np.full((frames, 2), level, np.float32)
    result, grid = limited(sound, 48000, Limiting(-1.0))
    assert result.shape == sound.shape
    assert result.dtype == np.float32
    assert len(grid) == -(-frames // 480)
    assert frames == 0 or np.abs(result).max() <= 10 ** (-1 / 20)


def test_away_from_the_peak_the_samples_pass_unchanged() -> None:
    sound = song(6.0) * np.float32(0.3)
    sound[96000] = 2.0
    result, grid = limited(sound, 48000, Limiting(-1.0, lookahead_ms=4.0))
    assert np.array_equal(result[: 96000 - 480], sound[: 96000 - 480])
    assert np.array_equal(result[-4800:], sound[-4800:])
    assert grid.max() == pytest.approx(db(2.0) + 1.0, abs=0.6)


def test_drive_alone_is_a_plain_gain() -> None:
    sound = song(1.0) * np.float32(0.1)
    result, grid = limited(sound, 48000, Limiting(-1.0, drive_db=6.0))
    assert not grid.any()
    assert np.abs(result - sound.astype(np.float64) * 10 ** (6 / 20)).max() < 1e-7


def test_channels_share_one_gain() -> None:
    """The quiet side of a picture goes down with the loud one."""
    sound = song(2.0)
    sound[:, 1] = sound[:, 0] * np.float32(0.25)
    result, grid = limited(sound, 48000, Limiting(-1.0, drive_db=10.0))
    heard = np.abs(sound[:, 0]) > 1e-3
    assert grid.max() > 3
    assert np.abs(result[heard, 1] / result[heard, 0] - 0.25).max() < 1e-6


@pytest.mark.parametrize("rate", [11025, 44100, 48000])
def test_the_grid_is_the_gain_that_was_applied(rate: int) -> None:
    sound = song(2.0, rate) + np.float32(1e-3)
    result, grid = limited(sound, rate, Limiting(-1.0, drive_db=9.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = result.astype(np.float64) / (sound * 10 ** (9 / 20))
    clear = np.abs(sound).max(axis=1) > 0.01
    for hop in range(0, len(grid), 7):
        span = slice(hop * rate // 100, (hop + 1) * rate // 100)
        loud = np.abs(sound[span]) > 0.01
        if clear[span].any():
            least = gain[span][loud].min()
            assert -0.05 < grid[hop] + 20 * np.log10(least) < 0.4


def applied_gain(wave: np.ndarray, rate: int, how: Limiting) -> np.ndarray:
    """The gain at each frame: a second channel, 60 dB down and steady, carries it."""
    sound = np.stack((wave, np.full_like(wave, 1e-3)), axis=1).astype(np.float32)
    result, _ = limited(sound, rate, how)
    return np.asarray(result[:, 1].astype(np.float64) / sound[:, 1])


@pytest.mark.parametrize("kind", [13, 8, 9, 15])
def test_the_gain_moves_smoothly(kind: int) -> None:
    """Over 4 ms at most: no steps, even at the hardest edges. A clipper's gain would change within a frame."""
    wave = hard(1, kind, 48000)[:, 0].astype(np.float64)
    gain = applied_gain(wave, 48000, Limiting(-1.0, lookahead_ms=4.0))
    depth = -20 * np.log10(gain)
    assert depth.max() > 3
    assert np.abs(np.diff(depth)).max() < 3 * depth.max() / (0.004 * 48000)
    assert np.abs(np.diff(depth, 2)).max() < 0.012 * depth.max()


@pytest.mark.parametrize("rate", [8000, 16000, 32000, 88200, 176400, 384000])
def test_it_limits_at_any_rate(rate: int) -> None:
    sound = song(1.0, rate)
    result, grid = limited(sound, rate, Limiting(-1.0, drive_db=8.0))
    assert len(grid) == 100
    assert grid.max() > 3
    assert -1.1 < db(float(np.abs(result).max())) <= -1.0


def test_after_a_click_the_gain_is_soon_back() -> None:
    wave = 0.3 * np.sin(2 * np.pi * 440 * np.arange(96000) / 48000)
    wave[24000] = 3.0
    depth = -20 * np.log10(applied_gain(wave, 48000, Limiting(-1.0)))
    assert depth[24000] > 10
    assert depth[: 24000 - 240].max() < 0.01
    assert depth[24000 + 7200] < 0.1 * depth[24000]
    after = depth[24000 + 960 :]
    assert np.all(np.diff(after) <= 1e-4)  # it comes back without wavering


def test_a_beat_does_not_pump_the_sound_under_it() -> None:
    """Under a steady drum the gain has a floor: it breathes less than it would alone."""
    t = np.arange(48000 * 4) / 48000
    wave = 0.2 * np.sin(2 * np.pi * 330 * t) + 1.6 * np.exp(-(t % 0.125) * 30) * np.sin(2 * np.pi * 60 * t)
    depth = -20 * np.log10(applied_gain(wave, 48000, Limiting(-1.0)))
    late, lone = depth[-48000:], depth[: int(0.12 * 48000)]
    assert np.ptp(late) < np.ptp(lone)
    assert late.min() > lone[-1] - 0.01
