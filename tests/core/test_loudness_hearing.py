"""The hearing as a whole: block sizes, layouts, little and broken sound, DR, meters."""

from __future__ import annotations

import dataclasses
import math
import pickle
from collections.abc import Sequence

import numpy as np
import pytest

from glassmaster.loudness import BrokenSoundError, Hearing, channel_weights, measure
from glassmaster.model import Block, Json, Measurement, Meter, Passage
from tests.loudness_support import audio, heard, loudness, music, tone


def plain(measurement: Measurement) -> dict[str, object]:
    """As values that compare bit by bit."""
    values = {field.name: getattr(measurement, field.name) for field in dataclasses.fields(measurement)}
    return values | {name: values[name].tobytes() for name in ("energies", "peaks")}


class Sizes:
    """A meter that remembers what blocks it was given, and their sum."""

    def __init__(self, rate: int, channels: int) -> None:
        self.seen: list[Json] = [rate, channels]

    def hear(self, passage: Passage) -> None:
        block = passage.block
        self.seen.append([*block.shape, float(block.sum(dtype=np.float64)), bool(block.flags.writeable)])

    def done(self) -> Json:
        return self.seen


@pytest.mark.parametrize("rate", [44100, 22050])
@pytest.mark.parametrize("sizes", [(1_000_000,), (4096,), (0, 1, 7, 12_345), (131_071, 3)])
def test_block_sizes_change_no_bit(sizes: Sequence[int], rate: int) -> None:
    sound = music(rate, 11.1234)
    meters = [Meter("sizes", Sizes)]
    expected = measure(audio(sound, rate), meters)
    assert plain(heard(sound, rate, sizes, meters=meters)) == plain(expected)
    _, _, *blocks = expected.extra["sizes"]
    assert sum(block[0] for block in blocks) == len(sound)
    assert sum(block[2] for block in blocks) == pytest.approx(float(sound.sum(dtype=np.float64)))
    assert not any(block[3] for block in blocks)


def test_a_file_in_one_go_measures_all_fields() -> None:
    measured = heard(music(48000, 30), 48000)
    assert all(value is not None for value in plain(measured).values())
    assert len(measured.energies) == len(measured.peaks) == 3000
    assert measured.energies.dtype == measured.peaks.dtype == np.float32
    assert measured.plr_lu == pytest.approx((measured.true_peak_dbtp or 0) - (measured.integrated_lufs or 0))


NONE = {
    "integrated_lufs",
    "loudness_range_lu",
    "max_momentary_lufs",
    "max_short_term_lufs",
    "plr_lu",
    "min_psr_lu",
    "dr",
    "max_momentary_at",
    "max_short_term_at",
    "min_psr_at",
}


@pytest.mark.parametrize(
    ("sound", "missing"),
    [
        (np.zeros((0, 2)), NONE | {"true_peak_dbtp", "sample_peak_dbfs", "true_peak_at"}),
        (np.zeros((48000 * 10, 2)), NONE | {"true_peak_dbtp", "sample_peak_dbfs", "true_peak_at"}),
        (np.full((1, 2), 0.5), NONE),
        (tone(48000, (0.39, -20.0)), NONE),
        (tone(48000, (0.3999, -20.0)), NONE),
        (tone(48000, (0.4, -20.0)), NONE - {"integrated_lufs", "max_momentary_lufs", "max_momentary_at", "plr_lu"}),
        (tone(48000, (3.0, -20.0)), {"dr"}),
        (tone(48000, (6.0, -20.0)), set()),
        (tone(48000, (10.0, -80.0)), {"integrated_lufs", "loudness_range_lu", "plr_lu", "min_psr_lu", "min_psr_at"}),
    ],
)
def test_what_does_not_exist_is_none(sound: Block, missing: set[str]) -> None:
    measured = heard(sound.astype(np.float32), 48000)
    values = plain(measured)
    assert {name for name, value in values.items() if value is None} == missing
    assert all(math.isfinite(value) for value in values.values() if isinstance(value, float))
    assert measured.frames == len(sound)


def test_one_sample_is_its_own_peak() -> None:
    measured = heard(np.array([[0.0, -0.5]], np.float32), 48000)
    assert measured.sample_peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert measured.true_peak_dbtp == measured.sample_peak_dbfs
    assert measured.true_peak_at == 0.0
    assert measured.peaks.tolist() == [0.5]


def test_mono_counts_as_dual_mono() -> None:
    mono, stereo = (loudness(tone(48000, (4, -20.0), channels=n), 48000) for n in (1, 2))
    assert mono.integrated_lufs == pytest.approx(stereo.integrated_lufs, abs=1e-6)
    single = heard(tone(48000, (4, -20.0), channels=1), 48000, weights=[1.0])
    assert single.integrated_lufs == pytest.approx((mono.integrated_lufs or 0) - 3.0103, abs=1e-4)


