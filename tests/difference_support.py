"""Two revisions of a mix, made: varied music, and known changes to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

Sound = NDArray[np.float64]
"""Frames x channels."""
RATE = 48_000


def _time(seconds: float, rate: int) -> Any:
    return np.arange(int(seconds * rate)) / rate


def band(seconds: float, rng: Any, rate: int) -> Sound:
    """Drums, bass, chords and a voice-like tone: a bit of everything at once."""
    t = _time(seconds, rate)
    hits = np.exp(-14 * (t % 0.5)) * rng.standard_normal(len(t)) * 0.25
    kick = np.exp(-9 * (t % 1.0)) * np.sin(2 * np.pi * 55 * t) * 0.4
    chords = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6)) * 0.04 for f in rng.uniform(150, 2500, 9))
    voice = np.sin(2 * np.pi * 330 * t + 3 * np.sin(2 * np.pi * 5 * t)) * (0.06 + 0.05 * np.sin(2 * np.pi * 0.3 * t))
    hiss = rng.standard_normal(len(t)) * 0.01
    return _wide(hits + kick + chords + voice + hiss, rng, rate)


def ambient(seconds: float, rng: Any, rate: int) -> Sound:
    """Noise whose colour and level drift slowly: no beat to hold on to."""
    count = int(seconds * rate)
    shape = np.fft.rfft(rng.standard_normal(count)) / np.sqrt(np.arange(1, count // 2 + 2))
    noise = np.fft.irfft(shape, count)
    swell = 0.5 + 0.4 * np.sin(2 * np.pi * _time(seconds, rate) / rng.uniform(3, 9))
    return _wide(noise / noise.std() * 0.08 * swell, rng, rate)


def loop(seconds: float, rng: Any, rate: int) -> Sound:
    """A bar that repeats, and a melody over it that does not."""
    bar = band(2.0, rng, rate)
    t = _time(seconds, rate)
    steps = np.repeat(rng.uniform(300, 1500, int(seconds * 4) + 1), rate // 4)[: len(t)]
    melody = np.sin(2 * np.pi * np.cumsum(steps) / rate) * 0.08
    return np.asarray(np.resize(bar, (len(t), 2)) + melody[:, None])


def piano(seconds: float, rng: Any, rate: int) -> Sound:
    """Single notes that ring out, quiet between."""
    t, out = _time(seconds, rate), np.zeros(int(seconds * rate))
    for at in np.sort(rng.uniform(0, seconds - 0.1, int(seconds * 4))):
        since, pitch = t - at, 110 * 2 ** (rng.integers(0, 40) / 12)
        note = sum(np.sin(2 * np.pi * pitch * k * since) / k**1.2 for k in range(1, 12) if pitch * k < rate / 2)
        out += np.where(since >= 0, note * np.exp(-3 * np.maximum(since, 0)), 0) * 0.08
    return _wide(out + rng.standard_normal(len(t)) * 0.001, rng, rate)


def _wide(mono: Any, rng: Any, rate: int) -> Sound:
    side = np.roll(mono, int(rate * rng.uniform(0.001, 0.01)))
    return np.stack([mono + 0.3 * side, 0.8 * mono - 0.3 * side], axis=1) * 0.5


MUSIC: Mapping[str, Callable[[float, Any, int], Sound]] = {
    "band": band,
    "ambient": ambient,
    "loop": loop,
    "piano": piano,
}


def turned(sound: Sound, rate: int, start: float, seconds: float, low: float, high: float, change_db: float) -> Sound:
    """The sound with one band turned up or down for a while, by a filter of zero phase with 5 ms ramps."""
    spectrum = np.fft.rfft(sound, axis=0)
    hz = np.fft.rfftfreq(len(sound), 1 / rate)
    inside = np.fft.irfft(spectrum * ((hz >= low) & (hz < high))[:, None], len(sound), axis=0)
    t = np.arange(len(sound)) / rate
    ramp = np.clip(np.minimum(t - start, start + seconds - t) / 0.005, 0, 1)
    return np.asarray(sound + inside * ramp[:, None] * (10 ** (change_db / 20) - 1))


def dithered(sound: Sound, rng: Any) -> NDArray[np.int16]:
    """16 bits with TPDF dither."""
    noise = rng.random(sound.shape) - rng.random(sound.shape)
    return np.asarray(np.clip(np.round(sound * 32768 + noise), -32768, 32767), np.int16)


def silence(seconds: float, rate: int = RATE) -> Sound:
    return np.zeros((round(seconds * rate), 2))


def written(path: Path, sound: Any, rate: int = RATE, subtype: str = "PCM_24") -> Path:
    sf.write(path, sound, rate, subtype=subtype)
    return path


def nulls(sound: Sound, rng: Any) -> Mapping[str, tuple[Any, int, str]]:
    """What an engineer would call the same mix: (samples, rate, subtype) by what was done to it."""
    gain = float(rng.uniform(-12, 3))
    head = float(rng.uniform(0.01, 3))
    converted = soxr.resample(sound, RATE, 44_100, quality="HQ")
    return {
        "gain": (sound * 10 ** (gain / 20), RATE, "PCM_24"),
        "dither": (dithered(sound, rng), RATE, "PCM_16"),
        "head": (np.concatenate([silence(head), sound]), RATE, "PCM_24"),
        "head, gain, dither": (dithered(np.concatenate([silence(head), sound * 0.7]), rng), RATE, "PCM_16"),
        "polarity": (-sound, RATE, "FLOAT"),
        "rate": (converted, 44_100, "PCM_24"),
        "rate, head": (np.concatenate([silence(head, 44_100), converted]), 44_100, "PCM_24"),
    }
