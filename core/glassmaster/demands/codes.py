"""Codes that a destination will not do without."""

from __future__ import annotations

from collections.abc import Iterator

from ..phrases import some
from .view import Breach, View


def without_codes(view: View) -> Iterator[Breach]:
    """Missing ISRCs and barcode."""
    songs = view.release.songs
    if view.rules.isrc and (without := [index for index, song in enumerate(songs) if not song.isrc]):
        told = some(map(view.named, without))
        message = f"each song needs an ISRC, {len(without)} of {len(songs)} have none: {told}"
        yield Breach("codes", message, "set isrc in each [[song]]", severe=True)
    if view.rules.barcode and not view.release.barcode:
        yield Breach("codes", "the release needs a barcode and has none", "set barcode in [release]", severe=True)
