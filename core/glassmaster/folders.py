"""Folders walked through, however deep they are, and without following a link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def below(folder: Path) -> Iterator[Path]:
    """All that is no folder itself below a folder, links to folders included; what cannot be read is left out."""
    waiting = [os.fspath(folder)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for each in entries:
                if each.is_dir(follow_symlinks=False):
                    waiting.append(each.path)
                else:
                    yield Path(each.path)
