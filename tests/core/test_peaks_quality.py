"""How the limiter sounds: distortion, intermodulation, smoothness, clicks, pumping, transparency, in figures.

`make bench` sets the same figures beside those of other limiters.
"""

from __future__ import annotations

import numpy as np
import pytest

from glassmaster.peaks import Limiting
from tests import quality_support as quality
from tests.peaks_support import Sound, limited


def ours(sound: Sound) -> Sound:
    return limited(sound, quality.RATE, Limiting(quality.CEILING_DBTP))[0]


def clipped(sound: Sound) -> Sound:
    """The worst of limiters, so that the figures can be seen to tell."""
    top = np.float32(10 ** (quality.CEILING_DBTP / 20))
    return np.clip(sound, -top, top)


@pytest.mark.parametrize("hz", [28, 40, 50, 100, 1000])
@pytest.mark.parametrize("over", [1, 6])
def test_a_held_tone_stays_clean(hz: int, over: float) -> None:
    """All that is not the tone, once the floor stands."""
    assert quality.distortion_db(ours, hz, over) < -120


def test_a_tone_is_clean_from_its_second_peak_on() -> None:
    assert quality.onset_distortion_db(ours) < -100
    assert quality.onset_distortion_db(clipped) > -20


def test_a_bass_leaves_the_tone_above_it_alone() -> None:
    assert quality.intermodulation_db(ours) < -110
    assert quality.intermodulation_db(clipped) > -20


def test_the_gain_is_smooth_in_music() -> None:
    """6 dB of reduction within 4 ms, and nothing of it fast enough to be heard as grit."""
    assert quality.slope_db_per_ms(ours) < 3
    assert quality.roughness_db(ours) < -65
    assert quality.roughness_db(clipped) > -20


def test_a_click_is_over_in_fifty_milliseconds() -> None:
    assert quality.recovery_ms(ours) < 50


def test_the_swing_under_a_drum_is_no_more_than_the_drum_asks_for() -> None:
    """6 dB over, on a tone of 1 dB: what is let go between the beats stays under what each of them takes."""
    assert 0 < quality.pumping_db(ours) < 6.5


def test_little_reduction_changes_little() -> None:
    assert quality.transparency_db(ours) < -35


def test_under_the_ceiling_not_one_bit_is_changed() -> None:
    assert quality.bypass_db(ours) == -240
