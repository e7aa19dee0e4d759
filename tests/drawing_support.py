"""Reads SVG paths back into the points they go through."""

from __future__ import annotations

import re

from glassmaster_reports.charts import Area

_PART = re.compile(r"([MLlHhVvzAaCc])|(-?\d*\.?\d+)")


def points_of(path: str) -> list[tuple[float, float]]:
    """Absolute places of a path of straight lines (M L l H h V v z), in order."""
    at, command, numbers = (0.0, 0.0), "M", list[float]()
    found: list[tuple[float, float]] = []
    for letter, digits in _PART.findall(path):
        if letter:
            assert not numbers, path
            assert letter in "MLlHhVvz", letter
            command = letter
            continue
        numbers.append(float(digits))
        if len(numbers) < (1 if command in "HhVv" else 2):
            continue
        at = _moved(at, command, numbers)
        found.append(at)
        command, numbers = ("L" if command == "M" else command), []
    assert not numbers, path
    return found


def placed(area: Area) -> list[tuple[float, float]]:
    """Where the columns of an area end, in the drawing's units; its own path where it has no columns."""
    if not area.column:
        return points_of(area.path)
    inner = points_of(area.path)[1:-1]  # without the way to the first column and back to the ground
    return [(area.x + x * area.column, area.y + y / 10) for x, y in inner]


def _moved(at: tuple[float, float], command: str, numbers: list[float]) -> tuple[float, float]:
    x, y = at
    match command:
        case "l":
            return x + numbers[0], y + numbers[1]
        case "h":
            return x + numbers[0], y
        case "v":
            return x, y + numbers[0]
        case "H":
            return numbers[0], y
        case "V":
            return x, numbers[0]
    return numbers[0], numbers[1]
