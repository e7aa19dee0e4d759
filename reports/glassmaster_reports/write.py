"""Puts a page into its templates and the result into files: the same outcome gives the same bytes."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassmaster.model import Outcome

from .cover import thumbnail
from .curves import MOST_DRAWN
from .listening import Listening, listening
from .listening_files import sound_names, sounds_inside, write_sounds
from .page import page
from .running import CSV_COLUMNS, csv_row
from .safe import for_csv, for_html, for_markdown, visible
from .sequence import sequence
from .tables import flat
from .takes import takes

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

_TEMPLATES = Path(__file__).parent / "templates"


def html(outcome: Outcome, path: Path) -> None:
    """Write the page to `path`, and what can be heard of it to the folder `audio` beside it."""
    write_sounds(outcome.previews, path.parent)
    _page(outcome, path, _heard(outcome, whole=True))


def single(outcome: Outcome, path: Path) -> None:
    """Write the page to `path` with all that can be heard inside it."""
    heard = _heard(outcome, whole=False)
    _page(outcome, path, heard and replace(heard, sounds=sounds_inside(outcome.previews)))


def _heard(outcome: Outcome, *, whole: bool) -> Listening | None:
    places = sequence(outcome.album)[:MOST_DRAWN]
    return listening(outcome, places, takes(outcome), sound_names(outcome.previews), whole=whole)


def _page(outcome: Outcome, path: Path, heard: Listening | None) -> None:
    style, script = ((_TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "player.js"))
    environment = _environment(autoescape=True, finalize=for_html)
    text = environment.get_template("index.html.j2").render(
        page=page(outcome),
        cover=thumbnail(outcome.album.release.artwork),
        style=style,
        style_hash=_csp_hash(style),
        listening=heard,
        script=script,
        script_hash=_csp_hash(script),
    )
    _write(path, text)


def markdown(outcome: Outcome, path: Path) -> None:
    """Write the Markdown report to `path`."""
    environment = _environment(autoescape=False, finalize=for_markdown)
    _write(path, environment.get_template("report.md.j2").render(page=page(outcome)))


def running_sheet(outcome: Outcome, path: Path) -> None:
    """Write the running sheet to `path`: UTF-8 with a byte order mark, so that spreadsheets read the letters right."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for place in sequence(outcome.album):
        writer.writerow([for_csv(visible(cell)) for cell in csv_row(place)])
    _write(path, f"\ufeff{text.getvalue()}")


def _environment(*, autoescape: bool, finalize: Any) -> SandboxedEnvironment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=autoescape,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["rows"] = flat
    return environment


def _csp_hash(text: str) -> str:
    """What a Content-Security-Policy names an inline style by (CSP level 3, section 2.3.1)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", errors="replace"))
