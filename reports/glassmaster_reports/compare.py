"""The release beside its references, in figures and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from glassmaster.model import Album, Heard, Master, Measurement

from .curves import Curves
from .figures import reference_names
from .sequence import Place
from .tables import Column, Row, Table, number, row
from .takes import Take
from .words import DASH, spanned, tenths


@dataclass(frozen=True)
class Figures:
    """The four figures that are compared; of one file, or of a whole release pooled."""

    integrated_lufs: float | None
    max_short_term_lufs: float | None
    loudness_range_lu: float | None
    plr_lu: float | None


@dataclass(frozen=True)
class Aspect:
    """One thing to compare: its field, its name and the words for more and less."""

    field: str
    title: str
    unit: str
    less: tuple[str, str]
    """("quieter than", "the quietest")"""
    more: tuple[str, str]


ASPECTS = (
    Aspect("integrated_lufs", "Integrated", "LUFS", ("quieter than", "the quietest"), ("louder than", "the loudest")),
    Aspect(
        "max_short_term_lufs",
        "Short-term max",
        "LUFS",
        ("quieter than", "the quietest"),
        ("louder than", "the loudest"),
    ),
    Aspect(
        "loudness_range_lu", "Loudness range", "LU", ("narrower than", "the narrowest"), ("wider than", "the widest")
    ),
    Aspect("plr_lu", "PLR", "LU", ("denser than", "the densest"), ("more open than", "the most open")),
)


def of(measured: Measurement) -> Figures:
    """The compared figures of one file."""
    return Figures(measured.integrated_lufs, measured.max_short_term_lufs, measured.loudness_range_lu, measured.plr_lu)


@lru_cache(maxsize=4)
def pooled(take: Take) -> Figures:
    """The compared figures of all masters together: gated over all blocks, never the mean of the songs' figures."""
    from glassmaster.loudness import album

    whole = album([each.measurement for each in take.masters.values()])
    return Figures(whole.integrated_lufs, whole.max_short_term_lufs, whole.loudness_range_lu, whole.plr_lu)


def release_table(album: Album, take: Take) -> Table | None:
    """A take of the whole release against all of its references; None without references or masters."""
    references = [of(each.measurement) for each in album.references.values()]
    if not references or not take.masters:
        return None
    whole = pooled(take)
    rows = tuple(_row(aspect, getattr(whole, aspect.field), _known(aspect, references)) for aspect in ASPECTS)
    columns = (Column("Figure"), number(take.label), number("References"), Column("In words"))
    return Table(f"{take.label}, all songs together, beside the references", columns, rows)


def _known(aspect: Aspect, references: Sequence[Figures]) -> list[float]:
    found = (getattr(each, aspect.field) for each in references)
    return [value for value in found if value is not None]


def _row(aspect: Aspect, value: float | None, known: Sequence[float]) -> Row:
    title = f"{aspect.title} ({aspect.unit})"
    return row(title, tenths(value), spanned(known), in_words(aspect, value, known))


def in_words(aspect: Aspect, value: float | None, known: Sequence[float]) -> str:
    """ "4.2 LU quieter than the quietest reference"; judged by the figures as they are shown, in tenths."""
    if value is None or not known:
        return DASH
    shown, low, high = (round(each, 1) for each in (value, min(known), max(known)))
    one = len(known) == 1
    if shown < low:
        than, which = aspect.less
        return f"{tenths(low - shown)} LU {than} {'the' if one else which} reference"
    if shown > high:
        than, which = aspect.more
        return f"{tenths(shown - high)} LU {than} {'the' if one else which} reference"
    return "the same as the reference" if one else "within the references’ range"


def song_words(curves: Curves, place: Place) -> tuple[str, ...]:
    """One sentence for each take: a song's master beside the references it is compared with."""
    album = curves.album
    heard = [h for name in reference_names(album, place.song) if (h := album.references.get(name))]
    said = [_sentence(take.label, take.masters.get(place.song), heard) for take in curves.takes]
    return tuple(each for each in said if each)


def _sentence(label: str, master: Master | None, heard: Sequence[Heard]) -> str:
    if master is None or not heard:
        return ""
    own, references = of(master.measurement), [of(each.measurement) for each in heard]
    parts = []
    for aspect in ASPECTS:
        if aspect.field == "max_short_term_lufs":
            continue
        value, known = getattr(own, aspect.field), _known(aspect, references)
        if value is not None and known:
            name = aspect.title.lower() if aspect.title != "PLR" else "PLR"
            parts.append(f"{name} {in_words(aspect, value, known)} ({spanned(known)} {aspect.unit})")
    return f"{label} beside the references: {'; '.join(parts)}." if parts else ""
