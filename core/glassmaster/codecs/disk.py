"""What the disk says while others write: libraries and programs keep its errors to themselves, or put them in words."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

from ..errors import FAILING

_BUFFER = 1 << 18
_TRIED = 1 << 20


class Written:
    """A new file for a library that writes through it. The first error of the disk is kept, and raised when it closes:
    libsndfile goes on without a word where a header cannot be written again at the end."""

    def __init__(self, path: Path) -> None:
        self._file = io.BufferedRandom(io.FileIO(path, "w+"), _BUFFER)
        self._problem: OSError | None = None

    def write(self, data: bytes) -> int:
        if self._problem is not None:
            return 0
        try:
            return self._file.write(data)
        except OSError as problem:
            self._problem = problem
            return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        try:
            return self._file.seek(offset, whence)  # writes what is still held
        except OSError as problem:
            self._problem = self._problem or problem
            return -1

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:
        return self._file.readinto(buffer)

    def close(self) -> None:
        """Raises what the disk said first, if it said anything."""
        try:
            self._file.close()
        except OSError as problem:
            self._problem = self._problem or problem
        if self._problem is not None:
            raise self._problem


def named(said: str) -> OSError | None:
    """The error of the disk that a program's last words name; None where they name none."""
    found = next((number for number in FAILING if os.strerror(number) in said), None)
    return OSError(found, os.strerror(found)) if found is not None else None


def refuses(folder: Path) -> OSError | None:
    """What the disk has against a file of 1 MB in `folder`; None where it takes one."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIED))
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        return problem
    return None
