"""`make coverage`: branch coverage of the tests, with spawned workers, written to tests/COVERAGE.md."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "tests" / "COVERAGE.md"
WHOLE = ("publish", "output", "store", "again", "cache", "lock", "names", "room", "native")
"""What must be covered to the last branch: publishing, the ledger, the lock and naming."""

_LEFT = "--ignore="


def main(arguments: list[str]) -> int:
    env = {**os.environ, "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml")}
    (ROOT / ".coverage").mkdir(exist_ok=True)
    for old in (ROOT / ".coverage").glob("data*"):
        old.unlink()
    tests = [sys.executable, "-m", "coverage", "run", "-m", "pytest", *(arguments or ["-n", "auto"])]
    ended = subprocess.run(tests, cwd=ROOT, env=env, check=False).returncode
    subprocess.run([sys.executable, "-m", "coverage", "combine", "-q"], cwd=ROOT, check=True)
    PAGE.write_text(page(_told(), arguments), "utf-8")
    return ended


def _told() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "told.json")
        subprocess.run([sys.executable, "-m", "coverage", "json", "-q", "-o", str(path)], cwd=ROOT, check=True)
        return json.loads(path.read_text("utf-8"))


def _tests(arguments: Sequence[str]) -> str:
    left = [each.removeprefix(_LEFT) for each in arguments if each.startswith(_LEFT)]
    asked = [each for each in arguments if each.startswith("tests")]
    return " ".join(asked or ["all tests"]) + (f" without {' '.join(left)}" if left else "")


def page(told: Any, arguments: Iterable[str]) -> str:
    """The figures: all in all, the files that must be whole, and what is missing anywhere."""
    files: Mapping[str, Any] = told["files"]
    out = io.StringIO()
    out.write("# Coverage\n\nWritten by `make coverage`: lines and branches, spawned workers included")
    out.write(f"; {_tests([*arguments])}.\n\n")
    out.write(f"All in all {told['totals']['percent_covered']:.1f} %.\n\n")
    out.write("| file | covered | missing |\n|---|---:|---|\n")
    whole = {f"core/glassmaster/{name}.py" for name in WHOLE}
    for name, each in sorted(files.items(), key=lambda item: (item[0] not in whole, item[0])):
        missing = [*map(str, each["missing_lines"]), *(f"{a}->{b}" for a, b in each["missing_branches"])]
        if missing or name in whole:
            out.write(f"| {name} | {each['summary']['percent_covered']:.1f} % | {' '.join(missing[:20])} |\n")
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
