"""Inputs that grow towards code not reached yet: fuzzing guided by coverage, with atheris in an environment of its own.

`python -m tests.torture.guided TARGET RUNS SEED CORPUS FOUND` is one run, in that environment. What was interesting is
kept in `corpus/` beside this file, and `make test` gives it to the same targets again.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import random
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.torture.notes import ROOT, Row

CORPUS = Path(__file__).with_name("corpus")
ATHERIS = "atheris==3.0.0"
RUNS, BATCHES = 4_000, 5
HANG_SECONDS = 5
LARGEST = 8_192
"""Bytes of one input: what we read is headers and small texts."""
JSON = ("record", "statement", "lock", "room")
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**63,
    10**400,
    1e308,
    math.inf,
    math.nan,
    "",
    "\0",
    "\ud800",
    "../x",
    [],
    {},
    [[]],
)
_HOME = ROOT / ".venv" / "guided"
_ENDED = 600


def rows(workshop: Path, known: set[str]) -> Iterator[Row]:
    """Every batch that is not known yet, one by one."""
    from tests.torture.targets import TARGETS

    python = _python()
    for number in range(BATCHES):
        for name in TARGETS:
            if (called := f"guided-{name}-{number}") not in known:
                yield _batch(python, name, number, called, workshop)


def _python() -> Path:
    """The interpreter that has atheris; made when it is needed first."""
    python = _HOME / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(_HOME)], check=True)
        if subprocess.run([str(python), "-m", "pip", "install", "-q", ATHERIS], check=False).returncode:
            sys.exit(f"{ATHERIS} cannot be installed here (it is made for Linux and macOS): nothing was guided")
    return python


def _batch(python: Path, name: str, seed: int, called: str, workshop: Path) -> Row:
    corpus, found = workshop / f"{called}-corpus", workshop / f"{called}.json"
    filled(name, corpus)
    line = [str(python), "-m", "tests.torture.guided", name, str(RUNS), str(seed + 1), str(corpus), str(found)]
    done = subprocess.run(line, cwd=ROOT, env=surroundings(), capture_output=True, text=True, check=False)
    problems = json.loads(found.read_text("utf-8")) if found.exists() else []
    if done.returncode:
        problems.append(f"ended with {done.returncode}: {done.stderr[-300:]}")
    return Row(called, name, problems, RUNS)


def filled(name: str, corpus: Path) -> None:
    """Put whole inputs, and what was interesting before, into a folder."""
    from tests.torture.targets import TARGETS

    corpus.mkdir(parents=True, exist_ok=True)
    kept = [path.read_bytes() for path in sorted((CORPUS / name).glob("*"))]
    for number, data in enumerate([*TARGETS[name][1](), *kept]):
        (corpus / f"seed-{number}").write_bytes(data)


def surroundings() -> dict[str, str]:
    """The environment in which the other interpreter finds this program and all it needs."""
    import numpy

    rooms = [ROOT, ROOT / "core", ROOT / "plugins", ROOT / "reports", Path(numpy.__file__).parents[1]]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, rooms))}


def restructured(data: bytes, rng: random.Random) -> bytes | None:
    """A JSON document with one of its values another, or gone; None where it is none. Bytes alone seldom stay JSON."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    places = [*_places(document)]
    if not places:
        return None
    table, key = rng.choice(places)
    if rng.random() < 0.15:
        del table[key]
    else:
        table[key] = rng.choice(ODD) if rng.random() < 0.8 else rng.choice(places)[0]
    try:
        return json.dumps(document).encode()
    except (ValueError, RecursionError):  # it holds itself
        return b"[" * 8_000


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(table or list, key or place) of every value in a document."""
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in rows:
        yield value, key
        yield from _places(each)


def main(name: str, runs: str, seed: str, corpus: str, found: str) -> None:
    """Run one target so many times; what went wrong, each kind once, is written to `found` as JSON."""
    atheris: Any = importlib.import_module("atheris")  # only where this runs, never among what is locked
    with atheris.instrument_imports(include=["glassmaster"]):
        from tests.torture.targets import TARGETS
    target, problems = TARGETS[name][0], {}

    def once(data: bytes) -> None:
        try:
            target(data)
        except Exception as problem:
            where = traceback.extract_tb(problem.__traceback__)[-1]
            kind = f"{type(problem).__name__} at {Path(where.filename).name}:{where.lineno}: {problem}"[:300]
            if (place := kind.partition(": ")[0]) not in problems:
                problems[place] = f"{kind} for {data.hex()[:4000]}"
                Path(found).write_text(json.dumps([*problems.values()]), "utf-8")

    limits = [f"-runs={runs}", f"-seed={seed}", f"-timeout={HANG_SECONDS}", f"-max_len={LARGEST}", "-verbosity=0"]

    def changed(data: bytes, most: int, dice: int) -> bytes:
        rng = random.Random(dice)
        made = restructured(data, rng) if rng.random() < 0.7 else None
        return made if made and len(made) <= most else atheris.Mutate(data, most)

    how = {"custom_mutator": changed} if name in JSON else {}
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={found}.", corpus], once, **how)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
