"""Puts a complete, proven tree in place of the one before: whole or not at all.

The new tree is made beside the target, and the two change places: in one step where the system has one, so that a
reader never misses the folder; else by two renames, between which he may, for an instant. Nobody ever sees a mixture.
A journal names the target meanwhile, so that whoever starts next finishes or rolls back what a killed run left.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .native import exchanged, flush_folder, moved
from .store import replace


def staging_for(target: Path) -> Path:
    """The folder beside the target in which the new tree is made."""
    return target.with_name(f".{target.name}.new")


def _leaving(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def _doomed(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.gone")


def beside(target: Path) -> tuple[Path, ...]:
    """Every folder beside the target that a killed run may have left."""
    folders = (staging_for(target), _leaving(target))
    return (*folders, *map(_doomed, folders))


@contextlib.contextmanager
def staging(target: Path) -> Iterator[Path]:
    """An empty folder beside the target; removed unless it was published."""
    folder = staging_for(target)
    _remove(folder)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        _remove(folder)


def swap(target: Path, journal: Path) -> None:
    """Put the staged tree in the target's place. Where that fails, the old tree is put back at once.

    Raises `OSError`.
    """
    staged, leaving = staging_for(target), _leaving(target)
    _flush_tree(staged)
    _remove(leaving)
    replace(journal, json.dumps({"target": str(target)}).encode())
    flush_folder(journal.parent)  # it may lie on another disk, which keeps an order of its own
    try:
        if not target.exists():
            moved(staged, target)
        elif not exchanged(staged, target):
            moved(target, leaving)
            moved(staged, target)
    except BaseException:  # an interrupt, too: a folder must not be missing until the next build
        if leaving.exists() and not target.exists():
            moved(leaving, target)
        raise
    flush_folder(target.parent)
    _settle(target, journal)


def recover(journal: Path) -> None:
    """Finish or roll back a swap that was interrupted. Only for whoever holds the lock.

    What bears the target's name is whole, be it the old tree or the new one. Where nothing does, the swap stopped
    between two renames: then the new tree is whole beside it, or else the old one.
    """
    try:
        target = Path(json.loads(journal.read_bytes())["target"])
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return
    if not target.exists():
        for whole in (staging_for(target), _leaving(target)):
            if whole.exists():
                moved(whole, target)
                break
        flush_folder(target.parent)
    _settle(target, journal)


def _settle(target: Path, journal: Path) -> None:
    """Nothing is under way any more: whatever is left beside the target goes."""
    for folder in (staging_for(target), _leaving(target)):
        _remove(folder)
    journal.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    """Remove a tree, which loses its name first: the half that a killed run leaves of it is never taken for a whole."""
    doomed = _doomed(folder)
    shutil.rmtree(doomed, ignore_errors=True)
    with contextlib.suppress(OSError):  # mostly there is none
        moved(folder, doomed)
    for each in (doomed, folder):
        shutil.rmtree(each, ignore_errors=True)


def _flush_tree(root: Path) -> None:
    for path in (*root.rglob("*"), root):
        if path.is_dir():
            flush_folder(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
