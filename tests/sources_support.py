"""Sound files made byte by byte, so that every header can lie."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from glassmaster.errors import Refused
from glassmaster.model import Finding

RATE = 48_000


def noise(frames: int, channels: int = 2, level: float = 0.1, seed: int = 7) -> NDArray[np.float32]:
    """Noise on the grid of 24 bits."""
    sound = np.random.default_rng(seed).uniform(-level, level, (frames, channels))
    return (np.rint(sound * 2**23) / 2**23).astype(np.float32)


def pcm(sound: NDArray[np.float32]) -> bytes:
    """24-bit little-endian samples."""
    whole = np.rint(sound.astype(np.float64) * 2**23).astype("<i4")
    return whole.reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


def wav(
    data: bytes,
    *,
    rate: int = RATE,
    channels: int = 2,
    bits: int = 24,
    declared: int | None = None,
    tag: int = 1,
    mask: int | None = None,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A WAV file; `declared` is what its data chunk claims, `mask` makes it WAVE_FORMAT_EXTENSIBLE."""
    width = channels * bits // 8
    head = struct.pack(
        "<HHIIHH", 0xFFFE if mask is not None else tag, channels, rate, rate * width & 0xFFFFFFFF, width, bits
    )
    if mask is not None:
        guid = struct.pack("<H", tag) + bytes.fromhex("000000001000800000aa00389b71")
        head += struct.pack("<HHI", 22, bits, mask) + guid
    size = len(data) if declared is None else declared
    body = b"WAVEfmt " + struct.pack("<I", len(head)) + head + before + b"data" + struct.pack("<I", size) + data + after
    return b"RIFF" + struct.pack("<I", len(body)) + body


def chunk(name: bytes, data: bytes) -> bytes:
    """A RIFF chunk with its padding."""
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def written(path: Path, sound: NDArray[np.float32], subtype: str = "PCM_24", **how: str) -> Path:
    """A file as libsndfile writes it."""
    soundfile.write(path, sound, RATE, subtype=subtype, **how)
    return path


def only(refusal: Refused) -> Finding:
    """The one finding of a refusal."""
    (finding,) = refusal.findings
    return finding
