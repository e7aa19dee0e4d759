"""Sound of a source in blocks: from a decoder that is watched, and past a guard against numbers that are no sound."""

from __future__ import annotations

import math
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from ..errors import Exit, Refused, refuse
from ..model import Audio, Block, Finding, Source
from . import pcm24
from .containers import LOSSY
from .headers import Layout, layout_of
from .regular import changed, opened

FRAMES = 65_536
MAX_LEVEL = np.float32(1000.0)  # +60 dBFS
_CHANNELS = {1: ("mono",), 2: ("left", "right")}


class _Tail(RawIOBase):
    """A file from byte `start` on: what libsndfile reads as headerless sound."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file, self._start = file, start
        file.seek(start)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset + self._start if whence == 0 else offset, whence) - self._start

    def tell(self) -> int:
        return self._file.tell() - self._start

    def readinto(self, buffer: Any) -> int:
        return self._file.readinto(buffer)  # type: ignore[attr-defined,no-any-return]


class _Endless(soundfile.SoundFile):  # type: ignore[misc]
    """Reads on to wherever the sound ends: soundfile seeks behind each block, which fails where no length is told."""

    def seekable(self) -> bool:
        return False


def decoder(file: BinaryIO, path: Path, layout: Layout) -> soundfile.SoundFile:
    """libsndfile on a source that `opened` let pass. Raises `soundfile.LibsndfileError`."""
    file.seek(0)
    if layout.declared is None and layout.raw:
        how = {"samplerate": layout.rate_hz, "channels": layout.channels, "subtype": layout.raw, "endian": "LITTLE"}
        return soundfile.SoundFile(_Tail(file, layout.data_at), format="RAW", **how)
    if layout.declared is None or layout.container in LOSSY:
        return _Endless(file)
    return soundfile.SoundFile(path)  # by its own reads, which are an eighth faster than calls back to ours


def counted(file: BinaryIO, path: Path, layout: Layout) -> int:
    """Frames that really come out of a file: read off where the header can be trusted, else decoded whole."""
    with decoder(file, path, layout) as sound:
        if not _untold(layout):
            return int(sound.frames)
        return sum(len(block) for block in _decoded(sound, path))


def _untold(layout: Layout) -> bool:
    """Whether only decoding tells the length; such files cannot be entered in the middle either."""
    return layout.container in LOSSY or (layout.declared is None and not layout.raw)


def open_source(source: Source | Path, start: int = 0, end: int | None = None) -> Audio:
    """The frames from `start` to `end` (None: the last) of a source as float32 blocks of up to 65,536 frames.

    Lossy files are decoded from their first frame, because seeking in them gives wrong sound. Raises `Refused`: exit 3
    for what cannot be read (while iterating: with the time), exit 6 if the file changes meanwhile.
    """
    path = source if isinstance(source, Path) else source.path
    with opened(path) as file:
        layout = layout_of(file, path)
        try:
            with decoder(file, path, layout) as sound:
                rate, channels = sound.samplerate, sound.channels
            frames = source.frames if isinstance(source, Source) else counted(file, path, layout)
        except soundfile.LibsndfileError as error:
            raise undecodable(path, error) from error
    last = frames if end is None else end
    return Audio(rate, channels, last - start, lambda: _blocks(path, layout, rate, start, last))


def undecodable(path: Path, error: soundfile.LibsndfileError) -> Refused:
    """A file that the decoder will not open."""
    hint = "export it again as WAV, AIFF, CAF or FLAC, 24-bit or float"
    return refuse(Exit.SOURCE, "file-damaged", path, f"cannot be decoded: {_reason(error)}", hint)


def _reason(error: soundfile.LibsndfileError) -> str:
    return str(error.error_string).removeprefix("Error : ").rstrip(".")


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
    at = 0 if _untold(layout) else start
    plain = layout.raw == "PCM_24"
    blocks = pcm24.blocks(file, layout, at, end, FRAMES) if plain else _opened(file, path, layout, at, end)
    for block in blocks:
        skipped = max(0, start - at)
        at += len(block)
        if skipped < len(block):
            yield block[skipped:]
    if at < end:
        raise _damaged(path, f"ends after {_time(at, rate)} (frame {at:,}); {end:,} frames were expected")


def _opened(file: BinaryIO, path: Path, layout: Layout, start: int, end: int) -> Iterator[Block]:
    try:
        sound = decoder(file, path, layout)
    except soundfile.LibsndfileError as error:
        raise undecodable(path, error) from error
    with sound:
        if start:
            sound.seek(start)
        yield from _decoded(sound, path, start, end)


def _decoded(sound: soundfile.SoundFile, path: Path, at: int = 0, end: int | None = None) -> Iterator[Block]:
    """Blocks of an open file from frame `at`, where it stands; small floats that only slow machines down become 0."""
    tiny = np.finfo(np.float32).tiny if sound.subtype in ("FLOAT", "DOUBLE") else None
    while end is None or at < end:
        try:
            block = sound.read(FRAMES if end is None else min(FRAMES, end - at), dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            where = f"{_time(at, sound.samplerate)} (frame {at:,})"
            raise _damaged(path, f"cannot be decoded behind {where}: {_reason(error)}") from error
        if not len(block):
            return
        if tiny is not None:
            block[np.abs(block) < tiny] = 0.0
        at += len(block)
        yield block


def _damaged(path: Path, message: str) -> Refused:
    return refuse(
        Exit.SOURCE, "file-damaged", path, message, "copy or export it again; what is left is not the whole song"
    )


def _time(frame: int, rate: int) -> str:
    minutes, seconds = divmod(frame / rate, 60)
    return f"{int(minutes)}:{seconds:06.3f}"


def guarded(audio: Audio, where: str) -> Audio:
    """The same sound, refused (exit 3) at the first sample that is not a number, infinite or above +60 dBFS.

    `where` names the song or stage in the message.
    """

    def blocks() -> Iterator[Block]:
        at = 0
        stream = iter(audio)
        for block in stream:
            if not (np.max(block, initial=0) <= MAX_LEVEL and np.min(block, initial=0) >= -MAX_LEVEL):
                raise _no_sound(audio, where, at, block, stream)
            yield block
            at += len(block)

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def _no_sound(audio: Audio, where: str, at: int, block: Block, rest: Iterator[Block]) -> Refused:
    finite = bool(np.isfinite(block).all())

    def wrong(each: Block) -> NDArray[np.bool_]:
        return np.asarray(np.abs(each) > MAX_LEVEL if finite else ~np.isfinite(each))

    frame, channel = (int(each) for each in np.argwhere(wrong(block))[0])
    count = int(wrong(block).sum()) + sum(int(wrong(each).sum()) for each in rest)
    side = _CHANNELS[audio.channels][channel] if audio.channels in _CHANNELS else f"channel {channel + 1}"
    code, what, hint = _verdict(float(block[frame, channel]))
    message = f"{what} at {_time(at + frame, audio.rate)} ({side}, frame {at + frame:,}); {count:,} of the kind in all"
    return Refused(Exit.SOURCE, Finding(code, "error", where, message, hint, at=(at + frame) / audio.rate))


def _verdict(sample: float) -> tuple[str, str, str]:
    """(code, what, hint) for a sample that is no sound."""
    if math.isfinite(sample):
        hint = "look for a plugin in the mix that ran away, then export again"
        return "implausible-level", f"a sample of {20 * math.log10(abs(sample)):+.0f} dBFS", hint
    hint = "a plugin in the mix made it: bypass the last ones one by one, then export again"
    return "not-finite", "a sample that is not a number" if math.isnan(sample) else "an infinite sample", hint
