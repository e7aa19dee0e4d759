"""The way of a comparison: read, line up, match, null, look over."""

from __future__ import annotations

import filecmp
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from .cells import Bands, cells
from .fine import exact
from .found import Difference, Edit, Region
from .lining import Stretch, lined, scaled
from .matching import Match, matched
from .recording import Recording, opened, outline_hz, recording
from .regions import Marks, joined, marked, regions

_SAME_MUSIC = 0.2
"""Share of the music that must fit for two files to be revisions of one."""
_SILENCE = 10 ** (-60 / 20)
_LEAST_EDIT = 0.002
_EDGE_SECONDS = 0.01
_NOTHING_DB = -70.0
"""So far down reaches the arithmetic of a null."""
_READ = 1 << 18


def difference(old: Path, new: Path) -> Difference:
    """Compare two files. Raises `Refused` (exit 3) for what cannot be heard.

    Memory does not grow with the files but for a few bytes a window; what needs decoding or another rate is spooled to
    the temporary folder.
    """
    sources = opened(old), opened(new)
    rate = min(each.rate_hz for each in sources)
    low_hz = outline_hz(max(each.frames / each.rate_hz for each in sources))
    with tempfile.TemporaryDirectory(prefix="glassmaster-", ignore_cleanup_errors=True) as room:
        (ours, our_line), (theirs, their_line) = (recording(each, rate, low_hz, Path(room)) for each in sources)
        lines = lined(our_line, their_line, low_hz)
        told = Difference(False, rate, (ours.frames / rate, theirs.frames / rate), inverted=lines.inverted)
        if lines.alike < _SAME_MUSIC:
            return replace(told, aligned=_both_silent(ours, theirs) or filecmp.cmp(old, new, shallow=False))
        found = [scaled(each, rate / low_hz) for each in lines.stretches]
        stretches = _tidy([exact(each, ours, theirs, math.ceil(2 * rate / low_hz)) for each in found])
        return _nulled(told, stretches, ours, theirs)


def _both_silent(old: Recording, new: Recording) -> bool:
    return _silent(old, 0, old.frames) and _silent(new, 0, new.frames)


def _tidy(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours that turn out to have one offset become one."""
    found: list[Stretch] = []
    for each in stretches:
        if found and (found[-1].lag, round(found[-1].fraction, 1)) == (each.lag, round(each.fraction, 1)):
            found[-1] = replace(found[-1], end=each.end)
        elif each.start < each.end:
            found.append(each)
    return found


def _inside(stretches: Sequence[Stretch], old: Recording, new: Recording) -> Iterator[Stretch]:
    """Without the first and last moment of a file that runs at another rate: converters swing in and out there."""
    edge = round(_EDGE_SECONDS * old.rate) if old.source.rate_hz != new.source.rate_hz else 0
    for each in stretches:
        start, end = (
            max(each.start, edge, edge - each.lag),
            min(each.end, old.frames - edge, new.frames - edge - each.lag),
        )
        if start < end:
            yield replace(each, start=start, end=end)


def _nulled(told: Difference, stretches: Sequence[Stretch], old: Recording, new: Recording) -> Difference:
    bands = Bands(old.rate)
    edits = tuple(_edits(stretches, old, new))
    compared = [*_inside(stretches, old, new)]
    match = matched(compared, old, new, bands, told.inverted)
    told = replace(told, aligned=True, edits=edits, mono=old.channels != new.channels)
    told = replace(told, offset=(stretches[0].lag + stretches[0].fraction) / old.rate)
    if match is None:
        return told
    found, powers = list[Region](), np.zeros(2)
    for each in compared:
        parts = [*_parts(each, old, new, bands, match, powers)]
        found += regions(joined(parts), each, bands) if parts else ()
    null = float(10 * np.log10(powers[1] / powers[0])) if powers.all() else None
    null = None if null is None or null < _NOTHING_DB else null
    gain = -20 * math.log10(abs(match.factor))
    return replace(told, gain_db=gain, null_db=null, regions=tuple(found))


def _parts(
    stretch: Stretch, old: Recording, new: Recording, bands: Bands, match: Match, powers: np.typing.NDArray[np.float64]
) -> Iterator[Marks]:
    for each in cells(stretch, old, new, bands):
        powers += float(each.old.sum(dtype=np.float64)), float(each.residual(match.factor).sum(dtype=np.float64))
        yield marked(each, match, bands)


def _edits(stretches: Sequence[Stretch], old: Recording, new: Recording) -> Iterator[Edit]:
    """What is more or less in NEW before, between and behind the stretches."""
    first, last = stretches[0], stretches[-1]
    yield from _edit("head", old, new, (0, first.start), (0, first.start + first.lag))
    for one, other in pairwise(stretches):
        yield from _edit("cut", old, new, (one.end, other.start), (one.end + one.lag, other.start + other.lag))
    yield from _edit("tail", old, new, (last.end, old.frames), (last.end + last.lag, new.frames))


def _edit(kind: str, old: Recording, new: Recording, ours: tuple[int, int], theirs: tuple[int, int]) -> Iterator[Edit]:
    """One edit, if it is longer than measuring noise."""
    seconds = ((theirs[1] - theirs[0]) - (ours[1] - ours[0])) / old.rate
    if abs(seconds) >= _LEAST_EDIT:
        silent = _silent(old, *ours) and _silent(new, *theirs)
        yield Edit(kind, ours[0] / old.rate, theirs[0] / old.rate, seconds, silent)  # type: ignore[arg-type]


def _silent(sound: Recording, start: int, end: int) -> bool:
    """Whether nothing between two frames is above -60 dBFS."""
    places = range(start, end, _READ)
    return all(float(np.abs(sound.read(at, min(_READ, end - at))).max(initial=0.0)) < _SILENCE for at in places)
