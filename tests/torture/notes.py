"""What was tried so far, on disk, so that a run of hours can be stopped and taken up again."""

from __future__ import annotations

import hashlib
import json
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
    count: int = 1
    """How many trials it stands for."""


def program() -> str:
    """Names the program that is tried: results of another one do not count for it."""
    digest = hashlib.sha256()
    for room in ("core", "plugins", "reports"):
        for path in sorted((ROOT / room).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def read(path: Path) -> tuple[str, list[Row]]:
    """The program that was tried, and how it went; nothing where there are no notes."""
    if not path.exists():
        return "", []
    head, *lines = path.read_text("utf-8").splitlines()
    return json.loads(head)["program"], [Row(**json.loads(line)) for line in lines]


def begin(path: Path) -> None:
    """Go on with notes of this very program; those of another are thrown away."""
    head = json.dumps({"program": program()})
    if not path.exists() or path.read_text("utf-8").splitlines()[:1] != [head]:
        path.write_text(head + "\n", "utf-8")


def add(path: Path, row: Row) -> None:
    """A line more."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(row)) + "\n")
