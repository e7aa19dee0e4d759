"""The output folder: what in it is ours, whether it may be written, and whether it stands as it was published."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .delivery import LITTER
from .errors import FULL, Exit, refuse
from .publish import beside
from .room import left
from .store import replace

_PROOF = "SHA256SUMS"


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
    foreign = sorted(set(_stats(target)) - _ours(target, state))
    if foreign:
        named = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
        message = f"holds files that glassmaster did not make: {named}"
        raise refuse(Exit.OUTPUT, "output-foreign", target, message, "move them away or choose another --output")


def _ours(target: Path, state: Path) -> set[str]:
    """Files that an earlier run published: as it noted them, or else by the tree's own checksums."""
    there, noted = _stats(target), _noted(state, target)
    report = target / "report"
    found = _below(there, *beside(report))  # of a report that a killed run was writing
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
        whole = found["target"] == str(target) and "digest" in found and isinstance(found["files"], dict)
        return found if whole else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _stats(target: Path) -> dict[str, list[int]]:
    """Size and time of every file below the target, by its path with forward slashes."""
    found = {}
    for path in target.rglob("*"):
        if path.name not in LITTER and not path.name.startswith("._") and (path.is_symlink() or not path.is_dir()):
            told = path.lstat()
            found[path.relative_to(target).as_posix()] = [told.st_size, told.st_mtime_ns]
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
