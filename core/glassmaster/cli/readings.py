"""What `measure` has to show: as a table, as JSON, as comma-separated values, and as curves."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from ..errors import Exit
from ..listening import STRICT, Unheard
from ..model import Finding, Heard, Json
from ..names import csv_safe
from .show import clock, figure, say, show_json, table

_TIMES = ("true_peak_at", "max_momentary_at", "max_short_term_at", "min_psr_at")
"""Seconds from the file's start; of windows, to where they begin."""
_CURVE_HOPS = 10
"""The curves have a value every 100 ms."""


@dataclass(frozen=True)
class Readings:
    """What was heard of the files named, and of references."""

    paths: tuple[Path, ...]
    references: tuple[Path, ...]
    heard: tuple[Heard | Unheard, ...]
    """Of the files, then of the references."""
    theirs: tuple[float | None, ...]
    """pyloudnorm's integrated loudness of the same, if it was asked for."""
    strict: bool

    @property
    def findings(self) -> Iterator[Finding]:
        return (finding for each in self.heard for finding in each.findings)

    @property
    def exit(self) -> int:
        """The first reason why something could not be measured."""
        return min((each.exit for each in self.heard if isinstance(each, Unheard)), default=Exit.OK)

    def rows(self, *, references: bool = False) -> list[Row]:
        """Those that could be heard: of the files, or of the references."""
        places = range(len(self.paths), len(self.heard)) if references else range(len(self.paths))
        named = (*self.paths, *self.references)
        return [
            Row(named[place], heard, self.theirs[place] if self.theirs else None)
            for place in places
            if isinstance(heard := self.heard[place], Heard)
        ]


@dataclass(frozen=True)
class Row:
    """One file."""

    path: Path
    heard: Heard
    theirs: float | None


def show_document(readings: Readings) -> None:
    """One JSON document; a value that does not exist is null."""
    from ..record import finding_json

    rows, references = readings.rows(), readings.rows(references=True)
    checked = bool(readings.theirs)
    document = {
        "true_peak_oversampling": STRICT if readings.strict else 4,
        "files": [_file(row, checked) for row in rows],
        "album": _album(rows),
        "references": [_file(row, checked) for row in references],
        "findings": [finding_json(each) for each in readings.findings],
    }
    show_json(document)


def _file(row: Row, checked: bool) -> dict[str, Json]:
    from ..record import figures, rounded

    told = {"path": str(row.path), **figures(row.heard.measurement)}
    told |= {name: rounded(getattr(row.heard.measurement, name)) for name in _TIMES}
    if checked:
        told["pyloudnorm_lufs"] = rounded(row.theirs)
    return {**told, "extra": dict(row.heard.measurement.extra)}


def _album(rows: Sequence[Row]) -> dict[str, Json]:
    from ..loudness import album
    from ..record import rounded

    pooled = asdict(album([row.heard.measurement for row in rows]))
    return {name: rounded(value) for name, value in pooled.items()}


def show_csv(readings: Readings) -> None:
    """A line for each file, references behind; what meters of plugins say is only in the JSON document."""
    rows = [_file(row, bool(readings.theirs)) for row in (*readings.rows(), *readings.rows(references=True))]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for number, row in enumerate(rows):
        del row["extra"]
        if not number:
            writer.writerow(row)
        writer.writerow(_safe(each) for each in row.values())


def _safe(cell: Json) -> Json:
    return csv_safe(cell) if isinstance(cell, str) else cell


def show_curves(readings: Readings, target: str) -> None:
    """Momentary and short-term loudness of all files at the end of each 100 ms, to a file or (-) to stdout.

    An empty cell: below -120 LUFS, or before the first whole window.
    """
    with nullcontext(sys.stdout) if target == "-" else Path(target).open("w", encoding="utf-8", newline="") as file:
        _write_curves(readings, file)


def _write_curves(readings: Readings, file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("path", "seconds", "momentary_lufs", "short_term_lufs"))
    for row in (*readings.rows(), *readings.rows(references=True)):
        for seconds, momentary, short_term in _points(row.heard):
            writer.writerow((csv_safe(str(row.path)), seconds, momentary, short_term))


def _points(heard: Heard) -> Iterable[tuple[str, str, str]]:
    from ..loudness import momentary, short_term, whole_hops

    grid = whole_hops(heard.measurement)
    fast, slow = momentary(grid, _CURVE_HOPS).tolist(), short_term(grid, _CURVE_HOPS).tolist()
    late = [None] * (len(fast) - len(slow)) + slow
    for number, (each, other) in enumerate(zip(fast, late, strict=True)):
        yield f"{0.4 + number / 10:.1f}", _point(each), _point(other)


def _point(lufs: float | None) -> str:
    from ..loudness import SILENCE_LUFS

    return "" if lufs is None or lufs <= SILENCE_LUFS else f"{lufs:.2f}"


def show_table(readings: Readings) -> None:
    """What people want to know first; the rest is in the JSON document."""
    rows, references = readings.rows(), readings.rows(references=True)
    head = (*_HEAD, "pyloudnorm") if readings.theirs else _HEAD
    lines = [
        *map(_line, rows),
        *_album_line(rows),
        *(("ref: " + (told := _line(row))[0], *told[1:]) for row in references),
    ]
    if lines:
        say(*table(head, [line[: len(head)] for line in lines]))
    if any(row.heard.source.channels == 1 for row in (*rows, *references)):
        say("mono files are measured as played on two speakers (dual mono: 3.01 LU above one)")


_HEAD = ("file", "length", "LUFS", "LRA", "max M", "max S", "dBTP", "dBFS", "PLR", "DR")


def _line(row: Row) -> tuple[str, ...]:
    told = row.heard.measurement
    length = clock(told.frames / told.rate_hz)
    return (row.path.name, length, *_cells(told), figure(told.dr, 0), figure(row.theirs, 2))


def _album_line(rows: Sequence[Row]) -> Iterable[tuple[str, ...]]:
    from ..loudness import album

    if len(rows) > 1:
        told = album([row.heard.measurement for row in rows])
        yield ("all as an album", clock(told.seconds), *_cells(told), figure(told.dr, 0), "")


def _cells(told: Json) -> tuple[str, ...]:
    return (
        figure(told.integrated_lufs),
        figure(told.loudness_range_lu),
        figure(told.max_momentary_lufs),
        figure(told.max_short_term_lufs),
        figure(told.true_peak_dbtp, 2),
        figure(told.sample_peak_dbfs, 2),
        figure(told.plr_lu),
    )
