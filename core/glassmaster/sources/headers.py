"""From an open file to the layout that its container's header tells."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from .big_endian import aiff, caf
from .containers import container
from .flac import flac
from .layout import Layout, Reader
from .riff import riff

__all__ = ["Layout", "layout_of"]


def layout_of(file: BinaryIO, path: Path) -> Layout:
    """What the header of an open file declares; lossy ones declare nothing. Raises `Refused` (exit 3)."""
    kind, at = container(file, path)
    reader = Reader(file, path)
    if kind in ("WAV", "RF64", "W64"):
        return riff(reader, kind)
    if kind == "AIFF":
        return aiff(reader)
    if kind == "CAF":
        return caf(reader)
    return flac(reader, at) if kind == "FLAC" else Layout(kind)
