"""Blow after blow on one build, each run going on where the last was struck: the sample of `make test`."""

from __future__ import annotations

import errno
import random
from collections.abc import Iterator
from pathlib import Path

from tests.torture.album import Album, copied, run, unlike, wrongs
from tests.torture.faults import judged, strike
from tests.torture.shim import Shim, Strike


def deaths(total: int, seed: int) -> Iterator[Strike]:
    """Ends in the middle of an operation, early enough that a build takes several."""
    rng = random.Random(seed)
    while True:
        yield Strike(rng.randrange(1, total // 2))


def failures(total: int, seed: int) -> Iterator[Strike]:
    """Failing operations, all kinds of errors in turn."""
    rng, number = random.Random(seed), 0
    while True:
        yield strike(number, rng.randrange(1, total // 2))
        number += 1


def struck(made: Album, workshop: Path, blows: Iterator[Strike], count: int) -> list[str]:
    """Let `count` blows fall on builds, each of which goes on until it is done; what went wrong with any."""
    problems: list[str] = []
    fallen = 0
    while fallen < count and not problems:
        folder = copied(made, workshop / "struck")
        done = False
        while not done and not problems:
            blow = next(blows) if fallen < count else Strike()
            shim = Shim(workshop, folder)
            ended = run(folder, 1, **shim.environment(blow))
            hit = shim.struck()
            fallen += bool(hit.times)
            done = ended.code == 0
            if blow.do is not None or not hit.times:
                problems += [f"{hit.what}, {_name(blow)}: {each}" for each in judged(ended, hit, blow)]
            problems += [f"{hit.what}, {_name(blow)}: {each}" for each in wrongs(folder, made)]
        problems += unlike(folder, made)
    return problems


def _name(blow: Strike) -> str:
    return "killed" if blow.do is None else errno.errorcode[blow.do]
