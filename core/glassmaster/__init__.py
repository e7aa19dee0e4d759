"""glassmaster: releases, from finished mixdowns to proven deliveries.

From Python: `glassmaster.measure("song.wav").integrated_lufs`; a notebook shows the value it gives as a chart.
Importing this costs nothing; what a call needs is loaded when it is made.
"""

from __future__ import annotations

import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reading import Reading

__all__ = ["measure"]


def measure(path: str | os.PathLike[str], *, strict: bool = False) -> Reading:
    """Measure one sound file: loudness, range, peaks, dynamics, and what all installed meters tell (`extra`).

    `strict`: true peak by 16 times oversampling instead of the standard's 4. Raises `glassmaster.errors.Refused` for
    what cannot be heard, with findings that say why.
    """
    from .reading import read

    return read(path, strict=strict)


class _Package(ModuleType):
    """Keeps the function above in its place when the module of the same name is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name == "measure" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
