"""File names as libraries in C take them."""

from __future__ import annotations

import os
from pathlib import Path


def native(path: Path) -> str | bytes:
    """A path for soundfile, which refuses names that are no text: those of a disk written in another encoding."""
    return str(path) if os.name == "nt" else os.fsencode(path)
