"""Puts a complete, proven tree in place of the one before: whole or not at all.

The new tree is made beside the target, and two renames with a journal swap them. Whoever starts next finishes or rolls
back what a killed run left. A reader may miss the folder for an instant, but never sees a mixture.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .errors import Exit, refuse
from .store import replace


def staging_for(target: Path) -> Path:
    """The folder beside the target in which the new tree is made."""
    return target.with_name(f".{target.name}.new")


def _leaving(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def check_target(target: Path, sources: Iterable[Path], state: Path) -> None:
    """Refuse, before any work, an output folder that cannot or must not be written."""
    if target.exists() and not target.is_dir():
        raise refuse(Exit.OUTPUT, "output", target, "is a file, not a folder", "choose another --output")
    for source in sources:
        if target.resolve() in (source.resolve(), *source.resolve().parents):
            message = f"holds the source {source.name}; a published release replaces its folder as a whole"
            raise refuse(Exit.USAGE, "output", target, message, "choose another --output")
    _check_foreign(target, state)
    _check_writable(target.parent)


def _check_foreign(target: Path, state: Path) -> None:
    foreign = sorted(set(_stats(target)) - _ours(target, state))
    if foreign:
        named = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        message = f"holds files that glassmaster did not make: {named}"
        raise refuse(Exit.OUTPUT, "output-foreign", target, message, "move them away or choose another --output")


def _ours(target: Path, state: Path) -> set[str]:
    """Files that an earlier run published: as it noted them, or else by the tree's own checksums."""
    if noted := _noted(state, target):
        return set(noted["files"])
    found = {"release.json", "SHA256SUMS", "README.txt"}
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = (target / "SHA256SUMS").read_text("utf-8").splitlines()
        found |= {line.split("  ", 1)[1] for line in lines if "  " in line}
        found |= {name for name in _stats(target) if name.startswith("report/")}
    return found


def note(target: Path, state: Path, digest: str) -> None:
    """Remember what was published, so that the next build can tell that nothing changed without reading it."""
    document = {"target": str(target), "digest": digest, "files": _stats(target)}
    replace(state, json.dumps(document).encode())


def stands(target: Path, state: Path, digest: str) -> bool:
    """Whether the target holds exactly the tree with this digest, untouched since it was published."""
    noted = _noted(state, target)
    return noted is not None and noted["digest"] == digest and noted["files"] == _stats(target)


def _noted(state: Path, target: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(state.read_bytes())
        return found if found["target"] == str(target) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _stats(target: Path) -> dict[str, list[int]]:
    """Size and time of every file below the target, by its path with forward slashes."""
    found = {}
    for path in target.rglob("*"):
        if not path.is_dir():
            told = path.lstat()
            found[path.relative_to(target).as_posix()] = [told.st_size, told.st_mtime_ns]
    return found


def _check_writable(folder: Path) -> None:
    probe = folder / ".glassmaster-probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        message = f"cannot be written: {problem.strerror}"
        raise refuse(Exit.OUTPUT, "output", folder, message, "choose another --output or change its rights") from None


@contextlib.contextmanager
def staging(target: Path) -> Iterator[Path]:
    """An empty folder beside the target; removed unless it was published."""
    folder = staging_for(target)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap(target: Path, journal: Path) -> None:
    """Put the staged tree in the target's place."""
    staged, leaving = staging_for(target), _leaving(target)
    _flush_folders(staged)
    shutil.rmtree(leaving, ignore_errors=True)
    replace(journal, json.dumps({"target": str(target)}).encode())
    if target.exists():
        target.replace(leaving)
    staged.replace(target)
    _flush(target.parent)
    shutil.rmtree(leaving, ignore_errors=True)
    journal.unlink(missing_ok=True)


def recover(journal: Path) -> None:
    """Finish or roll back a swap that was interrupted. Only for whoever holds the lock."""
    try:
        target = Path(json.loads(journal.read_bytes())["target"])
    except (OSError, ValueError, KeyError):
        return
    staged, leaving = staging_for(target), _leaving(target)
    if not target.exists():
        if staged.exists():
            staged.replace(target)
        elif leaving.exists():
            leaving.replace(target)
    shutil.rmtree(leaving, ignore_errors=True)
    shutil.rmtree(staged, ignore_errors=True)
    journal.unlink(missing_ok=True)


def _flush_folders(root: Path) -> None:
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        _flush(folder)


def _flush(folder: Path) -> None:
    """Make renames last through a power cut, where the system lets a folder be flushed (Windows does not)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
