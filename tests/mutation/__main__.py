"""`make mutation`: how many of a programmer's likely mistakes the tests notice, written to tests/MUTATION.md.

`make mutation MUTATION="lock.py names.py"` tries the mutants of those modules only and leaves the other figures as they
are (of a module that changed since, there are none); `MUTATION="names.py 40"` tries 40 of each; `MUTATION=again` spares
those that were noticed before.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue

from tests.mutation import notes
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.page import PAGE, Told, Trial, page
from tests.mutation.trial import Bench, Module

MODULES = (
    Module("store.py", ("test_store.py",)),
    Module("lock.py", ("test_lock.py",)),
    Module("names.py", ("test_names.py",)),
    Module("loudness/gating.py", ("test_loudness_gating.py",)),
    Module("publish.py", ("test_publish.py",)),
    Module("output.py", ("test_output.py",)),
    Module("native.py", ("test_native.py", "test_publish.py")),
    Module("again.py", ("test_again.py",)),
    Module("cache.py", ("test_again.py",)),
)
_AT_ONCE = 2
_SEED = 1770


def main(arguments: Sequence[str]) -> None:
    counts = [int(each) for each in arguments if each.isdigit()]
    words = [each for each in arguments if not each.isdigit() and each != "again"]
    asked = words or [each.path for each in MODULES]
    if strange := sorted({*asked} - {each.path for each in MODULES}):
        sys.exit(f"not mutated: {', '.join(strange)}; there are: {', '.join(each.path for each in MODULES)}")
    for module in MODULES:
        if module.path in asked:
            known = notes.noticed(notes.read(module)) if "again" in arguments else {}
            notes.write(module, _tried(module, counts[0] if counts else None, known))
    PAGE.write_text(page({each.path: told for each in MODULES if (told := notes.read(each))}), "utf-8")


def _tried(module: Module, count: int | None, known: notes.Known) -> Told:
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
