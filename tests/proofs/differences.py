"""Two mix revisions: known changes found in time and band, and nothing found where the mix is the same."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from glassmaster.difference import Difference, difference
from tests.difference_support import MUSIC, RATE, Sound, nulls, turned, written

SECONDS = 6.0
SEEDS = range(2)
OCTAVES = ((80, 160), (160, 320), (315, 630), (630, 1260), (1250, 2500), (2500, 5000), (5000, 10_000))
ALBUM = os.environ.get("GLASSMASTER_REAL_ALBUM", "")
_EXCERPT = 8.0


@dataclass(frozen=True)
class Change:
    found: bool
    start_ms: float
    end_ms: float
    band: bool
    off_db: float
    elsewhere: int


def page() -> str:
    """Everything, in one page."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        made = [*_made(folder)]
        real = [*_real(folder)] if ALBUM else []
        seconds, cpu = _timed() if ALBUM else (0.0, 0.0)
    lines = ["# Two revisions of a mix", "", _HEAD, "", "| material | changes | found | band right | worst start | "]
    lines[-1] += "worst end | worst level | regions elsewhere | same mixes | false regions |"
    lines.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    lines += [_row("synthetic", made)] + ([_row("real album, excerpts", real)] if real else [])
    if ALBUM:
        lines += [
            "",
            f"A real song of {seconds:.0f} s: {cpu:.1f} s of processor time, {240 * cpu / seconds:.1f} s for 240 s.",
        ]
    return "\n".join([*lines, ""])


_HEAD = (
    "Each change is 1 dB, up or down, for 500 ms in one octave. It counts as found where the region that covers "
    "most of it starts and ends within 100 ms of it, and its band where the octave's middle lies in the region and no "
    "limit is further out than two thirds of an octave. Same mixes: other gain, 16 bits with dither, head silence, "
    "polarity, 44.1 kHz, and these together. Changes where the octave lies under -65 dBFS are not counted."
)

_Pair = tuple[list[Change], list[int]]


def _row(name: str, pairs: list[_Pair]) -> str:
    changes = [each for found, _ in pairs for each in found]
    same = [each for _, found in pairs for each in found]
    hits = [each for each in changes if each.found]
    cells = (
        name,
        len(changes),
        len(hits),
        sum(each.band for each in hits),
        f"{max(abs(each.start_ms) for each in hits):.0f} ms",
        f"{max(abs(each.end_ms) for each in hits):.0f} ms",
        f"{max(abs(each.off_db) for each in hits):.2f} dB",
        sum(each.elsewhere for each in changes),
        len(same),
        sum(same),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def _made(folder: Path) -> Iterator[_Pair]:
    for number, play in enumerate(MUSIC.values()):
        for seed in SEEDS:
            rng = np.random.default_rng(100 * number + seed)
            sound = play(SECONDS, rng, RATE)
            octaves = [OCTAVES[(3 * seed + number + 2 * n) % len(OCTAVES)] for n in range(3)]
            yield _tried(folder, sound, RATE, rng, octaves, seed == 0)


def _real(folder: Path) -> Iterator[_Pair]:
    for number, path in enumerate(sorted((Path(ALBUM) / "mixes").glob("*.wav"))):
        info = sf.info(path)
        start = int(info.frames * 0.4)
        sound, rate = sf.read(path, start=start, frames=int(_EXCERPT * info.samplerate))
        rng = np.random.default_rng(number)
        yield _tried(folder, sound, rate, rng, [OCTAVES[number % len(OCTAVES)]], False)


def _tried(folder: Path, sound: Sound, rate: int, rng: Any, octaves: list[tuple[int, int]], every_null: bool) -> _Pair:
    old = written(folder / "old.wav", sound, rate)
    changes = []
    for low, high in octaves:
        start, db = float(rng.uniform(1, len(sound) / rate - 2)), float(rng.choice([-1.0, 1.0]))
        if _level(sound, rate, start, low, high) > -65:
            new = written(folder / "new.wav", turned(sound, rate, start, 0.5, low, high, db), rate)
            changes.append(_judged(difference(old, new), start, (low, high), db))
    same = nulls(sound, rng) if every_null else {}
    return changes, [_regions(old, folder, each) for each in same.values()]


def _regions(old: Path, folder: Path, revision: tuple[Any, int, str]) -> int:
    found = difference(old, written(folder / "new.wav", *revision))
    return len(found.regions) + (not found.aligned)


def _level(sound: Sound, rate: int, start: float, low: float, high: float) -> float:
    """dBFS of one band for half a second."""
    part = sound[int(start * rate) : int((start + 0.5) * rate)]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part))[:, None], axis=0)) ** 2
    hz = np.fft.rfftfreq(len(part), 1 / rate)
    inside = float(power[(hz >= low) & (hz < high)].sum())
    return 10 * float(np.log10(inside / len(part) ** 2 / 0.375 + 1e-20))


def _judged(told: Difference, start: float, octave: tuple[int, int], db: float) -> Change:
    if not told.regions:
        return Change(False, 0, 0, False, 0, 0)
    best = max(told.regions, key=lambda each: min(each.end, start + 0.5) - max(each.start, start))
    starts, ends = 1000 * (best.start - start), 1000 * (best.end - start - 0.5)
    low, high = octave
    band = best.low_hz >= low / 1.6 and best.high_hz <= high * 1.6 and best.low_hz < (low * high) ** 0.5 < best.high_hz
    elsewhere = sum(each.end < start - 0.1 or each.start > start + 0.6 for each in told.regions)
    return Change(abs(starts) <= 100 and abs(ends) <= 100, starts, ends, band, best.change_db - db, elsewhere)


def _timed() -> tuple[float, float]:
    """(length, processor time) in seconds of a whole real song beside itself, which takes as long as any."""
    path = next(each for each in sorted((Path(ALBUM) / "mixes").glob("*.wav")) if sf.info(each).duration >= 240)
    before = time.process_time()
    found = difference(path, path)
    return found.seconds[0], time.process_time() - before
