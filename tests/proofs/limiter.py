"""No delivered lossless file passes its ceiling: 1,000 signals at four rates and two depths, read by other meters.

The meters (`tests.peaks_support.true_peak_db`) share no code with the limiter: at 16 values a frame, a Hann-windowed
sinc of 48 taps a phase, a Blackman-windowed one of 144 taps, and libsoxr's VHQ resampler; the highest of the three
counts. `tests/core/test_peaks_proof.py` tries a fixed sample of the same cases.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from glassmaster.cuts import faded
from glassmaster.peaks import Limiting
from glassmaster.prepare import finished
from tests.formats_support import heard
from tests.peaks_support import HARD, RATES, Sound, audio, hard, limited, true_peak_db

SIGNALS = 1000
BITS = (16, 24)
CEILINGS_DBTP = (-1.0, -1.0, -0.1, -0.3, -2.0, -6.0)
FRAMES = 3000
STRAIGHT_DB, DELIVERED_DB = 0.02, 0.0
"""Highest overshoot allowed straight behind the limiter, and in a file."""


@dataclass(frozen=True)
class Case:
    """One signal on its way into one file; overshoots in dB over the ceiling."""

    signal: int
    kind: str
    rate: int
    bits: int
    from_rate: int
    ceiling_dbtp: float
    dither: str
    fade: str
    joint: int
    """Frame at which the sound is cut into two files, as joined songs are; 0: one file."""
    reduction_db: float
    straight_db: float
    """Behind the limiter, at the master's rate."""
    delivered_db: float
    """In the file: after fades, sample-rate conversion, hold, dither and rounding."""


