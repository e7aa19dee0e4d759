"""What was measured every 10 ms or every second, reduced to the columns of a drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from glassmaster.model import HOP_SECONDS, Album, Grid, Master, Measurement, Seconds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Column: TypeAlias = NDArray[np.float64]
else:
    Column = Any


@dataclass(frozen=True, eq=False)
class Wave:
    """How high a sound goes: linear amplitude, full scale is 1.0."""

    peaks: Column
    """Highest sample of each column."""
    levels: Column
    """K-weighted RMS of each coarser column, as amplitude of one channel."""
    seconds: Seconds


@dataclass(frozen=True)
class Image:
    """The stereo image over time; see `glassmaster.meters.stereo`."""

    times: Mapping[str, tuple[Seconds, ...]]
    """By quantity: middles of the seconds in which it exists."""
    values: Mapping[str, tuple[float, ...]]
    whole: Mapping[str, float | None]


QUANTITIES = ("correlation", "width", "balance_db")


def master_wave(master: Master, columns: int) -> Wave | None:
    return wave(master.measurement.peaks, master.measurement.energies, columns)


def mixdown_wave(album: Album, song: int, columns: int) -> Wave | None:
    """Of the part of the mixdown that is the song, under its fades as far as energies go."""
    from glassmaster.levels import cut_energies, cut_hops

    heard, cut = album.mixdowns[song], album.cuts[song]
    if heard is None or cut is None:
        return None
    peaks = heard.measurement.peaks[cut_hops(heard.measurement.rate_hz, cut)]
    return wave(peaks, cut_energies(heard, cut), columns)


def wave(peaks: Grid, energies: Grid, columns: int) -> Wave | None:
    """None for less than 10 ms of sound."""
    import numpy as np

    if not len(peaks) or not len(energies):
        return None
    # energies are summed over the channels (mono counts twice), peaks are of one
    levels = np.sqrt(np.maximum(averaged(energies, columns // 2), 0.0) / 2)
    return Wave(highest(peaks, columns), levels, len(peaks) * HOP_SECONDS)


def highest(grid: Grid, columns: int) -> Column:
    """The highest of each of `columns` equal stretches; no more columns than values."""
    import numpy as np

    return np.asarray(np.maximum.reduceat(grid, _starts(len(grid), columns)), np.float64)


def averaged(grid: Grid, columns: int) -> Column:
    """The mean of each stretch."""
    import numpy as np

    starts = _starts(len(grid), columns)
    sums = np.add.reduceat(np.asarray(grid, np.float64), starts)
    return np.asarray(sums / np.diff(np.append(starts, len(grid))), np.float64)


def _starts(length: int, columns: int) -> Any:
    import numpy as np

    return np.unique(np.linspace(0, length, max(1, min(columns, length)), endpoint=False).astype(np.int64))


def image(measured: Measurement, start: Seconds, end: Seconds, points: int) -> Image | None:
    """What the meter "stereo" told of `start` to `end`; None where it did not listen, or to other than two channels."""
    told: Any = measured.extra.get("stereo")
    if not told:
        return None
    step = told["step_seconds"]
    found = {name: _known(told[f"{name}_over_time"], step, start, end, points) for name in QUANTITIES}
    return Image(
        {name: times for name, (times, _) in found.items()},
        {name: values for name, (_, values) in found.items()},
        {name: told[name] for name in QUANTITIES},
    )


def _known(
    told: Sequence[float | None], step: Seconds, start: Seconds, end: Seconds, points: int
) -> tuple[tuple[Seconds, ...], tuple[float, ...]]:
    """Every nth value that exists within the stretch, timed from its start."""
    middles = (((number + 0.5) * step, value) for number, value in enumerate(told))
    known = [(at - start, value) for at, value in middles if value is not None and start <= at <= end]
    every = max(1, -(-len(known) // points))
    return tuple(at for at, _ in known[::every]), tuple(value for _, value in known[::every])
