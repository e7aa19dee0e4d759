"""Names for the sound inside a file, whatever the container and the tags around it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from ..model import Block
from .libsndfile import opened
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
    with opened(path) as file:
        bits = _BITS.get(file.subtype)
        kind = "int32" if bits else "float64" if file.subtype == "DOUBLE" else "float32"
        while len(block := file.read(FRAMES, dtype=kind, always_2d=True)):
            little = block.dtype.newbyteorder("<")
            digest.update(packed(block >> (32 - bits), bits) if bits else block.astype(little, copy=False).tobytes())
    return digest.hexdigest()


class Pcm:
    """The same hash, and an MD5, of sound that is being decoded as float32 anyway: no second decoding."""

    def __init__(self, bits: int | None) -> None:
        """`bits`: depth of the integers that the samples stand for (up to 24, where float32 is exact); None: float."""
        self._bits = bits
        self._digest, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)

    def hear(self, block: Block, *, also_md5: bool = False) -> None:
        """Take the next frames."""
        if self._bits is None:
            held = np.ascontiguousarray(block, "<f4").tobytes()
        else:
            held = packed(np.multiply(block, np.float32(1 << (self._bits - 1))).astype(np.int32), self._bits)
        self._digest.update(held)
        if also_md5:
            self._md5.update(held)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()

    def md5(self) -> str:
        """Of the same bytes, as FLAC and WavPack carry it."""
        return self._md5.hexdigest()
