"""`make proof`: promises tried on as many cases as a test run has no time for; each proof writes a page beside itself.

A proof is a module of this folder with `page() -> str`. `make proof PROOF="limiter codecs"` runs those two only.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent


def main(names: Iterable[str]) -> None:
    known = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
    asked = list(names) or known
    if strange := sorted({*asked} - {*known}):
        sys.exit(f"no such proof: {', '.join(strange)}; there are: {', '.join(known) or 'none'}")
    for name in asked:
        print(name, file=sys.stderr)
        text = importlib.import_module(f"tests.proofs.{name}").page()
        (FOLDER / f"{name.upper()}.md").write_text(text, "utf-8")
        print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
