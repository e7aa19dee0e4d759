"""The same samples whatever the processor can do: one release built as on several machines, on one machine.

Generated music, and excerpts of the album that GLASSMASTER_REAL_ALBUM names.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import soundfile

from tests import machines_support as machines
from tests.flow_support import published, write_manifest, write_mix

SECONDS, FROM = 8, 60
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
        lines = [line for part in _parts(Path(folder)) for line in part]
    return "\n".join(lines) + "\n"


def _parts(folder: Path) -> Iterator[Iterable[str]]:
    sources = [machines.release(folder / "generated" / "source", SECONDS / 2).parent]
    if album := os.environ.get("GLASSMASTER_REAL_ALBUM"):
        sources.append(_excerpts(Path(album), folder / "album" / "source"))
    playable = [name for name in machines.MACHINES if machines.works(name)]
    yield _head([name for name in machines.MACHINES if name not in playable])
    for source in sources:
        for name in playable:
            print(f"{source.parent.name}: {name}", file=sys.stderr, flush=True)
            machines.built(source, name, _place(source, name))
    yield _used(sources[0], playable)
    for source in sources:
        yield _compared(source, playable)
    yield _digits([file for source in sources for file in sorted(source.rglob("*.wav"))], playable)


def _head(left_out: Sequence[str]) -> Iterator[str]:
    yield "# Machines"
    yield ""
    yield "Written by `make proof PROOF=machines`."
    yield ""
    yield from _HEAD.splitlines()
    if left_out:
        yield ""
        yield f"Not tried, because this processor cannot do it: {', '.join(left_out)}. No AVX-512 code was run."


def _used(source: Path, names: Sequence[str]) -> Iterator[str]:
    yield ""
    yield "| machine | what release.json says that it uses |"
    yield "|---|---|"
    for name in names:
        engine = published(_place(source, name) / "dist")["provenance"]["engine"]
        yield f"| {name} | {engine.split(' soxr ')[1].split(maxsplit=1)[1]} |"


def _compared(source: Path, names: Sequence[str]) -> Iterator[str]:
    first = _place(source, names[0]) / "dist"
    deliverables = [name for name, _ in groupby(file.parent.name for file in _lossless(first))]
    yield ""
    yield f"## {source.parent.name.capitalize()}"
    yield ""
    yield from _COMPARED.format(names[0]).splitlines()
    yield ""
    yield f"| machine | decided | {' | '.join(deliverables)} |"
    yield "|---" * (2 + len(deliverables)) + "|"
    for name in names[1:]:
        other = _place(source, name) / "dist"
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
    yield ""
    yield "## What is left to chance"
    yield ""
    yield from _CHANCE.splitlines()
    yield ""
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


def _place(source: Path, name: str) -> Path:
    return source.parent / name


def _excerpts(album: Path, folder: Path) -> Path:
    songs = []
    for begin, more in EXCERPTS.items():
        [path] = (album / "mixes").glob(f"{begin}*.wav")
        rate = soundfile.info(path).samplerate
        sound, _ = soundfile.read(path, start=FROM * rate, frames=SECONDS * rate, dtype="float64", always_2d=True)
        write_mix(folder / path.name, sound, rate)
        songs.append(f'title = "Song {begin[:2]}"\nmixdown = "{path.name}"\n{more}')
    return write_manifest(folder, songs, machines.FORMATS).parent