@pytest.mark.parametrize("channels", range(1, 11))
def test_every_channel_has_its_weight(channels: int) -> None:
    weights = channel_weights(channels)
    assert len(weights) == channels
    front = loudness(tone(48000, (1, -20.0), channels=1), 48000).integrated_lufs or 0.0
    for channel, weight in enumerate(weights):
        sound = np.zeros((48000, channels), np.float32)
        sound[:, channel : channel + 1] = tone(48000, (1, -20.0), channels=1)
        reading = loudness(sound, 48000)
        expected = front - 10 * math.log10(2 / weight) if weight else None
        assert reading.integrated_lufs == pytest.approx(expected, abs=1e-4)
        assert reading.sample_peak_dbfs == pytest.approx(-20.0, abs=1e-3)
    assert channel_weights(6) == (1, 1, 1, 0, 1.41, 1.41)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_broken_sound_is_named(value: float) -> None:
    sound = music(48000, 9)
    sound[[200_001, 200_007, 431_000], [1, 0, 0]] = value
    with pytest.raises(BrokenSoundError, match=r"frame 200001, channel 2: .*3 such samples") as caught:
        measure(audio(sound, 48000))
    error = pickle.loads(pickle.dumps(caught.value))
    assert (error.frame, error.channel, error.count) == (200_001, 1, 3)
    assert str(error) == str(caught.value)
    with pytest.raises(ValueError, match="frame 200001"):
        heard(sound, 48000, (1000,))


@pytest.mark.parametrize(
    ("rate", "channels", "weights"),
    [(7999, 2, None), (384_001, 2, None), (48000, 0, None), (48000, 2, [1.0]), (48000, 2, [1.0, math.nan])],
)
def test_what_cannot_be_heard_is_refused(rate: int, channels: int, weights: list[float] | None) -> None:
    with pytest.raises(ValueError, match=r"Hz|channels"):
        Hearing(rate, channels, weights=weights)


def test_a_block_of_another_shape_is_refused() -> None:
    hearing = Hearing(48000, 2)
    for shape in ((10,), (10, 1), (10, 3)):
        with pytest.raises(ValueError, match="frames x 2"):
            hearing.hear(np.zeros(shape, np.float32))


def test_loud_and_above_full_scale_is_heard() -> None:
    measured = heard(tone(48000, (4, 12.0)), 48000)
    assert measured.integrated_lufs == pytest.approx(12.0, abs=0.01)
    assert measured.true_peak_dbtp == pytest.approx(12.0, abs=0.01)


def test_the_first_of_equal_peaks_tells_the_time() -> None:
    sound = np.zeros((48000 * 20, 2), np.float32)
    sound[[300_000, 700_000], [1, 0]] = 0.9
    assert heard(sound, 48000).true_peak_at == 300_000 / 48000


@pytest.mark.parametrize("rate", [44100, 48000])
def test_dr_by_the_rule_of_the_tt_meter(rate: int) -> None:
    block = 132_480 if rate == 44100 else 144_000
    t = np.arange(10 * block)
    sine = 0.1 * np.sin(2 * np.pi * t / 90)
    assert heard(np.stack([sine, sine], 1).astype(np.float32), rate).dr == 0
    assert heard(np.stack([np.sign(sine)] * 2, 1).astype(np.float32), rate).dr == -3
    spikes = sine.copy()
    spikes[[3 * block - 1, 3 * block]] = 1.0  # one in each of two blocks
    assert heard(np.stack([spikes, spikes], 1).astype(np.float32), rate).dr == 20
    assert heard(np.stack([spikes, sine], 1).astype(np.float32), rate).dr == 10
    assert heard(np.stack([spikes, 0 * sine], 1).astype(np.float32), rate).dr == 20
    once = sine.copy()
    once[3 * block] = once[3 * block + 5] = 1.0  # both in one block: the second-highest block peak is the sine's
    assert heard(np.stack([once, once], 1).astype(np.float32), rate).dr == 0
    loud = sine * np.where(t // block == 4, 10.0, 1.0)  # a fifth of the blocks: one of 0 dB and one of -20 dB
    assert heard(np.stack([loud, loud], 1).astype(np.float32), rate).dr == round(-20 - 10 * math.log10(0.505))


def test_maxima_and_the_lowest_psr_have_times() -> None:
    click = tone(48000, (7.0, -40.0), (0.4, -12.0), (4.6, -40.0))
    assert loudness(click, 48000).max_momentary_at == pytest.approx(7.0, abs=0.011)
    steady = loudness(tone(48000, (5.0, -40.0), (3.0, -20.0), (5.0, -40.0)), 48000)
    assert steady.max_short_term_at == pytest.approx(5.0, abs=0.011)
    clicks = tone(48000, (13.0, -20.0))
    clicks[[round(48000 * at) for at in (1, 2, 3, 4, 4.95, 8.05, 9, 10, 11, 12)]] = 0.9
    assert loudness(clicks, 48000).min_psr_at == 5.0  # the only 3 s without one
    assert loudness(tone(48000, (1.0, None)), 48000).max_momentary_at is None


def test_maxima_of_a_long_file_are_found_wherever_they_are() -> None:
    sound = np.zeros((8000 * 1400, 1), np.float32)
    sound[8000 * 654 : 8000 * 658] = tone(8000, (4, -20.0), channels=1)  # around hop 65,536
    measured = heard(sound, 8000, oversampling=1)
    assert measured.max_momentary_lufs == pytest.approx(-20.0, abs=0.02)
    assert measured.max_short_term_lufs == pytest.approx(-20.0, abs=0.02)
    assert measured.max_short_term_at == pytest.approx(654.5, abs=0.52)
