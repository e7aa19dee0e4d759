"""Names: titles, references, deliverables, profiles, paths, and whoever names a song."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ..model import Deliverable, Release, Song
from .page import Trouble, quoted
from .scan import Keys
from .words import nearest, not_offered

if TYPE_CHECKING:
    from ..plugins import Offers

_TAKEN = {"report", "release.json", "sha256sums", "readme.txt", "cover.jpg", "cover.png"}
"""What else stands in the output folder."""
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_LONGEST_NAME = 100


def folded(name: str) -> str:
    """Equal for names that some file systems or readers take for the same: NFC, without case (UAX #15, CaseFolding)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()


def titles(release: Release) -> Iterator[Trouble]:
    """Empty titles are refused; songs that bear the same title are told."""
    for name in ("title", "artist"):
        if not getattr(release, name).strip():
            yield _empty(("release", name), f"the release's {name}")
    first: dict[tuple[str, str], int] = {}
    for index, song in enumerate(release.songs):
        keys = ("song", index, "title")
        if not song.title.strip():
            yield _empty(keys, f"the title of song {index + 1}")
            continue
        other = first.setdefault((folded(song.title), folded(song.version)), index)
        if other != index:
            yield _twins(keys, song.title, other, release.songs[other].title)


def references(release: Release) -> Iterator[Trouble]:
    """Each has a name of its own, and songs name existing ones only."""
    names = [reference.name for reference in release.references]
    yield from _unique("reference", names)
    for index, song in enumerate(release.songs):
        for place, name in enumerate(song.references or ()):
            if name not in names:
                hint = nearest(name, names) or (f"known: {', '.join(names)}" if names else "add a [[reference]]")
                message = f"no [[reference]] is named {quoted(name)}"
                yield Trouble(("song", index, "references", place), "unknown-reference", message, hint)


def deliverables(release: Release) -> Iterator[Trouble]:
    """Each has a name of its own that can be a folder's name on every system."""
    names = [deliverable.name for deliverable in release.deliverables]
    yield from _unique("deliverable", names)
    for index, name in enumerate(names):
        if reason := _unsafe(name):
            message = f"{quoted(name)} cannot name a folder: {reason}"
            yield Trouble(("deliverable", index, "name"), "unsafe-name", message, "letters, digits and hyphens do")


def profiles(release: Release, offers: Offers) -> Iterator[Trouble]:
    """Deliverables name existing profiles only."""
    for index, deliverable in enumerate(release.deliverables):
        name = deliverable.profile
        if name and name not in offers.profiles:
            known = ", ".join(sorted(offers.profiles)) or "none"
            hint = nearest(name, offers.profiles) or f"known: {known}"
            message = f"there is no profile {quoted(name)}"
            yield not_offered(("deliverable", index, "profile"), "unknown-profile", message, hint, offers.broken)
        elif deliverable.decoded_ceiling_dbtp == "profile" and _no_peak(name, offers):
            told = f"{quoted(name)} names no true peak" if name else "there is no profile to take a true peak from"
            hint = 'name another profile = "..." beside it, or give decoded_ceiling_dbtp in dBTP'
            yield Trouble(("deliverable", index, "decoded_ceiling_dbtp"), "unknown-profile", told, hint)


def _no_peak(name: str, offers: Offers) -> bool:
    return not name or offers.profiles[name].true_peak_dbtp is None


def songs_named(release: Release) -> Iterator[Trouble]:
    """Anchors and waivers name songs of this release, by title or number."""
    named = [(keys, name) for keys, name in (*_anchors(release), *_waivers(release)) if name]
    for keys, name in named:
        found = [song for song in release.songs if folded(song.title) == folded(name)]
        if not found and not (name.isdecimal() and 1 <= int(name) <= len(release.songs)):
            message = f"no song is called {quoted(name)}"
            yield Trouble(keys, "unknown-song", message, nearest(name, (song.title for song in release.songs)))
        elif len(found) > 1:
            yield Trouble(keys, "unknown-song", f"{len(found)} songs are called {quoted(name)}", "give its number")


def waivers(release: Release) -> Iterator[Trouble]:
    """Whoever accepts a finding says why."""
    for index, waiver in enumerate(release.qc.waive):
        if not waiver.reason.strip():
            message = f"accepts {quoted(waiver.code)} without a reason"
            yield Trouble(("qc", "waive", index, "reason"), "waiver-reason", message, "say why, for whoever reads it")


def paths(release: Release) -> Iterator[Trouble]:
    """Paths that are empty, or look as if they were meant otherwise than they are taken."""
    yield from _path(("release", "artwork"), release.artwork)
    for index, song in enumerate(release.songs):
        yield from _path(("song", index, "mixdown"), song.mixdown)
    for index, reference in enumerate(release.references):
        yield from _path(("reference", index, "file"), reference.file)


def plugin_inside(text: str) -> bool:
    """Whether it names a Python file inside the release folder."""
    path = PurePosixPath(text.replace("\\", "/"))
    return not (path.is_absolute() or ".." in path.parts or {":", "\0"} & {*text} or path.suffix != ".py")


def plugin_paths(keys: Keys, plugins: Iterable[str]) -> Iterator[Trouble]:
    """Plugin files lie inside the release folder."""
    for index, text in enumerate(plugins):
        if not plugin_inside(text):
            message = f"{quoted(text)} is no plugin file inside the release folder"
            yield Trouble((*keys, index), "plugin-path", message, 'write plugins = ["./tape.py"]')


def _anchors(release: Release) -> Iterator[tuple[Keys, str]]:
    for index, step in enumerate(release.treatment):
        yield (("treatment", index, "anchor"), getattr(step.settings, "anchor", ""))
    owners: list[tuple[Keys, Song | Deliverable]] = [(("song", i), each) for i, each in enumerate(release.songs)]
    owners += [(("deliverable", i), each) for i, each in enumerate(release.deliverables)]
    for keys, owner in owners:
        for adjust in owner.adjust:
            yield ((*keys, "adjust", adjust.stage, "anchor"), dict(adjust.changes or ()).get("anchor", ""))


def _waivers(release: Release) -> Iterator[tuple[Keys, str]]:
    for index, waiver in enumerate(release.qc.waive):
        yield (("qc", "waive", index, "song"), waiver.song)


def _empty(keys: Keys, what: str) -> Trouble:
    return Trouble(
        keys, "empty-text", f"{what} is missing or empty", 'write title = "..."' if keys[-1] == "title" else ""
    )


def _twins(keys: Keys, title: str, other: int, others: str) -> Trouble:
    if title == others:
        message = f"song {other + 1} is called {quoted(title)} too"
    else:
        message = f"{quoted(title)} and song {other + 1}, {quoted(others)}, differ in case or in invisible ways only"
    hint = 'if both are meant, set version = "..." on one; files are told apart by their number'
    return Trouble(keys, "similar-titles", message, hint, "warning")


def _unique(table: str, names: Iterable[str]) -> Iterator[Trouble]:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        keys = (table, index, "name")
        if not name.strip():
            yield _empty(keys, f"the name of {table} {index + 1}")
        elif (other := first.setdefault(folded(name), index)) != index:
            message = f"{table} {other + 1} is named {quoted(name)} already"
            yield Trouble(keys, "duplicate-name", message, "capital and small letters count as the same")


def _unsafe(name: str) -> str:
    """Why a name is no folder's name on Windows, macOS and Linux alike, or nothing."""
    if unsafe := _UNSAFE.search(name):
        return f"it contains {quoted(unsafe[0])}"
    if folded(name) in _TAKEN:
        return "the output folder has something else of that name"
    if _DEVICES.fullmatch(name):
        return "Windows keeps that name for a device"
    if name[:1] in ".- " or name[-1:] in ". ":
        return "it starts with a dot, dash or space, or ends with a dot or space"
    return "it is too long" if len(name.encode()) > _LONGEST_NAME else ""


def _path(keys: Keys, path: Path | None) -> Iterator[Trouble]:
    if path is None:
        return
    text = str(path)
    if text == ".":
        yield Trouble(keys, "empty-text", f"{keys[-1]} names no file", "write a path relative to this file")
    elif text.startswith("~"):
        message = f"{quoted(text)} is taken literally: ~ is not your home folder here"
        yield Trouble(keys, "doubtful-path", message, "write the path relative to this file, or in full", "warning")
    elif "\\" in path.as_posix():
        message = f"{quoted(text)} contains backslashes, which only Windows takes for folders"
        yield Trouble(keys, "doubtful-path", message, "write / instead: it works on every system", "warning")
