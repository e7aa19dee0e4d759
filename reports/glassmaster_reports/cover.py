"""The front cover and the label's logo, small enough to stand inside the page."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING

from glassmaster.artwork import opened, usable

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_SIDE = 240
_LOGO = (480, 160)


def logo(path: Path | None) -> str:
    """A `data:` address of a label's logo, as PNG that keeps what is clear; empty when there is none to be read."""
    return _small(path, "RGBA", _LOGO, "PNG", optimize=True)


def thumbnail(artwork: Path | None) -> str:
    """A `data:` address of the cover, 240 pixels wide; empty when there is none that can be read."""
    return _small(artwork, "RGB", (_SIDE, _SIDE), "JPEG", quality=85)


def _small(path: Path | None, mode: str, size: tuple[int, int], form: str, **how: bool | int) -> str:
    if path is None or not path.is_file() or not usable(path):
        return ""
    try:
        with opened(path) as picture:
            small = _shrunk(picture, mode, size)
    except (OSError, ValueError, SyntaxError):
        return ""  # broken off behind its header: the page goes without
    encoded = io.BytesIO()
    small.save(encoded, form, **how)
    return f"data:image/{form.lower()};base64,{base64.b64encode(encoded.getvalue()).decode()}"


def _shrunk(picture: Picture, mode: str, size: tuple[int, int]) -> Picture:
    """A JPEG is read no larger than it is needed; the colours of a palette can only be mixed once they are colours."""
    picture.draft("RGB", (size[0] * 2, size[1] * 2))
    small = picture.convert(mode) if picture.mode in ("P", "1") else picture
    small.thumbnail(size)
    return small.convert(mode)
