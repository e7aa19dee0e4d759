"""Contestants side by side: turns taken in one run, the best of several, so that what else the machine does cancels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str]
_TURN = Path(__file__).with_name("turn.py")


@dataclass(frozen=True)
class Contestant:
    """Who does the job, how, or why not here."""

    name: str
    command: Command = ()
    missing: str = ""
    before: Callable[[], object] = lambda: None
    """Puts things back before each turn; not timed."""
    fine: tuple[int, ...] = (0,)
    """Exit codes with which the job is done."""


@dataclass(frozen=True)
class Result:
    """The best turn of a contestant; None where the system does not tell."""

    name: str
    wall: float = 0.0
    cpu: float | None = None
    """User and system time of the process and its children, in seconds."""
    mib: float | None = None
    """Most memory that any one of its processes had at a time."""
    missing: str = ""


def race(contestants: Sequence[Contestant], rounds: int) -> list[Result]:
    """Each takes a turn in each round; the best turn counts: for wall time, for processor time, for memory."""
    turns: dict[str, list[Result]] = {each.name: [] for each in contestants}
    for number in range(rounds):
        for each in contestants:
            if not each.missing:
                print(f"  round {number + 1}: {each.name}", file=sys.stderr)
                each.before()
                turns[each.name].append(_turn(each))
    return [_best(each, turns[each.name]) for each in contestants]


def _best(contestant: Contestant, turns: Sequence[Result]) -> Result:
    if contestant.missing:
        return Result(contestant.name, missing=contestant.missing)
    cpu, mib = (
        min((value for value in values if value is not None), default=None)
        for values in ([each.cpu for each in turns], [each.mib for each in turns])
    )
    return Result(contestant.name, min(each.wall for each in turns), cpu, mib)


def _turn(contestant: Contestant) -> Result:
    """One call. Raises RuntimeError when it fails."""
    line = [sys.executable, "-I", "-S", str(_TURN), *contestant.command]
    told = json.loads(subprocess.run(line, capture_output=True, env=environment(), check=True).stdout)
    if told["code"] not in contestant.fine:
        raise RuntimeError(f"{contestant.command[0]} failed: {told['said']}")
    return Result(contestant.name, told["wall"], told["cpu"], told["mib"])


def environment() -> dict[str, str]:
    """That of people who use the program: Python keeps what it compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def python(module: str, *arguments: object) -> Command:
    """A module of ours, as a command."""
    return (sys.executable, "-m", module, *map(str, arguments))


def shared(count: int, line: Sequence[str], paths: Sequence[Path]) -> Command:
    """`line`, with {} for the path, for each of `paths`, so many at a time."""
    return python("tests.benchmarks.jobs", count, *line, "--", *paths)
