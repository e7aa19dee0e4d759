"""What the tests of formats and tags share: sounds to encode, the built-in formats, other people's tools."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassmaster_aac
import glassmaster_aiff
import glassmaster_alac
import glassmaster_flac
import glassmaster_mp3
import glassmaster_opus
import glassmaster_vorbis
import glassmaster_wav
import glassmaster_wavpack
from glassmaster.model import Audio, Format

_PLUGINS: tuple[Any, ...] = (
    glassmaster_wav,
    glassmaster_aiff,
    glassmaster_flac,
    glassmaster_mp3,
    glassmaster_opus,
    glassmaster_vorbis,
    glassmaster_alac,
    glassmaster_aac,
    glassmaster_wavpack,
)
FORMATS: dict[str, Format] = {made.name: made for plugin in _PLUGINS for made in plugin.glassmaster_formats()}
MP3_ENCODERS = ("lame", "ffmpeg", "soundfile")
OPUS_ENCODERS = ("ffmpeg", "opusenc", "soundfile")
LOSSY = [
    *(("mp3", name) for name in MP3_ENCODERS),
    *(("opus", name) for name in OPUS_ENCODERS),
    ("vorbis", "soundfile"),
    ("aac", "aac"),
]
EMBEDDED = ("wav", "aiff", "flac", "mp3", "opus", "vorbis")
"""Formats that need no program."""


def audio_of(samples: Any, rate: int = 44_100, block: int = 10_007) -> Audio:
    """The samples as a stream, in blocks of an awkward length."""
    whole = np.asarray(samples, dtype=np.float32)
    cuts = range(0, len(whole), block)
    return Audio(rate, whole.shape[1], len(whole), lambda: iter([whole[at : at + block] for at in cuts]))


def heard(audio: Iterable[Any]) -> Any:
    return np.concatenate(list(audio))


def on_grid(frames: int, channels: int, bits: int) -> Any:
    """Random integers of `bits`, the outermost ones included, as float32."""
    top = 1 << (bits - 1)
    values = np.random.default_rng(frames).integers(-top, top, (frames, channels))
    values[0, 0], values[-1, -1] = -top, top - 1
    return (values / top).astype(np.float32)


def music(frames: int, channels: int = 2, rate: int = 44_100, peak: float = 0.5) -> Any:
    """A chord with beats, a little different in each channel."""
    time = np.arange(frames)[:, None] / rate
    tones = sum(np.sin(2 * np.pi * f * (1 + np.arange(channels) / 500) * time) for f in (110, 220.7, 554.4, 1318.5))
    sound = tones * (0.3 + 0.7 * np.exp(-4 * (time % 0.5))) + 0.02 * np.random.default_rng(1).standard_normal(
        (frames, channels)
    )
    return (sound * peak / np.abs(sound).max()).astype(np.float32)


def snr_db(sound: Any, decoded: Any) -> float:
    return float(10 * np.log10(np.sum(sound.astype(float) ** 2) / np.sum((decoded.astype(float) - sound) ** 2)))


def installed(*names: str) -> None:
    """Skip the test where one of these programs is missing."""
    for name in names:
        if not shutil.which(name):
            pytest.skip(f"{name} is not installed")


def can(format: str, encoder: str) -> Format:  # noqa: A002
    """The format, or skip the test where this encoder is missing."""
    made = FORMATS[format]
    if encoder not in {found.name for found in made.encoders()}:
        pytest.skip(f"{encoder} cannot make {format} here")
    return made


def told(*command: str | Path) -> str:
    """What a program prints; it must succeed."""
    done = subprocess.run([*map(str, command)], capture_output=True, check=True, stdin=subprocess.DEVNULL)
    return done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")


def by_ffmpeg(path: Path, channels: int) -> Any:
    """The file's samples as ffmpeg decodes them, float32."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-f", "f32le", "-c:a", "pcm_f32le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, "<f4").reshape(-1, channels)
