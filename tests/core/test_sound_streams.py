"""Blocks and spools: the same sound, however it is cut up, on disk and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassmaster.model import Audio
from glassmaster.sound import spool
from glassmaster.sound.blocks import followed_by_silence, gained, regular
from tests.formats_support import audio_of, heard


def cut_up(samples: np.ndarray, sizes: list[int]) -> Audio:
    cuts = np.cumsum(sizes)
    return Audio(48_000, samples.shape[1], len(samples), lambda: iter(np.split(samples, cuts)))


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 50))
def test_regular_blocks_hold_the_same_sound(sizes: list[int], size: int) -> None:
    samples = np.arange(2 * (sum(sizes) + 7), dtype=np.float32).reshape(-1, 2)
    blocks = list(regular(cut_up(samples, sizes), size))
    assert np.array_equal(np.concatenate(blocks), samples)
    assert {len(block) for block in blocks[:-1]} <= {size}
    assert 0 < len(blocks[-1]) <= size


def test_regular_blocks_survive_a_stage_that_reuses_its_buffer() -> None:
    def blocks():  # type: ignore[no-untyped-def]
        buffer = np.empty((10, 1), np.float32)
        for number in range(10):
            buffer[:] = number
            yield buffer

    made = [block.copy() for block in regular(Audio(48_000, 1, 100, blocks), 35)]
    assert np.array_equal(np.concatenate(made)[:, 0], np.repeat(np.arange(10), 10))


def test_gain_is_a_factor_and_zero_is_nothing() -> None:
    audio = audio_of(np.full((1000, 2), 0.5))
    assert gained(audio, 0.0) is audio
    assert heard(gained(audio, 20.0))[0, 0] == pytest.approx(5.0)
    assert heard(gained(audio, -6.0206)).max() == pytest.approx(0.25, rel=1e-5)


@pytest.mark.parametrize("frames", [1, 65_535, 65_536, 65_537, 200_000])
def test_silence_behind_a_song_is_digital_silence(frames: int) -> None:
    audio = followed_by_silence(audio_of(np.ones((100, 2))), frames)
    made = heard(audio)
    assert audio.frames == len(made) == 100 + frames
    assert np.all(made[:100] == 1.0)
    assert not made[100:].any()
    assert max(len(block) for block in audio) <= 65_536


def test_no_silence_is_the_sound_itself() -> None:
    audio = audio_of(np.ones((100, 2)))
    assert followed_by_silence(audio, 0) is audio


def test_a_spool_gives_back_every_bit(tmp_path: Path) -> None:
    samples = np.random.default_rng(6).standard_normal((150_000, 2)).astype(np.float32)
    samples[0] = (np.float32(1e-42), -0.0)  # a denormal and a negative zero
    assert spool.write(iter(audio_of(samples)), tmp_path / "spool") == 150_000
    assert (tmp_path / "spool").read_bytes() == samples.astype("<f4").tobytes()
    audio = spool.read(tmp_path / "spool", 48_000, 2, 0, 150_000)
    assert heard(audio).tobytes() == samples.tobytes()
    part = spool.read(tmp_path / "spool", 48_000, 2, 65_000, 140_001)
    assert part.frames == 75_001
    assert heard(part).tobytes() == samples[65_000:140_001].tobytes()


def test_a_spool_takes_blocks_of_any_layout(tmp_path: Path) -> None:
    planar = np.arange(12, dtype=np.float32).reshape(2, 6)
    spool.write(iter([planar.T]), tmp_path / "spool")
    assert np.array_equal(heard(spool.read(tmp_path / "spool", 48_000, 2, 0, 6)), planar.T)


def test_a_spool_that_ends_early_is_an_error_not_silence(tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(bytes(8 * 90))
    with pytest.raises(OSError, match="ends 10 frames early"):
        heard(spool.read(tmp_path / "spool", 48_000, 2, 0, 100))
