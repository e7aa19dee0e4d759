"""Whether the disk has room for a build: told before it begins, and again where it ran full on the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from .errors import FULL, Exit, Refused, refuse
from .model import Album, Finding, Outcome
from .targets import Target

_SAMPLE_BYTES = 4
_HINT = "make room, or put the release folder on a larger disk; what is finished is kept"
_PREVIEWS = 2 * 48_000 * 16 / 32 * (1 + 4 / 3)
"""Samples a second of mixdown and master with 16 bits, in the store and as base64 in the report."""


def needed(album: Album, aims: Mapping[str, Target]) -> int:
    """Bytes of a whole build with nothing kept.

    Spools are float32: one for each master and what feeds its loop, one for each rate and depth; then the files,
    in the store and in the folder that is published, at no more than their PCM size, which for lossy ones leaves room
    for what encoders are fed from meanwhile; then what the report plays.
    """
    return int(sum(_song_bytes(album, aims)))


def checked(hire: Callable[[], Executor], room: Path, wanted: int) -> Callable[[], Executor]:
    """`hire`, but the first time only where there is room: a build that finds everything kept needs none."""
    done: list[bool] = []

    def hired() -> Executor:
        if not done:
            check_room(room, wanted)
            done.append(True)
        return hire()

    return hired


def check_room(room: Path, wanted: int) -> None:
    """Raise `Refused` (exit 5) when `wanted` bytes would not fit, what is kept already taken off."""
    free = shutil.disk_usage(room).free
    if wanted - _held(room) > free:
        raise refuse(Exit.OUTPUT, "disk-full", room, f"{_asked(wanted)}, {_mb(free)} are free", _HINT)


def _held(room: Path) -> int:
    """Bytes of finished work: most of a build from scratch where all but a little is done."""
    return sum(path.stat().st_size for path in (room / "blobs").rglob("*") if path.is_file())


@contextmanager
def told(room: Path, wanted: int) -> Iterator[None]:
    """A disk that runs full in the main process is refused (exit 5) with what is needed and what is free."""
    try:
        yield
    except Refused as refusal:
        raise Refused(refusal.exit, *(_figured(each, room, wanted) for each in refusal.findings)) from refusal
    except OSError as problem:
        if problem.errno not in FULL:
            raise
        where = problem.filename if isinstance(problem.filename, str) else room
        message = f"{problem.strerror or problem}{_figures(room, wanted)}"
        raise refuse(Exit.OUTPUT, "disk-full", where, message, _HINT) from problem


def figured(outcome: Outcome, room: Path, wanted: int) -> Outcome:
    """The same of disks that ran full under a worker's errand."""
    return replace(outcome, findings=tuple(_figured(each, room, wanted) for each in outcome.findings))


def _figured(finding: Finding, room: Path, wanted: int) -> Finding:
    if finding.code != "disk-full" or " free" in finding.message:
        return finding
    return replace(finding, message=f"{finding.message}{_figures(room, wanted)}")


def left(path: Path) -> str:
    """How much is free where `path` lies, in words; empty where the system does not tell."""
    place = next((each for each in (path, *path.parents) if each.exists()), path)
    try:
        return f"{_mb(shutil.disk_usage(place).free)} are free there"
    except OSError:
        return ""


def _figures(room: Path, wanted: int) -> str:
    return f": {_asked(wanted)}, {left(room)}"


def _asked(wanted: int) -> str:
    return f"a build from scratch needs about {_mb(wanted)} here"


def _song_bytes(album: Album, aims: Mapping[str, Target]) -> Iterator[float]:
    depths = {(target.rate_hz, target.bits) for target in aims.values()}
    for heard, cut in zip(album.mixdowns, album.cuts, strict=True):
        if heard is None or cut is None:
            continue
        second = _SAMPLE_BYTES * heard.source.channels
        seconds = cut.frames / heard.source.rate_hz
        spools = 2 * heard.source.rate_hz + sum(rate for rate, _ in depths)
        files = sum(2 * target.rate_hz * (target.bits or 24) / 32 for target in aims.values())
        previews = _PREVIEWS if album.release.report.previews else 0
        yield seconds * second * (spools + files + previews)


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
