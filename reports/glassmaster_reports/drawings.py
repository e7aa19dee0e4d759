"""The two drawings of the page: a song against its references, and the whole release on one line."""

from __future__ import annotations

from collections.abc import Sequence

from .charts import WIDTH, Axes, Box, Chart, Label, Line, Tick, axes, band, level_ticks, named, spread, time_ticks
from .curves import Curve, Curves, Range
from .sequence import Place
from .takes import Take
from .words import clock, tenths

_SONG_HEIGHT, _ALBUM_HEIGHT = 270, 320
_ALBUM_TOP = 30.0
_MOST_NAMED = 4
_NARROWEST_NUMBER = 15.0


def song_drawing(curves: Curves, place: Place, span: tuple[float, float]) -> Chart | None:
    """Short-term loudness of a song's mixdown and masters, over the references' range; None when nothing was heard."""
    found = [curves.mixdown(place.song), *(curves.master(take, place.song) for take in curves.takes)]
    drawn = [each for each in found if each]
    if not drawn:
        return None
    scale = axes(place.length or max(each.times[-1] for each in drawn), span, _SONG_HEIGHT)
    ranges = curves.song_ranges(place.song)
    return Chart(
        title=f"Loudness over time of {place.title}",
        description=_described(drawn, ranges),
        width=WIDTH,
        height=_SONG_HEIGHT,
        plot=scale.plot,
        times=time_ticks(scale),
        levels=level_ticks(scale),
        bands=band(ranges, scale),
        lines=(*_reference_lines(ranges, scale), *(Line(each.style, scale.path(each)) for each in drawn)),
        labels=spread([*_reference_labels(ranges, scale), *(_curve_label(each, scale) for each in drawn)], scale),
        song=place.song,
        seconds=scale.seconds,
    )


def _curve_label(curve: Curve, scale: Axes) -> Label:
    level = curve.integrated_lufs
    return named(curve.style, curve.label, level, scale, curve.lufs[-1] if level is None else level)


def _reference_lines(ranges: Sequence[Range], scale: Axes) -> list[Line]:
    return [Line("reference", scale.level(each.integrated_lufs)) for each in ranges if each.integrated_lufs is not None]


def _reference_labels(ranges: Sequence[Range], scale: Axes) -> list[Label]:
    known = [(each.name, each.integrated_lufs) for each in ranges if each.integrated_lufs is not None]
    if len(known) <= _MOST_NAMED:
        return [named("reference", name, lufs, scale, lufs) for name, lufs in known]
    middle = sorted(lufs for _, lufs in known)[len(known) // 2]
    return [named("reference", f"{len(known)} references", middle, scale, middle)]


def _described(drawn: Sequence[Curve], ranges: Sequence[Range]) -> str:
    told = [
        f"{each.label}: {tenths(each.integrated_lufs)} LUFS integrated, short-term up to {tenths(max(each.lufs))}"
        for each in drawn
    ]
    told += [
        f"Reference {each.name}: {tenths(each.integrated_lufs)} LUFS integrated, "
        f"mostly between {tenths(each.low_lufs)} and {tenths(each.high_lufs)}"
        for each in ranges
    ]
    return ". ".join(told) + "."


def album_drawing(curves: Curves, take: Take, places: Sequence[Place], span: tuple[float, float]) -> Chart | None:
    """All songs of one take one behind the other, gaps to scale; a draft is shown by its mixdown."""
    timed = [(each, start) for each, start in zip(places, _starts(places), strict=True) if each.length]
    if not timed:
        return None
    last, start = timed[-1]
    scale = axes(start + (last.length or 0.0), span, _ALBUM_HEIGHT, _ALBUM_TOP)
    heard = [(place, start, curves.master(take, place.song) or curves.mixdown(place.song)) for place, start in timed]
    drawn = [(place, start, each) for place, start, each in heard if each]
    return Chart(
        title=f"The release from start to end: {take.label}",
        description=_album_described(drawn),
        width=WIDTH,
        height=_ALBUM_HEIGHT,
        plot=scale.plot,
        times=time_ticks(scale),
        levels=level_ticks(scale),
        bands=band(tuple(curves.ranges.values()), scale),
        lines=_album_lines(take, drawn, scale),
        labels=_album_labels(curves, take, scale),
        pauses=_pauses(timed, scale),
        borders=tuple(scale.x(start) for _, start in timed),
        numbers=_numbers(timed, scale),
    )


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


def _pauses(timed: Sequence[tuple[Place, float]], scale: Axes) -> tuple[Box, ...]:
    return tuple(
        Box(scale.x(start - place.gap), scale.plot.y, scale.x(start) - scale.x(start - place.gap), scale.plot.height)
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
    return f"Short-term loudness, songs one after the other: {songs}."
