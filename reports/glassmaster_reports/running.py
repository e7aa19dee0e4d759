"""The running sheet: order, codes and times, as a plant, a radio station or a label asks for it."""

from __future__ import annotations

from collections.abc import Sequence

from .sequence import Place
from .tables import Column, Row, Table, number, row
from .words import DASH, clock, either, exact_clock

CSV_COLUMNS = (
    "disc",
    "number",
    "title",
    "artist",
    "isrc",
    "status",
    "start",
    "length",
    "gap",
    "total",
    "start_s",
    "length_s",
    "gap_s",
    "overlap_s",
    "total_s",
)


def running_sheet(places: Sequence[Place]) -> Table:
    """Number, title, ISRC, start, length, gap before it and total up to its end."""
    discs = len({place.disc for place in places}) > 1
    columns = (
        *([number("Disc")] if discs else []),
        number("No."),
        Column("Title"),
        Column("ISRC", kind="code"),
        number("Start", "m:ss.t"),
        number("Length", "m:ss.t"),
        number("Gap before"),
        number("Total", "m:ss.t"),
    )
    return Table("Running sheet", columns, tuple(_row(place, discs) for place in places), head=2 if discs else 1)


def _row(place: Place, discs: bool) -> Row:
    return row(
        *([str(place.disc)] if discs else []),
        str(place.number),
        f"{place.title} · draft" if place.draft else place.title,
        either(place.isrc),
        clock(place.start),
        clock(place.length),
        gap_words(place),
        clock(place.total),
        style="draft" if place.draft else "",
    )


def gap_words(place: Place) -> str:
    """The silence before a song, or how it joins the song before."""
    if place.overlap:
        return f"crossfade {clock(place.overlap)}"
    if place.joined:
        return "joined"
    return clock(place.gap) if place.start else DASH


def csv_row(place: Place) -> tuple[str, ...]:
    """One song as `CSV_COLUMNS` say; seconds with three decimals, empty when absent."""
    times = (place.start, place.length, place.gap, place.total)
    seconds = (place.start, place.length, place.gap, place.overlap, place.total)
    return (
        str(place.disc),
        str(place.number),
        place.title,
        place.artist,
        place.isrc,
        "draft" if place.draft else "final",
        *(exact_clock(each) for each in times),
        *("" if each is None else f"{each:.3f}" for each in seconds),
    )
