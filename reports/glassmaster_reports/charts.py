"""Charts as plain geometry: the template only writes down what stands here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .curves import Curve, Range
from .paths import outlined, traced
from .words import axis_clock, tenths

WIDTH = 900
LEFT, BOTTOM = 46.0, 28.0
_WIDE = WIDTH - LEFT - 178.0
_TOP = 26.0
_LABEL_STEP = 15.0
_LABEL_LENGTH = 14
_TIME_STEPS = (10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600)
_MOST_TIME_TICKS = 9
_FEWEST_LU, _MOST_LU = 12, 42


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Line:
    style: str
    path: str
    """What an SVG path draws."""


@dataclass(frozen=True)
class Area:
    """Something filled: a path in columns and tenths of units, and where the first column stands."""

    style: str
    path: str
    x: float = 0.0
    y: float = 0.0
    column: float = 0.0
    """Width of a column; 0: the path is in the drawing's own units."""


@dataclass(frozen=True)
class Label:
    """Words beside the end of what they name."""

    style: str
    text: str
    y: float
    points_at: float


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Axes:
    """From seconds and LUFS to the drawing's units."""

    plot: Box
    seconds: float
    low: float
    high: float

    def x(self, seconds: float) -> float:
        return self.plot.x + self.plot.width * seconds / self.seconds

    def y(self, lufs: float) -> float:
        inside = min(max(lufs, self.low), self.high)
        return self.plot.y + self.plot.height * (self.high - inside) / (self.high - self.low)

    def path(self, curve: Curve, offset: float = 0.0) -> str:
        return self.along(curve.times, curve.lufs, offset)

    def along(self, times: Iterable[float], values: Iterable[float], offset: float = 0.0) -> str:
        """A line through (seconds, value)."""
        return traced((self.x(offset + t), self.y(v)) for t, v in zip(times, values, strict=True))

    def columns(self, style: str, values: Sequence[float], seconds: float, offset: float = 0.0) -> Area:
        """Columns of equal width from the bottom, or from zero where that lies inside, over `seconds`."""
        ground = self.y(min(max(0.0, self.low), self.high))
        width = self.plot.width * seconds / self.seconds / max(1, len(values))
        return Area(style, outlined(self.y(v) - ground for v in values), self.x(offset) + width / 2, ground, width)

    def level(self, value: float, start: float = 0.0, end: float | None = None) -> str:
        stop = self.seconds if end is None else end
        return f"M{self.x(start):.1f},{self.y(value):.1f} {self.x(stop):.1f},{self.y(value):.1f}"


@dataclass(frozen=True)
class Mark:
    """A finding at its time."""

    severity: str
    x: float
    text: str


@dataclass(frozen=True)
class Panel:
    """One pair of axes; panels of one drawing stand below each other and share the time."""

    plot: Box
    unit: str
    levels: tuple[Tick, ...] = ()
    bands: tuple[Box, ...] = ()
    areas: tuple[Area, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Chart:
    """One drawing; all in its own units, `width` x `height`."""

    title: str
    description: str
    """What a person hears who cannot see it."""
    width: int
    height: int
    panels: tuple[Panel, ...]
    times: tuple[Tick, ...]
    """Below the last panel."""
    pauses: tuple[Box, ...] = ()
    borders: tuple[float, ...] = ()
    """Where songs begin."""
    numbers: tuple[Tick, ...] = ()
    """Songs by number, above the first panel."""
    song: int | None = None
    """Index of the one song whose time runs along this chart, so that a player can follow it."""
    seconds: float = 0.0
    """What the width of the plot stands for."""

    @property
    def plot(self) -> Box:
        """From the first panel's top to the last one's bottom."""
        first, last = self.panels[0].plot, self.panels[-1].plot
        return Box(first.x, first.y, first.width, last.y + last.height - first.y)


def axes(seconds: float, span: tuple[float, float], height: float, top: float = _TOP) -> Axes:
    """Room for a chart of `seconds` and the values of `span`, with the times below it."""
    return strip(seconds, span, top, height - top - BOTTOM)


def strip(
    seconds: float, span: tuple[float, float], top: float, height: float, left: float = LEFT, width: float = _WIDE
) -> Axes:
    """Axes from `top` on, `height` units high."""
    low, high = span
    return Axes(Box(left, top, width, height), max(seconds, 1.0), low, high)


def rounded_span(found: tuple[float, float] | None) -> tuple[float, float]:
    """Axis limits in LUFS at multiples of 6: at least 12, at most 42 LU apart, never above 0 without need."""
    low, high = found or (-36.0, -6.0)
    top = math.ceil((high + 0.5) / 6) * 6
    bottom = math.floor((low - 0.5) / 6) * 6
    return float(min(max(bottom, top - _MOST_LU), top - _FEWEST_LU)), float(top)


def time_ticks(scale: Axes) -> tuple[Tick, ...]:
    """Whole steps that a person counts in, at most nine of them."""
    step = next((s for s in _TIME_STEPS if scale.seconds / s <= _MOST_TIME_TICKS), 3600)
    while scale.seconds / step > _MOST_TIME_TICKS:
        step *= 2
    return tuple(Tick(scale.x(at), axis_clock(at)) for at in range(0, int(scale.seconds) + 1, step))


def level_ticks(scale: Axes, step: int = 6) -> tuple[Tick, ...]:
    """Every `step` whole units, 6 LU by default."""
    return tuple(Tick(scale.y(at), tenths(at)[:-2]) for at in range(int(scale.low), int(scale.high) + 1, step))


def spread(labels: Sequence[Label], scale: Axes) -> tuple[Label, ...]:
    """Labels moved apart until none covers another, in the order of what they point at."""
    placed: list[Label] = []
    for label in sorted(labels, key=lambda each: each.points_at):
        y = max(label.points_at, placed[-1].y + _LABEL_STEP) if placed else label.points_at
        placed.append(Label(label.style, label.text, y, label.points_at))
    limit = scale.plot.y + scale.plot.height
    for place in range(len(placed) - 1, -1, -1):
        label = placed[place]
        placed[place] = Label(label.style, label.text, min(label.y, limit), label.points_at)
        limit = placed[place].y - _LABEL_STEP
    return tuple(placed)


def named(style: str, name: str, lufs: float | None, scale: Axes, at: float) -> Label:
    """ "Master −14.0", beside the level `at`."""
    short = name if len(name) <= _LABEL_LENGTH else f"{name[: _LABEL_LENGTH - 1]}…"
    return Label(style, f"{short} {tenths(lufs)}", 0.0, scale.y(at))


def band(ranges: Sequence[Range], scale: Axes) -> tuple[Box, ...]:
    """The region in which the references' short-term loudness stays."""
    if not ranges:
        return ()
    top = scale.y(max(each.high_lufs for each in ranges))
    bottom = scale.y(min(each.low_lufs for each in ranges))
    return (Box(scale.plot.x, top, scale.plot.width, max(bottom - top, 1.0)),)
