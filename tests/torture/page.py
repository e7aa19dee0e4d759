"""RESULTS.md: what the tortures found, counted."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.torture.notes import Row, program

PAGE = Path(__file__).with_name("RESULTS.md")
_TITLES = {
    "kills": "kill -9: what stands is the old release or the new one, and the next build ends as if nothing was",
    "faults": "A file operation fails: exit 5 with a reason, or borne; nothing half; the next build ends alike",
    "fuzz": "Damaged manifests and audio: a release or a refusal, no traceback, no hang, no crash of the parent",
}


def write(found: Mapping[str, Sequence[Row]]) -> None:
    """Write the page."""
    head = [
        "# Tortures",
        "",
        "Written by `make torture`; what each trial does stands in the module of its name.",
        f"glassmaster {version('glassmaster')} (sources {program()}), Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}.",
    ]
    parts = [line for name, rows in found.items() for line in _part(name, rows)]
    PAGE.write_text("\n".join([*head, *parts]) + "\n", "utf-8")


def _part(name: str, rows: Sequence[Row]) -> list[str]:
    bad = [row for row in rows if row.problems]
    lines = ["", f"## {_TITLES[name]}", "", f"{len(rows)} trials, {len(rows) - len(bad)} as promised.", ""]
    lines += ["| where | trials | as promised |", "|---|---:|---:|"] if rows else []
    good = Counter(row.where for row in rows if not row.problems)
    for where, count in sorted(Counter(row.where for row in rows).items()):
        lines.append(f"| {where} | {count} | {good[where]} |")
    for row in bad:
        lines += ["", f"{row.name}, {row.where}: {'; '.join(row.problems)}"]
    return lines
