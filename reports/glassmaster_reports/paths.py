"""SVG paths in as few characters as they need."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def traced(points: Iterable[tuple[float, float]]) -> str:
    """An SVG path through points: tenths of a unit, each relative to the one before, stretches on one level joined.

    Half as long as absolute coordinates, and exact: what is rounded is the place, not the step.
    """
    placed = _joined([(round(x * 10), round(y * 10)) for x, y in points])
    if not placed:
        return ""
    (x, y), *rest = placed
    steps = [f"M{_tenth(x)},{_tenth(y)}l" if rest else f"M{_tenth(x)},{_tenth(y)}h0"]
    for after in rest:
        along, up = after[0] - x, after[1] - y
        steps.append(f"{'' if along < 0 or len(steps) == 1 else ' '}{_tenth(along)}{'' if up < 0 else ' '}{_tenth(up)}")
        x, y = after
    return "".join(steps)


def outlined(heights: Iterable[float]) -> str:
    """The outline of columns over the zero line, one unit apart; heights in tenths of a unit.

    To be drawn under a `scale`: whole steps of one need a third less room than places in the drawing's own units.
    """
    steps, at = [], 0
    for height in heights:
        up = round(height * 10) - at
        steps.append(f"1{'' if up < 0 else ' '}{up}")
        at += up
    return f"M-1,0l{' '.join(steps)}V0z" if steps else ""


def _joined(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without the points between two others of the same height."""
    inner = zip(points, points[1:], points[2:], strict=False)
    kept = [here for before, here, after in inner if not before[1] == here[1] == after[1]]
    return [*points[:1], *kept, *points[1:][-1:]]


@lru_cache(maxsize=4096)
def _tenth(count: int) -> str:
    """17 -> "1.7", -3 -> "-.3", 20 -> "2"."""
    whole, part = divmod(abs(count), 10)
    sign = "-" if count < 0 else ""
    return f"{sign}{whole or ''}.{part}" if part else f"{sign}{whole}"
