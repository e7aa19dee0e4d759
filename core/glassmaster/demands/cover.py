"""The cover: its size, shape, colours and kind. Only the header is read, so that no bomb is unpacked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..artwork import opened
from ..delivery_rules import DeliveryRules, either
from .view import Breach, View

_REMEDY = "export the cover again from its source"


@dataclass(frozen=True)
class _Picture:
    format: str
    mode: str
    width: int
    height: int
    megabytes: float


def wrong_cover(view: View) -> Iterator[Breach]:
    """What the destination does not want of the cover; one that is missing or unreadable is told by others."""
    artwork = view.release.artwork
    picture = None if artwork is None else _read(artwork)
    if picture is not None:
        yield from (Breach("artwork", f"the artwork {each}", _REMEDY) for each in _wrong(picture, view.rules))


def _read(path: Path) -> _Picture | None:
    try:
        with opened(path) as image:
            megabytes = path.stat().st_size / 1e6
            return _Picture(str(image.format), image.mode, image.width, image.height, megabytes)
    except Exception:  # whatever a damaged header does to the library
        return None


def _wrong(picture: _Picture, rules: DeliveryRules) -> Iterator[str]:
    size, low, high = f"{picture.width} x {picture.height}", rules.min_artwork_px, rules.max_artwork_px
    if low is not None and min(picture.width, picture.height) < low:
        yield f"has {size} pixels, less than {low} x {low}"
    if high is not None and max(picture.width, picture.height) > high:
        yield f"has {size} pixels, more than {high} x {high}"
    if rules.square_artwork and picture.width != picture.height:
        yield f"is not square ({size} pixels)"
    if rules.artwork_formats and picture.format not in rules.artwork_formats:
        yield f"is a {picture.format}, not {either(rules.artwork_formats)}"
    if rules.rgb_artwork and picture.mode != "RGB":
        yield f"has {picture.mode} colours, not RGB"
    if rules.max_artwork_mb is not None and picture.megabytes > rules.max_artwork_mb:
        yield f"has {picture.megabytes:.1f} MB, more than {rules.max_artwork_mb:g}"
