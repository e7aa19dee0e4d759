"""Whatever a processor makes of the last bits of a product of matrices, the limiter's samples are the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glassmaster.peaks import Limiting, hold, kernels, limit
from glassmaster.peaks.kernels import Planar, whole
from tests.flow_support import music
from tests.formats_support import audio_of

RATE = 48_000
NOISE = 1e-6
"""Of the highest value: processors differ by a third of it at most."""


def loud() -> Any:
    """Music with sound near half the rate, where meters differ."""
    edge = 0.02 * np.cos(0.99 * np.pi * np.arange(3 * RATE))[:, None]
    return (music(3.0, -6.0, 4, RATE) + edge).astype(np.float32)


@pytest.fixture
def another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, fast = np.random.default_rng(6), kernels._Product.fast

    def noisy(self: kernels._Product, windows: Planar) -> Planar:
        values = fast(self, windows)
        spread = NOISE * float(np.abs(values).max(initial=0.0))
        return values + rng.uniform(-spread, spread, values.shape).astype(np.float32)

    monkeypatch.setattr(kernels._Product, "fast", noisy)


def made() -> list[Any]:
    """Limited by some drives, and held at cuts."""
    sound = audio_of(loud(), RATE)
    found = [np.concatenate(list(limit(sound, Limiting(-1.0, drive_db=drive)))) for drive in (3.0, 7.0, 11.0)]
    held = hold(audio_of(np.clip(3 * loud(), -1, 1).astype(np.float32), RATE), -0.3, (30_011, 90_000))
    return [*found, np.concatenate(list(held))]


@pytest.fixture(scope="module")
def here() -> list[Any]:
    return made()


def test_the_same_samples(here: list[Any], another_machine: None) -> None:
    for one, other in zip(here, made(), strict=True):
        assert np.array_equal(one, other)


def test_without_exact_sums_they_would_not_be(
    here: list[Any], another_machine: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels._Product, "exact", kernels._Product.fast)
    assert not all(np.array_equal(one, other) for one, other in zip(here, made(), strict=True))


def test_whole_steps_have_one_sum_in_any_order() -> None:
    rng = np.random.default_rng(8)
    samples, taps = whole(rng.uniform(-16, 16, 4096), 24), whole(rng.uniform(-1, 1, 4096) / 1024, 22)
    orders = [rng.permutation(4096) for _ in range(20)]
    assert {float(np.cumsum((samples * taps)[order])[-1]) for order in orders} == {float(samples @ taps)}
    plain = rng.uniform(-16, 16, 4096) * rng.uniform(-1, 1, 4096)
    assert len({float(np.cumsum(plain[order])[-1]) for order in orders}) > 1
