"""The front cover, small enough to stand inside the page."""

from __future__ import annotations

import base64
import io
from pathlib import Path

_SIDE = 240
_MOST_PIXELS = 50_000_000


_LOGO = (480, 160)


def logo(path: Path | None) -> str:
    """A `data:` address of a label's logo, as PNG that keeps what is clear; empty when there is none to be read."""
    if path is None or not path.is_file():
        return ""
    from PIL import Image

    try:
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return ""
            small = picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""
    small.thumbnail(_LOGO)
    encoded = io.BytesIO()
    small.save(encoded, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(encoded.getvalue()).decode()}"


def thumbnail(artwork: Path | None) -> str:
    """A `data:` address of the cover, 240 pixels wide; empty when there is none that can be read."""
    if artwork is None or not artwork.is_file():
        return ""
    from PIL import Image

    try:
        with Image.open(artwork, formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return ""
            picture.draft("RGB", (_SIDE * 2, _SIDE * 2))
            picture.thumbnail((_SIDE, _SIDE))
            small = picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return ""  # a check says what is wrong with it; the page goes without
    encoded = io.BytesIO()
    small.save(encoded, "JPEG", quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(encoded.getvalue()).decode()}"
