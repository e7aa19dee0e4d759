"""Sound of a source in blocks: read as it stands, or from a decoder that is watched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

from ..errors import Exit, Refused
from ..model import Audio, Block, Source
from ..pulse import beat
from . import raw
from .damage import clock, damaged, within_reason
from .headers import Layout, layout_of
from .regular import changed, opened


def decoding() -> ModuleType:
    """libsndfile, loaded for the first file that needs it."""
    from . import decoding

    return decoding


def facts(file: BinaryIO, path: Path, layout: Layout) -> tuple[str, int, int, int]:
    """(codec in libsndfile's words, rate, channels, frames) of an open file. Raises `Refused` (exit 3)."""
    found: tuple[str, int, int, int]
    if layout.raw:
        found = layout.raw, layout.rate_hz or 0, layout.channels or 0, raw.frames(layout)
    else:
        found = decoding().facts(file, path, layout)
    within_reason(path, found[3], found[1])
    return found


def decoded(path: Path) -> bool:
    """Whether a decoder has to open the file. Raises `Refused` (exit 3) for what is no sound file."""
    with opened(path) as file:
        return not layout_of(file, path).raw


def samples_at(path: Path) -> tuple[int, int]:
    """(first byte, byte behind the last) of the samples of a file that is read as it stands.

    Raises `Refused` (exit 3), and ValueError for other files.
    """
    with opened(path) as file:
        layout = layout_of(file, path)
        if not layout.raw:
            raise ValueError(f"{path} is not read as it stands")
        size = raw.frames(layout) * raw.width(layout.raw) * (layout.channels or 1)
    return layout.data_at, layout.data_at + size


def as_it_stands(path: Path, told: Audio) -> Audio:
    """`told`, a decoder's view of a file, in a tenth of its time where the samples are integers that stand there.

    `told` itself for any other file, and for one of which the decoder finds another rate, other channels or another
    length than its chunks say.
    """
    try:
        with opened(path) as file:
            layout = layout_of(file, path)
    except Refused:  # the decoder will say what it makes of it
        return told
    if layout.raw not in raw.INTEGERS:  # of floats the smallest would be lost
        return told
    if (layout.rate_hz, layout.channels, raw.frames(layout)) != (told.rate, told.channels, told.frames):
        return told

    def blocks() -> Iterator[Block]:
        with path.open("rb") as file:
            yield from raw.blocks(file, layout, 0, told.frames)

    return replace(told, open=blocks)


def speakers(path: Path) -> int:
    """Loudspeakers of the channels as in WAVEFORMATEXTENSIBLE; 0 where the file does not tell. Raises `Refused`."""
    with opened(path) as file:
        return layout_of(file, path).mask


def open_source(source: Source | Path, start: int = 0, end: int | None = None) -> Audio:
    """The frames from `start` to `end` (None: the last) of a source as float32 blocks of up to 65,536 frames.

    Lossy files are decoded from their first frame, because seeking in them gives wrong sound. Raises `Refused`: exit 3
    for what cannot be read (while iterating: with the time), exit 6 if the file changes meanwhile.
    """
    path = source if isinstance(source, Path) else source.path
    with opened(path) as file:
        layout = layout_of(file, path)
        _, rate, channels, frames = facts(file, path, layout) if isinstance(source, Path) else _known(source)
    last = frames if end is None else end
    return Audio(rate, channels, last - start, lambda: _blocks(path, layout, rate, start, last))


def _known(source: Source) -> tuple[str, int, int, int]:
    return source.codec, source.rate_hz, source.channels, source.frames


def _blocks(path: Path, layout: Layout, rate: int, start: int, end: int) -> Iterator[Block]:
    with opened(path) as file:
        before = _state(path)
        try:
            yield from _stretch(file, path, layout, rate, start, end)
        except Refused:
            if _state(path) == before:
                raise
        if _state(path) != before:
            raise Refused(Exit.CHANGED, changed(path))


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return found.st_size, found.st_mtime_ns


def _stretch(file: BinaryIO, path: Path, layout: Layout, rate: int, start: int, end: int) -> Iterator[Block]:
    at = 0 if not layout.raw and decoding().untold(layout) else start
    blocks = raw.blocks(file, layout, at, end) if layout.raw else decoding().blocks(file, path, layout, at, end)
    for block in blocks:
        skipped = max(0, start - at)
        at += len(block)
        beat(len(block))
        if skipped < len(block):
            yield block[skipped:]
    if at < end:
        raise damaged(path, f"ends after {clock(at, rate)} (frame {at:,}); {end:,} frames were expected")
