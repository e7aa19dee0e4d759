"""One file's measurement as Python users get it: a frozen value that a notebook shows as a small chart."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path

from .listening import hear, installed_meters
from .model import Finding, Measurement, Source

_WIDTH, _HEIGHT, _LEFT, _BELOW = 640, 160, 40, 20
_POINTS = 600
_SPAN_LU = 30.0
"""The chart reaches so far down from its top."""


@dataclass(frozen=True, eq=False)
class Reading(Measurement):
    """A measurement with the file it was made of. `source.sha256` is empty: the file was not hashed."""

    source: Source | None = None
    findings: tuple[Finding, ...] = ()
    """Peculiarities of the file that are worth knowing."""

    def _repr_html_(self) -> str:
        """The main figures, and short-term loudness over time with the integrated loudness as a line."""
        return f"<div>{escape(self._caption())}</div>{self._repr_svg_()}"

    def _caption(self) -> str:
        name = self.source.path.name if self.source else ""
        told = (
            ("I", self.integrated_lufs, "LUFS"),
            ("LRA", self.loudness_range_lu, "LU"),
            ("max S", self.max_short_term_lufs, "LUFS"),
            ("true peak", self.true_peak_dbtp, "dBTP"),
        )
        return f"{name}: " + ", ".join(f"{n} {'-' if v is None else f'{v:.1f} {unit}'}" for n, v, unit in told)

    def _repr_svg_(self) -> str:
        """Short-term loudness in LUFS over the time of the song in minutes; the dashed line is the integrated one."""
        from .loudness import short_term, whole_hops

        curve = short_term(whole_hops(self), step=10).tolist()
        top = 5 * math.ceil(max(self.max_short_term_lufs or -_SPAN_LU, -60.0) / 5)
        seconds = max(self.frames / self.rate_hz, 1e-3)
        parts = [_frame(top, seconds)]
        if self.integrated_lufs is not None:
            parts.append(_line(top, self.integrated_lufs))
        if curve:
            step = max(1, math.ceil(len(curve) / _POINTS))
            peaks = [max(curve[i : i + step]) for i in range(0, len(curve), step)]
            points = (f"{_x((3 + i * step / 10) / seconds):.1f},{_y(top, each):.1f}" for i, each in enumerate(peaks))
            parts.append(f'<polyline fill="none" stroke="#2a78b5" stroke-width="1.2" points="{" ".join(points)}"/>')
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
            f'height="{_HEIGHT}" role="img" font-family="sans-serif" font-size="10" fill="#666">'
            f"<title>{escape(self._caption())}</title>{''.join(parts)}</svg>"
        )


def _x(part: float) -> float:
    return _LEFT + part * (_WIDTH - _LEFT - 4)


def _y(top: float, lufs: float) -> float:
    return 4 + min(max((top - lufs) / _SPAN_LU, 0.0), 1.0) * (_HEIGHT - 4 - _BELOW)


def _frame(top: float, seconds: float) -> str:
    levels = [top - 10 * i for i in range(round(_SPAN_LU / 10) + 1)]
    rows = (
        f'<line x1="{_LEFT}" x2="{_WIDTH - 4}" y1="{_y(top, each):.1f}" y2="{_y(top, each):.1f}" stroke="#ddd"/>'
        f'<text x="{_LEFT - 4}" y="{_y(top, each) + 3:.1f}" text-anchor="end">{each:.0f}</text>'
        for each in levels
    )
    step = next((each for each in (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800) if seconds / each <= 8), 3600)
    marks = (
        f'<text x="{_x(at / seconds):.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{at // 60}:{at % 60:02d}</text>'
        for at in range(0, math.floor(seconds) + 1, step)
    )
    return "".join((*rows, *marks))


def _line(top: float, lufs: float) -> str:
    y = _y(top, lufs)
    return (
        f'<line x1="{_LEFT}" x2="{_WIDTH - 4}" y1="{y:.1f}" y2="{y:.1f}" stroke="#b5532a" stroke-dasharray="5 3"/>'
        f'<text x="{_WIDTH - 6}" y="{y - 3:.1f}" text-anchor="end" fill="#b5532a">I {lufs:.1f} LUFS</text>'
    )


def read(path: str | os.PathLike[str], *, strict: bool = False) -> Reading:
    """Measure one file, in this process. Raises `Refused` (exit 3) for what cannot be heard."""
    heard = hear(Path(path), installed_meters(), strict=strict)
    told = {field.name: getattr(heard.measurement, field.name) for field in fields(Measurement)}
    return Reading(**told, source=heard.source, findings=heard.findings)
