"""What a destination asks, held against what a deliverable is or, before a build, will be."""

from __future__ import annotations

from collections.abc import Iterator

from .codes import without_codes
from .cover import wrong_cover
from .files import wrong_files
from .lengths import wrong_lengths
from .levels import wrong_levels
from .view import Breach, View

__all__ = ["Breach", "View", "breaches"]


def breaches(view: View) -> Iterator[Breach]:
    """Every rule of the destination that is not kept, in words with figure and limit."""
    yield from wrong_files(view)
    yield from wrong_levels(view)
    yield from wrong_lengths(view)
    yield from without_codes(view)
    yield from wrong_cover(view)
