"""The front cover as embedded in files."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from ..errors import Exit, refuse

FLAC_BLOCK = (1 << 24) - 1
"""Most bytes of a FLAC metadata block (RFC 9639, section 8.1)."""
_HEAD = 1024
"""Room for the picture block's own fields."""


@dataclass(frozen=True)
class Cover:
    """A JPEG or PNG with what the containers want to know of it."""

    data: bytes
    mime: str
    width: int
    height: int
    depth: int
    """Bits a pixel."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def load(path: Path, sha256: str = "") -> Cover:
    """Read the cover at `path`; its kind is told by content, not by name.

    Raises `Refused`: exit 3 when it is no JPEG or PNG or too large to embed, exit 6 when its hash is not `sha256`.
    """
    from PIL import Image, UnidentifiedImageError

    data = path.read_bytes()
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise refuse(Exit.CHANGED, "artwork-changed", path, "The artwork changed during the build.", "Build again.")
    if len(data) > FLAC_BLOCK - _HEAD:
        message = f"The artwork has {len(data) / 2**20:.1f} MiB; files can hold a cover of less than 16 MiB."
        raise refuse(Exit.SOURCE, "artwork-too-large", path, message, "Save it as JPEG at 3000 x 3000.")
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            return Cover(data, f"image/{str(image.format).lower()}", *image.size, 8 * len(image.getbands()))
    except UnidentifiedImageError as error:
        message = "The artwork is neither a JPEG nor a PNG, whatever its name says."
        raise refuse(Exit.SOURCE, "artwork-format", path, message, "Export the cover as JPEG or PNG.") from error
