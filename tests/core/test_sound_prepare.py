"""Preparing a master for files: what is needed is done once over the whole programme, what is not is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.errands import Prepare, Prepared, Render, Rendered
from glassmaster.errors import Refused
from glassmaster.model import Cut, Order, Part, Source
from glassmaster.prepare import errand_for, prepare
from glassmaster.sound import spool
from glassmaster.store import Store
from tests.formats_support import audio_of, heard

RATE = 48_000


def mastered(
    store: Store,
    samples: Any,
    marks: tuple[int, ...] = (),
    *,
    source_bits: int | None = 24,
    ceiling_dbtp: float | None = None,
    passthrough: bool = False,
    mixdown: str = "ab",
) -> tuple[Rendered, Render]:
    """A master and its errand, as if `samples` had come out of it."""
    with store.scratch() as path:
        spool.write(iter(audio_of(samples, RATE)), path)
        blob = store.adopt(path)
    source = Source(Path("mix.wav"), mixdown, "WAV", "PCM_24", RATE, 2, len(samples), source_bits, False)
    order = Order((Part(0, source, Cut(0, len(samples)), ()),), (), None, ceiling_dbtp)
    made = Rendered(
        spool=blob,
        rate_hz=RATE,
        channels=2,
        marks=marks or (0, len(samples)),
        measurements=(),
        gains_db=(0.0,),
        drive_db=0.0,
        reduction=np.zeros(0, np.float32),
        stopped="",
        passthrough=passthrough,
        promise=None,
    )
    return made, Render("01 Song", 1.0, order, "engine")


def sound(store: Store, made: Prepared) -> Any:
    return heard(spool.read(store.path(made.spool), made.rate_hz, made.channels, made.marks[0], made.marks[-1]))


def noise(frames: int, amplitude: float = 0.4) -> Any:
    return np.random.default_rng(9).uniform(-amplitude, amplitude, (frames, 2)).astype(np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def needed(store: Store, to_rate: int, bits: int | None, **fields: Any) -> Prepare | None:
    return errand_for(*mastered(store, noise(100), **fields), to_rate, bits, "tpdf")


def test_float_at_the_masters_rate_is_encoded_as_it_is(store: Store) -> None:
    assert needed(store, RATE, None) is None
    assert needed(store, RATE, 24) is not None
    assert needed(store, 44_100, None) is not None


def test_untouched_samples_stay_untouched_where_the_depth_holds_them(store: Store) -> None:
    """`treatment = []`: same rate and depth give the same PCM hash."""
    assert needed(store, RATE, 24, passthrough=True) is None
    assert needed(store, RATE, 24, passthrough=True, source_bits=16) is None
    assert needed(store, RATE, 16, passthrough=True, source_bits=24) is not None
    assert needed(store, RATE, 24, passthrough=True, source_bits=None) is not None
    assert needed(store, 44_100, 24, passthrough=True) is not None


def made(store: Store, samples: Any, to_rate: int, bits: int | None, dither: str = "tpdf", **fields: Any) -> Prepared:
    errand = errand_for(*mastered(store, samples, **fields), to_rate, bits, dither)
    assert errand is not None
    return prepare(errand, store)


def test_sixteen_bits_stand_on_their_grid_close_to_the_master(store: Store) -> None:
    samples = noise(30_000)
    found = made(store, samples, RATE, 16)
    steps = sound(store, found).astype(np.float64) * 2**15
    assert (found.rate_hz, found.channels, found.marks) == (RATE, 2, (0, 30_000))
    assert np.array_equal(steps, np.round(steps))
    assert np.abs(steps - samples * 2.0**15).max() < 1.5  # TPDF reaches to 1 step, rounding adds half a one


def added(store: Store, samples: Any, **fields: Any) -> Any:
    """What dither and rounding to 16 bits added."""
    return (sound(store, made(store, samples, RATE, 16, **fields)).astype(np.float64) - samples).ravel()


def test_the_dither_is_the_mixdowns_own(store: Store) -> None:
    samples = noise(5000)
    one, again, other = (added(store, samples, mixdown=mixdown) for mixdown in ("ab", "ab", "cd"))
    assert np.array_equal(one, again)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.06


def test_the_dither_outlasts_a_last_bit_and_another_processor(store: Store) -> None:
    samples = noise(5000)
    _, render = mastered(store, samples)
    moved, _ = mastered(store, np.nextafter(samples, np.float32(1.0)))
    elsewhere = errand_for(moved, replace(render, engine="another"), RATE, 16, "tpdf")
    assert elsewhere is not None
    here = sound(store, made(store, samples, RATE, 16))
    assert np.mean(sound(store, prepare(elsewhere, store)) != here) < 0.01


def test_a_programme_is_converted_as_one_sound_and_its_marks_move_along(store: Store) -> None:
    time = np.arange(4 * RATE) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 441.0 * time)).astype(np.float32)[:, None].repeat(2, axis=1)
    marks = (0, 65_432, 123_457, 4 * RATE)
    found = made(store, tone, 44_100, None, marks=marks)
    assert found.marks == tuple(round(mark * 44_100 / RATE) for mark in marks)
    wanted = 0.5 * np.sin(2 * np.pi * 441.0 * np.arange(4 * 44_100) / 44_100)
    middle = slice(2000, -2000)  # across both joints: no click
    assert np.abs(sound(store, found)[middle, 0] - wanted[middle]).max() < 1e-4


def highest(samples: Any) -> float:
    """Peak between the samples, from 16 times as many by a Fourier transform, in dB."""
    spectrum = np.fft.rfft(samples[:, 0].astype(np.float64))
    return float(20 * np.log10(np.abs(np.fft.irfft(spectrum, 16 * len(samples)) * 16).max()))


def with_a_burst() -> Any:
    """A quiet tone, and for a moment noise that was clipped: it overshoots when its rate is changed."""
    sound = (0.3 * np.sin(2 * np.pi * 441.0 * np.arange(RATE) / RATE)).astype(np.float32)[:, None].repeat(2, axis=1)
    sound[24_000:26_000] = np.clip(noise(2000, 3.0), -0.891, 0.891)
    return sound


def test_what_the_conversion_adds_over_the_ceiling_is_taken_down(store: Store) -> None:
    loose = sound(store, made(store, with_a_burst(), 44_100, None))
    held = sound(store, made(store, with_a_burst(), 44_100, None, ceiling_dbtp=-1.0))
    assert highest(loose) > 0.0
    assert highest(held) <= -1.0 + 0.05
    assert np.array_equal(held[:20_000], loose[:20_000])  # there, and not by a trim of the whole
    same_rate = errand_for(*mastered(store, with_a_burst(), ceiling_dbtp=-1.0), RATE, None, "tpdf")
    assert same_rate is None  # nothing was added, so nothing is held


def test_shaped_noise_does_not_pass_the_ceiling_either(store: Store) -> None:
    tone = (0.8912 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)).astype(np.float32)[:, None].repeat(2, axis=1)
    found = sound(store, made(store, tone, RATE, 16, "shaped", ceiling_dbtp=-1.0))
    assert highest(found) <= -1.0 + 0.01


def test_where_it_is_cut_each_part_holds_the_ceiling_by_itself(store: Store) -> None:
    """A waveform that is cut off near its peak rings; both parts, and the whole, are read with silence around them."""
    wave = 0.889 * np.sin(2 * np.pi * 60 * np.arange(RATE) / RATE)
    tone = (wave * np.minimum(1.0, np.arange(RATE)[::-1] / 480)).astype(np.float32)[:, None].repeat(2, axis=1)
    joint = 20_205
    assert abs(tone[joint, 0]) > 0.88
    assert highest(tone[:joint]) > -0.5
    for bits, rate in ((24, RATE), (None, RATE), (16, 44_100)):
        found = made(store, tone, rate, bits, ceiling_dbtp=-1.0, marks=(0, joint, RATE))
        whole, at = sound(store, found), found.marks[1]
        for part in (whole, whole[:at], whole[at:]):
            assert highest(np.pad(part, ((500, 500), (0, 0)))) <= -1.0 + 0.002
        near = round(0.2 * rate)
        loose = sound(store, made(store, tone, rate, bits or 24, ceiling_dbtp=-1.0))
        assert np.abs(whole[: at - near] - loose[: at - near]).max() < 2**-13  # but for dither, nothing else is touched


def test_the_noise_of_rounding_fits_under_a_low_ceiling(store: Store) -> None:
    """At -20 dBTP, 16 shaped bits add up to 0.03 dB."""
    tone = (0.0999 * np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE)).astype(np.float32)[:, None].repeat(2, axis=1)
    for dither in ("tpdf", "shaped", "none"):
        found = sound(store, made(store, tone, RATE, 16, dither, ceiling_dbtp=-20.0))
        assert highest(found) <= -20.0


def test_damage_in_the_store_is_found_before_it_is_heard(store: Store) -> None:
    """F19."""
    errand = errand_for(*mastered(store, noise(1000)), RATE, 16, "tpdf")
    assert errand is not None
    damaged = bytearray(store.path(errand.spool).read_bytes())
    damaged[100] ^= 1
    store.path(errand.spool).write_bytes(damaged)
    with pytest.raises(Refused, match="damaged"):
        prepare(errand, store)
