"""Makes what is delivered of the artwork: the whole picture without private data, and a cover to embed."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import Any

from .artwork import MOST_BYTES, MOST_PIXELS
from .errands import Paint, Painted
from .errors import Exit, Refused, refuse
from .pictures import stripped
from .store import Store

_ORIENTATION = 0x0112
_PLAIN = ("RGB", "L")
_WHOLE_QUALITY, _COVER_QUALITY = 95, 90
_SUFFIXES = {"JPEG": ".jpg", "PNG": ".png"}


def paint(errand: Paint, store: Store) -> Painted:
    """Do one `Paint` errand. The picture is decoded whole, so that a damaged one is found here and not by listeners."""
    from PIL import Image

    data = _read(errand)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(_SUFFIXES)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise ValueError("it has too many pixels")
                image.load()
                made, suffix, size = _whole(data, image) if errand.side == 0 else _cover(data, image, errand.side)
    except (Refused, MemoryError):
        raise
    except Exception as problem:  # whatever a damaged picture does to the library
        message = f"the artwork cannot be decoded to its end: {problem}"
        raise refuse(Exit.SOURCE, "artwork", errand.path, message, "export the cover again as JPEG or PNG") from problem
    with store.scratch(suffix) as path:
        path.write_bytes(made)
        return Painted(store.adopt(path), suffix, *size)


def _read(errand: Paint) -> bytes:
    with errand.path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if hashlib.sha256(data).hexdigest() != errand.sha256:
        message = "the artwork changed during the build"
        raise refuse(Exit.CHANGED, "artwork-changed", errand.path, message, "build again")
    return data


def _whole(data: bytes, image: Any) -> tuple[bytes, str, tuple[int, int]]:
    """The picture itself; only one that lies on its side is saved anew, for what says so is taken away."""
    from PIL import ImageOps

    suffix = _SUFFIXES[image.format]
    if _upright(image):
        return stripped(data), suffix, image.size
    turned = ImageOps.exif_transpose(image)
    held = io.BytesIO()
    how = {"quality": _WHOLE_QUALITY, "subsampling": 0} if image.format == "JPEG" else {}
    turned.save(held, image.format, icc_profile=image.info.get("icc_profile"), exif=b"", **how)
    return stripped(held.getvalue()), suffix, turned.size


def _cover(data: bytes, image: Any, side: int) -> tuple[bytes, str, tuple[int, int]]:
    """A baseline JPEG of `side` pixels at most; one that is so already is not coded again."""
    from PIL import Image, ImageOps

    small = max(image.size) <= side
    if small and image.format == "JPEG" and image.mode in _PLAIN and _upright(image) and not _progressive(image):
        return stripped(data), ".jpg", image.size
    turned = _shown(ImageOps.exif_transpose(image))
    turned.thumbnail((side, side), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    turned.save(held, "JPEG", quality=_COVER_QUALITY, subsampling=0, icc_profile=None, exif=b"")
    return stripped(held.getvalue()), ".jpg", turned.size


def _upright(image: Any) -> bool:
    return bool(image.getexif().get(_ORIENTATION, 1) == 1)


def _progressive(image: Any) -> bool:
    return bool(image.info.get("progressive"))


def _shown(image: Any) -> Any:
    """As sRGB or grey without transparency, which is what players show."""
    from PIL import Image

    if image.mode.startswith("I"):
        return _eight_bits(image)
    if image.mode in ("CMYK", "RGB") and image.info.get("icc_profile"):
        return _by_profile(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return image if image.mode in _PLAIN else image.convert("RGB")


def _eight_bits(image: Any) -> Any:
    import numpy as np
    from PIL import Image

    return Image.fromarray((np.asarray(image) // 257).astype(np.uint8))


def _by_profile(image: Any) -> Any:
    """Its colours as sRGB has them; a profile that cannot be read is left aside."""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGB")
