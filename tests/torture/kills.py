"""kill -9 at random moments of a build: what stands is old or new and whole, and the next build ends as if nothing was.

Half of the moments are points in time, where the program alone is killed and its workers must follow; half are file
operations, counted over all processes, where the whole group is killed in the middle of one; and all those around the
step that publishes. The next build starts at once.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.torture import album as releases
from tests.torture.album import JOBS, Album, copied, run, start, unlike, wrongs
from tests.torture.notes import Row
from tests.torture.shim import Shim, Strike, missing

COUNT = 200
SWAP, AFTER = "exchange", 20
"""The step that publishes; it and so many file operations behind it each have a kill of their own."""
PHASES = ("measure", "render", "prepare", "encode", "finish")


def moments(count: int, seed: int) -> list[float]:
    """Parts of a build's whole, one drawn from each of `count` equal stretches, so that no phase is left out."""
    rng = random.Random(seed)
    return [(number + rng.random()) / count for number in range(count)]


def calls(made: Album, workshop: Path, jobs: int = JOBS) -> int:
    """How many file operations an undisturbed build takes."""
    folder = copied(made, workshop / "counted")
    shim = Shim(workshop, folder)
    assert run(folder, jobs, **shim.environment(Strike())).code == 0
    total = shim.struck().calls
    assert total > 100, "the shim was not loaded"
    return total


def by_time(made: Album, workshop: Path, name: str, moment: float) -> Row:
    """Kill the program after this part of the time that an undisturbed build took."""
    folder = copied(made, workshop / name)
    log = workshop / f"{name}.log"
    process = start(folder, log)
    try:
        process.wait(moment * made.seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return _judged(made, folder, name, _phase(log.read_text("utf-8", "replace")), process.returncode == -9)


def by_call(made: Album, workshop: Path, name: str, strike: Strike) -> Row:
    """Kill the program and all its workers in the middle of a file operation."""
    folder = copied(made, workshop / name)
    shim = Shim(workshop, folder)
    ended = run(folder, JOBS, **shim.environment(strike))
    phase = f"from the {strike.since} on" if strike.since else _phase(ended.said)
    return _judged(made, folder, name, phase, ended.code == -9)


def _judged(made: Album, folder: Path, name: str, phase: str, killed: bool) -> Row:
    problems = wrongs(folder, made)
    if not killed and problems == []:
        phase = "after the end"
    ended = run(folder)
    if ended.code != 0:
        problems.append(f"the next build left with {ended.code}: {ended.said[-400:]}")
    problems += unlike(folder, made)
    return Row(name, phase, problems)


def _phase(said: str) -> str:
    """What was finished last when the end came."""
    words = [line.partition(":")[0] for line in said.splitlines()]
    done = [word for word in words if word in PHASES]
    return f"in or after {done[-1]}" if done else "before any errand's end"


def rows(workshop: Path, known: set[str], count: int = COUNT, seed: int = 6) -> Iterator[Row]:
    """Every row that is not known yet, one by one."""
    made = releases.album(workshop)
    total = 0 if missing() else calls(made, workshop)
    for number, moment in enumerate(moments(count, seed)):
        name = f"kill-{number:03d}"
        if name in known:
            continue
        if number % 2 and total:
            yield by_call(made, workshop, name, Strike(1 + int(moment * total)))
        else:
            yield by_time(made, workshop, name, moment)
        shutil.rmtree(workshop / name)
    for at in range(1, 1 + (AFTER if total else 0)):
        if (name := f"kill-swap-{at:02d}") not in known:
            yield by_call(made, workshop, name, Strike(at, since=SWAP))
            shutil.rmtree(workshop / name)
