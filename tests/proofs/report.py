"""What the report costs: seconds and bytes of each form, for an album and for two hundred songs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNTS = (12, 200, 10_000)
WANTED = {12: (2.0, 600_000), 200: (10.0, None)}
"""Seconds and bytes of the page, by the number of songs."""


def page() -> str:
    """The page REPORT.md."""
    found = {count: _apart(count) for count in COUNTS}
    lines = [
        "# The report",
        "",
        "Written by `make proof PROOF=report`.",
        "",
        "Processor time (user and system) of a process that writes one form after the other, libraries loaded on the",
        "way, from an outcome in memory; without previews. All have three references; 12 songs have two masters, the",
        "others one in three deliverables; of 10,000 songs the first 200 have charts.",
        "Wanted of the page: 12 songs in 2 s and 600 kB, 200 songs in 10 s.",
        "",
        "| songs | form | seconds | kB |",
        "|---|---|---|---|",
    ]
    for count, forms in found.items():
        lines += [f"| {count} | {name} | {seconds:.2f} | {size / 1000:.0f} |" for name, seconds, size in forms]
    return "\n".join([*lines, "", *_verdicts(found), ""])


def _verdicts(found: dict[int, list[tuple[str, float, int]]]) -> list[str]:
    told = []
    for count, (seconds, size) in WANTED.items():
        _, took, large = next(each for each in found[count] if each[0] == "html")
        held = took <= seconds and (size is None or large <= size)
        told.append(f"{count} songs: {'held' if held else 'NOT HELD'} ({took:.2f} s, {large / 1000:.0f} kB).")
    return told


def _apart(count: int) -> list[tuple[str, float, int]]:
    code = f"from tests.proofs.report import made; made({count})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [tuple(each) for each in json.loads(done.stdout)]


def made(count: int) -> None:
    """Write every form of a release of so many songs, and print what each took."""
    from glassmaster_reports import glassmaster_reports
    from tests.outcome_support import outcome
    from tests.reports.test_report_large import many

    release = outcome() if count == 12 else many(count, whole=count <= 200)
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for report in glassmaster_reports():
            if not report.asked:
                begin = time.process_time()
                report.write(release, Path(folder))
                took = time.process_time() - begin
                told.append((report.name, took, (Path(folder) / report.file).stat().st_size))
    print(json.dumps(told))
