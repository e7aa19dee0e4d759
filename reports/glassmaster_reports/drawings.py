"""The drawing of a song: waveform, loudness, gain reduction and stereo image below each other, on one time."""

from __future__ import annotations

from collections.abc import Sequence

from glassmaster.model import Finding, Seconds

from .charts import BOTTOM, WIDTH, Axes, Chart, Label, Line, Panel, band, level_ticks, named, spread, strip, time_ticks
from .curves import Curve, Curves, Range
from .grids import Image, image, master_wave, mixdown_wave
from .sequence import Place
from .strips import image_panels, reduction_panel, wave_panel
from .words import clock, counted, hundredths, tenths

_TOP, _BETWEEN = 14.0, 30.0
_LOUDNESS = 190.0
_MOST_NAMED = 4


def song_drawing(
    curves: Curves, place: Place, span: tuple[float, float], findings: Sequence[Finding] = ()
) -> Chart | None:
    """All that runs along a song's time, with its findings; None when nothing was heard for 3 s."""
    found = [curves.mixdown(place.song), *(curves.master(take, place.song) for take in curves.takes)]
    drawn = [each for each in found if each]
    if not drawn:
        return None
    seconds = max(place.length or drawn[0].times[-1], 1.0)
    own = [each for each in findings if each.song == place.song]
    seen = _image(curves, place)
    panels = _panels(curves, place, drawn, span, seconds, own, seen)
    plot = panels[-1].plot
    return Chart(
        title=f"{place.title} over time",
        description=_described(drawn, curves, place, seen, own),
        width=WIDTH,
        height=round(plot.y + plot.height + BOTTOM),
        panels=tuple(panels),
        times=time_ticks(strip(seconds, span, 0.0, 1.0)),
        song=place.song,
        seconds=seconds,
    )


def _panels(
    curves: Curves,
    place: Place,
    drawn: Sequence[Curve],
    span: tuple[float, float],
    seconds: Seconds,
    findings: Sequence[Finding],
    seen: tuple[str, Image] | None,
) -> list[Panel]:
    panels = [each for each in [_wave(curves, place, seconds, findings)] if each]
    panels.append(_loudness(curves, place, drawn, strip(seconds, span, _below(panels), _LOUDNESS)))
    worked = reduction_panel(place.song, curves.takes, seconds, _below(panels), curves.columns // 2)
    panels += [worked] if worked else []
    return panels + (list(image_panels(*seen, seconds, _below(panels))) if seen else [])


def _below(panels: Sequence[Panel]) -> float:
    """Where the next panel begins."""
    return panels[-1].plot.y + panels[-1].plot.height + _BETWEEN if panels else _TOP


def _wave(curves: Curves, place: Place, seconds: Seconds, findings: Sequence[Finding]) -> Panel | None:
    mixdown = mixdown_wave(curves.album, place.song, curves.columns)
    made = next(((take, each) for take in curves.takes if (each := take.masters.get(place.song))), None)
    lower = (made[0], master_wave(made[1], curves.columns)) if made else None
    if not mixdown and not (lower and lower[1]):
        return None
    return wave_panel(
        ("mixdown", "Mixdown", mixdown) if mixdown else None,
        (lower[0].style, lower[0].label, lower[1]) if lower and lower[1] else None,
        seconds,
        _TOP,
        findings,
    )


def _image(curves: Curves, place: Place) -> tuple[str, Image] | None:
    """Of the first master where that was heard so closely, else of the mixdown; with its style."""
    for take in curves.takes:
        made = take.masters.get(place.song)
        if made and (seen := image(made.measurement, 0.0, made.frames / made.rate_hz, curves.points // 2)):
            return take.style, seen
    heard, cut = curves.album.mixdowns[place.song], curves.album.cuts[place.song]
    if heard is None or cut is None:
        return None
    rate = heard.source.rate_hz
    seen = image(heard.measurement, cut.start / rate, cut.end / rate, curves.points // 2)
    return ("mixdown", seen) if seen else None


def _loudness(curves: Curves, place: Place, drawn: Sequence[Curve], scale: Axes) -> Panel:
    """Short-term loudness of a song's mixdown and masters, over the references' range."""
    ranges = curves.song_ranges(place.song)
    return Panel(
        plot=scale.plot,
        unit="LUFS",
        levels=level_ticks(scale),
        bands=band(ranges, scale),
        lines=(*_reference_lines(ranges, scale), *(Line(each.style, scale.path(each)) for each in drawn)),
        labels=spread([*_reference_labels(ranges, scale), *(_curve_label(each, scale) for each in drawn)], scale),
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


def _described(
    drawn: Sequence[Curve],
    curves: Curves,
    place: Place,
    seen: tuple[str, Image] | None,
    findings: Sequence[Finding],
) -> str:
    told = [
        f"{each.label}: {tenths(each.integrated_lufs)} LUFS integrated, short-term up to {tenths(max(each.lufs))}"
        for each in drawn
    ]
    told += [
        f"Reference {each.name}: {tenths(each.integrated_lufs)} LUFS integrated, "
        f"mostly between {tenths(each.low_lufs)} and {tenths(each.high_lufs)}"
        for each in curves.song_ranges(place.song)
    ]
    told += [
        f"{take.label}: gain reduction of {tenths(master.max_gain_reduction_db)} dB at most"
        for take in curves.takes
        if (master := take.masters.get(place.song))
    ]
    if seen:
        whole = seen[1].whole
        told.append(f"Correlation {hundredths(whole['correlation'])}, width {hundredths(whole['width'])}")
    if timed := [clock(each.at) for each in findings if each.at is not None]:
        told.append(f"{counted(len(timed), 'finding')} at {', '.join(timed)}")
    return ". ".join(told) + "."
