"""Stages of strangers in a plan: their versions, what they see, and what they may not give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from glassmaster.errors import Exit, refuse
from glassmaster.model import Album, Decided, Song, Stage, Step
from glassmaster.plan import plan, stage_version
from glassmaster.plugins import Offers, Origin
from tests.level_support import master, song, stretches
from tests.plan_support import (
    OFFERS,
    SECONDS,
    TREATMENT,
    made,
    planned,
    refusal,
)


@dataclass(frozen=True)
class Tape:
    """Settings of a stranger's stage."""

    speed: float = 15.0


def tape(decide: Any = None, version: int = 3, **fields: Any) -> Stage:
    return Stage("tape", Tape, lambda audio, value: iter(audio), decide, version, **fields)


def strange(stage: Stage) -> Offers:
    origins = {**OFFERS.origins, ("stage", "tape"): Origin("tape", "glassmaster-tape", "0.9")}
    return replace(OFFERS, stages={**OFFERS.stages, "tape": stage}, origins=origins)


def test_the_version_of_a_strangers_distribution_counts() -> None:
    assert stage_version("tape", strange(tape())) == "3 glassmaster-tape 0.9"
    assert stage_version("level", OFFERS) == str(OFFERS.stages["level"].version)


def test_without_decide_a_stage_gets_its_settings() -> None:
    told = made([song("One")], treatment=(Step("tape", Tape(7.5)),))
    [order] = planned(told, strange(tape()))["main"]
    assert order.parts[0].steps == (Decided("tape", "3 glassmaster-tape 0.9", Tape(7.5), Tape(7.5)),)


def test_decide_sees_the_song_the_album_and_what_is_already_settled() -> None:
    seen: list[Any] = []

    def decide(song: Song, album: Album, settings: Tape, made: Any) -> float:
        seen.append((song.title, album, settings, made))
        return 1.5

    treatment = (TREATMENT[0], Step("tape", Tape()), TREATMENT[1])
    told = made([song("One"), song("Two")], treatment=treatment)
    masters = (master(0, stretches((SECONDS, -14))),)
    orders = plan(told, strange(tape(decide)), {"main": masters})["main"]
    assert orders[0].parts[0].steps[1].value == 1.5
    assert [title for title, *_ in seen] == ["One", "Two"]
    _, whole, settings, settled = seen[0]
    assert whole is told
    assert settings == Tape()
    assert settled.chain == treatment
    assert [step.stage for step in settled.decided] == ["level"]
    assert settled.driven
    assert settled.heard == {0: masters[0]}


def test_everything_behind_a_stage_of_the_whole_runs_on_the_whole() -> None:
    treatment = (TREATMENT[1], Step("tape", Tape()))
    [order] = planned(made([song("One"), song("Two", joined=True)], treatment=treatment), strange(tape()))["main"]
    assert [part.steps for part in order.parts] == [(), ()]
    assert [step.stage for step in order.steps] == ["limit", "tape"]


def raising(*_: Any) -> Any:
    raise ZeroDivisionError("of all things")


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (raising, "ZeroDivisionError: of all things"),
        (lambda *_: [1, 2], "unhashable"),
        (lambda *_: {"gain": 1}, "unhashable"),
        (lambda *_: np.zeros(3), "unhashable"),
        (lambda *_: object(), "no frozen value"),
        (lambda *_: float("nan"), "JSON"),
        (lambda: None, "argument"),
    ],
    ids=range(7),
)
def test_a_stage_that_cannot_decide_is_named(decide: Callable[..., Any], words: str) -> None:
    refused = refusal(made([song("One")], treatment=(Step("tape", Tape()),)), strange(tape(decide)))
    assert refused.exit == Exit.STAGE
    [finding] = refused.findings
    assert (finding.code, finding.where) == ("stage-failed", 'song "One"')
    assert 'stage "tape" of tape (glassmaster-tape 0.9)' in finding.message
    assert words in finding.message


def test_a_stage_may_refuse_in_its_own_words() -> None:
    def decide(*_: Any) -> Any:
        raise refuse(Exit.USAGE, "no-reel", "tape", "there is no reel", "set reel = ...")

    refused = refusal(made([song("One")], treatment=(Step("tape", Tape()),)), strange(tape(decide)))
    assert (refused.exit, refused.findings[0].code) == (Exit.USAGE, "no-reel")
