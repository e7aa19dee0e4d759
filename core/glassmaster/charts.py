"""Small charts of one measurement for notebooks: SVG without scripts, in the page's own text colour."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from .model import Seconds

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _BELOW, _TOP = 640, 160, 40, 4, 20, 6
_POINTS = 600
_SPAN = 30.0
"""LU or dB that a chart reaches down from its top."""
_TOPS = range(-60, 15, 5)
_STEPS_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200)
_BLUE, _ORANGE = "#2a78b5", "#c0562b"  # at least 3 : 1 on white and on black


def loudness_chart(
    title: str,
    seconds: Seconds,
    curve: Sequence[tuple[Seconds, float]],
    level: float | None,
    marks: Iterable[tuple[str, Seconds, Seconds | None, float | None]],
) -> str:
    """Short-term loudness in LUFS over time, with the integrated loudness as a dashed line.

    `curve`: (end of the window, LUFS). `marks`: (what, length of the window, where it begins, LUFS) of single values
    worth finding; those that do not exist are left out.
    """
    marked = [(name, long, at, lufs) for name, long, at, lufs in marks if at is not None and lufs is not None]
    top = _top([lufs for _, lufs in curve] + [lufs for *_, lufs in marked])
    length = max(seconds, 1e-3)
    parts = [_rows(top, "LUFS"), *_clock_marks(length)]
    if level is not None:
        parts.append(_line(top, level))
    if curve:
        parts.append(_polyline(top, length, curve))
    for name, long, at, lufs in marked:
        words = f"{name}: {lufs:.1f} LUFS from {clock(at)}"
        parts.append(_mark(_x(min(at + long, length) / length), _y(top, lufs), words))
    return _svg(title, parts)


def spectrum_chart(title: str, bands_hz: Sequence[float], levels_dbfs: Sequence[float | None]) -> str:
    """Third-octave levels in dBFS RMS as bars; a band without a value has none."""
    known = [each for each in levels_dbfs if each is not None]
    top, wide = _top(known), (_WIDTH - _LEFT - _RIGHT) / max(1, len(bands_hz))
    parts = [_rows(top, "dBFS")]
    for number, (hz, level) in enumerate(zip(bands_hz, levels_dbfs, strict=True)):
        left = _LEFT + number * wide
        if number % 3 == 0:
            parts.append(_text(left + wide / 2, _HEIGHT - 6, _hertz(hz), "middle"))
        if level is not None and level > top - _SPAN:
            y = _y(top, level)
            parts.append(
                f'<rect x="{left + 1:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" height="{_HEIGHT - _BELOW - y:.1f}" '
                f'fill="{_BLUE}"><title>{_hertz(hz)} Hz: {level:.1f} dBFS</title></rect>'
            )
    return _svg(title, parts)


def clock(seconds: Seconds) -> str:
    """A time as people write it."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def _svg(title: str, parts: Iterable[str]) -> str:
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'style="max-width:100%;height:auto" role="img" aria-label="{name}" font-family="sans-serif" font-size="10" '
        f'fill="currentColor"><title>{name}</title>{"".join(parts)}</svg>'
    )


def _top(levels: Sequence[float]) -> int:
    highest = max(levels, default=0.0)
    return next((each for each in _TOPS if each >= highest), _TOPS[-1])


def _x(part: float) -> float:
    return _LEFT + part * (_WIDTH - _LEFT - _RIGHT)


def _y(top: float, level: float) -> float:
    return _TOP + min(max((top - level) / _SPAN, 0.0), 1.0) * (_HEIGHT - _TOP - _BELOW)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _rows(top: int, unit: str) -> str:
    levels = [top - 10 * row for row in range(round(_SPAN / 10) + 1)]
    return "".join(
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{_y(top, each):.1f}" y2="{_y(top, each):.1f}" '
        f'stroke="currentColor" stroke-opacity="0.2"/>' + _text(_LEFT - 4, _y(top, each) + 3, f"{each}", "end")
        for each in levels
    ) + _text(_LEFT - 4, _HEIGHT - 6, unit, "end")


def _clock_marks(seconds: Seconds) -> Iterable[str]:
    step = next((each for each in _STEPS_SECONDS if seconds / each <= 8), 36_000)
    for at in range(0, math.floor(seconds) + 1, step):
        yield _text(min(max(_x(at / seconds), _LEFT + 8), _WIDTH - 16), _HEIGHT - 6, clock(at), "middle")


def _line(top: float, lufs: float) -> str:
    y = _y(top, lufs)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{_ORANGE}" '
        f'stroke-dasharray="5 3"/>' + _text(_WIDTH - 6, y - 3, f"I {lufs:.1f} LUFS", "end")
    )


def _polyline(top: float, seconds: Seconds, curve: Sequence[tuple[Seconds, float]]) -> str:
    """Of many points in one place the highest is drawn."""
    step = max(1, math.ceil(len(curve) / _POINTS))
    groups = (curve[begin : begin + step] for begin in range(0, len(curve), step))
    points = " ".join(f"{_x(each[0][0] / seconds):.1f},{_y(top, max(v for _, v in each)):.1f}" for each in groups)
    return f'<polyline fill="none" stroke="{_BLUE}" stroke-width="1.4" points="{points}"/>'


def _mark(x: float, y: float, words: str) -> str:
    look = f'fill="none" stroke="{_ORANGE}" stroke-width="1.6"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" {look}><title>{words}</title></circle>'


def _hertz(hz: float) -> str:
    return f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}"
