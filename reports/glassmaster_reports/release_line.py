"""The whole release on one line: songs and gaps to scale, their peaks and their loudness."""

from __future__ import annotations

from collections.abc import Sequence

from glassmaster.model import Grid

from .charts import (
    BOTTOM,
    WIDTH,
    Axes,
    Box,
    Chart,
    Label,
    Line,
    Panel,
    Tick,
    band,
    level_ticks,
    named,
    spread,
    strip,
    time_ticks,
)
from .curves import Curve, Curves
from .grids import highest
from .sequence import Place
from .takes import Take
from .words import clock, tenths

_TOP, _PEAKS, _BETWEEN, _LOUDNESS = 30.0, 64.0, 32.0, 230.0
_FLOOR_DBTP, _ROOF_DBTP = -24.0, 3.0
_PEAK_TICKS = (-24, -12, 0)
_NARROWEST_NUMBER = 15.0


def album_drawing(curves: Curves, take: Take, places: Sequence[Place], span: tuple[float, float]) -> Chart | None:
    """All songs of one take one behind the other, gaps to scale; a draft is shown by its mixdown."""
    timed = [(each, start) for each, start in zip(places, _starts(places), strict=True) if each.length]
    if not timed:
        return None
    last, start = timed[-1]
    seconds = start + (last.length or 0.0)
    peaks = strip(seconds, (_FLOOR_DBTP, _ROOF_DBTP), _TOP, _PEAKS)
    scale = strip(seconds, span, _TOP + _PEAKS + _BETWEEN, _LOUDNESS)
    heard = [(place, start, curves.master(take, place.song) or curves.mixdown(place.song)) for place, start in timed]
    drawn = [(place, start, each) for place, start, each in heard if each]
    whole = Box(scale.plot.x, _TOP, scale.plot.width, scale.plot.y + scale.plot.height - _TOP)
    return Chart(
        title=f"The release from start to end: {take.label}",
        description=_album_described(drawn),
        width=WIDTH,
        height=round(whole.y + whole.height + BOTTOM),
        panels=(
            _peaks(curves, take, timed, peaks),
            _loudness(curves, take, drawn, scale),
        ),
        times=time_ticks(scale),
        pauses=_pauses(timed, scale, whole),
        borders=tuple(scale.x(start) for _, start in timed),
        numbers=_numbers(timed, scale),
    )


def _loudness(curves: Curves, take: Take, drawn: Sequence[tuple[Place, float, Curve]], scale: Axes) -> Panel:
    """Short-term loudness of every song, over the range of the references."""
    return Panel(
        plot=scale.plot,
        unit="LUFS",
        levels=level_ticks(scale),
        bands=band(tuple(curves.ranges.values()), scale),
        lines=_album_lines(take, drawn, scale),
        labels=_album_labels(curves, take, scale),
    )


def _peaks(curves: Curves, take: Take, timed: Sequence[tuple[Place, float]], scale: Axes) -> Panel:
    """Sample peaks in dB as an area, and each song's true peak as a bar over its length."""
    areas, bars = [], []
    for place, start in timed:
        told = _measured(curves, take, place)
        if told is None:
            continue
        style, grid, true_peak = told
        columns = max(2, round(curves.columns * (place.length or 0.0) / scale.seconds))
        if len(grid):
            areas.append(scale.columns(f"{style} peaks", _decibels(grid, columns), place.length or 0.0, start))
        if true_peak is not None:
            bars.append(Line("level", scale.level(true_peak, start, start + (place.length or 0.0))))
    levels = tuple(Tick(scale.y(at), tenths(at)[:-2]) for at in _PEAK_TICKS)
    return Panel(scale.plot, "dBTP", levels, areas=tuple(areas), lines=tuple(bars), labels=_peak_label(scale))


def _peak_label(scale: Axes) -> tuple[Label, ...]:
    at = scale.y(_FLOOR_DBTP / 2)
    return (Label("peak", "Peaks", at, at),)


def _measured(curves: Curves, take: Take, place: Place) -> tuple[str, Grid, float | None] | None:
    """(style, sample peaks, true peak) of a song's master, else of its mixdown."""
    from glassmaster.levels import cut_hops, cut_true_peak

    if master := take.masters.get(place.song):
        return take.style, master.measurement.peaks, master.measurement.true_peak_dbtp
    heard, cut = curves.album.mixdowns[place.song], curves.album.cuts[place.song]
    if heard is None or cut is None:
        return None
    return "mixdown", heard.measurement.peaks[cut_hops(heard.measurement.rate_hz, cut)], cut_true_peak(heard, cut)


def _decibels(grid: Grid, columns: int) -> list[float]:
    import numpy as np

    values: list[float] = (20 * np.log10(np.maximum(highest(grid, columns), 1e-6))).tolist()
    return values


def _starts(places: Sequence[Place]) -> list[float]:
    """Starts on one line over all discs; songs of unknown length take no room."""
    starts, clock_at = [], 0.0
    for place in places:
        starts.append(clock_at + place.gap - place.overlap)
        clock_at = starts[-1] + (place.length or 0.0)
    return starts


def _album_lines(take: Take, drawn: Sequence[tuple[Place, float, Curve]], scale: Axes) -> tuple[Line, ...]:
    target = [Line("target", scale.level(take.target_lufs))] if take.target_lufs is not None else []
    lines = [Line(f"{each.style} whole", scale.path(each, start)) for _, start, each in drawn]
    levels = [
        Line("level", scale.level(each.integrated_lufs, start, start + (place.length or 0.0)))
        for place, start, each in drawn
        if each.integrated_lufs is not None
    ]
    return (*target, *lines, *levels)


def _album_labels(curves: Curves, take: Take, scale: Axes) -> tuple[Label, ...]:
    labels = []
    if take.target_lufs is not None:
        labels.append(named("target", "Target", take.target_lufs, scale, take.target_lufs))
    known = [each for each in curves.ranges.values() if each.integrated_lufs is not None]
    if known:
        at = (max(each.high_lufs for each in known) + min(each.low_lufs for each in known)) / 2
        labels.append(Label("reference", "References’ range", 0.0, scale.y(at)))
    return spread(labels, scale)


def _pauses(timed: Sequence[tuple[Place, float]], scale: Axes, whole: Box) -> tuple[Box, ...]:
    return tuple(
        Box(scale.x(start - place.gap), whole.y, scale.x(start) - scale.x(start - place.gap), whole.height)
        for place, start in timed
        if place.gap > 0
    )


def _numbers(timed: Sequence[tuple[Place, float]], scale: Axes) -> tuple[Tick, ...]:
    """Song numbers over the middle of each song, left out where they would cover the one before."""
    ticks: list[Tick] = []
    for place, start in timed:
        at = scale.x(start + (place.length or 0.0) / 2)
        if not ticks or at - ticks[-1].at >= _NARROWEST_NUMBER:
            ticks.append(Tick(at, str(place.number)))
    return tuple(ticks)


def _album_described(drawn: Sequence[tuple[Place, float, Curve]]) -> str:
    songs = "; ".join(f"{p.number} {p.title} from {clock(s)}, {tenths(c.integrated_lufs)} LUFS" for p, s, c in drawn)
    return f"Peaks and short-term loudness, songs one after the other: {songs}."
