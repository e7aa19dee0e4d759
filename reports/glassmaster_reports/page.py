"""The whole page as one frozen value: an outcome goes in, and what the templates write down comes out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from glassmaster.model import Outcome, Release

from .charts import Chart, rounded_span
from .compare import pooled, release_table, song_words
from .curves import Curves, lowest_and_highest
from .delivered import deliverables
from .drawings import song_drawing
from .figures import overview, reference_files, song_figures
from .findings import Group, Item, Verdict, groups, of_song, verdict
from .playing import Playing, playing
from .release_line import album_drawing
from .running import running_sheet
from .sequence import Place, sequence
from .signed import approvals, revised
from .tables import Column, Row, Table, row
from .takes import Take, takes
from .tone import Tones, tones
from .tone_charts import dynamics_drawing, spectrum_drawing
from .tone_words import sentences, sound_table
from .treatment import asked, done
from .words import clock, counted, tenths


@dataclass(frozen=True)
class SongView:
    anchor: str
    place: Place
    facts: tuple[tuple[str, str], ...]
    notes: str
    chart: Chart | None
    sound: tuple[tuple[str, Chart], ...]
    """(caption, drawing): spectrum and dynamics beside the references' range."""
    sound_table: Table | None
    table: Table
    words: tuple[str, ...]
    findings: tuple[Item, ...]


@dataclass(frozen=True)
class Page:
    """All that a template may show."""

    release: Release
    facts: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str, str], ...]
    """(name, figure, unit): the release at a glance."""
    verdict: Verdict
    groups: tuple[Group, ...]
    overview: Table
    songs: tuple[SongView, ...]
    undrawn: str
    """Which songs stand in the tables only; empty when none do."""
    album: tuple[Chart, ...]
    playing: Playing | None
    running: Table
    deliverables: tuple[Table, ...]
    references: Table | None
    comparison: tuple[Table, ...]
    approvals: Table | None
    revised: Table | None
    treatment: tuple[Table, ...]
    provenance: Table


@lru_cache(maxsize=1)  # two reports show the same page
def page(outcome: Outcome) -> Page:
    """Everything the reports show, as text and geometry."""
    album = outcome.album
    places, found = sequence(album), takes(outcome)
    curves = Curves(album, found)
    drawn = places[: curves.songs]
    span = _span(curves, drawn)
    return Page(
        release=album.release,
        facts=_facts(album.release),
        figures=_figures(outcome, places, found),
        verdict=verdict(outcome),
        groups=groups(outcome.findings, drawn),
        overview=overview(album, places, found, len(drawn)),
        songs=tuple(_song(outcome, curves, place, span) for place in drawn),
        undrawn=_undrawn(places, drawn),
        album=_album(curves, drawn, span),
        playing=playing(outcome, drawn, found),
        running=running_sheet(places),
        deliverables=deliverables(outcome, places, len(drawn)),
        references=reference_files(album) if album.release.references else None,
        comparison=tuple(table for take in found if (table := release_table(album, take))),
        approvals=approvals(outcome),
        revised=revised(outcome),
        treatment=tuple(table for take in found for table in done(take, places)) or (asked(outcome),),
        provenance=_provenance(outcome),
    )


def _undrawn(places: tuple[Place, ...], drawn: tuple[Place, ...]) -> str:
    if len(places) == len(drawn):
        return ""
    return (
        f"This release has {len(places)} songs. The first {len(drawn)} have charts and figures of their own; "
        "the others stand in the tables, and with all that was measured in release.json."
    )


def _span(curves: Curves, places: tuple[Place, ...]) -> tuple[float, float]:
    """One LUFS axis for all charts, so that songs can be compared by eye."""
    lines = [curves.mixdown(place.song) for place in places]
    lines += [curves.master(take, place.song) for take in curves.takes for place in places]
    return rounded_span(lowest_and_highest([each for each in lines if each], tuple(curves.ranges.values())))


def _album(curves: Curves, places: tuple[Place, ...], span: tuple[float, float]) -> tuple[Chart, ...]:
    shown = curves.takes or (Take("Mixdowns", "mixdown", (), {}, {}, None),)
    return tuple(chart for take in shown if (chart := album_drawing(curves, take, places, span)))


def _song(outcome: Outcome, curves: Curves, place: Place, span: tuple[float, float]) -> SongView:
    song = outcome.album.release.songs[place.song]
    heard = tones(outcome.album, place, curves.takes)
    facts = (
        ("Artist", place.artist if song.artist else ""),
        ("Status", "draft: measured, not mastered" if place.draft else ""),
        ("Length", clock(place.length)),
        ("ISRC", place.isrc),
        ("Mixdown", song.mixdown.name),
        ("Meant to sit", f"{tenths(song.level_db, signed=True)} LU" if song.level_db else ""),
        ("Own gain", f"{tenths(song.gain_db, signed=True)} dB" if song.gain_db is not None else ""),
    )
    return SongView(
        anchor=f"song-{place.song + 1}",
        place=place,
        facts=tuple((name, text) for name, text in facts if text),
        notes=song.notes,
        chart=song_drawing(curves, place, span, outcome.findings),
        sound=_sound(place, heard),
        sound_table=sound_table(place.title, heard),
        table=song_figures(outcome.album, place, curves.takes),
        words=(*song_words(curves, place), *sentences(heard)),
        findings=of_song(outcome.findings, place),
    )


def _sound(place: Place, heard: Tones) -> tuple[tuple[str, Chart], ...]:
    beside = "; shaded: the references’ range" if heard.references else ""
    drawn = (
        (f"Spectrum, all at the same loudness{beside}", spectrum_drawing(place.title, heard)),
        ("Dynamics, in LU and dB", dynamics_drawing(place.title, heard)),
    )
    return tuple((caption, chart) for caption, chart in drawn if chart)


def _facts(release: Release) -> tuple[tuple[str, str], ...]:
    facts = (
        ("Type", release.type),
        ("Date", release.date),
        ("Label", release.label),
        ("Catalogue number", release.catalog_number),
        ("Barcode", release.barcode),
        ("Genre", release.genre),
        ("Revision", str(release.revision)),
    )
    return tuple((name, text) for name, text in facts if text)


def _figures(outcome: Outcome, places: tuple[Place, ...], found: tuple[Take, ...]) -> tuple[tuple[str, str, str], ...]:
    lengths = [place.length for place in places if place.length is not None]
    figures = [("Songs", str(len(places)), ""), ("Music", clock(sum(lengths)), "")]
    for take in found:
        masters = tuple(take.masters.values())
        peaks = [peak for each in masters if (peak := each.measurement.true_peak_dbtp) is not None]
        figures.append((f"{take.label}, integrated", tenths(pooled(take).integrated_lufs), "LUFS"))
        figures.append((f"{take.label}, highest peak", tenths(max(peaks, default=None)), "dBTP"))
    if outcome.products:
        figures.append(("Delivered", counted(len(outcome.products), "file"), ""))
    return tuple(figures)


def _provenance(outcome: Outcome) -> Table:
    rows: tuple[Row, ...] = tuple(row(name, version) for name, version in sorted(outcome.provenance.items()))
    return Table("Made with", (Column("Part"), Column("Version")), rows)
