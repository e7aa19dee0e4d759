"""Sound that needs a decoder: libsndfile, watched, for all that `raw` does not read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import soundfile

from ..errands import LONGEST_SECONDS
from ..errors import Exit, refuse
from ..model import Block
from ..native import native
from ..pulse import beat
from .containers import LOSSY
from .damage import clock, damaged
from .layout import Layout
from .raw import FRAMES, flushed


class _Endless(soundfile.SoundFile):  # type: ignore[misc]
    """Reads on to wherever the sound ends: soundfile seeks behind each block, which fails where no length is told."""

    def seekable(self) -> bool:
        return False


def untold(layout: Layout) -> bool:
    """Whether only decoding tells the length; such files cannot be entered in the middle either."""
    return layout.container in LOSSY or layout.declared is None


def facts(file: BinaryIO, path: Path, layout: Layout) -> tuple[str, int, int, int]:
    """(codec in libsndfile's words, rate, channels, frames that really come out of it).

    Frames are read off where the header can be trusted; otherwise the file is decoded whole. Raises `Refused`.
    """
    with _decoder(file, path, layout) as sound:
        codec, rate, channels = sound.subtype, sound.samplerate, sound.channels
        frames = _counted(sound, path) if untold(layout) else int(sound.frames)
    return codec, rate, channels, frames


def _counted(sound: soundfile.SoundFile, path: Path) -> int:
    """Frames that come out, or a few more than any source has."""
    frames = 0
    for block in _read(sound, path):
        beat(len(block))
        frames += len(block)
        if frames > LONGEST_SECONDS * sound.samplerate:
            break
    return frames


def blocks(file: BinaryIO, path: Path, layout: Layout, start: int, end: int) -> Iterator[Block]:
    """The frames from `start` to `end`, or fewer where the file ends before. Raises `Refused`."""
    with _decoder(file, path, layout) as sound:
        if start:
            sound.seek(start)
        yield from _read(sound, path, start, end)


def _decoder(file: BinaryIO, path: Path, layout: Layout) -> soundfile.SoundFile:
    file.seek(0)
    try:
        if untold(layout):
            return _Endless(file)
        return soundfile.SoundFile(native(path))  # by its own reads, which are an eighth faster than calls back to ours
    except soundfile.LibsndfileError as error:
        hint = "export it again as WAV, AIFF, CAF or FLAC, 24-bit or float"
        raise refuse(Exit.SOURCE, "file-damaged", path, f"cannot be decoded: {_reason(error)}", hint) from error


def _read(sound: soundfile.SoundFile, path: Path, at: int = 0, end: int | None = None) -> Iterator[Block]:
    """Blocks of an open file from frame `at`, where it stands."""
    floating = sound.subtype in ("FLOAT", "DOUBLE")
    while end is None or at < end:
        try:
            block = sound.read(FRAMES if end is None else min(FRAMES, end - at), dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            where = f"{clock(at, sound.samplerate)} (frame {at:,})"
            raise damaged(path, f"cannot be decoded behind {where}: {_reason(error)}") from error
        if not len(block):
            return
        at += len(block)
        yield flushed(block) if floating else block


def _reason(error: soundfile.LibsndfileError) -> str:
    return str(error.error_string).removeprefix("Error : ").rstrip(".")
