"""From a file to its text, without ever blocking on what is not a file."""

from __future__ import annotations

import codecs
import hashlib
import re
from pathlib import Path

from ..errors import Exit, Refused, refuse
from ..model import Finding

MAX_BYTES = 4 * 1024 * 1024
"""Largest manifest that is read; 10,000 songs with all their credits stay below it."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE = "save the file again as UTF-8 (every text editor offers it)"


def text_of(path: Path) -> str:
    """The manifest's text with "\\n" line ends and no byte order mark.

    Raises `Refused` (`Exit.USAGE`) for what is missing, not a regular file, larger than `MAX_BYTES` or not UTF-8.
    """
    return _lines(path, _decoded(path, _bytes(path)))


def fingerprint(path: Path) -> str:
    """SHA-256 of the manifest as it stands on the disk; raises as `text_of`."""
    return hashlib.sha256(_bytes(path)).hexdigest()


def changed(path: Path, text: str) -> tuple[Finding, ...]:
    """A warning if the manifest no longer says `text`, as it did when the work began."""
    try:
        if text_of(path) == text:
            return ()
    except Refused:
        pass
    message = f"{path.name} changed meanwhile; what was made follows it as it was at the beginning"
    return (Finding("manifest-changed", "warning", str(path), message, "build again: only what is new is made"),)


def _bytes(path: Path) -> bytes:
    try:
        if not path.exists():
            raise _missing(path)
        if not path.is_file():  # asked before opening: opening a pipe would wait for its other end
            raise _not_a_file(path)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise refuse(Exit.USAGE, "manifest-unreadable", path, f"cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise _missing(path) from None
    if len(raw) > MAX_BYTES:
        raise refuse(
            Exit.USAGE,
            "manifest-too-large",
            path,
            f"is larger than {MAX_BYTES // 1024**2} MiB, which no list of songs needs",
            "name the release.toml itself, not an audio file",
        )
    return raw


def _missing(path: Path) -> Refused:
    return refuse(
        Exit.USAGE,
        "manifest-missing",
        path,
        f"{path.name or path} not found",
        "run `glassmaster init FOLDER` to write one from a folder of mixdowns, or name the manifest's path",
    )


def _not_a_file(path: Path) -> Refused:
    inside = path / "release.toml"
    hint = f"name the manifest itself: {inside}" if inside.is_file() else "name the path of a release.toml"
    kind = "a folder" if path.is_dir() else "a device or pipe"
    return refuse(Exit.USAGE, "manifest-unreadable", path, f"is {kind}, not a regular file", hint)


def _decoded(path: Path, raw: bytes) -> str:
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            raise refuse(Exit.USAGE, "manifest-encoding", path, f"is written in {encoding} (byte 0), not UTF-8", _SAVE)
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        offset = error.start + len(raw) - len(error.object)
        line = raw.count(b"\n", 0, offset) + 1
        message = f"is not UTF-8: byte {offset} (0x{raw[offset]:02x}) belongs to another encoding"
        raise refuse(Exit.USAGE, "manifest-encoding", f"{path}:{line}", message, _SAVE) from None
    if "\0" in text[:4]:
        offset = text.index("\0")
        message = f"looks like UTF-16 without its mark (byte {offset} is zero), not UTF-8"
        raise refuse(Exit.USAGE, "manifest-encoding", path, message, _SAVE)
    return text


def _lines(path: Path, text: str) -> str:
    if lone := re.search(r"\r(?!\n)", text):
        line = text.count("\n", 0, lone.start()) + 1
        message = "ends a line with a bare carriage return, as in files of old Macs"
        hint = "save the file with Unix (LF) or Windows (CRLF) line ends"
        raise refuse(Exit.USAGE, "manifest-encoding", f"{path}:{line}", message, hint)
    return text.replace("\r\n", "\n")