def cases(signal: int) -> Iterator[Case]:
    """All files of one signal."""
    kind = signal % len(HARD)
    for place, rate in enumerate(RATES):
        rng = np.random.default_rng([signal, rate])
        ceiling = float(rng.choice(CEILINGS_DBTP))
        from_rate = int(rng.choice(np.array([rate, rate, 48_000 if rate == 44_100 else 44_100, 96_000, 88_200])))
        sound = hard(signal + place * SIGNALS, kind, FRAMES * max(1, from_rate // 48_000))
        how = Limiting(ceiling, drive_db=float(rng.choice([0.0, 0.0, 3.0, 9.0])))
        master, reduction = limited(sound, from_rate, how)
        straight = true_peak_db(master, from_rate) - ceiling
        fade = str(rng.choice(["linear", "equal-power", "cosine", "exponential"]))
        for bits in BITS:
            dither = str(rng.choice(["tpdf", "shaped", "none"]))
            joint = int(rng.choice((0, int(rng.integers(1000, 1500)))))
            how_made = _Making(from_rate, rate, bits, dither, ceiling, fade, joint)
            over = max(true_peak_db(file, rate) for file in _files(master, how_made)) - ceiling
            name, most = list(HARD)[kind], float(reduction.max())
            yield Case(signal, name, rate, bits, from_rate, ceiling, dither, fade, joint, most, straight, over)


class _Making(NamedTuple):
    from_rate: int
    rate: int
    bits: int
    dither: str
    ceiling_dbtp: float
    fade: str
    joint: int


def _files(master: Sound, how: _Making) -> Iterable[Sound]:
    """The very steps of a build behind the limiter."""
    fade = min(len(master) // 3, how.from_rate // 200)
    shaped = faded(audio(master, how.from_rate), fade, fade, how.fade)
    seed = hashlib.sha256(repr(how).encode()).hexdigest()
    cuts = [how.joint] if how.joint else []
    sound = heard(finished(shaped, how.rate, how.bits, how.dither, how.ceiling_dbtp, seed, cuts))
    return [each for each in np.split(sound, cuts) if len(each)]


def tried(signals: Iterable[int]) -> list[Case]:
    return [case for signal in signals for case in cases(signal)]


def page() -> str:
    """Try all, and write down how high they stand."""
    with ProcessPoolExecutor(int(os.environ.get("GLASSMASTER_JOBS", "1"))) as pool:
        runs = pool.map(tried, [range(at, min(at + 50, SIGNALS)) for at in range(0, SIGNALS, 50)])
        found = [case for run in runs for case in run]
    return "\n".join([*_head(found), *_by_rate(found), *_by_kind(found), *_worst(found)]) + "\n"


def _head(found: Sequence[Case]) -> list[str]:
    masters = {(case.signal, case.rate): case for case in found}.values()
    leaks = sum(case.straight_db > STRAIGHT_DB for case in masters)
    over = sum(case.delivered_db > DELIVERED_DB for case in found)
    close = sum(case.delivered_db > -0.1 for case in found)
    cut = sum(case.joint > 0 for case in found)
    ceilings = ", ".join(f"{each:g}" for each in sorted(set(CEILINGS_DBTP)))
    return [
        "# The ceiling, tried",
        "",
        "Written by `make proof PROOF=limiter`; never by hand.",
        "",
        f"{SIGNALS} signals in one or two channels, of {len(HARD)} kinds that are hard on a limiter, each at",
        f"four rates, driven against ceilings of {ceilings} dBTP; then fades of every curve,",
        "sample-rate conversion, hold, dither (TPDF, shaped, none) and rounding to 16 and 24 bit. Read at 16 values a",
        "frame by three meters that share nothing with the limiter: a Hann-windowed sinc of 48 taps a phase, a",
        "Blackman-windowed one of 144, and libsoxr's VHQ resampler. The highest counts.",
        "",
        f"- {len(masters)} masters straight behind the limiter: {leaks} stand more than {STRAIGHT_DB} dB over the",
        "  ceiling.",
        f"- {len(found)} files as delivered, {cut} of them cut in two at a joint within the sound, each part read by",
        f"  itself: {over} stand over the ceiling; {close} reach to 0.1 dB below it or nearer.",
        "",
    ]


def _by_rate(found: Sequence[Case]) -> Iterator[str]:
    yield "Overshoot in dB over the ceiling (below 0: under it)."
    yield ""
    yield "| | cases | highest | 99.9 % | 99 % | median | lowest |"
    yield "|---|---|---|---|---|---|---|"
    masters = list({(case.signal, case.rate): case for case in found}.values())
    yield _row("behind the limiter", [case.straight_db for case in masters])
    for rate in RATES:
        for bits in BITS:
            some = [case.delivered_db for case in found if (case.rate, case.bits) == (rate, bits)]
            yield _row(f"file, {rate / 1000:g} kHz, {bits} bit", some)
    for dither in ("tpdf", "shaped", "none"):
        yield _row(f"file, dither {dither}", [case.delivered_db for case in found if case.dither == dither])
    yield _row("file, cut at a joint", [case.delivered_db for case in found if case.joint])
    yield _row("file, rate kept", [case.delivered_db for case in found if case.rate == case.from_rate])
    yield _row("file, rate converted", [case.delivered_db for case in found if case.rate != case.from_rate])
    yield ""


def _row(name: str, overs: Sequence[float]) -> str:
    figures = np.quantile(overs, [1.0, 0.999, 0.99, 0.5, 0.0])
    return f"| {name} | {len(overs)} | " + " | ".join(f"{each:+.4f}" for each in figures) + " |"


def _by_kind(found: Sequence[Case]) -> Iterator[str]:
    yield "| signal | files | most gain reduction, median dB | highest behind the limiter | highest in a file |"
    yield "|---|---|---|---|---|"
    for kind in HARD:
        some = [case for case in found if case.kind == kind]
        median = float(np.median([case.reduction_db for case in some]))
        straight, file = max(case.straight_db for case in some), max(case.delivered_db for case in some)
        yield f"| {kind} | {len(some)} | {median:.1f} | {straight:+.4f} | {file:+.4f} |"
    yield ""


def _worst(found: Sequence[Case]) -> Iterator[str]:
    yield "The ten highest files:"
    yield ""
    for case in sorted(found, key=lambda each: -each.delivered_db)[:10]:
        yield (
            f"- {case.delivered_db:+.4f} dB: signal {case.signal}, {case.kind}, {case.from_rate} to {case.rate} Hz, "
            f"{case.bits} bit, {case.dither}, ceiling {case.ceiling_dbtp:g} dBTP"
        )
