"""Who approved what, and which mixdowns changed since the delivery before."""

from __future__ import annotations

from glassmaster.approvals import Standing, standings
from glassmaster.model import Outcome, Release, Revision

from .tables import Cell, Column, Row, Table, number, row
from .words import DASH, either, tenths

_SHORT = 12


def approvals(outcome: Outcome) -> Table | None:
    """Every sign-off, and every one that is wanted and missing; None where there are neither."""
    columns = (
        Column("Song"),
        Column("What"),
        Column("By"),
        Column("On"),
        Column("Stands"),
        Column("SHA-256", "", "code"),
    )
    rows = tuple(_approval(each, outcome.album.release) for each in standings(outcome))
    return Table("Approvals", columns, rows) if rows else None


def _approval(standing: Standing, release: Release) -> Row:
    song, approval = release.songs[standing.song], standing.approval
    what = "Mixdown" if standing.kind == "mix" else f"Master: {', '.join(standing.deliverables)}"
    stands = f"No longer: {standing.changed}" if standing.changed else "Yes" if approval else "Not approved"
    by, on, sound = (approval.by, approval.date, approval.sound) if approval else (DASH, DASH, "")
    return row(_song(song.number, song.full_title), what, by, on, stands, Cell(either(sound[:_SHORT]), more=sound))


def _song(number: int, title: str) -> str:
    return f"{number:02} {title}"


def revised(outcome: Outcome) -> Table | None:
    """The mixdowns that are others than in the delivery before; None where all are the same."""
    columns = (
        Column("Song"),
        Column("Mixdown before"),
        Column("Mixdown now"),
        Column("What changed"),
        number("Integrated before", "LUFS"),
        number("now", "LUFS"),
        number("True peak before", "dBTP"),
        number("now", "dBTP"),
    )
    rows = tuple(_revision(outcome, each) for each in outcome.revised)
    note = "Against the delivery before this one. `glassmaster diff OLD NEW` tells where two mixdowns differ."
    return Table("Mixdowns that changed", columns, rows, note=note) if rows else None


def _revision(outcome: Outcome, revision: Revision) -> Row:
    song, heard = outcome.album.release.songs[revision.song], outcome.album.mixdowns[revision.song]
    before = dict(revision.figures)
    now = heard.measurement if heard else None
    return row(
        _song(song.number, song.full_title),
        revision.file,
        song.mixdown.name,
        revision.changed,
        _tenths(before.get("integrated_lufs")),
        _tenths(now.integrated_lufs if now else None),
        _tenths(before.get("true_peak_dbtp")),
        _tenths(now.true_peak_dbtp if now else None),
    )


def _tenths(value: object) -> str:
    return tenths(float(value)) if isinstance(value, int | float) else DASH
