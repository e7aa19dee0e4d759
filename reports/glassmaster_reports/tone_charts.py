"""Spectrum and dynamics beside the references' range."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .charts import BOTTOM, Area, Box, Chart, Label, Line, Panel, Tick, level_ticks, spread, strip
from .paths import traced
from .tone import DYNAMICS, Tone, Tones
from .words import spanned, tenths

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP = 560, 270, 40.0, 118.0, 26.0
_DYNAMICS_WIDTH, _NAMES, _ROW = 400, 74.0, 50.0
_BEFORE, _LETTER = 46.0, 6.7
"""Room for the figures beside a row: before them, and for each of their letters."""
_BANDS = 31
_HERTZ = {1: "25", 5: "63", 9: "160", 13: "400", 17: "1k", 21: "2.5k", 25: "6.3k", 29: "16k"}
"""Third octaves that are named on the axis."""
_DEEPEST_DB = 42
_DOT = 4.5


def spectrum_drawing(title: str, found: Tones) -> Chart | None:
    """Third octaves at the same loudness; None where no spectrum was measured."""
    if not found.spectra:
        return None
    known = [each for tone in (*found.own, *found.references) for each in tone.bands_db if each is not None]
    top = 6 * math.ceil((max(known) + 0.5) / 6)
    bottom = max(top - _DEEPEST_DB, 6 * math.floor((min(known) - 0.5) / 6))
    plot = Box(_LEFT, _TOP, _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - BOTTOM)
    scale = strip(_BANDS - 1, (float(bottom), float(top)), plot.y, plot.height, plot.x, plot.width)
    drawn = [tone for tone in found.own if any(each is not None for each in tone.bands_db)]
    return Chart(
        title=f"Spectrum of {title}",
        description=_spectrum_described(drawn, found.references),
        width=_WIDTH,
        height=_HEIGHT,
        panels=(
            Panel(
                plot=plot,
                unit="dB",
                levels=level_ticks(scale),
                areas=_between(found.references, scale.x, scale.y),
                # the dotted mixdown last: where nothing was changed it would hide under the master
                lines=tuple(Line(tone.style, _spectrum(tone, scale.x, scale.y)) for tone in reversed(drawn)),
                labels=spread(_spectrum_labels(drawn, found.references, scale.y), scale),
            ),
        ),
        times=tuple(Tick(scale.x(at), name) for at, name in _HERTZ.items()),
    )


_Place = Callable[[float], float]


def _spectrum(tone: Tone, x: _Place, y: _Place) -> str:
    return traced((x(at), y(each)) for at, each in enumerate(tone.bands_db) if each is not None)


def _between(references: Sequence[Tone], x: _Place, y: _Place) -> tuple[Area, ...]:
    """From the lowest to the highest reference in each third octave."""
    bands = [[each for tone in references if (each := _at(tone, band)) is not None] for band in range(_BANDS)]
    known = [(at, min(each), max(each)) for at, each in enumerate(bands) if each]
    if not known:
        return ()
    outline = [(x(at), y(high)) for at, _, high in known] + [(x(at), y(low)) for at, low, _ in reversed(known)]
    return (Area("range", f"{traced(outline)}z"),)


def _at(tone: Tone, band: int) -> float | None:
    return tone.bands_db[band] if band < len(tone.bands_db) else None


def _spectrum_labels(drawn: Sequence[Tone], references: Sequence[Tone], y: _Place) -> list[Label]:
    ends = [(tone, [each for each in tone.bands_db if each is not None]) for tone in (*drawn, *references[:1])]
    return [
        Label(tone.style, "References" if tone.style == "reference" else tone.label, 0.0, y(known[-1]))
        for tone, known in ends
        if known
    ]


def _spectrum_described(drawn: Sequence[Tone], references: Sequence[Tone]) -> str:
    names = ", ".join(tone.label for tone in drawn)
    beside = f" beside the range of {len(references)} references" if references else ""
    return f"Third-octave spectrum of {names}{beside}, all at the same integrated loudness."


def dynamics_drawing(title: str, found: Tones) -> Chart | None:
    """PLR, least PSR, loudness range and crest factor as dots on one scale of LU and dB; None where none is known."""
    rows = [(name, what) for name, what in DYNAMICS if any(tone.figures[name] is not None for tone in found.own)]
    if not rows:
        return None
    known = [each for tone in (*found.own, *found.references) for name, _ in rows if (each := tone.figures[name])]
    most = max(12, 6 * math.ceil(max(known, default=0.0) / 6))
    room = _BEFORE + _LETTER * max(len(_figures(found.own, name)) for name, _ in rows)
    plot = Box(_NAMES, _TOP, _DYNAMICS_WIDTH - _NAMES - room, _ROW * len(rows))

    def x(value: float) -> float:
        return plot.x + plot.width * max(value, 0.0) / most

    middles = [_TOP + _ROW * (place + 0.5) for place in range(len(rows))]
    placed = list(zip(rows, middles, strict=True))
    return Chart(
        title=f"Dynamics of {title}",
        description=". ".join(_told(what, name, found) for name, what in rows) + ".",
        width=_DYNAMICS_WIDTH,
        height=round(plot.y + plot.height + BOTTOM),
        panels=(
            Panel(
                plot=plot,
                unit="",
                levels=tuple(Tick(y, what) for (_, what), y in placed),
                bands=tuple(box for (name, _), y in placed if (box := _range(found.references, name, x, y))),
                areas=tuple(dot for (name, _), y in placed for dot in _dots(found.own, name, x, y)),
                labels=tuple(Label("figures", _figures(found.own, name), y, y) for (name, _), y in placed),
            ),
        ),
        times=tuple(Tick(x(at), f"{at}") for at in range(0, most + 1, 6)),
    )


def _range(references: Sequence[Tone], name: str, x: _Place, y: float) -> Box | None:
    known = [each for tone in references if (each := tone.figures[name]) is not None]
    if not known:
        return None
    return Box(x(min(known)) - 1, y - 11, x(max(known)) - x(min(known)) + 2, 22)


def _dots(own: Sequence[Tone], name: str, x: _Place, y: float) -> list[Area]:
    return [
        Area(f"dot {tone.style}", _dot(tone.style, x(value), y))
        for tone in own
        if (value := tone.figures[name]) is not None
    ]


def _dot(style: str, x: float, y: float) -> str:
    """Told apart by shape, not only by colour: diamond, circle, square, triangle."""
    if style == "mixdown":
        return f"M{x:.1f},{y - 6:.1f}l6 6-6 6-6-6z"
    if style == "master-1":
        return f"M{x - _DOT:.1f},{y:.1f}a{_DOT} {_DOT} 0 1 0 {2 * _DOT} 0a{_DOT} {_DOT} 0 1 0 {-2 * _DOT} 0z"
    if style == "master-2":
        return f"M{x - 4:.1f},{y - 4:.1f}h8v8h-8z"
    return f"M{x:.1f},{y - 5:.1f}l5 9h-10z"


def _figures(own: Sequence[Tone], name: str) -> str:
    """Of the mixdown and what became of it: "12.0 → 9.8"."""
    return " → ".join(tenths(tone.figures[name]) for tone in own)


def _told(what: str, name: str, found: Tones) -> str:
    own = ", ".join(f"{tone.label} {tenths(tone.figures[name])}" for tone in found.own)
    known = [each for tone in found.references if (each := tone.figures[name]) is not None]
    return f"{what}: {own}{f'; references {spanned(known)}' if known else ''}"
