"""Whether the disk has room for a build, told before it begins."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from .errors import Exit, refuse
from .model import Album
from .targets import Target

_SAMPLE_BYTES = 4
_PREVIEWS = 2 * 48_000 * 16 / 32 * (1 + 4 / 3)
"""Samples a second of mixdown and master with 16 bits, in the store and as base64 in the report."""


def check_room(room: Path, album: Album, aims: Mapping[str, Target]) -> None:
    """Raise `Refused` (exit 5) when a whole build, with nothing kept, would not fit.

    Spools are float32: one for each master and what feeds its loop, one for each rate and depth; then the files,
    in the store and in the folder that is published, at no more than their PCM size, which for lossy ones leaves room
    for what encoders are fed from meanwhile; then what the report plays.
    """
    needed = int(sum(_song_bytes(album, aims)))
    free = shutil.disk_usage(room).free
    if needed > free:
        message = f"a build from scratch needs about {_mb(needed)} here, {_mb(free)} are free"
        hint = "make room, or put the release folder on a larger disk"
        raise refuse(Exit.OUTPUT, "disk-full", room, message, hint)


def _song_bytes(album: Album, aims: Mapping[str, Target]) -> list[float]:
    depths = {(target.rate_hz, target.bits) for target in aims.values()}
    found = []
    for heard, cut in zip(album.mixdowns, album.cuts, strict=True):
        if heard is None or cut is None:
            continue
        second = _SAMPLE_BYTES * heard.source.channels
        seconds = cut.frames / heard.source.rate_hz
        spools = 2 * heard.source.rate_hz + sum(rate for rate, _ in depths)
        files = sum(2 * target.rate_hz * (target.bits or 24) / 32 for target in aims.values())
        previews = _PREVIEWS if album.release.report.previews else 0
        found.append(seconds * second * (spools + files + previews))
    return found


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
