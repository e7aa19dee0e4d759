"""What checks cost: twice the songs are twice the work, counted in lines of Python, not in seconds."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from types import FrameType
from typing import Any

import pytest

from glassmaster import plugins
from glassmaster.model import Blob, Check, Cut, Decided, Deliverable, Outcome, Step
from tests.checks_support import Gain, LevelSettings, minute, named
from tests.level_support import RATE, heard, master, order, outcome, product, stretches
from tests.level_support import album as album_of

SONGS = 40
LONGER = 1.3
"""Seconds by which each song lasts longer than the one before."""


@cache
def outcome_of(songs: int) -> Outcome:
    """A release as it stands after a build: songs of different lengths, swelling and falling, each moved a little."""
    one, base = master(0, minute(-14), aim=-14), heard(stretches(*[(2, -14), (2, -17)] * 33))
    masters = [replace(one, song=index, spool=Blob(f"{index:064x}", 1)) for index in range(songs)]
    settings = LevelSettings()
    album = album_of(
        [replace(base, source=replace(base.source, sha256=f"{index:064x}")) for index in range(songs)],
        [named(f"Song {index}") for index in range(songs)],
        [Cut(0, round((20 + index * LONGER) * RATE)) for index in range(songs)],
        treatment=(Step("level", settings),),
        deliverables=(Deliverable("main", "wav", plugins.load().formats["wav"].settings()),),
    )
    steps = [Decided("level", "1", settings, Gain(index / songs)) for index in range(songs)]
    orders = tuple(order(album, index, step, ceiling_dbtp=-1.0) for index, step in enumerate(steps))
    products = [product("main", each) for each in masters]
    return outcome(album, {"main": orders}, {"main": tuple(masters)}, products)


def lines_run(check: Check, told: Outcome) -> int:
    """How many lines ran while it looked: the same on any machine, however busy."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        list(check.look(told))
    finally:
        sys.settrace(before)
    return count


CHECKS = plugins.load().checks


@pytest.mark.parametrize("name", sorted({*CHECKS} - {"profile"}))  # that one looks at deliverables, not at songs
def test_twice_the_songs_are_twice_the_work(name: str) -> None:
    check = CHECKS[name]
    list(check.look(outcome_of(1)))  # what is imported and read once
    few, many = (lines_run(check, outcome_of(songs)) for songs in (SONGS, 2 * SONGS))
    assert many < 2.5 * few
