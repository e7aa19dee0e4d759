"""SHA-256 of files of any size."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from .pulse import beat

_PIECE = 1 << 20


def sha256(file: BinaryIO) -> str:
    """Of what an open file holds from where it stands, in hex, read in pieces."""
    digest, memory = hashlib.sha256(), bytearray(_PIECE)
    view = memoryview(memory)
    while size := file.readinto(memory):  # type: ignore[attr-defined]
        digest.update(view[:size])
        beat()
    return digest.hexdigest()
