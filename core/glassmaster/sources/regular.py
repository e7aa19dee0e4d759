"""Files as the file system has them: only regular files are ever opened, and they are known by their hash."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, Refused, refuse
from ..hashing import sha256
from ..model import Finding, Source

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def opened(path: Path) -> BinaryIO:
    """A regular file, open for reading. Raises `Refused` (exit 3); a pipe or device is never opened."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return path.open("rb")
    except OSError as error:
        raise _cannot_open(path, error) from error
    kind = _KINDS.get(stat.S_IFMT(mode), "something else")
    raise refuse(
        Exit.SOURCE,
        "not-a-file",
        path,
        f"this is {kind}, not a regular file",
        "name the sound file itself; in a folder `glassmaster init FOLDER` finds the mixdowns",
    )


def _cannot_open(path: Path, error: OSError) -> Refused:
    reason = error.strerror or str(error)
    if not path.is_symlink():
        if isinstance(error, FileNotFoundError):
            return refuse(Exit.SOURCE, "file-missing", path, "there is no such file", _beside(path))
        hint = "check the permissions of the file and of its folder"
        return refuse(Exit.SOURCE, "file-unreadable", path, f"cannot be opened: {reason}", hint)
    target = path.readlink()
    message = f"is a link to {target}, which cannot be opened: {reason}"
    return refuse(Exit.SOURCE, "link-broken", path, message, "point the link at a file that exists, or name that file")


def _beside(path: Path) -> str:
    """What lies where the file was looked for, if it is nearly called the same."""
    from difflib import get_close_matches
    from unicodedata import normalize

    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return f"the folder {path.parent} does not exist either"
    near = get_close_matches(path.name, names, n=1)
    if near and normalize("NFC", near[0]) == normalize("NFC", path.name):
        return f"{near[0]} is there, its accents written another way (Unicode NFC and NFD): rename it"
    return f"did you mean {near[0]}?" if near else "check the path; one in release.toml counts from its folder"


def link_note(path: Path) -> tuple[Finding, ...]:
    """Where a linked file really lies."""
    if not path.is_symlink():
        return ()
    return (Finding("link-followed", "note", str(path), f"is a link; what is read is {path.resolve()}"),)


def fingerprint(path: Path) -> str:
    """SHA-256 of a regular file, in hex; read in pieces. Raises `Refused` (exit 3)."""
    with opened(path) as file:
        try:
            return sha256(file)
        except OSError as error:
            raise _cannot_open(path, error) from error


def unchanged(source: Source) -> Finding | None:
    """None if the file is still the one that was measured; otherwise what to say (exit 6)."""
    try:
        same = fingerprint(source.path) == source.sha256
    except Refused:
        same = False
    return None if same else changed(source.path)


def changed(path: Path) -> Finding:
    """A source is no longer what it was when the work began."""
    return Finding(
        "source-changed",
        "error",
        str(path),
        "changed while it was being worked on",
        "let the export finish, then run again: what does not depend on this file is kept",
        exit=Exit.CHANGED,
    )
