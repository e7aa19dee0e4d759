"""A full or failing disk: each file operation of a build fails, be it the program's, a worker's or an encoder's."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.torture import album as releases
from tests.torture.album import JOBS, Album, Ended, copied, run, unlike, wrongs
from tests.torture.kills import calls
from tests.torture.notes import Row
from tests.torture.shim import Shim, Strike, Struck, missing

LEAST = 300
ERRORS = (errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG)


def strike(number: int, at: int) -> Strike:
    """The kinds of failure in turn; every fifth is a disk that stays full."""
    return Strike(at, errno.ENOSPC, lasting=True) if number % 5 == 4 else Strike(at, ERRORS[number % 5])


def one(made: Album, workshop: Path, name: str, blow: Strike) -> Row:
    """Let one operation fail, then build again."""
    folder = copied(made, workshop / name)
    shim = Shim(workshop, folder)
    ended = run(folder, JOBS, **shim.environment(blow))
    struck = shim.struck()
    problems = [*judged(ended, struck, blow), *wrongs(folder, made)]
    again = run(folder)
    if again.code != 0:
        problems.append(f"the next build left with {again.code}: {again.said[-400:]}")
    problems += unlike(folder, made)
    return Row(name, told(struck, blow), [f"{struck.what}: {each}" for each in problems])


def judged(ended: Ended, struck: Struck, blow: Strike) -> list[str]:
    """What is wrong with how it ended: a failure that could be borne is no failure, others are exit 5 and say why."""
    found = []
    if "Traceback" in ended.said or "bug in glassmaster" in ended.said:
        found.append(f"it fell over: {ended.said[-600:]}")
    outside = struck.times == 1 and "(python" not in struck.what and "(glassmaster" not in struck.what
    if struck.times and ended.code not in ((0, 4, 5) if outside else (0, 5)):  # an encoder has its own words
        found.append(f"it left with {ended.code}: {ended.said[-400:]}")
    if ended.code == 5 and blow.do in (errno.ENOSPC, errno.EDQUOT) and " free" not in ended.said:
        found.append(f"it does not say what is free: {ended.said[-400:]}")
    if not struck.times and ended.code != 0:
        found.append(f"it left with {ended.code}, but nothing failed: {ended.said[-400:]}")
    return found


def told(struck: Struck, blow: Strike) -> str:
    """Call and error, for the page."""
    if not struck.times:
        return "beyond the end"
    kind = "stays full" if blow.lasting else errno.errorcode[blow.do or 0]
    return f"{struck.what.partition(' ')[0]} {kind}"


def points(total: int, least: int = LEAST) -> list[int]:
    """Numbers of operations, evenly over the build and a little beyond its end."""
    step = max(1, total // least)
    return [*range(1, total + 2 * step, step)]


def rows(workshop: Path, known: set[str], least: int = LEAST) -> Iterator[Row]:
    """Every row that is not known yet, one by one."""
    if why := missing():
        raise SystemExit(why)
    made = releases.album(workshop)
    for number, at in enumerate(points(calls(made, workshop), least)):
        if (name := f"fault-{number:03d}") not in known:
            yield one(made, workshop, name, strike(number, at))
            shutil.rmtree(workshop / name)
