"""Sound that a decoder program writes to a pipe, as blocks, and its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Exit, refuse
from ..model import Audio, Block
from .samples import packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HIGHEST = np.float32(2.0**-31)


def audio(path: Path, rate: int, channels: int, frames: int, parts: Callable[[], Iterable[bytes]]) -> Audio:
    """The sound of raw float32 `parts` (little-endian, interleaved).

    While iterating it raises `Refused` (exit 8) when they do not add up to `frames`.
    """

    def blocks() -> Iterator[Block]:
        yield from _counted(path, frames, _frames(parts(), channels, "<f4"))

    return Audio(rate, channels, frames, blocks)


def audio_of_integers(path: Path, rate: int, channels: int, frames: int, parts: Callable[[], Iterable[bytes]]) -> Audio:
    """Likewise of 32-bit integers whose upper bits are the sound: 24 of them are exact in float32."""

    def blocks() -> Iterator[Block]:
        for block in _counted(path, frames, _frames(parts(), channels, "<i4")):
            yield block.astype(np.float32) * _HIGHEST

    return Audio(rate, channels, frames, blocks)


def pcm_hash(parts: Iterable[bytes], bits: int) -> str:
    """SHA-256 of the sound in the upper `bits` of 32-bit integers, as `payload.pcm_hash` counts it."""
    digest = hashlib.sha256()
    for block in _frames(parts, 1, "<i4"):
        digest.update(packed(block >> (32 - bits), bits))
    return digest.hexdigest()


def widened(parts: Iterable[bytes], bits: int) -> Iterator[bytes]:
    """Packed little-endian integers of `bits` (16 or 24) as the upper bits of 32-bit ones."""
    width, held = bits // 8, b""
    for part in parts:
        held += part
        whole = len(held) // width
        wide = np.zeros((whole, 4), np.uint8)
        wide[:, 4 - width :] = np.frombuffer(held, np.uint8, whole * width).reshape(whole, width)
        yield wide.tobytes()
        held = held[whole * width :]


def cut(parts: Iterable[bytes], start: int, size: int) -> Iterator[bytes]:
    """`size` bytes of the parts from byte `start` on, or as many as there are."""
    for part in parts:
        if start >= len(part):
            start -= len(part)
            continue
        kept = part[start : start + size]
        start, size = 0, size - len(kept)
        if kept:
            yield kept  # and read on to the end, where a decoder says whether all was well


def _frames(parts: Iterable[bytes], channels: int, kind: str) -> Iterator[NDArray[Any]]:
    """Whole frames of 4-byte samples; a part may end in the middle of one."""
    held = b""
    for part in parts:
        held += part
        whole = len(held) // (4 * channels) * 4 * channels
        if whole:
            yield np.frombuffer(held, kind, whole // 4).reshape(-1, channels)
        held = held[whole:]


def _counted(path: Path, frames: int, blocks: Iterable[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    given = 0
    for block in blocks:
        given += len(block)
        if given > frames:
            break
        yield block
    if given != frames:
        message = f"The file declares {frames} frames, but {'more come' if given > frames else f'ends after {given}'}."
        raise refuse(Exit.UNPROVEN, "file-damaged", path, message, "Build again; the file is made anew.")
