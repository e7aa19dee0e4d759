"""Every format at every rate and many lengths decodes to its master's frames; joints are as good as the rest."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.formats_support import FORMATS, audio_of, heard, music, on_grid
from tests.gapless_support import LOSSY_CASES, Joint, called, joint, lengths, missing

RATES = (8_000, 44_100, 48_000, 96_000)
COUNT = 1
SONGS = ("11_Nebula", "02_Aberrations")
SECONDS, FROM = 20, 60
CUTS = [int(cut) for cut in np.linspace(50_000, 830_000, 16) + np.random.default_rng(5).integers(-9_000, 9_000, 16)]


def page() -> str:
    """The page GAPLESS.md."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [line for part in (_joints_told, _lengths_told) for line in _noted(part(Path(folder)))]
    return "\n".join(["# Gapless", "", "Written by `make proof PROOF=gapless`.", "", *lines, ""])


def _noted(lines: Iterator[str]) -> Iterator[str]:
    """Lines as they come, for whoever waits."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)
        yield line


def _lengths_told(folder: Path) -> Iterator[str]:
    yield ""
    yield "## Lengths"
    yield ""
    yield "Mono and stereo; 1 frame, a tenth of a second, primes and a random length (seed: the rate) each."
    yield ""
    yield "| format | encoder | rates | files | files of another length |"
    yield "|---|---|---|---|---|"
    for name, offer in FORMATS.items():
        rates = [rate for rate in RATES if not offer.rates or rate in offer.rates]
        for encoder in offer.encoders():
            tried = [(rate, n, c) for rate in rates for n in lengths(rate, rate, COUNT) for c in (1, 2)]
            wrong = sum(_decoded(folder, name, encoder.name, *each) != each[1] for each in tried)
            yield f"| {name} | {encoder.name} {encoder.version} | {len(rates)} | {len(tried)} | {wrong} |"


def _decoded(folder: Path, name: str, encoder: str, rate: int, frames: int, channels: int) -> int:
    offer = FORMATS[name]
    path = folder / f"sound{offer.suffix}"
    sound = music(frames, channels, rate) if offer.lossy else on_grid(frames, channels, 24)
    offer.encode(audio_of(sound, rate), path, offer.settings(), encoder)
    return len(heard(offer.decode(path)))


def _joints_told(folder: Path) -> Iterator[str]:
    yield "## Joints"
    yield ""
    yield f"Decoded error in the 20 ms around {len(CUTS)} joints against the master, in dB: over the median of all"
    yield "windows of 20 ms of that encode, or, for music's error follows its level, over the same encoder's error at"
    yield "the same places without a joint, whichever is higher. Wanted: at most +1. By chance: what another encode"
    yield "without a joint, begun 333 frames later, has there over the first."
    yield ""
    sounds = [("noise", *_noise()), *_real()]
    yield "| encode | " + " | ".join(name for name, _, _ in sounds) + " |"
    yield "|---" * (1 + len(sounds)) + "|"
    for case in LOSSY_CASES:
        if not missing(case):
            found = [joint(case, sound, rate, CUTS, folder) for _, sound, rate in sounds]
            yield f"| {called(case)} | " + " | ".join(_told(each) for each in found) + " |"


def _told(found: Joint) -> str:
    over, chance = found.joint_db - found.median_db, found.later_db - found.unbroken_db
    return f"{found.excess_db:+.1f} ({over:+.1f} over the median; by chance {chance:+.1f})"


def _noise() -> tuple[Any, int]:
    return np.random.default_rng(3).standard_normal((SECONDS * 48_000, 2)).astype(np.float32) * np.float32(0.1), 48_000


def _real() -> Iterator[tuple[str, Any, int]]:
    folder = os.environ.get("GLASSMASTER_REAL_ALBUM")
    if not folder:
        return
    import soundfile

    for name in SONGS:
        [path] = (Path(folder) / "mixes").glob(f"{name}_*.wav")
        rate = soundfile.info(path).samplerate
        yield name[3:], soundfile.read(path, start=FROM * rate, frames=SECONDS * rate, dtype="float32")[0], rate
