"""`load`: from the path of a manifest to a checked release."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Exit, Refused
from ..model import Finding, Release, Song
from .crosscheck import crosscheck
from .crosscheck_codes import compact
from .crosscheck_names import plugin_inside
from .page import Page, Trouble
from .read import text_of
from .scan import Keys
from .shape import shaped
from .syntax import parse
from .tidy import tidy
from .words import meant

if TYPE_CHECKING:
    from ..plugins import Offers


def load(path: Path, offers: Offers, today: datetime.date | None = None) -> tuple[Release, tuple[Finding, ...]]:
    """Read and check a manifest as a whole: the release with absolute paths and all defaults, and its warnings.

    `today` (default: the calendar's) only serves to wonder about dates far ahead. No audio is touched, and whether
    files exist is not asked. Raises `Refused` (`Exit.USAGE`) with everything that is wrong, warnings included, in the
    order of the file; `Exit.STAGE` where all that is wrong is that it asks for what a plugin may offer that could not
    be loaded.
    """
    data, page = parse(str(path), text_of(path))
    data, troubles = tidy(data)
    if not data:
        raise Refused(Exit.USAGE, page.finding(_EMPTY))
    manifest = path.absolute()
    release, wrong = shaped(data, offers, manifest)
    troubles += [*wrong, *crosscheck(release, offers, today or datetime.date.today())]
    told = _in_order(page, _once(troubles))
    findings = tuple(page.finding(trouble) for trouble in told)
    if exits := {trouble.exit for trouble in told if trouble.severity == "error"}:
        raise Refused(min(exits), *findings)
    return _settled(release), findings


def plugin_files(path: Path) -> tuple[str, ...]:
    """The plugin files that a manifest names, before anything else of it is understood; none if it is unreadable.

    What leads out of its folder is left out, and refused by `load`.
    """
    try:
        text = text_of(path)
        if "plugins" not in text and "\\" not in text:  # a key may be written with escapes
            return ()
        data, _ = parse(str(path), text)
    except Refused:
        return ()
    tables = (data, data.get("release"))
    lists = [table.get("plugins") for table in tables if isinstance(table, dict)]
    named = [each for found in lists if isinstance(found, list) for each in found]
    return tuple(each for each in named if isinstance(each, str) and plugin_inside(each))


_EMPTY = Trouble(
    (),
    "manifest-empty",
    "is empty: a release needs at least [release] with title and artist, and one [[song]] with title and mixdown",
    "`glassmaster init FOLDER` writes a manifest from a folder of mixdowns",
)


_ABSENT = ("missing-key", "empty-text")


def _once(troubles: Iterable[Trouble]) -> list[Trouble]:
    """One error for each place: what follows from it is left out, and so are warnings about it.

    A key that is missing because it is misspelt is not told twice.
    """
    troubles = list(troubles)
    misspelt = {(trouble.keys[:-1], trouble.hint) for trouble in troubles if trouble.code == "unknown-key"}
    errors: dict[Keys, Trouble] = {}
    others: dict[tuple[Keys, str], Trouble] = {}
    for trouble in troubles:
        if trouble.code in _ABSENT and trouble.keys and (trouble.keys[:-1], meant(str(trouble.keys[-1]))) in misspelt:
            continue
        if trouble.severity == "error":
            errors.setdefault(trouble.keys, trouble)
        else:
            others.setdefault((trouble.keys, trouble.code), trouble)
    return [*errors.values(), *(each for each in others.values() if each.keys not in errors)]


def _in_order(page: Page, troubles: Iterable[Trouble]) -> list[Trouble]:
    def offset(trouble: Trouble) -> int:
        place = page.places.nearest(trouble.keys)
        return place.key if place else -1

    return sorted(troubles, key=offset)


def _settled(release: Release) -> Release:
    """With everything that depends on other things: numbers, absolute paths, codes without their hyphens."""
    folder = release.manifest.parent
    counts: dict[int, int] = {}
    return replace(
        release,
        barcode=compact(release.barcode),
        artwork=release.artwork and folder / release.artwork,
        report=replace(
            release.report,
            templates=release.report.templates and folder / release.report.templates,
            logo=release.report.logo and folder / release.report.logo,
        ),
        songs=tuple(_song(song, folder, counts) for song in release.songs),
        references=tuple(replace(each, file=folder / each.file) for each in release.references),
    )


def _song(song: Song, folder: Path, counts: dict[int, int]) -> Song:
    counts[song.disc] = counts.get(song.disc, 0) + 1
    changes: dict[str, Any] = {"mixdown": folder / song.mixdown, "number": counts[song.disc]}
    return replace(song, isrc=compact(song.isrc), **changes)
