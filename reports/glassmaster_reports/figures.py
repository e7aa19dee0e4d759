"""The tables of measured figures: one for the whole release, one for each song."""

from __future__ import annotations

from collections.abc import Sequence

from glassmaster.model import Album, Master, Measurement

from .sequence import Place
from .tables import Cell, Column, Row, Table, number, row
from .takes import Take
from .words import DASH, clock, kilohertz, tenths

_FIGURES = (
    number("Integrated", "LUFS"),
    number("Short-term max", "LUFS"),
    number("Loudness range", "LU"),
    number("True peak", "dBTP"),
    number("PLR", "LU"),
)
GAIN_REDUCTION = (number("GR at work", "dB"), number("Most GR", "dB"))
_WORK = (number("Gain", "dB"), number("Drive", "dB"), *GAIN_REDUCTION)
_ABOUT_WORK = (
    "Gain: with the limiter’s drive. GR: gain reduction; at work: exceeded for no more than 150 ms of any 3 s, a "
    "single hit may be taken down further."
)
_NO_WORK = [DASH] * len(_WORK)


def overview(album: Album, places: Sequence[Place], found: Sequence[Take], linked: int) -> Table:
    """Every song in one line: mixdown, gain and each take's master; the first `linked` lead to their sections."""
    columns = [number("No."), Column("Song"), number("Length", "m:ss.t"), number("Mixdown", "LUFS")]
    for take in found:
        columns += [
            Column(take.label, "LUFS", "number take"),
            number("Gain", "dB"),
            number("GR at work", "dB"),
            number("True peak", "dBTP"),
        ]
    rows = tuple(_overview_row(album, place, found, place.song < linked) for place in places)
    note = f"{'. '.join(take.goes_to for take in found)}. {_ABOUT_WORK}" if found else ""
    return Table("All songs", tuple(columns), rows, head=1, note=note)


def _overview_row(album: Album, place: Place, found: Sequence[Take], linked: bool) -> Row:
    heard = album.mixdowns[place.song]
    name = f"{place.title} · draft" if place.draft else place.title
    title = Cell(name, href=f"#song-{place.song + 1}" if linked else "")
    cells: list[str | Cell] = [str(place.number), title, clock(place.length)]
    cells.append(tenths(heard.measurement.integrated_lufs if heard else None))
    for take in found:
        cells += _brief(take.masters.get(place.song))
    return row(*cells, style="draft" if place.draft else "")


def _brief(master: Master | None) -> list[str | Cell]:
    if master is None:
        return [DASH] * 4
    told = master.measurement
    gain = tenths(master.gain_db + master.drive_db, signed=True)
    return [tenths(told.integrated_lufs), gain, reduction(master)[0], tenths(told.true_peak_dbtp)]


def reduction(master: Master) -> tuple[str, str]:
    """The cells under `GAIN_REDUCTION`: what the music is taken down by for longer, and the highest peak."""
    return tenths(master.sustained_gain_reduction_db), tenths(master.max_gain_reduction_db)


def song_figures(album: Album, place: Place, found: Sequence[Take]) -> Table:
    """Mixdown, masters and this song's references side by side."""
    rows = [_mixdown_row(album, place)]
    rows += [_master_row(take, take.masters.get(place.song)) for take in found]
    rows += [_reference_row(album, name) for name in reference_names(album, place.song)]
    columns = (Column("File"), *_FIGURES, *_WORK)
    return Table(f"Figures of {place.title}", columns, tuple(rows), note=_cut_note(album, place))


def _mixdown_row(album: Album, place: Place) -> Row:
    heard = album.mixdowns[place.song]
    return row("Mixdown", *_told(heard.measurement if heard else None), *_NO_WORK, style="mixdown")


def _master_row(take: Take, master: Master | None) -> Row:
    if master is None:
        return row(take.label, *_told(None), *_NO_WORK, style=take.style)
    work = (
        tenths(master.gain_db, signed=True),
        tenths(master.drive_db, signed=True),
        *reduction(master),
    )
    return row(take.label, *_told(master.measurement), *work, style=take.style)


def _reference_row(album: Album, name: str) -> Row:
    heard = album.references.get(name)
    return row(name, *_told(heard.measurement if heard else None), *_NO_WORK, style="reference")


def _told(measured: Measurement | None) -> tuple[str, ...]:
    if measured is None:
        return (DASH,) * len(_FIGURES)
    figures = (
        measured.integrated_lufs,
        measured.max_short_term_lufs,
        measured.loudness_range_lu,
        measured.true_peak_dbtp,
        measured.plr_lu,
    )
    return tuple(tenths(each) for each in figures)


def _cut_note(album: Album, place: Place) -> str:
    heard, cut = album.mixdowns[place.song], album.cuts[place.song]
    if heard is None or cut is None or cut.frames == heard.source.frames:
        return ""
    rate = heard.source.rate_hz
    return (
        f"The mixdown’s figures are of the whole file; "
        f"the song is {clock(cut.start / rate)} to {clock(cut.end / rate)} of it."
    )


def reference_names(album: Album, song: int) -> tuple[str, ...]:
    """Names of the references that a song is compared with."""
    named = album.release.songs[song].references
    return tuple(each.name for each in album.release.references) if named is None else named


def reference_files(album: Album) -> Table:
    """Which records the references are, and their figures."""
    columns = (Column("Reference"), Column("File"), Column("Sound"), *_FIGURES)
    rows = tuple(_reference_file(album, each.name, each.file.name) for each in album.release.references)
    return Table("References", columns, rows)


def _reference_file(album: Album, name: str, file: str) -> Row:
    heard = album.references.get(name)
    sound = f"{heard.source.container}, {kilohertz(heard.source.rate_hz)}" if heard else "could not be heard"
    return row(name, file, sound, *_told(heard.measurement if heard else None), style="reference")
