"""Hot masters, real and hard, taken through the rounds of encoding: what a build does behind its limiter."""

from __future__ import annotations

import math
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import soxr

from glassmaster.destinations import decoded_ceiling_dbtp
from glassmaster.errands import Render, Rendered
from glassmaster.files import encode
from glassmaster.loudness import measure
from glassmaster.model import Cut, Deliverable, Measurement, Order, Part, Release, Song, Source
from glassmaster.peaks import Limiting, Trial, find_drive, limit
from glassmaster.plugins import Offers
from glassmaster.rounds import File
from glassmaster.sound import spool
from glassmaster.targets import Target
from glassmaster.work import Crew
from tests.formats_support import audio_of

RATE = 48_000


@dataclass(frozen=True, eq=False)
class Hot:
    """A master that leaves an encoder no room."""

    name: str
    sound: Any
    ceiling_dbtp: float
    measured: Measurement


def mastered(name: str, sound: Any, lufs: float, ceiling_dbtp: float) -> Hot:
    """`sound` driven into our limiter as far as it takes to reach `lufs`, whatever that does to it."""
    found: dict[float, tuple[Any, Measurement]] = {}

    def trial(drive_db: float) -> Trial:
        made = np.concatenate(list(limit(audio_of(sound, RATE), Limiting(ceiling_dbtp, drive_db))))
        found[drive_db] = made, measure(audio_of(made, RATE))
        return Trial(found[drive_db][1].integrated_lufs, 0.0, 0.0)

    before = measure(audio_of(sound, RATE)).integrated_lufs
    guess = lufs - (before if before is not None else lufs)
    made, measured = found[find_drive(trial, guess, lufs, 99.0, most_trials=3).drive_db]
    return Hot(name, _faded(made), ceiling_dbtp, measured)


def _faded(sound: Any) -> Any:
    """With the 5 ms at both ends that a cut inside sound gets in a build, too: meters differ on what begins at once."""
    ramp = np.linspace(0, 1, RATE // 200, dtype=np.float32)[:, None]
    sound[: len(ramp)] *= ramp
    sound[-len(ramp) :] *= ramp[::-1]
    return sound


def excerpt(path: Path, seed: int) -> Any:
    """30 to 36 s from the middle of a mixdown, at 48 kHz."""
    rng, told = np.random.default_rng(seed), sf.info(str(path))
    seconds = min(float(rng.uniform(30, 36)), told.duration)
    start = float(rng.uniform(0.25, 0.75)) * (told.duration - seconds)
    frames = round(seconds * told.samplerate)
    sound, rate = sf.read(str(path), frames, round(start * told.samplerate), dtype="float32", always_2d=True)
    return sound if rate == RATE else soxr.resample(sound, rate, RATE)


def _noise(rng: Any, frames: int) -> Any:
    return rng.standard_normal((frames, 2))


def _clipped(rng: Any, frames: int) -> Any:
    return np.clip(_noise(rng, frames), -0.5, 0.5)


def _pink(rng: Any, frames: int) -> Any:
    spectrum = np.fft.rfft(_noise(rng, frames), axis=0)
    return np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1))[:, None], frames, axis=0)


