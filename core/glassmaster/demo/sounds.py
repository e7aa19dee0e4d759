"""Instruments: short sounds from numpy alone, the same on every run."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
_TABLE = 16_384


def frequency(note: float) -> float:
    """MIDI note number to Hz, equal temperament at A4 = 440 Hz."""
    return float(440.0 * 2.0 ** ((note - 69) / 12))


@cache
def _wave(partials: int, tilt: float) -> Sound:
    """One period of a saw whose partials fall by `tilt`: 1 is bright, 2 and more are dull.

    The last quarter of them fades away: a spectrum that ends like a wall looks as if it came from a lossy file.
    """
    place = np.arange(_TABLE) / _TABLE
    orders = range(1, partials + 1)
    levels = {order: min(1.0, 4 * (1 - order / (partials + 1))) / order**tilt for order in orders}
    wave = np.sum([level * np.sin(2 * np.pi * order * place + 0.7 * order) for order, level in levels.items()], axis=0)
    return np.asarray(wave / np.sqrt(np.mean(wave**2)), np.float32)


def tone(hz: float, frames: int, rate: int, tilt: float, vibrato: float = 0.0, phase: float = 0.0) -> Sound:
    """A steady tone of RMS 1 with no partial above 16 kHz."""
    turns = hz / rate * np.arange(frames) + phase
    if vibrato:
        turns = turns + vibrato * np.sin(2 * np.pi * 5.2 / rate * np.arange(frames))
    wave = _wave(max(1, min(40, int(16_000 / hz))), tilt)
    return np.asarray(wave[(turns * _TABLE).astype(np.int32) & (_TABLE - 1)])


def envelope(frames: int, rate: int, attack: float, release: float) -> Sound:
    """Rises within `attack` seconds, holds, falls within the last `release` seconds; both softly."""
    shape = np.ones(frames, np.float32)
    rise, fall = (min(frames, max(1, round(each * rate))) for each in (attack, release))
    shape[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    shape[frames - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall)) ** 2
    return shape


def decay(frames: int, rate: int, seconds: float) -> Sound:
    """Falls by 60 dB in `seconds`."""
    return np.asarray(np.exp(-6.9 / (seconds * rate) * np.arange(frames, dtype=np.float32)))


def pad(note: int, frames: int, rate: int) -> tuple[Sound, Sound]:
    """Two slightly detuned voices, left and right."""
    shape = 0.06 * envelope(frames, rate, 0.35, 0.5)
    left, right = (
        tone(frequency(note + cents), frames, rate, 1.9, phase=note * 0.37 + cents) * shape for cents in (-0.06, 0.05)
    )
    return left, right


def pluck(note: int, rate: int, seconds: float = 1.2) -> Sound:
    """A string: bright at first, then dull."""
    frames = round(seconds * rate)
    bright, dull = (tone(frequency(note), frames, rate, tilt) for tilt in (1.2, 2.6))
    sound = 0.5 * bright * decay(frames, rate, 0.25) + dull * decay(frames, rate, seconds)
    return np.asarray(0.2 * sound * envelope(frames, rate, 0.002, 0.05), np.float32)


def bass(note: int, frames: int, rate: int) -> Sound:
    """Round, with a little growl at its start."""
    low, growl = (tone(frequency(note), frames, rate, tilt) for tilt in (2.2, 1.1))
    sound = low + 0.35 * growl * decay(frames, rate, 0.5)
    return np.asarray(0.18 * sound * envelope(frames, rate, 0.006, 0.04), np.float32)


def lead(note: int, frames: int, rate: int) -> Sound:
    """A singing voice with a slight vibrato."""
    voice = tone(frequency(note), frames, rate, 1.7, vibrato=0.02)
    return np.asarray(0.15 * voice * envelope(frames, rate, 0.03, 0.12), np.float32)


def kick(rate: int) -> Sound:
    """A sine that falls from 150 to 48 Hz."""
    time = np.arange(round(0.32 * rate), dtype=np.float32) / np.float32(rate)
    phase = 48 * time + (150 - 48) * 0.035 * (1 - np.exp(-time / 0.035))
    return np.asarray(0.75 * np.sin(2 * np.pi * phase) * envelope(len(time), rate, 0.001, 0.2), np.float32)


def snare(rate: int, noise: np.random.Generator) -> Sound:
    """A drum skin at 185 Hz and its wires."""
    frames = round(0.24 * rate)
    wires = np.diff(noise.standard_normal(frames + 1, np.float32)) * decay(frames, rate, 0.22)
    skin = np.sin(2 * np.pi * 185 / rate * np.arange(frames, dtype=np.float32)) * decay(frames, rate, 0.14)
    return np.asarray((0.16 * wires + 0.35 * skin) * envelope(frames, rate, 0.001, 0.05), np.float32)


def hat(rate: int, noise: np.random.Generator, seconds: float) -> Sound:
    """A cymbal, closed or open."""
    frames = round(seconds * rate)
    hiss = np.diff(noise.standard_normal(frames + 2, np.float32), n=2)
    return np.asarray(0.055 * hiss * decay(frames, rate, seconds), np.float32)


def reverb(send: Sound, rate: int, seconds: float, seed: int) -> Sound:
    """A room: the send (frames x 2) convolved with noise that dies away, a little longer than the send."""
    noise = np.random.default_rng(seed)
    frames = round(seconds * rate)
    soft = noise.standard_normal((frames + 3, 2), np.float32)
    soft = (soft[:-3] + soft[1:-2] + soft[2:-1] + soft[3:]) * decay(frames, rate, seconds)[:, None]
    early = round(0.012 * rate)
    soft[:early] = 0
    room = 0.4 * soft / np.sqrt(np.sum(soft**2, axis=0))
    size = -(-(len(send) + frames) // 65_536) * 65_536
    wet = np.empty_like(send)
    for channel in range(2):
        spectrum = np.fft.rfft(send[:, channel], size) * np.fft.rfft(room[:, channel], size)
        wet[:, channel] = np.fft.irfft(spectrum, size)[: len(send)]
    return wet
