"""EBU Tech 3341 v4 and Tech 3342: the synthetic minimum test signals, what they must read, and what they do.

The tests and the page of the documentation are both made from this; `python -m tests.conformance_support` writes the
page, CONFORMANCE.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from glassmaster.loudness import momentary, short_term
from tests.loudness_support import RATES, Sound, heard, loudness, tone

PAGE = Path(__file__).with_name("CONFORMANCE.md")
Readings = tuple[float, ...]


@dataclass(frozen=True)
class Case:
    """One test signal (or the twenty of a series), and the readings that the standard expects of it."""

    document: str
    number: str
    signal: str
    figure: str
    expected: Readings
    """One for each reading."""
    below: float
    above: float
    """How far a reading may be off."""
    read: Callable[[int], Readings]
    """What is read at a sample rate."""
    rates: tuple[int, ...] = RATES

    @property
    def name(self) -> str:
        return f"{self.document}-{self.number}"

    def readings(self, rate: int) -> Readings:
        """What is read, found out once."""
        return _readings(self, rate)

    def misses(self, rate: int) -> list[tuple[float, float]]:
        """(read, expected) of all readings that are off by more than they may."""
        pairs = zip(self.readings(rate), self.expected, strict=True)
        return [(found, wanted) for found, wanted in pairs if not wanted - self.below <= found <= wanted + self.above]


@cache
def _readings(case: Case, rate: int) -> Readings:
    return case.read(rate)


Part = tuple[float, float | None]


def _integrated(number: str, parts: tuple[Part, ...], steady: bool = False) -> Case:
    def read(rate: int) -> Readings:
        told = loudness(tone(rate, *parts), rate)
        figures = [told.integrated_lufs]
        if steady:
            figures += [told.max_momentary_lufs, told.max_short_term_lufs]
        return _real(figures)

    level = parts[0][1] if steady else None
    expected = -23.0 if level is None else level
    return Case(
        "3341",
        number,
        ", ".join(_part(each) for each in parts),
        "I, max M, max S" if steady else "I",
        (expected,) * (3 if steady else 1),
        0.1,
        0.1,
        read,
    )


def _part(part: Part) -> str:
    seconds, level = part
    return f"{seconds:g} s {'silence' if level is None else f'{level:g} dBFS'}"


def _real(figures: Iterable[float | None]) -> Readings:
    return tuple(float("nan") if each is None else each for each in figures)


def _surround(rate: int) -> Readings:
    readings = []
    for lfe in (None, 0.0):
        levels = (-28.0, -28.0, -24.0, lfe, -30.0, -30.0)
        sound = np.hstack([tone(rate, (20, level), channels=1) for level in levels])
        readings.append(loudness(sound, rate).integrated_lufs)
    return _real(readings)


def _constant(short: bool) -> Callable[[int], Readings]:
    def read(rate: int) -> Readings:
        parts = [(1.34, -20.0), (1.66, -30.0)] * 5 if short else [(0.18, -20.0), (0.22, -30.0)] * 25
        energies = loudness(tone(rate, *parts), rate).energies
        curve = short_term(energies) if short else momentary(energies)[60:]
        return float(curve.min()), float(curve.max())

    return read


def _maxima(step: float, length: float) -> Callable[[int], Readings]:
    def read(rate: int) -> Readings:
        told = [loudness(tone(rate, (i * step, None), (length, -23.0), (1, None)), rate) for i in range(1, 21)]
        return _real(each.max_short_term_lufs if length == 3 else each.max_momentary_lufs for each in told)

    return read


def _ladder(step: float, length: float) -> Callable[[int], Readings]:
    def read(rate: int) -> Readings:
        rungs = [((i * step, None), (length, -38.0 + i), (length - i * step, None)) for i in range(1, 21)]
        energies = loudness(tone(rate, *[part for rung in rungs for part in rung]), rate).energies
        curve = (short_term if length == 3 else momentary)(energies)
        hops = round(length * 200)  # of a rung, which lasts twice the length
        begins = [(i - 1) * hops - round(length * 100) for i in range(1, 21)]
        return tuple(float(curve[max(0, each + 1) : each + hops + 1].max()) for each in begins)

    return read


def _sine(period: int, degrees: float, level: float) -> Callable[[int], Readings]:
    def read(rate: int) -> Readings:
        n = np.arange(rate)
        fade = np.clip(np.minimum(n, n[::-1]) / (0.01 * rate), 0, 1)
        sine = level * fade * np.sin(2 * np.pi * n / period + np.deg2rad(degrees))
        return _peak(sine.astype(np.float32)[:, None], rate)

    return read


def _between(offset: int) -> Callable[[int], Readings]:
    """Made at four times the rate: an fs/6 tone with one fs/4 period of double height, phase-continuous, low-passed."""

    def read(rate: int) -> Readings:
        tones = 0.5 * np.tile(np.sin(2 * np.pi * np.arange(24) / 24), 200)
        fine = np.concatenate([tones, np.sin(2 * np.pi * np.arange(16) / 16), tones])
        t = np.arange(-128, 129) / 4
        low_pass = np.sinc(t) * np.kaiser(len(t), 9.0) / 4
        return _peak(np.convolve(fine, low_pass, "same")[offset::4].astype(np.float32)[:, None], rate)

    return read


def _peak(sound: Sound, rate: int) -> Readings:
    return _real([heard(np.repeat(sound, 2, axis=1), rate).true_peak_dbtp])


def _range(number: str, parts: tuple[Part, ...], expected: float) -> Case:
    def read(rate: int) -> Readings:
        return _real([loudness(tone(rate, *parts), rate).loudness_range_lu])

    return Case("3342", number, ", ".join(_part(each) for each in parts), "LRA", (expected,), 1.0, 1.0, read)


def _true_peak(number: str, signal: str, expected: float, read: Callable[[int], Readings]) -> Case:
    return Case("3341", number, signal, "true peak", (expected,), 0.4, 0.2, read)


_STEPS = tuple(-38.0 + i for i in range(1, 21))
CASES = (
    _integrated("1", ((20, -23.0),), steady=True),
    _integrated("2", ((20, -33.0),), steady=True),
    _integrated("3", ((10, -36.0), (60, -23.0), (10, -36.0))),
    _integrated("4", ((10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0))),
    _integrated("5", ((20, -26.0), (20.1, -20.0), (20, -26.0))),
    Case("3341", "6", "5.1: L R -28, C -24, Ls Rs -30; LFE silent, then at 0", "I", (-23.0,) * 2, 0.1, 0.1, _surround),
    Case("3341", "9", "(1.34 s -20, 1.66 s -30) x 5", "lowest, highest S", (-23.0,) * 2, 0.1, 0.1, _constant(True)),
    Case("3341", "10", "20 signals: i x 0.15 s silence, 3 s -23", "max S", (-23.0,) * 20, 0.1, 0.1, _maxima(0.15, 3)),
    Case("3341", "11", "20 rungs: silence, 3 s at -38 + i", "max S of each", _STEPS, 0.1, 0.1, _ladder(0.15, 3.0)),
    Case("3341", "12", "(0.18 s -20, 0.22 s -30) x 25", "lowest, highest M", (-23.0,) * 2, 0.1, 0.1, _constant(False)),
    Case(
        "3341", "13", "20 signals: i x 0.02 s silence, 0.4 s -23", "max M", (-23.0,) * 20, 0.1, 0.1, _maxima(0.02, 0.4)
    ),
    Case("3341", "14", "20 rungs: silence, 0.4 s at -38 + i", "max M of each", _STEPS, 0.1, 0.1, _ladder(0.02, 0.4)),
    _true_peak("15", "fs/4, 0 degrees, 0.50", -6.0, _sine(4, 0.0, 0.5)),
    _true_peak("16", "fs/4, 45 degrees, 0.50", -6.0, _sine(4, 45.0, 0.5)),
    _true_peak("17", "fs/6, 60 degrees, 0.50", -6.0, _sine(6, 60.0, 0.5)),
    _true_peak("18", "fs/8, 67.5 degrees, 0.50", -6.0, _sine(8, 67.5, 0.5)),
    _true_peak("19", "fs/4, 45 degrees, 1.41", 3.0, _sine(4, 45.0, 1.41)),
    *(
        _true_peak(str(20 + offset), f"fs/6 with one fs/4 period, from 4 fs, offset {offset}", 0.0, _between(offset))
        for offset in range(4)
    ),
    _range("1", ((20, -20.0), (20, -30.0)), 10.0),
    _range("2", ((20, -20.0), (20, -15.0)), 5.0),
    _range("3", ((20, -40.0), (20, -20.0)), 20.0),
    _range("4", ((20, -50.0), (20, -35.0), (20, -20.0), (20, -35.0), (20, -50.0)), 15.0),
)


def page() -> str:
    """CONFORMANCE.md: each signal with what is expected and what is read at each rate."""
    rates = " | ".join(f"{rate / 1000:g} kHz" for rate in RATES)
    return "\n".join(
        [
            "# Conformance",
            "",
            "Written by `make conformance` from the signals that the tests play; never by hand. EBU Tech 3341 v4 and",
            "Tech 3342: all synthetic minimum test signals, 1 kHz in phase on all channels unless said, in dBFS.",
            "Loudness in LUFS (0.1 LU either way is allowed), true peak in dBTP (0.2 above, 0.4 below), range in LU (1",
            "either way). Two figures joined by `..` are the lowest and the highest of several readings; signed: how",
            "far they are off. Cases 7 and 8 are licensed recordings and are not part of this.",
            "",
            f"| document | case | signal | figure | expected | {rates} |",
            "|---" * (5 + len(RATES)) + "|",
            *(_row(case) for case in CASES),
            "",
        ]
    )


def _row(case: Case) -> str:
    expected = (
        f"{case.expected[0]:.1f}"
        if len({*case.expected}) == 1
        else f"{case.expected[0]:.1f} to {case.expected[-1]:.1f}"
    )
    cells = [_cell(case, rate) for rate in RATES]
    return f"| {case.document} | {case.number} | {case.signal} | {case.figure} | {expected} | {' | '.join(cells)} |"


def _cell(case: Case, rate: int) -> str:
    found = case.readings(rate)
    off = [each - wanted for each, wanted in zip(found, case.expected, strict=True)]
    if len({*case.expected}) > 1:
        return f"{min(off):+.2f}..{max(off):+.2f}"
    low, high = f"{min(found):.2f}", f"{max(found):.2f}"
    return low if low == high else f"{low}..{high}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
