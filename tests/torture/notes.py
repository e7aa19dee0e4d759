"""What was tried so far, on disk, so that a run of hours can be stopped and taken up again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Row:
    """One trial."""

    name: str
    where: str
    """Phase, call, or kind of input: what the page counts by."""
    problems: list[str]


def program() -> str:
    """Names the program that is tried: results of another one do not count for it."""
    digest = hashlib.sha256()
    for room in ("core", "plugins", "reports"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class Notes:
    """The rows of one torture, a line each; what another program left is thrown away."""

    def __init__(self, path: Path) -> None:
        self._path, head = path, json.dumps({"program": program()})
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        if lines[:1] != [head]:
            path.write_text(head + "\n", "utf-8")

    def __iter__(self) -> Iterator[Row]:
        for line in self._path.read_text("utf-8").splitlines()[1:]:
            yield Row(**json.loads(line))

    def add(self, row: Row) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")
