"""The strips above and below a song's loudness: waveform with findings, gain reduction, stereo image."""

from __future__ import annotations

import math
from collections.abc import Sequence

from glassmaster.model import Finding, Seconds

from .charts import Area, Axes, Label, Line, Mark, Panel, Tick, level_ticks, spread, strip
from .grids import Image, Wave, highest
from .takes import Take
from .words import clock, hundredths, tenths

_HALF = 44.0
_REDUCTION, _IMAGE, _BALANCE = 52.0, 62.0, 30.0
_MOST_MARKS = 40
_LEAST_DB = 0.05
"""Gain reduction that rounds to nothing."""
_SHALLOWEST_DB = 3
_SWING_DB = 6.0


def wave_panel(
    upper: tuple[str, str, Wave] | None,
    lower: tuple[str, str, Wave] | None,
    seconds: Seconds,
    top: float,
    findings: Sequence[Finding],
) -> Panel:
    """A waveform: one sound upwards, another downwards from the middle, each (style, label, wave)."""
    halves = [each for each in (upper, lower) if each]
    loudest = max((float(wave.peaks.max()) for *_, wave in halves), default=0.0)
    edge = max(1.0, loudest)
    scale = strip(seconds, (-edge if lower else 0.0, edge if upper else 0.0), top, _HALF * len(halves))
    drawn = [(each, 1.0 if each is upper else -1.0) for each in halves]
    return Panel(
        plot=scale.plot,
        unit="",
        levels=(Tick(scale.y(0.0), ""), *(Tick(scale.y(sign), "0 dB") for _, sign in drawn)),
        areas=tuple(area for (style, _, wave), sign in drawn for area in _wave_areas(style, wave, sign, scale)),
        labels=tuple(_wave_label(style, name, sign, scale) for (style, name, _), sign in drawn),
        marks=_marks(findings, scale),
    )


def _wave_areas(style: str, wave: Wave, sign: float, scale: Axes) -> tuple[Area, Area]:
    peaks = scale.columns(f"{style} peaks", (wave.peaks * sign).tolist(), wave.seconds)
    return peaks, scale.columns(f"{style} levels", (wave.levels * sign).tolist(), wave.seconds)


def _wave_label(style: str, name: str, sign: float, scale: Axes) -> Label:
    y = scale.y(sign * 0.5)
    return Label(style, name, y, y)


def _marks(findings: Sequence[Finding], scale: Axes) -> tuple[Mark, ...]:
    """Findings that have a time, the gravest first when there are too many."""
    gravity = {"error": 0, "warning": 1, "note": 2}
    timed = [(each, each.at) for each in findings if each.at is not None and 0 <= each.at <= scale.seconds]
    chosen = sorted(timed, key=lambda pair: gravity[pair[0].severity])[:_MOST_MARKS]
    return tuple(
        Mark("waived" if each.waived else each.severity, scale.x(at), f"{clock(at)} {each.code}: {each.message}")
        for each, at in sorted(chosen, key=lambda pair: pair[1])
    )


def reduction_panel(song: int, found: Sequence[Take], seconds: Seconds, top: float, columns: int) -> Panel | None:
    """What limiters took off, downwards; None where they took nothing."""
    drawn = [(take, master) for take in found if (master := take.masters.get(song)) and len(master.reduction)]
    most = max((master.max_gain_reduction_db for _, master in drawn), default=0.0)
    if most < _LEAST_DB:
        return None
    depth = max(_SHALLOWEST_DB, 3 * math.ceil(most / 3))
    scale = strip(seconds, (-float(depth), 0.0), top, _REDUCTION)
    areas = [
        scale.columns(f"{take.style} worked", (-highest(master.reduction, columns)).tolist(), seconds)
        for take, master in drawn
    ]
    labels = [
        Label(
            take.style,
            f"{take.label} {tenths(-master.max_gain_reduction_db)}",
            0.0,
            scale.y(-master.sustained_gain_reduction_db),
        )
        for take, master in drawn
    ]
    return Panel(
        plot=scale.plot,
        unit="GR dB",
        levels=level_ticks(scale, max(_SHALLOWEST_DB, depth // 2)),
        areas=tuple(areas),
        labels=spread(labels, scale),
    )


def image_panels(style: str, image: Image, seconds: Seconds, top: float) -> tuple[Panel, Panel]:
    """Correlation and width on one scale, the balance below it: to the right upwards."""
    scale = strip(seconds, (-1.0, 1.0), top, _IMAGE)
    below = strip(seconds, (-_SWING_DB, _SWING_DB), top + _IMAGE + 16, _BALANCE)
    names = (("correlation", "Correlation"), ("width", "Width"))
    lines = [Line(f"{style} {name}", _over_time(image, name, scale)) for name, _ in names]
    labels = [_ratio_label(image, name, title, scale) for name, title in names]
    balance = image.whole["balance_db"]
    side = "" if balance is None or abs(balance) < _LEAST_DB else " right" if balance > 0 else " left"
    told = Label(f"{style} balance", f"Balance {tenths(balance and abs(balance))}{side}", below.y(0), below.y(0))
    return (
        Panel(scale.plot, "", level_ticks(scale, 1), lines=tuple(lines), labels=spread(labels, scale)),
        Panel(
            below.plot,
            "",
            (Tick(below.y(_SWING_DB), "R 6"), Tick(below.y(0), ""), Tick(below.y(-_SWING_DB), "L 6")),
            lines=(Line(f"{style} balance", _over_time(image, "balance_db", below)),),
            labels=(told,),
        ),
    )


def _over_time(image: Image, name: str, scale: Axes) -> str:
    return scale.along(image.times[name], image.values[name])


def _ratio_label(image: Image, name: str, title: str, scale: Axes) -> Label:
    value = image.whole[name]
    return Label(name, f"{title} {hundredths(value)}", 0.0, scale.y(value or 0.0))
