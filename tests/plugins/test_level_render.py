"""The stage `level` at work: each sample turned by the gain, over a joint by a ramp."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import glassmaster_level
from glassmaster.model import Audio, Block
from glassmaster_level import Levelled, render
from tests.level_support import HOP, RATE


def audio(blocks: list[Block]) -> Audio:
    def opened() -> Iterator[Block]:
        return iter(blocks)

    return Audio(RATE, 2, sum(len(each) for each in blocks), opened)


def test_render_turns_every_sample_by_the_gain() -> None:
    blocks = [np.random.default_rng(1).uniform(-1, 1, (HOP, 2)).astype(np.float32) for _ in range(3)]
    kept = [each.copy() for each in blocks]
    out = list(render(audio(blocks), Levelled(-6.0, None)))
    for before, block, made in zip(kept, blocks, out, strict=True):
        assert made.dtype == np.float32
        assert np.array_equal(before, block)
        assert made == pytest.approx(before * 0.501187, rel=1e-5)


def test_render_at_no_gain_hands_the_blocks_on() -> None:
    blocks = [np.full((HOP, 2), 0.25, np.float32)]
    assert next(render(audio(blocks), Levelled(0.0, -14.0))) is blocks[0]


def smooth(share: float) -> float:
    return 3 * share**2 - 2 * share**3 if share < 1 else 1.0


@pytest.mark.parametrize("size", [1, 7, 480, 5_000])
def test_a_joint_goes_over_from_the_gain_before_whatever_the_blocks(size: int) -> None:
    sound = np.ones((5_000, 2), np.float32)
    value = Levelled(-6.0, None, ramp_ms=50.0, joint_db=4.0)
    out = np.concatenate([*render(audio([sound[at : at + size] for at in range(0, 5_000, size)]), value)])
    low, high, frames = 10 ** (-6 / 20), 10 ** (-2 / 20), RATE // 20
    expected = [high + (low - high) * smooth((n + 0.5) / frames) for n in range(5_000)]
    assert np.abs(out - np.array(expected)[:, None]).max() < 1e-6
    assert out.tobytes() == np.concatenate([*render(audio([sound]), value)]).tobytes()


def test_a_joint_without_a_ramp_is_a_step_and_one_to_unity_is_no_shortcut() -> None:
    sound = np.ones((480, 2), np.float32)
    (step,) = render(audio([sound]), Levelled(-6.0, None, ramp_ms=0.0, joint_db=4.0))
    assert np.ptp(step) == 0
    (ramp,) = render(audio([sound]), Levelled(0.0, None, ramp_ms=5.0, joint_db=4.0))
    assert ramp[0, 0] > 1.58
    assert ramp[-1, 0] == 1


def test_the_offer_names_its_roles() -> None:
    (stage,) = glassmaster_level.glassmaster_stages()
    value = Levelled(1.0, -14.0)
    assert (stage.name, getattr(value, stage.gain), getattr(value, stage.aim)) == ("level", 1.0, -14.0)
