"""Lengths and joints of every format: shared by the tests (a sample) and by the proof (all of it)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from glassmaster.model import Audio
from glassmaster_aac import Aac
from glassmaster_mp3 import Mp3
from glassmaster_opus import Opus
from glassmaster_vorbis import Vorbis
from tests.formats_support import FORMATS, audio_of, heard

LOSSY_CASES: tuple[tuple[str, Any, str], ...] = (
    ("mp3", Mp3(bitrate=320), "lame"),
    ("mp3", Mp3(bitrate=128), "lame"),
    ("mp3", Mp3(quality="V0"), "lame"),
    ("mp3", Mp3(quality="V2"), "ffmpeg"),
    ("mp3", Mp3(bitrate=192), "soundfile"),
    ("aac", Aac(), "aac"),
    ("aac", Aac(bitrate=128), "aac"),
    ("opus", Opus(), "opusenc"),
    ("opus", Opus(bitrate=96), "ffmpeg"),
    ("opus", Opus(), "soundfile"),
    ("vorbis", Vorbis(), "soundfile"),
    ("vorbis", Vorbis(quality=3.0), "soundfile"),
)


def called(case: tuple[str, Any, str]) -> str:
    """A case in words: "mp3 bitrate=320 by lame"."""
    name, settings, encoder = case
    told = " ".join(f"{key}={value}" for key, value in vars(settings).items() if value is not None)
    return f"{name} {told} by {encoder}"


def missing(case: tuple[str, Any, str]) -> str:
    """Why a case cannot be tried here; empty where it can."""
    name, _, encoder = case
    here = {each.name for each in FORMATS[name].encoders()}
    return "" if encoder in here else f"{encoder} cannot make {name} here"


def lengths(rate: int, seed: int, count: int) -> list[int]:
    """One frame, a tenth of a second, primes and random lengths."""
    random = np.random.default_rng(seed)
    return [1, rate // 10, 576, 1_151, 7_919, 20_011, *(int(n) for n in random.integers(2, 30_000, count))]


def around(sound: Any, start: int, end: int, rate: int) -> Audio:
    """A stretch of a programme with its neighbours, as the core hands it to an encoder."""
    near = round(2.5 * rate)
    before, after = sound[max(0, start - near) : start], sound[end : end + near]
    return replace(
        audio_of(sound[start:end], rate),
        before=audio_of(before, rate) if len(before) else None,
        after=audio_of(after, rate) if len(after) else None,
    )


def coded(case: tuple[str, Any, str], audio: Audio, folder: Path) -> Any:
    """What a case makes of the sound."""
    name, settings, encoder = case
    path = folder / f"sound{FORMATS[name].suffix}"
    FORMATS[name].encode(audio, path, settings, encoder)
    return heard(FORMATS[name].decode(path))


_LATER = 333


@dataclass(frozen=True)
class Joint:
    """Errors in dB: in the 20 ms around the joints, there without any joint, and the encode's median over 20 ms."""

    joint_db: float
    unbroken_db: float
    later_db: float
    """There without any joint, by an encode that began a little later: what the cut of its blocks does by chance."""
    median_db: float

    @property
    def excess_db(self) -> float:
        """Over the median, or over what the codec does at this place without a joint where that is more."""
        return self.joint_db - max(self.median_db, self.unbroken_db)


def joint(case: tuple[str, Any, str], sound: Any, rate: int, cuts: list[int], folder: Path) -> Joint:
    """Encode a programme in pieces that are cut at `cuts`, and in one piece."""
    edges = [0, *cuts, len(sound)]
    pieces = np.concatenate([coded(case, around(sound, *edge, rate), folder) for edge in pairwise(edges)])
    whole = coded(case, audio_of(sound, rate), folder)
    later = np.concatenate([sound[:_LATER], coded(case, audio_of(sound[_LATER:], rate), folder)])
    half = rate // 100

    def at_cuts(decoded: Any) -> float:
        return _decibels([_power(sound, decoded, cut - half, cut + half) for cut in cuts])

    median = float(np.median([_decibels([each]) for each in _windows(sound, pieces, 2 * half)]))
    return Joint(at_cuts(pieces), at_cuts(whole), at_cuts(later), median)


def _power(sound: Any, decoded: Any, start: int, end: int) -> float:
    return float(np.mean((sound[start:end].astype(float) - decoded[start:end]) ** 2))


def _windows(sound: Any, decoded: Any, size: int) -> list[float]:
    return [_power(sound, decoded, at, at + size) for at in range(0, len(sound) - size, size)]


def _decibels(powers: list[float]) -> float:
    return float(10 * np.log10(np.mean(powers) + 1e-20))
