"""Puts a page into its templates and the result into files: the same outcome gives the same bytes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

from glassmaster.model import Outcome
from glassmaster.names import csv_safe

from .colours import accent
from .confined import rendered, style
from .cover import logo, thumbnail
from .curves import MOST_DRAWN
from .listening import Listening, listening
from .listening_files import sound_names, sounds_inside, write_sounds
from .page import page
from .plain import plain
from .running import CSV_COLUMNS, csv_row
from .sandbox import TEMPLATES
from .sequence import sequence
from .summary import summary
from .takes import takes


def html(outcome: Outcome, path: Path) -> None:
    """Write the page to `path`, and what can be heard of it to the folder `audio` beside it."""
    write_sounds(outcome.previews, path.parent)
    _write(path, html_text(outcome, _heard(outcome, whole=True)))


def single(outcome: Outcome, path: Path) -> None:
    """Write the page to `path` with all that can be heard inside it."""
    heard = _heard(outcome, whole=False)
    _write(path, html_text(outcome, heard and replace(heard, sounds=sounds_inside(outcome.previews))))


def _heard(outcome: Outcome, *, whole: bool) -> Listening | None:
    places = sequence(outcome.album)[:MOST_DRAWN]
    return listening(outcome, places, takes(outcome), sound_names(outcome.previews), whole=whole)


def html_text(outcome: Outcome, heard: Listening | None = None) -> str:
    """The page, with what can be heard."""
    release = outcome.album.release
    sheet = style(release) + accent(release.report.accent)
    script = (TEMPLATES / "player.js").read_text(encoding="utf-8")
    values = {
        "page": page(outcome),
        "cover": thumbnail(release.artwork),
        "logo": logo(release.report.logo),
        "style": sheet,
        "style_hash": _csp_hash(sheet),
        "listening": heard,
        "script": script,
        "script_hash": _csp_hash(script),
    }
    return rendered(release, "index.html.j2", values, html=True)


def markdown(outcome: Outcome, path: Path) -> None:
    """Write the Markdown report to `path`."""
    _write(path, rendered(outcome.album.release, "report.md.j2", {"page": page(outcome)}, html=False))


def as_json(outcome: Outcome, path: Path) -> None:
    """Write the page as data to `path`: all but its drawings, in the order in which it stands there."""
    document = {"schema": 1, **plain(page(outcome), drawings=False)}
    _write(path, json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")


def text(outcome: Outcome, path: Path) -> None:
    """Write the summary to `path`."""
    _write(path, summary(page(outcome)))


def running_sheet(outcome: Outcome, path: Path) -> None:
    """Write the running sheet to `path`: UTF-8 with a byte order mark, so that spreadsheets read the letters right."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for place in sequence(outcome.album):
        writer.writerow([csv_safe(cell) for cell in csv_row(place)])
    _write(path, f"\ufeff{text.getvalue()}")


def _csp_hash(text: str) -> str:
    """What a Content-Security-Policy names an inline style by (CSP level 3, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", errors="replace"))
