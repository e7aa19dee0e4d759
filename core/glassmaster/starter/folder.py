"""What lies in a folder: mixdowns, references, artwork - told by content, not by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import Refused
from ..sources.containers import LOSSY, container
from ..sources.regular import opened
from .naming import Named, natural, read_names

_REFERENCES = frozenset({"reference", "references", "ref", "refs", "reference tracks"})
_ASIDE = frozenset(
    {"old", "archive", "backup", "bak", "previous", "unused", "outtakes", "stems", "multitracks", "trash"}
)
_NOT_OURS = frozenset({"dist", "__macosx", "node_modules"})
_DEEPEST = 64
"""Folders in folders; what lies deeper is no release."""
_COVERS = ("cover", "front", "artwork", "folder", "sleeve", "art")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True)
class Take:
    """The newest mixdown of a song."""

    path: Path
    named: Named
    older: tuple[Path, ...] = ()
    """Other revisions of the same song, the newest first."""


@dataclass(frozen=True)
class Folder:
    """What a folder holds, in running order."""

    takes: tuple[Take, ...]
    references: tuple[Path, ...]
    artwork: Path | None
    pictures: tuple[Path, ...]
    """Other pictures that may be the cover."""
    aside: tuple[tuple[Path, str], ...]
    """Sound that is not taken, and why."""


def mixdowns(folder: Path) -> list[Path]:
    """The files that `starter` wants measured: the newest mixdown of each song, then the references."""
    found = look(folder)
    return [*(take.path for take in found.takes), *found.references]


def look(folder: Path) -> Folder:
    """Look through a folder and those in it, hidden ones and finished releases left out."""
    songs, references, pictures, aside = [], [], [], []
    for path in sorted(_files(folder), key=lambda each: natural(each.relative_to(folder).as_posix())):
        kind, rooms = _kind(path), {part.lower() for part in path.relative_to(folder).parts[:-1]}
        if kind and not _speakable(path.relative_to(folder)):
            aside.append((path, "its name has characters that no manifest should hold: rename it"))
        elif kind == "picture":
            pictures.append(path)
        elif kind and rooms & _REFERENCES:
            references.append(path)
        elif kind in LOSSY:
            aside.append((path, "lossy: no mixdown to master from"))
        elif kind and rooms & _ASIDE:
            aside.append((path, f"lies in {path.parent.name}"))
        elif kind:
            songs.append(path)
    covers = sorted(filter(_cover_rank, pictures), key=lambda each: (-_cover_rank(each), natural(each.name)))
    rest = tuple(each for each in pictures if each not in covers[:1])
    return Folder(_takes(songs), tuple(references), covers[0] if covers else None, rest, tuple(aside))


def _files(folder: Path) -> Iterator[Path]:
    seen = set()
    for room, rooms, names in os.walk(folder, followlinks=True):
        here = Path(room)
        seen.add(here.resolve())
        deep = len(here.relative_to(folder).parts) >= _DEEPEST
        rooms[:] = [each for each in rooms if not deep and not _skipped(here / each) and _new(here / each, seen)]
        yield from (here / name for name in names if not name.startswith("."))


def _new(room: Path, seen: set[Path]) -> bool:
    return room.resolve() not in seen


def _skipped(room: Path) -> bool:
    return room.name.startswith(".") or room.name.lower() in _NOT_OURS or (room / "release.json").exists()


def _speakable(path: Path) -> bool:
    """Whether a manifest, which is UTF-8 and read by people, can hold the path."""
    return str(path).isprintable()


def _kind(path: Path) -> str:
    """A container's name, "picture", or nothing."""
    try:
        with opened(path) as file:
            if file.read(8).startswith(_PICTURES):
                return "picture"
            return container(file, path)[0]
    except (Refused, OSError):
        return ""


def _cover_rank(path: Path) -> int:
    """How likely a picture is the front cover; 0: no sign of it."""
    told = [path.stem.lower(), path.parent.name.lower()]
    return max((len(_COVERS) - place for place, word in enumerate(_COVERS) for each in told if word in each), default=0)


def _takes(paths: list[Path]) -> tuple[Take, ...]:
    """One take a song: revisions share a title; equal revisions under different numbers are different songs."""
    songs: dict[tuple[str, object], list[tuple[Path, Named]]] = {}
    names = read_names([path.stem for path in paths])
    for path, named in zip(paths, names, strict=True):
        title = "".join(filter(str.isalnum, named.title.casefold()))
        twins = songs.get((title, None), [])
        clash = any(other.rank == named.rank and other.number != named.number for _, other in twins)
        songs.setdefault((title, named.number if clash else None), []).append((path, named))
    takes = [_newest(found) for found in songs.values()]
    return tuple(sorted(takes, key=_order))


def _newest(found: list[tuple[Path, Named]]) -> Take:
    ranked = sorted(found, key=lambda each: (each[1].rank, each[0].stat().st_size, natural(each[0].name)), reverse=True)
    (path, named), older = ranked[0], ranked[1:]
    return Take(path, named, tuple(each for each, _ in older))


def _order(take: Take) -> tuple[object, ...]:
    number = take.named.number
    return (take.named.disc, number is None, number or 0, natural(take.path.name))