def _squares(rng: Any, frames: int) -> Any:
    time = np.arange(frames)[:, None] / RATE
    pitches = 110 * 2 ** (rng.integers(0, 25, (frames // 6000 + 1, 2)) / 12)
    return np.sign(np.sin(2 * np.pi * np.repeat(pitches, 6000, axis=0)[:frames] * time))


def _saws(rng: Any, frames: int) -> Any:
    time = np.arange(frames)[:, None] / RATE
    return sum(2 * ((pitch * time + rng.uniform(size=2)) % 1) - 1 for pitch in rng.uniform(60, 800, 7))


def _drums(rng: Any, frames: int) -> Any:
    time = np.arange(frames)[:, None] / RATE
    hats, kick = np.exp(-60 * (time % 0.125)), np.exp(-8 * (time % 0.5))
    return 0.6 * hats * _noise(rng, frames) + 1.5 * kick * np.sin(2 * np.pi * 50 * (time % 0.5))


def _clicks(rng: Any, frames: int) -> Any:
    made = 0.02 * _noise(rng, frames)
    made[rng.integers(0, frames, frames // 900)] += rng.choice([-1.0, 1.0], (frames // 900, 2))
    return made


def _sweep(rng: Any, frames: int) -> Any:
    time = np.arange(frames)[:, None] / RATE
    rate = np.log(20_000 / 30) / (frames / RATE)
    return np.sin(2 * np.pi * 30 * np.expm1(rate * time) / rate + rng.uniform(0, 6, 2))


def _castanets(rng: Any, frames: int) -> Any:
    time = np.arange(frames)[:, None] / RATE
    return np.exp(-90 * (time % 0.31)) * np.sin(2 * np.pi * 2300 * time + rng.uniform(0, 6, 2))


HARD: Mapping[str, Callable[[Any, int], Any]] = {
    "clipped noise": _clipped,
    "pink noise": _pink,
    "square waves": _squares,
    "saw chords": _saws,
    "drums": _drums,
    "clicks": _clicks,
    "sweep": _sweep,
    "castanets": _castanets,
}
"""Sounds (frames x 2) that encoders find hard, from a random generator."""


def hard(name: str, seconds: float, seed: int) -> Any:
    """One of the hard sounds, at half of full scale."""
    sound = HARD[name](np.random.default_rng(seed), round(seconds * RATE))
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def delivered(
    hot: Sequence[Hot], deliverables: Mapping[Deliverable, int], offers: Offers, crew: Crew
) -> tuple[File, ...]:
    """The masters as one album, in files of every deliverable (with its rate), by the code that builds use."""
    release = Release("Hot", "Nobody", songs=tuple(Song(Path(each.name), each.name, gap=0.0) for each in hot))
    targets = {
        each.name: Target(
            each, rate, None, offers.formats[each.format].encoders()[0], decoded_ceiling_dbtp(each, offers.profiles)
        )
        for each, rate in deliverables.items()
    }
    programmes = [_programme(number, each, crew) for number, each in enumerate(hot)]
    orders = {name: tuple(order for order, _, _ in programmes) for name in targets}
    sounds = {order: (errand, made) for order, errand, made in programmes}
    files, failures = encode(targets, orders, sounds, release, offers, crew)
    assert not failures, [each.findings for each in failures]
    return files


def _programme(number: int, hot: Hot, crew: Crew) -> tuple[Order, Render, Rendered]:
    frames, seconds = len(hot.sound), len(hot.sound) / RATE
    with crew.store.scratch() as path:
        spool.write(iter(audio_of(hot.sound, RATE)), path)
        blob = crew.store.adopt(path)
    source = Source(Path(hot.name), blob.sha256, "WAV", "FLOAT", RATE, 2, frames, None, lossy=False)
    order = Order((Part(number, source, Cut(0, frames), ()),), (), None, hot.ceiling_dbtp)
    none = np.zeros(0, np.float32)
    made = Rendered(blob, RATE, 2, (0, frames), (hot.measured,), (0.0,), 0.0, none, "", passthrough=False, promise=None)
    return order, Render(hot.name, seconds, order, "tests"), made


def ffmpeg_true_peak(path: Path) -> float:
    """What ffmpeg's own decoder and 4x meter (libavfilter's ebur128) say of a file, dBTP, to 0.01 dB."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(path)]
    command += ["-af", "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    return 20 * math.log10(max(map(float, re.findall(r"r128\.true_peaks_ch\d+=(\S+)", told))))


def needed(files: Iterable[File]) -> list[File]:
    """Those that had to be turned down."""
    return [each for each in files if each.encode.trim_db]


def distances_db(files: Iterable[File]) -> list[float]:
    """How far below its ceiling each file decodes."""
    peaks = [(each.encoded.measured.true_peak_dbtp, each.target.decoded_ceiling_dbtp) for each in files]
    return [ceiling - peak for peak, ceiling in peaks if peak is not None]
