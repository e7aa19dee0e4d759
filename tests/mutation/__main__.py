"""`make mutation`: how many of a programmer's likely mistakes the tests notice, written to tests/MUTATION.md.

`make mutation MUTATION="lock.py names.py"` tries the mutants of those modules only and leaves the other figures as they
are; `MUTATION="names.py 40"` tries 40 of each; `MUTATION=again` spares those that were found before.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.page import PAGE, Told, Trial, page
from tests.mutation.trial import ROOT, Bench, Module

MODULES = (
    Module("store.py", ("test_store.py",)),
    Module("lock.py", ("test_lock.py",)),
    Module("names.py", ("test_names.py",)),
    Module("loudness/gating.py", ("test_loudness_gating.py",)),
    Module("publish.py", ("test_publish_target.py", "test_publish.py")),
)
_AT_ONCE = 2
_SEED = 1770


def main(arguments: Sequence[str]) -> None:
    counts = [int(each) for each in arguments if each.isdigit()]
    words = [each for each in arguments if not each.isdigit() and each != "again"]
    asked = words or [each.path for each in MODULES]
    if strange := sorted({*asked} - {each.path for each in MODULES}):
        sys.exit(f"not mutated: {', '.join(strange)}; there are: {', '.join(each.path for each in MODULES)}")
    folder = ROOT / ".mutation"
    folder.mkdir(exist_ok=True)
    for module in MODULES:
        if module.path in asked:
            notes = _notes(folder, module)
            known = _found(_read(notes)) if "again" in arguments and notes.exists() else {}
            trials = asdict(_tried(module, counts[0] if counts else None, known))
            notes.write_text(json.dumps(trials), "utf-8")
    PAGE.write_text(
        page({each.path: _read(_notes(folder, each)) for each in MODULES if _notes(folder, each).exists()}), "utf-8"
    )


def _notes(folder: Path, module: Module) -> Path:
    return folder / f"{module.path.replace('/', '-')}.json"


def _read(path: Path) -> Told:
    told = json.loads(path.read_text("utf-8"))
    return Told(told["mutants"], [Trial(**each) for each in told["trials"]])


def _found(told: Told) -> dict[tuple[int, tuple[str, str, str]], Trial]:
    """The mutants that tests noticed; where several look alike, only if they noticed all."""
    living = {(each.line, each.name) for each in told.living()}
    return {(each.line, each.name): each for each in told.trials if (each.line, each.name) not in living}


def _tried(module: Module, count: int | None, known: Mapping[tuple[int, tuple[str, str, str]], Trial]) -> Told:
    everything = mutants(module.source)
    drawn = random.Random(f"{_SEED} {module.path}").sample(everything, min(count or len(everything), len(everything)))
    with _benches(module) as benches, ThreadPoolExecutor(_AT_ONCE) as pool:

        def trial(mutant: Mutant) -> Trial:
            if found := known.get((mutant.line, mutant.name)):
                return found
            bench = benches.get()
            try:
                ended = bench.tried(mutant)
            finally:
                benches.put(bench)
            print(f"{module.path}:{mutant.line}", *mutant.name, ended, sep=" | ", file=sys.stderr)
            return Trial(mutant.line, *mutant.name, ended)

        return Told(len(everything), list(pool.map(trial, sorted(drawn, key=lambda each: each.line))))


@contextmanager
def _benches(module: Module) -> Iterator[SimpleQueue[Bench]]:
    benches: SimpleQueue[Bench] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        for number in range(_AT_ONCE):
            benches.put(bench := Bench(Path(folder, str(number)), module))
        bench.check()
        yield benches


if __name__ == "__main__":
    main(sys.argv[1:])
