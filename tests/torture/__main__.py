"""`make torture`: the full counts of what `make test` holds samples of; can be stopped and taken up again at any time.

`make torture TORTURE="kills faults"` runs those only. What was tried lies in `.torture/` until the program changes;
RESULTS.md beside this file is written from it.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.torture import notes, page
from tests.torture.notes import ROOT

TORTURES = ("kills", "faults", "fuzz", "guided")


def main(names: Iterable[str]) -> None:
    asked = list(names) or list(TORTURES)
    if strange := sorted({*asked} - {*TORTURES}):
        sys.exit(f"no such torture: {', '.join(strange)}; there are: {', '.join(TORTURES)}")
    folder = ROOT / ".torture"
    folder.mkdir(exist_ok=True)
    for name in asked:
        _run(name, folder / f"{name}.jsonl")
        page.write({each: notes.read(folder / f"{each}.jsonl") for each in TORTURES})


def _run(name: str, path: Path) -> None:
    torture = importlib.import_module(f"tests.torture.{name}")
    notes.begin(path)
    with tempfile.TemporaryDirectory(prefix="torture-") as workshop:
        for row in torture.rows(Path(workshop), {each.name for each in notes.read(path)[1]}):
            notes.add(path, row)
            print(row.name, row.where, *row.problems, sep=" | ", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
