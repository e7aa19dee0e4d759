"""Findings as they are published: files named from the manifest's folder, so that no byte depends on where that lies.

The terminal names files from where one stands, to be clicked; what is handed on must be the same wherever it was built.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from .model import Finding, Outcome, Release

_PLACE = re.compile(r"(?s)(.*?)((?::\d+){0,2})")
"""A path, and line and column behind it."""


def at_home(outcome: Outcome) -> Outcome:
    """The outcome with every file of the release named from the manifest's folder, with forward slashes.

    A file that lies elsewhere goes by its name alone.
    """
    release = outcome.album.release
    home = _whole(release.manifest).parent
    known = {_whole(path): path_at_home(path, release) for path in _files(release)}
    return replace(outcome, findings=tuple(_told(each, known, home) for each in outcome.findings))


def path_at_home(path: Path, release: Release) -> str:
    """How a file of the release is called in what is published."""
    whole, home = _whole(path), _whole(release.manifest).parent
    return whole.relative_to(home).as_posix() if whole.is_relative_to(home) else whole.name


def _files(release: Release) -> Iterator[Path]:
    yield release.manifest
    yield from (song.mixdown for song in release.songs)
    yield from (reference.file for reference in release.references)
    if release.artwork:
        yield release.artwork


def _whole(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - dots taken out, links not followed


def _told(finding: Finding, known: Mapping[Path, str], home: Path) -> Finding:
    found = _PLACE.fullmatch(finding.where)
    name = known.get(_whole(Path(found[1]))) if found and "\0" not in found[1] else None
    where = f"{name}{found[2]}" if found and name else finding.where
    where, message, hint = (text.replace(f"{home}{os.sep}", "") for text in (where, finding.message, finding.hint))
    return replace(finding, where=where, message=message, hint=hint)
