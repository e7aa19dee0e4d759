"""What the meter promises, counted out: strict true peaks, the 997 Hz anchor, steady tones, pooling, other meters.

True peaks are held against the Fourier interpolation of the whole signal at 64 times its rate, which is the
band-limited truth; loudness against arithmetic by the book (`tests.loudness_support`), libebur128 and pyloudnorm. What
needs real music plays on the folder that GLASSMASTER_REAL_ALBUM names. `tests/core/test_loudness_strict.py` tries a
sample.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from glassmaster.listening import STRICT
from glassmaster.loudness import album, measure, true_peak
from glassmaster.loudness.interpolation import phases
from glassmaster.sources import open_source
from tests import libebur128_support
from tests.loudness_support import audio, gated, heard, loudness, music, tone

Wave = NDArray[np.float64]
LENGTH, MARGIN, IDEAL = 4096, 256, 64
SIGNALS = 1002
"""A third of each kind."""


def random(noise: Wave) -> Wave:
    return noise


def clipped(noise: Wave) -> Wave:
    return np.clip(noise, -1, 1)


def limited(noise: Wave) -> Wave:
    """Gain down around whatever is above 1, over 65 samples."""
    need = np.minimum(1.0, 1 / np.maximum(np.abs(noise), 1e-9))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(need, 64, constant_values=1.0), 65).min(axis=1)
    return noise * np.convolve(windows, np.hanning(67)[1:-1] / 33, "valid")


def placed(sound: Wave) -> Wave:
    """Silence at both ends and slopes behind it, so that round the corner of the Fourier transform there is nothing."""
    slope = np.hanning(2 * MARGIN)
    gain = np.ones(LENGTH)
    gain[: 2 * MARGIN] = np.concatenate([np.zeros(MARGIN), slope[:MARGIN]])
    gain[-2 * MARGIN :] = gain[: 2 * MARGIN][::-1]
    return sound * gain


def band_limited(sound: Wave) -> Wave:
    """Nothing above 0.9 of the Nyquist frequency."""
    spectrum = np.fft.rfft(sound)
    spectrum[int(0.9 * LENGTH / 2) :] = 0
    return np.fft.irfft(spectrum, LENGTH)


def ideal(sound: Wave) -> float:
    spectrum = np.pad(np.fft.rfft(sound), (0, (IDEAL - 1) * LENGTH // 2))
    return float(np.abs(np.fft.irfft(spectrum, IDEAL * LENGTH)).max() * IDEAL)


def read(sound: Wave) -> float:
    return true_peak(audio(sound.astype(np.float32)[:, None], 48000), STRICT)


KINDS: tuple[Callable[[Wave], Wave], ...] = (random, clipped, limited)


def signals(kind: Callable[[Wave], Wave], count: int) -> Iterator[Wave]:
    """The first of the signals of one kind; always the same ones."""
    noise = np.random.default_rng(len(kind.__name__))
    for _ in range(count):
        yield placed(kind(noise.standard_normal(LENGTH) * 10 ** (noise.uniform(-6, 12) / 20)))


def off_db(sound: Wave) -> float:
    """How far the strict reading is from the ideal one."""
    return 20 * math.log10(read(sound) / ideal(sound))


@cache
def misreading() -> Wave:
    """E(f): by how much the interpolator can misread a wave exp(2 pi i f n) of height 1, at its worst phase."""
    frequencies = np.arange(LENGTH // 2 + 1)[:, None] / LENGTH
    frames = np.arange(-23, 25)
    errors = [
        np.abs((taps * np.exp(2j * np.pi * frequencies * (frames - number / STRICT))).sum(axis=1) - 1)
        for number, taps in enumerate(phases(STRICT), start=1)
    ]
    return np.asarray(np.max(errors, axis=0))


def bound(sound: Wave) -> float:
    """How far the reading can be from the ideal one. A sound is the sum of its partials, and each of them is misread by
    no more than its height times E(f); between two points of the grid it rises by no more than 1 / cos(pi / 32)."""
    heights = np.abs(np.fft.rfft(sound)) / LENGTH * 2
    return float(heights @ misreading()) + ideal(sound) * (1 - math.cos(math.pi / (2 * STRICT)))


ANCHOR_RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000, 352800, 384000)
SECONDS = (0.4, 0.4951, 0.55, 0.9999, 1.0, 2.345, 3.0, 7.777, 20.005, 33.33, 120.0)


def anchor(rate: int) -> float:
    """LU that 997 Hz at 0 dBFS in one channel reads from -3.01 (BS.1770-5), taken as 10 log10 of 1/2."""
    sound = tone(rate, (5, 0.0), hz=997)
    sound[:, 1] = 0
    return (loudness(sound, rate).integrated_lufs or 0.0) + 10 * math.log10(2)


def spread(rate: int) -> float:
    """LU between the highest and the lowest reading of one steady tone cut to many lengths."""
    whole = tone(rate, (max(SECONDS), -20.0), hz=997)
    told = [loudness(whole[: round(seconds * rate)], rate).integrated_lufs or 0.0 for seconds in SECONDS]
    return max(told) - min(told)


def pooling(seed: int) -> float:
    """LU between an album's loudness and the gating of all its blocks by the book."""
    songs = [heard(music(48_000, 11 + each, seed * 10 + each) * 10 ** (-each / 4), 48_000) for each in range(5)]
    return abs((album(songs).integrated_lufs or 0.0) - (gated([each.energies for each in songs]) or 0.0))


