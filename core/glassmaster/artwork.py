"""Looks a cover over before it is embedded: by its content, and by its header alone, so that no bomb is unpacked."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .errors import Exit
from .model import Finding

MOST_PIXELS = 50_000_000
MOST_BYTES = 16 * 1024 * 1024 - 1024  # a FLAC picture block holds 24 bits of length
_LEAST_SIDE = 1400
_SHOP_SIDE = 3000
_GPS = 0x8825
_XMP = ("xmp", "XML:com.adobe.xmp")


def look_over(path: Path | None) -> tuple[Finding, ...]:
    """Findings about a cover file; an error carries exit code 3."""
    if path is None:
        return ()
    if not path.is_file():
        return (_error(path, f"there is no file {path.name}", "check artwork = ... in [release]"),)
    if path.stat().st_size > MOST_BYTES:
        return (_error(path, "is larger than 16 MB, more than a FLAC file can embed", "save it as a smaller JPEG"),)
    return tuple(_picture(path))


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A JPEG or PNG by Pillow, its pixels not yet unpacked; raises what Pillow does for anything else."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(path, formats=("JPEG", "PNG")) as image:
            yield image


def usable(path: Path) -> bool:
    """Whether it is a JPEG or PNG that can be shown, as far as its header tells."""
    try:
        with opened(path) as image:
            return bool(image.width * image.height <= MOST_PIXELS)
    except Exception:  # whatever a damaged header does to the library
        return False


def _picture(path: Path) -> Iterable[Finding]:
    from PIL import Image

    try:
        with opened(path) as image:
            yield from _judged(path, image)
    except Image.DecompressionBombError:
        yield _too_many_pixels(path)
    except Exception:  # whatever a damaged header does to the library
        yield _error(path, "is no JPEG or PNG picture that can be read", "export the cover again as JPEG or PNG")


def _judged(path: Path, image: Any) -> Iterable[Finding]:
    width, height = image.size
    if width * height > MOST_PIXELS:
        yield _too_many_pixels(path)
        return
    if width != height:
        yield _warning(path, f"is not square ({width} x {height})", "shops ask for a square cover")
    if min(width, height) < _LEAST_SIDE:
        yield _warning(path, f"is only {width} x {height} pixels", f"shops ask for {_SHOP_SIDE} x {_SHOP_SIDE}")
    if image.info.get("progressive"):
        yield _warning(path, "is a progressive JPEG", "some shops refuse it: save it as baseline JPEG")
    if image.mode not in ("RGB", "L", "P", "RGBA"):
        yield _warning(path, f"has {image.mode} colours", "shops ask for RGB")
    if _located(image):
        message = "the artwork holds the place where it was taken"
        hint = "it is taken out of all that is delivered; remove it from the picture if it goes elsewhere, too"
        yield Finding("artwork-location", "note", str(path), message, hint)


def _located(image: Any) -> bool:
    """By what stands in front of the pixels: looking behind them would unpack them."""
    exif = "exif" in image.info and image.getexif().get_ifd(_GPS)
    return bool(exif) or "GPSLatitude" in str([image.info.get(name) for name in _XMP])


def _too_many_pixels(path: Path) -> Finding:
    message = f"has more than {MOST_PIXELS // 10**6} megapixels"
    return _error(path, message, f"save it at {_SHOP_SIDE} x {_SHOP_SIDE}")


def _error(path: Path, message: str, hint: str) -> Finding:
    return Finding("artwork", "error", str(path), f"the artwork {message}", hint, exit=Exit.SOURCE)


def _warning(path: Path, message: str, hint: str) -> Finding:
    return Finding("artwork", "warning", str(path), f"the artwork {message}", hint)
