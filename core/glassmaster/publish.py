"""Puts a complete, proven tree in place of the one before: whole or not at all.

The new tree is made beside the target, and two renames with a journal swap them. Whoever starts next finishes or rolls
back what a killed run left. A reader may miss the folder for an instant, but never sees a mixture.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .delivery import LITTER
from .errors import FULL, Exit, refuse
from .native import moved
from .room import left
from .store import replace

_PROOF = "SHA256SUMS"


def staging_for(target: Path) -> Path:
    """The folder beside the target in which the new tree is made."""
    return target.with_name(f".{target.name}.new")


def _leaving(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def check_target(target: Path, sources: Iterable[Path], state: Path) -> None:
    """Refuse, before any work, an output folder that cannot or must not be written."""
    if target.is_symlink():
        hint = f"name the folder that it leads to: --output {target.resolve()}"
        raise refuse(Exit.OUTPUT, "output", target, "is a link, not a folder", hint)
    if target.exists() and not target.is_dir():
        raise refuse(Exit.OUTPUT, "output", target, "is a file, not a folder", "choose another --output")
    for source in sources:
        _check_apart(target, source.resolve(), state.parent.parent)
    _check_foreign(target, state)
    _check_writable(target.parent)


def _check_apart(target: Path, source: Path, release: Path) -> None:
    """Neither around a source nor beside it: masters among mixdowns would be taken for some. Only where the mixdowns
    lie beside the manifest or above it is there no other place."""
    hint = "choose another --output"
    if target.resolve() in (source, *source.parents):
        message = f"holds the source {source.name}; a published release replaces its folder as a whole"
        raise refuse(Exit.USAGE, "output", target, message, hint)
    folder, beside = source.parent, release.resolve()
    if folder in target.resolve().parents and folder not in (beside, *beside.parents):
        message = f"lies in the folder of the source {source.name}, where masters could be taken for mixdowns"
        raise refuse(Exit.USAGE, "output", target, message, hint)


def _check_foreign(target: Path, state: Path) -> None:
    there = _stats(target)
    foreign = sorted(set(there) - _ours(target, state, there))
    if foreign:
        named = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        message = f"holds files that glassmaster did not make: {named}"
        raise refuse(Exit.OUTPUT, "output-foreign", target, message, "move them away or choose another --output")


def _ours(target: Path, state: Path, there: Mapping[str, list[int]]) -> set[str]:
    """Files that an earlier run published: as it noted them, or else by the tree's own checksums."""
    noted = _noted(state, target)
    report = target / "report"
    found = _below(there, staging_for(report), _leaving(report))  # of a report that a killed run was writing
    if noted and noted["files"].get(_PROOF) == there.get(_PROOF):  # else a killed run published, but did not note it
        return found | set(noted["files"])
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = (target / _PROOF).read_text("utf-8").splitlines()
        found |= {line.split("  ", 1)[1] for line in lines if "  " in line} | _below(there, report)
    return found | {"release.json", _PROOF, "README.txt"}


def _below(names: Iterable[str], *folders: Path) -> set[str]:
    return {name for name in names for folder in folders if name.startswith(f"{folder.name}/")}


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
        return found if found["target"] == str(target) and {"digest", "files"} <= found.keys() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _stats(target: Path) -> dict[str, list[int]]:
    """Size and time of every file below the target, by its path with forward slashes."""
    found = {}
    for folder, folders, files in os.walk(target):
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]  # noqa: PTH114, PTH118 - slow
        below = Path(folder).relative_to(target)
        for name in (*files, *links):
            if name not in LITTER and not name.startswith("._"):
                told = os.lstat(os.path.join(folder, name))  # noqa: PTH118 - hundreds of them, at a tenth of the time
                found[(below / name).as_posix()] = [told.st_size, told.st_mtime_ns]
    return found


def _check_writable(folder: Path) -> None:
    if not folder.exists():  # a folder for a disk that is not plugged in must not be made up
        hint = "make it first, or plug its disk in, or choose another --output"
        raise refuse(Exit.OUTPUT, "output", folder, "there is no folder of this name", hint)
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".glassmaster-"):
            pass
    except OSError as problem:
        message = f"cannot be written: {problem.strerror}{f': {left(folder)}' if problem.errno in FULL else ''}"
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
    """Put the staged tree in the target's place. Where that fails, the old tree is put back at once."""
    staged, leaving = staging_for(target), _leaving(target)
    _flush_tree(staged)
    shutil.rmtree(leaving, ignore_errors=True)
    replace(journal, json.dumps({"target": str(target)}).encode())
    try:
        if target.exists():
            moved(target, leaving)
        moved(staged, target)
    except BaseException:  # an interrupt, too: a folder must not be missing until the next build
        if leaving.exists() and not target.exists():
            moved(leaving, target)
        raise
    _flush(target.parent)
    shutil.rmtree(leaving, ignore_errors=True)
    journal.unlink(missing_ok=True)


def recover(journal: Path) -> None:
    """Finish or roll back a swap that was interrupted. Only for whoever holds the lock."""
    try:
        target = Path(json.loads(journal.read_bytes())["target"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    staged, leaving = staging_for(target), _leaving(target)
    if not target.exists():
        if staged.exists():
            moved(staged, target)
        elif leaving.exists():
            moved(leaving, target)
    shutil.rmtree(leaving, ignore_errors=True)
    shutil.rmtree(staged, ignore_errors=True)
    journal.unlink(missing_ok=True)


def _flush_tree(root: Path) -> None:
    for path in (*root.rglob("*"), root):
        if path.is_dir():
            _flush(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    """Make renames last through a power cut, where the system lets a folder be flushed (Windows does not)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
