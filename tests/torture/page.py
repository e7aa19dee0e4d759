"""RESULTS.md: what the tortures found, counted."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.torture.notes import Row

PAGE = Path(__file__).with_name("RESULTS.md")
_TITLES = {
    "kills": "kill -9: what stands is the old release or the new one, and the next build ends as if nothing was",
    "faults": "A file operation fails: exit 5 with a reason, or borne; nothing half; the next build ends alike",
    "fuzz": "Damaged manifests and audio: a release or a refusal, no traceback, no hang, no crash of the parent",
    "guided": "Inputs that grow towards code not reached yet, for all that reads other people's bytes: likewise",
}


def write(found: Mapping[str, tuple[str, Sequence[Row]]]) -> None:
    """Write the page."""
    head = [
        "# Tortures",
        "",
        "Written by `make torture`; what each trial does stands in the module of its name.",
        f"glassmaster {version('glassmaster')}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}.",
    ]
    parts = [line for name, told in found.items() for line in _part(name, *told)]
    PAGE.write_text("\n".join([*head, *parts]) + "\n", "utf-8")


def _part(name: str, program: str, rows: Sequence[Row]) -> list[str]:
    bad = [row for row in rows if row.problems]
    total, wrong = sum(row.count for row in rows), sum(min(row.count, len(row.problems)) for row in bad)
    lines = ["", f"## {_TITLES[name]}", "", f"{total} trials, {total - wrong} as promised (sources {program}).", ""]
    lines += ["| where | trials | as promised |", "|---|---:|---:|"] if rows else []
    for where in sorted({row.where for row in rows}):
        here = [row for row in rows if row.where == where]
        count = sum(row.count for row in here)
        lines.append(f"| {where} | {count} | {count - sum(min(row.count, len(row.problems)) for row in here)} |")
    for row in bad:
        lines += ["", f"{row.name}, {row.where}: {'; '.join(row.problems)}"]
    return lines
