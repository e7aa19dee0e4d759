"""Checks of joints: each finding where it belongs, and none where all is well."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import glassmaster_checks_joints as checks
from glassmaster.model import Outcome, Song
from tests.checks_support import ALL_WORDS, Case, complete, findings, held, made, minute, named
from tests.level_support import album, heard, silence

CHECK = next(iter(checks.glassmaster_checks()))


def late(*songs: Song) -> Outcome:
    """Songs that run on, levelled as one behind a limiter."""
    told = made(songs=songs)
    first, *others = told.orders["main"]
    parts = tuple(replace(part, steps=()) for order in (first, *others) for part in order.parts)
    return replace(told, orders={"main": (replace(first, parts=parts, steps=first.parts[0].steps),)})


def meeting(tail: float, head: float, **second: Any) -> Outcome:
    """Two songs: seconds of silence at the end of the first and at the start of the other."""
    songs = [named("A"), named("B", **second)]
    told = made(songs=songs)
    mixdowns = [heard(np.concatenate([minute(), silence(tail)])), heard(np.concatenate([silence(head), minute()]))]
    return replace(told, album=album(mixdowns, songs, **ALL_WORDS))


RUN: list[Song] = [named("A"), named("B", joined=True)]
CASES: list[Case] = [
    ("programme-levels", late(named("A"), named("B", joined=True, level_db=1)), late(*RUN)),
    (
        "programme-levels",
        late(named("A"), named("B", crossfade=2.0, gain_db=0.0)),
        made(songs=[named("A"), named("B", crossfade=2.0, gain_db=0.0)]),
    ),
    ("hard-splice", meeting(0, 0, gap=0.0), meeting(0, 0, joined=True)),
    ("hard-splice", meeting(0, 0, gap=0.0), meeting(0, 0, gap=0.1)),
    ("hard-splice", meeting(0, 0, gap=0.0), meeting(0.1, 0, gap=0.0)),
    ("hard-splice", meeting(0, 0, gap=0.0), meeting(0, 0.1, gap=0.0)),
    ("joined-silence", meeting(0.5, 0.5, joined=True), meeting(0.5, 0.4, joined=True)),
    ("joined-silence", meeting(3, 3, joined=True), meeting(3, 0, joined=True)),
    ("gap-long", meeting(4, 2.1, gap=2.0), meeting(4, 2, gap=2.0)),
    ("gap-long", meeting(0, 0, gap=9.0), meeting(0, 0, gap=8.0)),
    ("gap-long", meeting(7, 0), meeting(7, 0, disc=2)),
]


@pytest.mark.parametrize(("code", "faulty", "sound"), CASES, ids=[each[0] for each in CASES])
def test_finding(code: str, faulty: Outcome, sound: Outcome) -> None:
    held(CHECK, code, faulty, sound)


def test_every_code_has_a_case_and_is_explained() -> None:
    complete(CHECK, CASES)
    assert CHECK.name == "joints"


def test_a_long_gap_is_told_with_what_it_is_made_of() -> None:
    (found,) = findings(CHECK, meeting(4, 2.5, gap=3.0), "gap-long")
    assert (found.song, found.where) == (1, "02 B")
    assert found.message == (
        "9.5 s of silence stand before it, more than 8 s: 4.0 s at the end of 01 A, a gap of 3.0 s, 2.5 s at its start"
    )


def test_silent_songs_meet_nobody() -> None:
    told = meeting(0, 0, gap=9.0)
    quiet = replace(told, album=album([heard(silence(60))] * 2, told.album.release.songs, **ALL_WORDS))
    assert list(CHECK.look(quiet)) == []
