"""Healthy mixdowns of varied music, generated and real, for the tests of what finds faults in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

Sound = NDArray[np.float64]
"""Frames x channels."""
SECONDS = 5.0
_TAKES = 3
"""Of each kind of music, at each rate."""
PEAK = 0.4
"""Of healthy material, -8 dBFS."""


def _time(rate: int) -> Any:
    return np.arange(int(SECONDS * rate)) / rate


def _noise(rng: Any, rate: int) -> Any:
    return rng.standard_normal(int(SECONDS * rate))


def _smooth(rng: Any, rate: int, hz: float, low: float, high: float) -> Any:
    """A control that wanders between two values about `hz` times a second."""
    points = rng.uniform(low, high, int(SECONDS * hz) + 3)
    return np.interp(_time(rate) * hz, np.arange(len(points)), points)


def _strokes(rng: Any, rate: int, every: float, decay: float) -> Any:
    """Envelope of strokes: 2 ms of attack, exponential decay, never equally loud."""
    t = _time(rate)
    beat = (t / every).astype(int)
    since = t - beat * every
    loud = rng.uniform(0.4, 1.0, beat.max() + 1)
    return loud[beat] * np.minimum(since / 0.002, 1) * np.exp(-decay * since)


def drums(rng: Any, rate: int) -> Sound:
    """Kick, snare and hi-hat with a room around them."""
    t, tempo = _time(rate), rng.uniform(0.4, 0.6)
    kick = np.sin(2 * np.pi * rng.uniform(46, 60) * t) * _strokes(rng, rate, tempo, 9)
    snare = _noise(rng, rate) * _strokes(rng, rate, 2 * tempo, 16) * 0.5
    hat = np.diff(_noise(rng, rate), prepend=0) * _strokes(rng, rate, tempo / 2, 40) * 0.2
    return _wide(kick + snare + hat + 0.004 * _noise(rng, rate), rng, rate)


def bass(rng: Any, rate: int) -> Sound:
    """Bass notes of the tempered scale with overtones, under a soft hi-hat."""
    notes = 440 * 2 ** ((rng.integers(-38, -20, 64)) / 12)
    hz = notes[(_time(rate) / rng.uniform(0.3, 0.9)).astype(int)]
    phase = 2 * np.pi * np.cumsum(hz) / rate
    tone = sum(np.sin(k * phase) / k**1.5 for k in (1, 2, 3, 4))
    hat = np.diff(_noise(rng, rate), prepend=0) * _strokes(rng, rate, 0.25, 30) * 0.15
    return _wide(tone * _smooth(rng, rate, 2, 0.3, 1.0) + hat, rng, rate)


def pad(rng: Any, rate: int) -> Sound:
    """Slow chords of many detuned voices with air above them."""
    t, out = _time(rate), 0.0
    for hz in 220 * 2 ** (rng.choice([0, 3, 5, 7, 10, 12, 15], 5) / 12):
        for detune in rng.uniform(-0.004, 0.004, 3):
            out = out + np.sin(2 * np.pi * hz * (1 + detune) * t + rng.uniform(0, 6))
    air = np.diff(_noise(rng, rate), prepend=0) * 0.03
    return _wide(out * _smooth(rng, rate, 0.7, 0.15, 0.3) + air * _smooth(rng, rate, 0.5, 0.5, 1), rng, rate)


def chords(rng: Any, rate: int) -> Sound:
    """Struck chords that ring out: a piano, a guitar."""
    t, out = _time(rate), np.zeros(int(SECONDS * rate))
    for at in np.arange(0, SECONDS, rng.uniform(0.35, 0.8)):
        since = np.maximum(t - at, 0)
        for hz in rng.choice(110 * 2 ** (np.arange(36) / 12), 3):
            partials = sum(np.sin(2 * np.pi * hz * k * since) / k**1.3 for k in range(1, 6))
            out += rng.uniform(0.3, 1) * partials * np.minimum(since / 0.004, 1) * np.exp(-2.5 * since)
    return _wide(out + 0.01 * _noise(rng, rate), rng, rate)


def speech(rng: Any, rate: int) -> Sound:
    """Syllables: bursts of shaped noise and buzzing tone, over a quiet room."""
    shape = np.fft.rfft(_noise(rng, rate))
    hz = np.fft.rfftfreq(int(SECONDS * rate), 1 / rate)
    shape *= sum(np.exp(-(((hz - f) / w) ** 2)) for f, w in ((500, 300), (1500, 500), (2600, 600))) + 0.03
    noise = np.fft.irfft(shape, int(SECONDS * rate))
    pitch = np.cumsum(_smooth(rng, rate, 3, 90, 190)) / rate
    buzz = sum(np.sin(2 * np.pi * k * pitch) / k for k in range(1, 9))
    syllables = np.clip(_smooth(rng, rate, 7, -0.3, 1.0), 0.002, 1)
    return _wide((noise / noise.std() * 0.5 + buzz * 0.5) * syllables, rng, rate)


def band(rng: Any, rate: int) -> Sound:
    """All at once."""
    parts = [each(rng, rate) for each in (drums, bass, chords)]
    return np.asarray(sum(part * level for part, level in zip(parts, rng.uniform(0.3, 0.7, 3), strict=True)))


ALBUM = os.environ.get("GLASSMASTER_REAL_ALBUM", "")
REAL = sorted((Path(ALBUM) / "mixes").glob("*.wav")) if ALBUM else []


def real(rng: Any, rate: int) -> Sound:
    """An excerpt of the real album at another rate, without what is under 15 Hz there (its DC offsets)."""
    path = REAL[int(rng.integers(len(REAL)))]
    info = sf.info(path)
    start = int(rng.uniform(0.1, 0.8) * (info.frames - SECONDS * info.samplerate))
    sound, own = sf.read(path, start=start, frames=int(SECONDS * info.samplerate), always_2d=True)
    sound = soxr.resample(sound, own, rate, quality="HQ")
    spectrum = np.fft.rfft(sound, axis=0)
    hz = np.fft.rfftfreq(len(sound), 1 / rate)[:, None]
    return np.asarray(np.fft.irfft(spectrum * np.clip(hz / 10 - 0.5, 0, 1), len(sound), axis=0))


MUSIC: Mapping[str, Callable[[Any, int], Sound]] = {
    "drums": drums,
    "bass": bass,
    "pad": pad,
    "chords": chords,
    "speech": speech,
    "band": band,
}


def _wide(mono: Any, rng: Any, rate: int) -> Sound:
    """Two channels: the sound in the middle, its echo on the sides above 150 Hz, a little noise of each side's own."""
    late = np.roll(mono, int(rate * rng.uniform(0.007, 0.02)))
    side = np.diff(late, prepend=0) * rng.uniform(0.5, 2.0)
    own = np.diff(rng.standard_normal((len(mono), 2)), axis=0, prepend=0) * 0.002 * np.abs(mono).max()
    pan = rng.uniform(0.85, 1.15)
    return np.asarray(np.stack([mono * pan + side, mono / pan - side], axis=1) + own)


