"""Stages of strangers: what breaks the contract is named by stage, plugin and song; what keeps it passes untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from glassmaster import plugins
from glassmaster.errors import Exit, Refused, refuse
from glassmaster.model import Audio, Decided, Stage
from glassmaster.plugins import Offers, Origin
from glassmaster.sound.stages import staged
from tests.formats_support import audio_of, heard

SAMPLES = np.random.default_rng(8).uniform(-0.5, 0.5, (3000, 2)).astype(np.float32)
STEP = Decided("hum", "1", None, 2.0)


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    origins = {("stage", "hum"): Origin("hum", "glassmaster-hum", "0.3")}
    monkeypatch.setattr(plugins, "load", lambda: Offers(origins=origins))


def through(render: Any, told: Callable[[Any], None] | None = None, block: int = 1000) -> Audio:
    return staged(audio_of(SAMPLES, 48_000, block), Stage("hum", type(None), render), STEP, "02 Second Light", told)


def broken(render: Any) -> str:
    with pytest.raises(Refused) as caught:
        list(through(render))
    assert caught.value.exit == Exit.STAGE
    [finding] = caught.value.findings
    assert (finding.code, finding.where) == ("stage-failed", "02 Second Light")
    assert 'stage "hum" of hum (glassmaster-hum 0.3) ' in finding.message
    assert "hum = false" in finding.hint
    return finding.message


def each(change: Callable[[Any], Any]) -> Callable[[Audio, Any], Iterator[Any]]:
    """A stage that changes every block."""

    def render(audio: Audio, value: Any) -> Iterator[Any]:
        for block in audio:
            yield change(block)

    return render


def test_a_stage_gets_its_value_and_gives_its_sound() -> None:
    made = through(lambda audio, value: (block * np.float32(value) for block in audio))
    assert (made.rate, made.channels, made.frames) == (48_000, 2, 3000)
    assert np.array_equal(heard(made), SAMPLES * 2)
    assert np.array_equal(heard(made), SAMPLES * 2)  # as often as one likes


def test_blocks_may_be_cut_as_the_stage_likes() -> None:
    def whole(audio: Audio, value: Any) -> Iterator[Any]:
        yield heard(audio)[:10]
        yield np.zeros((0, 2), np.float32)
        yield heard(audio)[10:]

    assert np.array_equal(heard(through(whole)), SAMPLES)


def test_what_render_returns_is_told() -> None:
    def render(audio: Audio, value: Any) -> Any:
        yield from audio
        return "a side result"

    told: list[Any] = []
    list(through(render, told.append))
    assert told == ["a side result"]


def raising(audio: Audio, value: Any) -> Iterator[Any]:
    yield from audio
    raise ValueError("of all things")


def raising_at_once(audio: Audio, value: Any) -> Iterator[Any]:
    raise ValueError("of all things")


@pytest.mark.parametrize("render", [raising, raising_at_once, each(lambda block: 1 / 0)])
def test_what_a_stage_raises_is_named(render: Any) -> None:
    """P03."""
    message = broken(render)
    assert "raised ValueError: of all things" in message or "raised ZeroDivisionError" in message


def test_a_missing_file_of_a_stage_is_the_stages_fault_not_the_disks() -> None:
    def render(audio: Audio, value: Any) -> Iterator[Any]:
        raise FileNotFoundError(2, "No such file", "impulse.wav")
        yield

    assert "FileNotFoundError" in broken(render)


def test_what_feeds_a_stage_keeps_its_own_name() -> None:
    """A mixdown that cannot be read is no fault of the stage that hears it."""

    def unreadable() -> Iterator[Any]:
        yield SAMPLES[:10]
        raise problem

    audio = Audio(48_000, 2, 3000, unreadable)
    for problem in (OSError(5, "Input/output error"), refuse(Exit.SOURCE, "unreadable", "mix.wav", "is damaged")):
        made = staged(audio, Stage("hum", type(None), each(lambda block: block)), STEP, "02 Second Light")
        with pytest.raises(type(problem)) as caught:
            list(made)
        assert caught.value is problem


def test_a_stage_may_refuse_in_its_own_words() -> None:
    def render(audio: Audio, value: Any) -> Iterator[Any]:
        raise refuse(Exit.STAGE, "no-impulse", "hum", "needs an impulse", "set impulse = ...")
        yield

    with pytest.raises(Refused, match="needs an impulse"):
        list(through(render))


@pytest.mark.parametrize(
    ("render", "words"),
    [
        (lambda audio, value: None, "NoneType"),
        (lambda audio, value: 5, "int"),
        (each(lambda block: None), "gave NoneType instead of a block"),
        (each(lambda block: block.tolist()), "gave list instead of a block"),
        (each(lambda block: block.astype(np.float64)), "gave float64 samples instead of float32"),
        (each(lambda block: (block * 1000).astype(np.int16)), "gave int16 samples"),
        (each(lambda block: block[:, :1]), "shape (1000, 1) for 2 channels"),
        (each(lambda block: block[:, 0]), "shape (1000,) for 2 channels"),
        (each(lambda block: block.T), "shape (2, 1000) for 2 channels"),
        (each(lambda block: block[:-1]), "gave 2997 of 3000 frames"),
        (each(lambda block: np.concatenate([block, block])), "gave more than the song's 3000 frames"),
        (lambda audio, value: iter(()), "gave 0 of 3000 frames"),
    ],
    ids=range(12),
)
def test_what_is_no_block_of_the_song_is_named(render: Any, words: str) -> None:
    """P04."""
    assert words in broken(render)


def test_a_stage_without_end_is_stopped() -> None:
    def render(audio: Audio, value: Any) -> Iterator[Any]:
        while True:
            yield np.zeros((100, 2), np.float32)

    assert "gave more than" in broken(render)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_named_with_its_place(value: float) -> None:
    def render(audio: Audio, settings: Any) -> Iterator[Any]:
        whole = heard(audio).copy()
        whole[2345, 1] = value
        yield from np.split(whole, 3)

    assert "no number at frame 2345" in broken(render)


def test_both_infinities_do_not_cancel_out() -> None:
    def render(audio: Audio, settings: Any) -> Iterator[Any]:
        whole = heard(audio).copy()
        whole[7] = (np.inf, -np.inf)
        yield whole

    assert "no number at frame 7" in broken(render)


def test_a_loud_block_is_no_infinity() -> None:
    made = through(each(lambda block: np.full_like(block, 3e38)))
    assert heard(made).max() == np.float32(3e38)


def scaled(block: Any) -> Any:
    block *= 2
    return block


def test_writing_into_the_input_is_named_and_changes_nothing() -> None:
    """P05."""
    before = SAMPLES.copy()
    assert "ValueError" in broken(each(scaled))
    assert np.array_equal(SAMPLES, before)


def test_stages_follow_one_another() -> None:
    once = through(each(lambda block: block * np.float32(0.5)))
    twice = staged(once, Stage("hum", type(None), each(lambda block: block + np.float32(0.25))), STEP, "song")
    assert np.array_equal(heard(twice), SAMPLES * np.float32(0.5) + np.float32(0.25))
    bad = staged(through(raising), Stage("innocent", type(None), each(lambda block: block)), STEP, "song")
    with pytest.raises(Refused) as caught:
        list(bad)
    assert 'stage "hum"' in caught.value.findings[0].message


def test_a_stage_may_stop_listening_early() -> None:
    def render(audio: Audio, value: Any) -> Iterator[Any]:
        yield next(iter(audio))
        yield np.zeros((2000, 2), np.float32)

    assert heard(through(render)).shape == (3000, 2)
