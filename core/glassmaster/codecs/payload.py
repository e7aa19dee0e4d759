"""Names for the sound inside a file, whatever the container and the tags around it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import soundfile

from ..native import native
from .samples import FRAMES, packed

_BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32}


def pcm_hash(path: Path) -> str:
    """SHA-256 of a lossless file's decoded samples, interleaved.

    Integers count as signed little-endian numbers of their own depth, floating point as little-endian float32 (or
    float64 where the file holds that): a WAV and a FLAC of the same sound agree.
    """
    return pcm_digest(path, hashlib.sha256())


def pcm_digest(path: Path, digest: hashlib._Hash) -> str:
    """Likewise with any digest, in hexadecimal."""
    with soundfile.SoundFile(native(path)) as file:
        bits = _BITS.get(file.subtype)
        kind = "int32" if bits else "float64" if file.subtype == "DOUBLE" else "float32"
        while len(block := file.read(FRAMES, dtype=kind, always_2d=True)):
            little = block.dtype.newbyteorder("<")
            digest.update(packed(block >> (32 - bits), bits) if bits else block.astype(little, copy=False).tobytes())
    return digest.hexdigest()