def page() -> str:
    """METER.md."""
    lines = ["# The meter", "", "Written by `make proof PROOF=meter`; never by hand.", ""]
    return "\n".join([*lines, *_true_peaks(), *_anchors(), *_others(), ""])


def _true_peaks() -> Iterable[str]:
    yield "## Strict true peak (16 times) against a 64 times ideal"
    yield ""
    yield "dB above (+) or below (-) the ideal. Promised: 0.02 either way for sound up to 0.9 of Nyquist; for"
    yield "full-band sound no more than the sum of its partials' heights times E(f), what the interpolator does to a"
    yield "partial of height 1, plus what lies between points of the grid. The last column: how much of that bound the"
    yield "worst signal used."
    yield ""
    yield "| signals | count | up to 0.9 of Nyquist | full band | of the bound |"
    yield "|---|---|---|---|---|"
    for kind in KINDS:
        yield _peaks_row(kind)
    yield ""


def _peaks_row(kind: Callable[[Wave], Wave]) -> str:
    narrow, full, used = [], [], []
    for sound in signals(kind, SIGNALS // len(KINDS)):
        narrow.append(off_db(band_limited(sound)))
        full.append(off_db(sound))
        used.append(abs(read(sound) - ideal(sound)) / bound(sound))
    told = " | ".join(f"{min(each):+.4f} to {max(each):+.4f}" for each in (narrow, full))
    return f"| {kind.__name__} noise | {len(full)} | {told} | {100 * max(used):.0f} % |"


def _anchors() -> Iterable[str]:
    yield "## Loudness"
    yield ""
    yield "| what | promised | found |"
    yield "|---|---|---|"
    off = {rate: anchor(rate) for rate in ANCHOR_RATES}
    yield f"| 997 Hz anchor at 48 kHz | 0.001 LU | {abs(off[48_000]):.5f} |"
    worst = max(off, key=lambda rate: abs(off[rate]))
    yield f"| the same at {len(off)} rates from 8 to 384 kHz | 0.03 LU | {abs(off[worst]):.5f} (at {worst} Hz) |"
    yield f"| a steady tone cut to {len(SECONDS)} lengths | 0.002 LU | {max(map(spread, (44_100, 48_000))):.5f} |"
    yield f"| albums of 5 songs against gating by the book | 1e-9 LU | {max(map(pooling, range(1, 9))):.1e} |"


def _others() -> Iterable[str]:
    named = os.environ.get("GLASSMASTER_REAL_ALBUM")
    if not named:
        yield "| agreement with others on real music | 0.01 LU | GLASSMASTER_REAL_ALBUM names no folder |"
        return
    paths = sorted(Path(named).rglob("*.wav"))
    for name, theirs in (("libebur128", _libebur128), ("pyloudnorm (DeMan)", _pyloudnorm)):
        off = [abs((measure(open_source(path)).integrated_lufs or 0.0) - theirs(path)) for path in paths]
        yield f"| {name} on {len(paths)} songs of real music | 0.01 LU | {max(off):.5f} |"


def _libebur128(path: Path) -> float:
    sound = open_source(path)
    return libebur128_support.measured(sound, sound.rate, sound.channels).integrated_lufs


def _pyloudnorm(path: Path) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyloudnorm

        sound = open_source(path)
        return float(pyloudnorm.Meter(sound.rate, filter_class="DeMan").integrated_loudness(np.concatenate([*sound])))
