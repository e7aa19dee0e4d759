"""Findings with the file and line that they are about: what the formats for machines have in common."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ..model import Code, Finding, Outcome
from ..phrases import where
from .show import reasons

if TYPE_CHECKING:
    from ..plugins import Offers

_PLACE = re.compile(r"(?P<path>.+):(?P<line>\d+):(?P<column>\d+)", re.DOTALL)


@dataclass(frozen=True)
class Located:
    """One finding with its place."""

    finding: Finding
    path: Path
    """The manifest where the finding comes from it or is about no file, else the song's mixdown."""
    line: int | None
    column: int | None
    song: str
    """ "02 Second Light", or empty."""
    fails: bool
    """It is grave enough for `[qc] fail_on`, and not waived."""
    code: Code

    @property
    def text(self) -> str:
        """All there is to read: where, when, what, what to do next, and why it was accepted."""
        told, parts = self.finding, [f"{self.place}: {self.finding.message}"]
        parts += [f"-> {told.hint}"] if told.hint else []
        parts += reasons(told)
        parts += [f"accepted because: {told.waived}"] if told.waived else []
        return "\n".join(parts)

    @property
    def place(self) -> str:
        """Where and, if it is known, at what time of the song."""
        at = self.finding.at
        return self.finding.where + (f" at {int(at) // 60}:{at % 60:05.2f}" if at is not None else "")

    @property
    def name(self) -> str:
        """The path as seen from the working folder, with forward slashes; absolute where it lies elsewhere."""
        path = Path(os.path.abspath(self.path))  # noqa: PTH100 - a link is named as it is, not as what it points to
        folder = Path.cwd()
        return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()

    @property
    def uri(self) -> str:
        """The same as a URI reference (RFC 3986)."""
        absolute = Path(self.name).is_absolute()
        return Path(self.name).as_uri() if absolute else quote(os.fsencode(self.name), safe="/")


@dataclass(frozen=True)
class Answer:
    """What a gate has to tell, whether it came to a verdict or was refused before."""

    findings: tuple[Located, ...]
    songs: tuple[str, ...]
    verdict: str
    exit: int
    release: str
    """Artist and title; empty where the manifest could not be read."""


def answered(outcome: Outcome, exit_code: int, offers: Offers) -> Answer:
    """The findings of a whole look."""
    release = outcome.album.release
    names = tuple(map(where, release.songs))
    files = [song.mixdown for song in release.songs]
    found = _located(outcome.findings, release.manifest, names, files, release.qc.fail_on, offers)
    return Answer(tuple(found), names, outcome.verdict, exit_code, f"{release.artist} - {release.title}")


def refused(findings: Iterable[Finding], exit_code: int, manifest: Path, offers: Offers) -> Answer:
    """What stood in the way of any look."""
    from ..codes import explained

    found = _located(explained(findings, offers), manifest, (), (), "error", offers)
    return Answer(tuple(found), (), "not ready", exit_code, "")


def _located(
    findings: Iterable[Finding],
    manifest: Path,
    songs: tuple[str, ...],
    files: Iterable[Path],
    fail_on: str,
    offers: Offers,
) -> Iterable[Located]:
    from ..codes import known

    codes: Mapping[str, Code] = known(offers)
    mixdowns = dict(enumerate(files))
    grave = ("error",) if fail_on == "error" else ("error", "warning")
    for each in findings:
        place = _PLACE.fullmatch(each.where)
        if place and Path(place["path"]).name == manifest.name:
            path, line, column = Path(place["path"]), int(place["line"]), int(place["column"])
        else:
            path, line, column = mixdowns.get(-1 if each.song is None else each.song, manifest), None, None
        song = songs[each.song] if each.song is not None and each.song < len(songs) else ""
        fails = each.severity in grave and not each.waived
        code = codes.get(each.code) or Code(each.code, each.code, "")
        yield Located(each, path, line, column, song, fails, code)
