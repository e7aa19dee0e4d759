"""Puts a page into its templates and the result into files: the same outcome gives the same bytes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from pathlib import Path

from glassmaster.model import Outcome

from .colours import accent
from .confined import rendered, style
from .cover import logo, thumbnail
from .page import page
from .running import CSV_COLUMNS, csv_row
from .safe import for_csv, visible
from .sequence import sequence


def html(outcome: Outcome, path: Path) -> None:
    """Write the page to `path`."""
    release = outcome.album.release
    sheet = style(release) + accent(release.report.accent)
    values = {
        "page": page(outcome),
        "cover": thumbnail(release.artwork),
        "logo": logo(release.report.logo),
        "style": sheet,
        "style_hash": _csp_hash(sheet),
    }
    _write(path, rendered(release, "index.html.j2", values, html=True))


def markdown(outcome: Outcome, path: Path) -> None:
    """Write the Markdown report to `path`."""
    _write(path, rendered(outcome.album.release, "report.md.j2", {"page": page(outcome)}, html=False))


def running_sheet(outcome: Outcome, path: Path) -> None:
    """Write the running sheet to `path`: UTF-8 with a byte order mark, so that spreadsheets read the letters right."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for place in sequence(outcome.album):
        writer.writerow([for_csv(visible(cell)) for cell in csv_row(place)])
    _write(path, f"\ufeff{text.getvalue()}")


def _csp_hash(text: str) -> str:
    """What a Content-Security-Policy names an inline style by (CSP level 3, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", errors="replace"))
