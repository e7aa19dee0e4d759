"""Files as the system underneath takes them: names for libraries in C, and renames where others look on."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

_WAITS_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8) if os.name == "nt" else ()

_UNFLUSHABLE = frozenset({errno.EINVAL, errno.ENOTSUP})


def native(path: Path) -> str | bytes:
    """A path for soundfile, which refuses names that are no text: those of a disk written in another encoding."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def moved(source: Path, target: Path) -> None:
    """`source.replace(target)`. Windows refuses for as long as anybody looks at either, most often a virus scanner."""
    for wait in _WAITS_SECONDS:
        try:
            source.replace(target)
            return
        except PermissionError:
            time.sleep(wait)
    source.replace(target)


def flush_folder(folder: Path) -> None:
    """Make renames in a folder last through a power cut, where the system lets it be flushed.

    Windows does not, nor do some network shares, which say so; a disk that fails is another matter (OSError).
    """
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as problem:
        if problem.errno not in _UNFLUSHABLE:
            raise
    finally:
        os.close(handle)
