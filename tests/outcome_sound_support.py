"""What meters would tell of made-up songs, with every curve and figure that a report draws."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from glassmaster.model import (
    Grid,
    Json,
    Measurement,
    Source,
)

BANDS_HZ = (
    *(20, 25, 31.5, 40, 50, 63, 80, 100, 125, 160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600),
    *(2000, 2500, 3150, 4000, 5000, 6300, 8000, 10000, 12500, 16000, 20000),
)
RATE = 48_000


def grid(seconds: float, integrated: float, *, seed: int, floor: float = 1e-9) -> Grid:
    """Energies of a song with quiet and loud parts, whose mean is `integrated` LUFS."""
    hops = round(seconds * 100)
    places = np.arange(hops) / max(hops, 1)
    parts = 4 + seed % 4
    shape = (
        -5.0 + 3.5 * np.sign(np.sin(2 * np.pi * parts * places - 1.2)) + 1.5 * np.sin(2 * np.pi * (3 + seed) * places)
    )
    noise = np.random.default_rng(seed).normal(0.0, 1.4, hops)
    power = 10 ** ((shape + noise) / 10) * np.minimum(1.0, np.minimum(places * 60 + 0.05, (1 - places) * 40 + 0.001))
    wanted = 10 ** ((integrated + 0.691) / 10)
    return np.asarray(power * wanted / power.mean() + floor, np.float32)


def extra(lufs: float, seconds: float, *, seed: int, tilt: float = -3.0, rate: int = RATE) -> dict[str, Json]:
    """What the meters would tell: a spectrum that falls by `tilt` dB an octave above 100 Hz, an image that moves."""
    octaves = [math.log2(hz / 100.0) for hz in BANDS_HZ]
    levels: list[Json] = [
        None if hz * 1.12 > rate / 2 else round(lufs - 9.0 + tilt * max(each, -each * 2), 2)
        for hz, each in zip(BANDS_HZ, octaves, strict=True)
    ]
    steps = range(math.ceil(seconds))
    return {
        "spectrum": {"bands_hz": list(BANDS_HZ), "levels_dbfs": levels},
        "rms": {"rms_dbfs": lufs - 1.0, "crest_db": 14.0 + seed % 5},
        "stereo": {
            "step_seconds": 1.0,
            "correlation": 0.62,
            "width": 0.21,
            "balance_db": -0.3,
            "correlation_over_time": [round(0.6 + 0.3 * math.sin(at / 9 + seed), 3) for at in steps],
            "width_over_time": [round(0.2 + 0.1 * math.sin(at / 7 + seed), 3) for at in steps],
            "balance_db_over_time": [None if at < 2 else round(math.sin(at / 5), 2) for at in steps],
        },
    }


def measurement(
    energies: Grid, figures: tuple[float | None, ...], *, rate: int = RATE, told: Mapping[str, Json] | None = None
) -> Measurement:
    """A measurement of `figures`: integrated, short-term max, loudness range, true peak."""
    lufs, short, spread, peak = figures
    return Measurement(
        rate_hz=rate,
        channels=2,
        frames=len(energies) * rate // 100,
        integrated_lufs=lufs,
        loudness_range_lu=spread,
        max_momentary_lufs=None if short is None else short + 1.7,
        max_short_term_lufs=short,
        true_peak_dbtp=peak,
        sample_peak_dbfs=None if peak is None else peak - 0.2,
        plr_lu=None if peak is None or lufs is None else peak - lufs,
        min_psr_lu=None if peak is None or short is None else peak - short - 2.0,
        dr=None,
        true_peak_at=None,
        energies=energies,
        peaks=np.sqrt(energies),
        extra=told or {},
    )


def source(name: str, frames: int, *, container: str = "WAV", rate: int = RATE) -> Source:
    lossy = container == "MP3"
    codec = "MPEG_LAYER_III" if lossy else "PCM_24"
    return Source(Path(name), f"{hash_of(name)}", container, codec, rate, 2, frames, None if lossy else 24, lossy)


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
