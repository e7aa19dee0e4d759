"""The same samples whatever the processor can do: one release built by one machine in the part of several.

Generated music, and excerpts of the album that GLASSMASTER_REAL_ALBUM names.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import Any

import soundfile

from tests import machines_support as machines
from tests.flow_support import published, write_mix

SECONDS, FROM, AT_ONCE = 6, 60, 3
EXCERPTS = {
    "01_": 'fade_out = 2.0\nfade_curve = "equal-power"',
    "03_": 'fade_in = 1.0\nfade_curve = "exponential"',
    "05_": "",
    "06_": "joined = true\nlevel_db = -1.0",
    "11_": "crossfade = 1.0",
    "10_": "",
}
"""Songs of the real album by how their file names begin, and what is asked for them."""
GRIDS = (("integrated loudness, LU", 0.001), ("loudest passages, LU", 0.001), ("true peak, dB", 0.001))
"""What is decided from each figure is rounded to this."""

_HEAD = """\
A release with songs of several rates, two of them joined at other levels, one in a crossfade, with long fades; FLAC 24
bit at -14 LUFS, WAV 24 bit at -9, WAV 16 bit at 44.1 kHz with shaped dither at -9, WAV float at 48 kHz at -14: rate
conversion, limiter, hold and dither all have work to do. It is built anew, nothing kept, by one machine in the part of
several.
"""
_COMPARED = """\
Files whose samples all are those of "{}"; of others, how many samples differ and by how many steps of the depth at
most (of 24 bits for float). Decided: gains and drives, to 1/1000 dB, that are the same.
"""
_CHANCE = """\
Figures of the mixdowns differ in late digits, and what is decided from them is rounded to 0.001 dB, a drive to 0.01
dB: a gain differs where a figure lies just at the edge of a step. The chance of that, for one figure of one song, is
the difference over the step; a gain that does differ differs by one step, inaudibly, but in all samples.
"""


def page() -> str:
    """The page MACHINES.md."""
    with tempfile.TemporaryDirectory() as folder:
        return "\n".join(_told(Path(folder))) + "\n"


def _told(folder: Path) -> Iterator[str]:
    engines = {name: machines.engine(name) for name in machines.MACHINES}
    names = list(_different(engines))
    source = machines.release(folder / "source", SECONDS, [*_excerpts(folder / "source")]).parent
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda name: _built(source, name, folder), names))
    yield from ("# Machines", "", "Written by `make proof PROOF=machines`.", "", *_HEAD.splitlines(), "")
    yield from _used(engines, names)
    yield from _compared(folder, names)
    yield from _digits(sorted(source.glob("*.wav")), names)


def _built(source: Path, name: str, folder: Path) -> None:
    print(name, file=sys.stderr, flush=True)
    machines.built(source, name, folder / name)


def _different(engines: Mapping[str, str]) -> Iterator[str]:
    """Machines that this processor can play, without those that run the very same code as one before."""
    known = set()
    for name, engine in engines.items():
        code = engine, machines.MACHINES[name].get("GLIBC_TUNABLES")
        if engine and code not in known:
            yield name
        known.add(code)


def _used(engines: Mapping[str, str], names: Sequence[str]) -> Iterator[str]:
    yield "| machine | what release.json says that it uses | |"
    yield "|---|---|---|"
    for name, engine in engines.items():
        used = engine.split(" soxr ")[1].split(maxsplit=1)[1] if engine else ""
        told = (
            "built" if name in names else "the same code as one above" if used else "not tried: this processor cannot"
        )
        yield f"| {name} | {used} | {told} |"


def _compared(folder: Path, names: Sequence[str]) -> Iterator[str]:
    first, *others = (folder / name / "dist" for name in names)
    deliverables = [name for name, _ in groupby(file.parent.name for file in _lossless(first))]
    yield from ("", "## Samples", "", *_COMPARED.format(names[0]).splitlines(), "")
    yield f"| machine | decided | {' | '.join(deliverables)} |"
    yield "|---" * (2 + len(deliverables)) + "|"
    for name, other in zip(names[1:], others, strict=True):
        cells = [_cell(first, other, deliverable) for deliverable in deliverables]
        yield f"| {name} | {_same(published(first), published(other))} | {' | '.join(cells)} |"


def _same(one: Any, other: Any) -> str:
    ours, theirs = machines.decided(one), machines.decided(other)
    return f"{sum(theirs[place] == each for place, each in ours.items())} of {len(ours)}"


def _cell(first: Path, other: Path, deliverable: str) -> str:
    files = _lossless(first / deliverable)
    found = [machines.difference(file, other / file.relative_to(first)) for file in files]
    apart = [each for each in found if each.samples]
    told = f"{len(found) - len(apart)} of {len(found)}"
    if not apart:
        return told
    return f"{told}; {sum(each.samples for each in apart)} samples, {max(each.most for each in apart):.2f}"


def _digits(files: Sequence[Path], names: Sequence[str]) -> Iterator[str]:
    yield from ("", "## What is left to chance", "", *_CHANCE.splitlines(), "")
    yield "| figure | largest difference of all machines and mixdowns | mean | chance by the mean |"
    yield "|---|---|---|---|"
    here, *others = (machines.figures(files, name) for name in names)
    for column, (figure, step) in enumerate(GRIDS):
        apart = [abs(a[column] - b[column]) for other in others for a, b in zip(here, other, strict=True)]
        mean = sum(apart) / len(apart)
        yield f"| {figure} | {max(apart):.1e} | {mean:.1e} | {_chance(mean, step)} |"


def _chance(apart: float, step: float) -> str:
    return f"1 in {step / apart:,.0f}" if apart else "none seen"


def _lossless(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".flac") and "report" not in path.parts)


def _excerpts(folder: Path) -> Iterator[str]:
    """Songs cut out of the real album, if there is one."""
    album = os.environ.get("GLASSMASTER_REAL_ALBUM")
    for begin, more in EXCERPTS.items() if album else ():
        [path] = (Path(album or "") / "mixes").glob(f"{begin}*.wav")
        rate = soundfile.info(path).samplerate
        sound, _ = soundfile.read(path, start=FROM * rate, frames=SECONDS * rate, dtype="float64", always_2d=True)
        write_mix(folder / path.name, sound, rate)
        yield f'title = "Excerpt {begin[:2]}"\nmixdown = "{path.name}"\n{more}'
