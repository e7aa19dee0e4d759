"""What [report] says of the report's looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from ..model import Release
from .page import Trouble, quoted

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


def looks(release: Release) -> Iterator[Trouble]:
    """A colour that is one, and templates that lie inside the release folder: they may include what stands there."""
    report = release.report
    if report.accent and not _COLOUR.fullmatch(report.accent):
        message = f"accent {quoted(report.accent)} is no colour"
        yield Trouble(("report", "accent"), "bad-colour", message, 'six digits behind a hash: accent = "#0b5fa5"')
    if report.templates is not None and not _inside(report.templates.as_posix()):
        message = f"{quoted(report.templates.as_posix())} does not lie inside the release folder"
        yield Trouble(("report", "templates"), "templates-path", message, 'write templates = "templates"')


def _inside(text: str) -> bool:
    path = PurePosixPath(text.replace("\\", "/"))
    return not (path.is_absolute() or ".." in path.parts or ":" in text) and path != PurePosixPath(".")
