"""What was delivered: every file with its format and its proof."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from glassmaster.model import Deliverable, Outcome, Product

from .sequence import Place
from .tables import Cell, Column, Row, Table, number, row
from .words import DASH, counted, either, kilohertz, megabytes, tenths

_COLUMNS = (
    number("No."),
    Column("File"),
    Column("Format", kind="short"),
    number("Size"),
    number("Integrated", "LUFS"),
    number("True peak", "dBTP"),
    number("Trim", "dB"),
    number("Untrimmed", "dBTP"),
    Column("Encoder"),
    Column("SHA-256", kind="code"),
)
_SHORT = 12


def deliverables(outcome: Outcome, places: Sequence[Place], spelt_out: int) -> tuple[Table, ...]:
    """One table for each deliverable that has files, in the manifest's order.

    The first `spelt_out` songs' files carry their whole checksums.
    """
    numbers = {place.song: place.number for place in places}
    tables = []
    for each in outcome.album.release.deliverables:
        made = sorted((p for p in outcome.products if p.deliverable == each.name), key=lambda p: p.song)
        if made:
            rows = tuple(_file(each, product, numbers.get(product.song), product.song < spelt_out) for product in made)
            tables.append(Table(_caption(each, made), _COLUMNS, rows, head=1))
    return tuple(tables)


def _caption(deliverable: Deliverable, made: Sequence[Product]) -> str:
    amount = f"{counted(len(made), 'file')}, {megabytes(sum(each.size for each in made))}"
    profile = f", for {deliverable.profile}" if deliverable.profile else ""
    return f"{deliverable.name}: {amount}{profile}"


def _file(deliverable: Deliverable, product: Product, place: int | None, spelt_out: bool) -> Row:
    return row(
        DASH if place is None else str(place),
        Cell(product.path.removeprefix(f"{deliverable.name}/"), href=f"../{quote(product.path, errors='replace')}"),
        sound_format(deliverable, product),
        megabytes(product.size),
        tenths(product.measured.integrated_lufs),
        tenths(product.measured.true_peak_dbtp),
        tenths(product.trim_db, signed=True),
        tenths(product.untrimmed_dbtp),
        either(product.encoder),
        Cell(product.sha256[:_SHORT], more=product.sha256 if spelt_out else ""),
    )


def sound_format(deliverable: Deliverable, product: Product) -> str:
    """ "WAV, 24 bit, 48 kHz" or "MP3, 320 kbit/s, 44.1 kHz"."""
    bitrate = getattr(deliverable.settings, "bitrate", None)
    quality = getattr(deliverable.settings, "quality", None)
    parts = [
        deliverable.format.upper(),
        f"{product.bits} bit" if product.bits else "",
        f"{bitrate} kbit/s" if bitrate else "",
        f"quality {quality}" if quality is not None and not bitrate else "",
        kilohertz(product.rate_hz),
    ]
    return ", ".join(part for part in parts if part)
