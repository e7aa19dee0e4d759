"""Runs a command for each of many files, some at a time, as `xargs -P` does: jobs.py COUNT COMMAND {} -- FILE..."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor


def main() -> None:
    line, paths = sys.argv[2:], sys.argv[sys.argv.index("--") + 1 :]
    line = line[: line.index("--")]

    def run(path: str) -> None:
        filled = [each.replace("{}", path) for each in line]
        subprocess.run(filled, stdin=subprocess.DEVNULL, capture_output=True, check=True)

    with ThreadPoolExecutor(int(sys.argv[1])) as pool:
        list(pool.map(run, paths))


if __name__ == "__main__":
    main()