@dataclass(frozen=True, eq=False)
class Mixdown:
    """A file to be."""

    sound: Sound
    rate: int
    subtype: str = "PCM_24"

    def write(self, path: Path) -> Path:
        sf.write(path, quantised(self.sound, self.subtype), self.rate, subtype=self.subtype)
        return path


def quantised(sound: Sound, subtype: str) -> Any:
    """Rounded by ourselves, with dither for 16 bits; floats as they are."""
    if subtype == "FLOAT":
        return sound.astype(np.float32)
    bits = int(subtype[-2:])
    rng = np.random.default_rng(1)
    dither = rng.random(sound.shape) - rng.random(sound.shape) if bits == 16 else 0.0
    steps = np.clip(np.round(sound * 2 ** (bits - 1) + dither), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return (steps * 2 ** (32 - bits)).astype(np.int32)


def healthy(kind: str, rng: Any, rate: int = 48_000, subtype: str = "PCM_24") -> Mixdown:
    """A second of silence before and after, the music faded in and out, its highest peak at `PEAK` or below."""
    return framed(_played(kind, int(rng.integers(_TAKES)), rate), rate, rng, subtype)


@cache
def _played(kind: str, take: int, rate: int) -> Sound:
    return (
        real(np.random.default_rng(take), rate)
        if kind == "real"
        else MUSIC[kind](np.random.default_rng([take, *kind.encode()]), rate)
    )


def framed(sound: Sound, rate: int, rng: Any, subtype: str = "PCM_24") -> Mixdown:
    """The same of any excerpt."""
    sound = sound / np.abs(sound).max() * PEAK * rng.uniform(0.5, 1.0)
    fades = np.minimum(1, np.minimum(np.arange(len(sound)), np.arange(len(sound))[::-1]) / (0.3 * rate))
    rest = np.zeros((rate, 2))
    return Mixdown(np.concatenate([rest, sound * fades[:, None], rest]), rate, subtype)


def clean(number: int) -> Mixdown:
    """The numbered healthy mixdown."""
    rng = np.random.default_rng([number, 4711])
    kind = [*MUSIC][number % len(MUSIC)]
    return healthy(kind, rng, int(rng.choice([44_100, 48_000, 96_000])), str(rng.choice(["PCM_24", "FLOAT"])))
