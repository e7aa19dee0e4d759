"""Comparisons as errands: what needs a decoder is opened by a worker, which a hostile file may crash."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errands import Errand
from ..store import Store
from .compare import difference
from .found import Difference


@dataclass(frozen=True)
class Compare(Errand):
    """Compare two files as they lie there."""

    phase = "diff"
    handler = "glassmaster.difference.working:compare_one"
    reads_sources = True
    lasting = False
    old: Path
    new: Path


def compare_one(errand: Compare, store: Store) -> Difference:
    """Do one `Compare` errand."""
    return difference(errand.old, errand.new)
