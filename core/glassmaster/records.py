"""Records that others may have written, read within bounds: never a pipe or device, never more than was allowed."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST_BYTES = 64 << 20
"""Of a release.json: a hundred songs in ten formats have two megabytes."""
_MOST_PARTS = 4_000_000
"""Values and containers in one document, each of which costs some hundred bytes of memory once it is read."""
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)  # opening a pipe would wait for whoever writes to it


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The whole of a regular file. Raises `OSError` where it is none, `ValueError` where it holds more than `most`."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NO_WAITING)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError("is no regular file")
        text = file.read(most + 1)
    if len(text) > most:
        raise ValueError(f"holds more than {most >> 20} MiB")
    return text


def says(path: Path, text: bytes) -> bool:
    """Whether a file holds exactly this; nothing else is read of it."""
    try:
        return read_bytes(path, len(text)) == text
    except (OSError, ValueError):
        return False


def parse(text: bytes, **hooks: Callable[[str], Any]) -> Any:
    """A JSON document, parsed by `json.loads` with its `hooks`. Raises `ValueError`, also for one that is too deep."""
    if sum(map(text.count, (b",", b"[", b"{"))) > _MOST_PARTS:
        raise ValueError(f"holds more than {_MOST_PARTS} values")
    try:
        return json.loads(text, **hooks)  # type: ignore[arg-type]
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def read_json(path: Path, most: int = MOST_BYTES, **hooks: Callable[[str], Any]) -> Any:
    """The JSON document in a regular file; raises as `read_bytes` and `parse`."""
    return parse(read_bytes(path, most), **hooks)
