"""Writing and reading through soundfile, the encoder and decoder that is always there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import soundfile

from ..errors import Exit, refuse
from ..model import Audio, Block, Encoder
from ..native import native
from ..pulse import beat
from .disk import Written
from .heads import told
from .samples import FRAMES, finite, integers


class _Straight(soundfile.SoundFile):  # type: ignore[misc]
    """Goes from the first frame to the last: soundfile seeks behind each block, which costs decoders a fifth more."""

    held: BinaryIO | None = None
    """What it reads, if it does not do so by itself."""

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        super().close()
        if self.held:
            self.held.close()


def opened(path: Path) -> soundfile.SoundFile:
    """A file to be read from its start to its end, in steps. Raises soundfile.LibsndfileError, and `Refused` (exit 8)
    for kinds that nobody makes here: libsndfile would try thirty."""
    with path.open("rb") as file:
        kind = told(file)[0]
    if kind is None:
        raise _damaged(path, "is of another kind than any that is made here")
    return _unforked(path) if kind == "MP3" and _forked(path) else _Straight(native(path))


def _forked(path: Path) -> bool:
    """Whether there is what libsndfile takes for the resource fork of an MP3, and refuses the MP3 for."""
    beside = (f"{path.name}/..namedfork/rsrc", f"._{path.name}", f".AppleDouble/{path.name}")
    return any((path.parent / each).exists() for each in beside)


def _unforked(path: Path) -> soundfile.SoundFile:
    """The file without its name, for libsndfile not to look beside it, where macOS puts forks on other systems' disks
    ("._01 Opening.mp3")."""
    file = path.open("rb")
    try:
        sound = _Straight(file)
    except BaseException:
        file.close()
        raise
    sound.held = file
    return sound


def encoder() -> Encoder:
    """The embedded encoder with its version."""
    return Encoder("soundfile", f"{soundfile.__version__} (libsndfile {soundfile.__libsndfile_version__})")


def write(audio: Audio, path: Path, kind: str, subtype: str, bits: int | None = None, **how: Any) -> None:
    """Write `audio` as soundfile's format `kind`, in blocks.

    With `bits` the samples go in as integers, which every lossless format keeps exactly; without, as float32.
    `how` takes soundfile's `compression_level` and `bitrate_mode`. Raises ValueError for samples that are not finite
    or not on the grid, `Refused` when the library does not take the rate or the channels, OSError when it cannot
    write.
    """
    with closing(Written(path)) as target:
        _write(target, audio, path, kind, subtype, bits, **how)


def _write(target: Written, audio: Audio, path: Path, kind: str, subtype: str, bits: int | None, **how: Any) -> None:
    try:
        file = _Straight(target, "w", audio.rate, audio.channels, subtype, format=kind, **how)
    except soundfile.LibsndfileError as error:
        raise refuse(
            Exit.STAGE,
            "encoder-refused",
            path.name,
            f"{audio.rate} Hz with {audio.channels} channels cannot be written as {subtype}: {error.error_string}",
            "Name another rate_hz for this deliverable, or another format.",
        ) from error
    with file:
        for at, block in finite(audio):
            _put(file, path, block if bits is None else integers(block, bits, at) << (32 - bits))


def _put(file: soundfile.SoundFile, path: Path, samples: Any) -> None:
    try:
        file.write(samples)
    except (soundfile.LibsndfileError, AssertionError) as error:  # soundfile asserts that all frames were taken
        raise OSError(f"{path} could not be written completely; is the disk full?") from error


def decode(path: Path) -> Audio:
    """The file's sound as float32, not clamped, always from its first frame.

    Raises `Refused` (exit 8) when the file cannot be read, and while iterating when it does not hold the frames that
    it declares.
    """
    with _open(path) as file:
        rate, channels, frames = file.samplerate, file.channels, file.frames
    return Audio(rate, channels, frames, lambda: _blocks(path, frames))


def _open(path: Path) -> soundfile.SoundFile:
    try:
        return opened(path)
    except FileNotFoundError:
        raise _damaged(path, "is not there") from None
    except soundfile.LibsndfileError as error:
        raise _damaged(path, f"cannot be read: {error.error_string}") from error


def _blocks(path: Path, frames: int) -> Iterator[Block]:
    left = frames
    with _open(path) as file:
        while left > 0:
            try:
                block = file.read(min(FRAMES, left), dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as error:
                raise _damaged(path, f"cannot be decoded behind frame {frames - left}: {error.error_string}") from error
            if not len(block):
                raise _damaged(path, f"declares {frames} frames, but ends after {frames - left}")
            left -= len(block)
            beat()
            yield block


def _damaged(path: Path, what: str) -> Exception:
    return refuse(Exit.UNPROVEN, "file-damaged", path, f"The file {what}.", "Build again; the file is made anew.")
