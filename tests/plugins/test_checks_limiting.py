"""Checks of aims and limiting: each finding where it belongs, and none where all is well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import glassmaster_checks_limiting as checks
from glassmaster import plugins
from glassmaster.model import Blob, Decided, Master, Outcome
from tests.checks_support import Case, complete, findings, held, made, minute, named
from tests.level_support import master

CHECK = next(iter(checks.glassmaster_checks()))


def limited(share: float, most: float = 4.0) -> Master:
    reduction = np.zeros(6_000, np.float32)
    reduction[: round(share * 6_000)] = most
    return master(0, minute(-14), aim=-14, reduction=reduction)


def by_hand(gain_db: float, *, own: bool = True, aim: float | None = None, made_of: Master | None = None) -> Outcome:
    """A song of -20 LUFS with peaks of -8 dBTP, at a gain, in front of a limiter at -1 dBTP that may take 4 dB."""
    told = made(songs=[named("A", gain_db=gain_db if own else None)], gains=[gain_db])
    settings: Any = plugins.load().stages["limit"].settings()
    (order,) = told.orders["main"]
    order = replace(order, steps=(Decided("limit", "1", settings, settings),), aim_lufs=aim)
    return replace(told, orders={"main": (order,)}, masters={"main": (made_of,)} if made_of else {})


def reduced(lasting: float, highest: float) -> Master:
    return master(0, minute(-14), max_gain_reduction_db=highest, sustained_gain_reduction_db=lasting)


RUN = [named("A"), named("B", joined=True)]
CASES: list[Case] = [
    ("fell-short", made([master(0, minute(-14.2), aim=-14)]), made([master(0, minute(-14.05), aim=-14)])),
    ("fell-short", made([master(0, minute(-15), aim=-14)]), made([master(0, minute(-15), aim=None)])),
    ("too-loud", made([master(0, minute(-13.5), aim=-14)]), made([master(0, minute(-14), aim=-14)])),
    ("limiter-hard", made([limited(0.12)]), made([limited(0.08)])),
    ("limiter-hard", made([limited(0.5, 3.5)]), made([limited(0.5, 2.5)])),
    ("allowance-passed", by_hand(12.0), by_hand(10.0)),
    ("allowance-passed", by_hand(12.0), by_hand(12.0, own=False)),
    ("allowance-passed", by_hand(12.0), by_hand(12.0, own=False, aim=-8.0)),
    ("allowance-passed", by_hand(0, made_of=reduced(4.1, 5)), by_hand(0, made_of=reduced(4.0, 8.0))),
    ("allowance-passed", by_hand(0, made_of=reduced(2.0, 8.2)), by_hand(0, made_of=reduced(2.0, 7.9))),
]


@pytest.mark.parametrize(("code", "faulty", "sound"), CASES, ids=[each[0] for each in CASES])
def test_finding(code: str, faulty: Outcome, sound: Outcome) -> None:
    held(CHECK, code, faulty, sound)


def test_every_code_has_a_case_and_is_explained() -> None:
    complete(CHECK, CASES)
    assert CHECK.name == "limiting"


def test_what_is_foreseen_and_what_was_made_are_told_apart() -> None:
    (planned,) = findings(CHECK, by_hand(12.0), "allowance-passed")
    assert planned.message.startswith("the limiter will take ")
    (built,) = findings(CHECK, by_hand(12.0, made_of=reduced(6.5, 9.0)), "allowance-passed")
    assert built.message.startswith("the limiter takes 6.5 dB away at work and 9.0 dB at the most, but max_gain_red")
    assert built.where == planned.where == "01 A"


def test_the_rule_that_stopped_a_song_is_told() -> None:
    rule = "stops 1.0 LU short of -14.0 LUFS: max_gain_reduction_db 4.0 is reached"
    (found,) = findings(CHECK, made([master(0, minute(-15), aim=-14, stopped=rule)]), "fell-short")
    assert found.message == rule
    (found,) = findings(CHECK, made([master(0, minute(-15), aim=-14)]), "fell-short")
    assert "-15.0 LUFS, 1.0 LU under" in found.message


def test_a_programme_is_weighed_as_one() -> None:
    spool = Blob("e" * 64, 1)
    halves = [master(0, minute(-12), aim=-14, spool=spool), master(1, minute(-17.37), aim=-14, spool=spool)]
    assert not findings(CHECK, made(halves, RUN), "fell-short")  # the mean of both energies is -14 LUFS
    apart = [replace(each, spool=Blob(f"{each.song:064x}", 1)) for each in halves]
    assert [each.song for each in findings(CHECK, made(apart, RUN), "fell-short")] == [1]


def test_masters_shared_by_deliverables_are_told_once() -> None:
    short = (master(0, minute(-15), aim=-14),)
    told = made(short)
    shared = replace(told, masters={"main": short, "promo": short})
    assert [each.where for each in findings(CHECK, shared, "fell-short")] == ["01 Song 1"]
    loud = (master(0, minute(-10), aim=-9, spool=Blob("f" * 64, 1)),)
    both = replace(told, masters={"main": short, "cd": loud})
    assert [each.where for each in findings(CHECK, both, "fell-short")] == ["01 Song 1, main", "01 Song 1, cd"]
