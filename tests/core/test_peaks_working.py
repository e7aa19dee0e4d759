"""Gain reduction as it works on music: what comes back or lasts counts, a single hit does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glassmaster.peaks import sustained


def hits(count: int, every: int, depth: float = 6.0, hops: int = 3_000) -> Any:
    """Reductions of `depth` dB, 50 ms long, one every `every` hops."""
    grid = np.zeros(hops, np.float32)
    for number in range(count):
        grid[100 + number * every : 105 + number * every] = depth
    return grid


@pytest.mark.parametrize(("count", "counts"), [(1, False), (3, False), (4, True), (20, True)])
def test_a_hit_counts_once_it_comes_back(count: int, counts: bool) -> None:
    assert sustained(hits(count, 50)) == (6.0 if counts else 0.0)


def test_hits_that_are_far_apart_stay_single() -> None:
    assert sustained(hits(20, 140)) == 0.0


@pytest.mark.parametrize("at", [0, 7, 1_234, 2_984])
def test_what_lasts_counts_wherever_it_is(at: int) -> None:
    grid = np.zeros(3_000, np.float32)
    grid[at : at + 15] = 5.0
    assert sustained(grid) == 0.0
    grid[at : at + 16] = 5.0
    assert sustained(grid) == 5.0


def test_it_is_the_same_figure_in_a_long_song_and_in_its_hardest_seconds() -> None:
    rng = np.random.default_rng(4)
    loud = rng.gamma(0.4, 2.0, 300).astype(np.float32)
    song = np.concatenate([np.zeros(200_000, np.float32), loud, np.zeros(100_000, np.float32)])
    assert sustained(loud) == np.sort(loud)[-16]
    assert sustained(song) == sustained(loud)


def test_by_definition_on_random_reductions() -> None:
    grid = np.random.default_rng(5).gamma(0.4, 2.0, 2_000).astype(np.float32)
    windows = [sorted(grid[start : start + 300])[-16] for start in [*range(0, 1_701, 10), 1_700]]
    assert sustained(grid) == max(windows)


@pytest.mark.parametrize(("grid", "expected"), [([], 0.0), ([0.0] * 500, 0.0), ([3.0], 3.0), ([0.0] * 39 + [4.0], 0.0)])
def test_short_and_empty(grid: list[float], expected: float) -> None:
    assert sustained(np.array(grid, np.float32)) == expected
