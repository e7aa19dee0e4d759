"""Contestants side by side: turns taken in one run, the best of several, so that what else the machine does cancels."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str]


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
    """The best turn of a contestant."""

    name: str
    wall: float
    cpu: float | None
    """User and system time of the process and its children, in seconds; None where the system does not tell."""
    missing: str = ""


def race(contestants: Sequence[Contestant], rounds: int) -> list[Result]:
    """Each takes a turn in each round; the best turn counts, for wall time and for processor time."""
    turns: dict[str, list[tuple[float, float | None]]] = {each.name: [] for each in contestants}
    for number in range(rounds):
        for each in contestants:
            if not each.missing:
                print(f"  round {number + 1}: {each.name}", file=sys.stderr)
                each.before()
                turns[each.name].append(timed(each.command, each.fine))
    return [_best(each, turns[each.name]) for each in contestants]


def _best(contestant: Contestant, turns: Sequence[tuple[float, float | None]]) -> Result:
    if contestant.missing:
        return Result(contestant.name, 0.0, None, contestant.missing)
    used = [cpu for _, cpu in turns if cpu is not None]
    return Result(contestant.name, min(wall for wall, _ in turns), min(used, default=None))


def timed(command: Command, fine: Sequence[int] = (0,)) -> tuple[float, float | None]:
    """Seconds of wall and processor time of one call. Raises RuntimeError when it fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, begin = _spent(), time.perf_counter()
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False)
    wall, after = time.perf_counter() - begin, _spent()
    if run.returncode not in fine:
        raise RuntimeError(f"{command[0]} failed: {run.stderr.decode(errors='replace')[-500:]}")
    return wall, None if before is None or after is None else after - before


def _spent() -> float | None:
    if sys.platform == "win32":
        return None
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def python(module: str, *arguments: object) -> Command:
    """A module of ours, as a command."""
    return (sys.executable, "-m", module, *map(str, arguments))


def shared(count: int, line: Sequence[str], paths: Sequence[Path]) -> Command:
    """`line`, with {} for the path, for each of `paths`, so many at a time."""
    return python("tests.benchmarks.jobs", count, *line, "--", *paths)
