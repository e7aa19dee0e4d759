"""Where songs sit: what of a mixdown counts, which songs share one gain, and the gain that puts an album at a target.

All of it works on the energies and peaks of the 10 ms grid; no audio is heard again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .cuts import faded
from .loudness import loudest_passages
from .loudness.gating import MOMENTARY, energy, lufs, whole_hops, windows
from .loudness.hops import STRETCH
from .model import HOP_SECONDS, Album, Audio, Cut, Grid, Heard, Master, Release, Song

Blocks: TypeAlias = NDArray[np.float64]
_GATE = energy(-70.0)
_TOLERANCE_LU = 1e-5
_ROUNDS = 30
_BETWEEN_SAMPLES_DB = 3.01  # a tone at a quarter of the rate may peak that far above its samples


@dataclass(frozen=True, eq=False)
class Programme:
    """What is placed as one: a song, or several that run on."""

    songs: tuple[int, ...]
    """Indices in `release.songs`."""
    energies: Mapping[int, Grid]
    """By song: K-weighted mean squares of its cut. Songs that do not count or could not be heard are absent."""
    true_peaks_dbtp: Mapping[int, float]
    """By song: highest true peak of its cut, or what it can be at most. Silent songs are absent."""

    @cached_property
    def blocks(self) -> Mapping[int, Blocks]:
        """By song: mean squares of its gating blocks, 400 ms each, every 100 ms."""
        return {song: windows(grid, MOMENTARY, STRETCH) for song, grid in self.energies.items()}

    @cached_property
    def integrated(self) -> float | None:
        """Integrated loudness in LUFS over all its songs; None for silence."""
        return self.integrated_of(self.songs)

    @cached_property
    def loudest_passages(self) -> float | None:
        """Loudness in LUFS of its loudest passages; None for silence."""
        grids = list(self.energies.values())
        return loudest_passages(grids[0] if len(grids) == 1 else np.concatenate(grids)) if grids else None

    def integrated_of(self, songs: Sequence[int], gains_db: Mapping[int, float] | None = None) -> float | None:
        """Integrated loudness in LUFS of some of its songs, each at its gain in dB, pooled."""
        counted = [song for song in songs if song in self.blocks]
        gains = {} if gains_db is None else gains_db
        return _gated([self.blocks[song] * 10 ** (gains.get(song, 0.0) / 10) for song in counted])


def _gated(blocks: Sequence[Blocks]) -> float | None:
    """Both gates of BS.1770-5 over the blocks of songs taken together."""
    pooled = blocks[0] if len(blocks) == 1 else np.concatenate([np.empty(0), *blocks])
    pooled = pooled[pooled > _GATE]
    return lufs(float(pooled[pooled > pooled.mean() / 10].mean())) if pooled.size else None


def gather(album: Album, counted: Sequence[bool]) -> list[Programme]:
    """The programmes of an album in running order; of songs that do not count nothing is heard."""
    found = []
    for indices in programmes(album.release.songs):
        heard = {
            index: (mixdown, cut)
            for index in indices
            if counted[index] and (mixdown := album.mixdowns[index]) and (cut := album.cuts[index])
        }
        peaks = {index: peak for index, each in heard.items() if (peak := cut_true_peak(*each)) is not None}
        energies = {index: cut_energies(mixdown, cut) for index, (mixdown, cut) in heard.items()}
        found.append(Programme(tuple(indices), energies, peaks))
    return found


def programmes(songs: Sequence[Song]) -> list[list[int]]:
    """Indices of the songs, in running order; songs that run on (joined, crossfade) stand together."""
    together: list[list[int]] = []
    for index, song in enumerate(songs):
        if index and (song.joined or song.crossfade > 0):
            together[-1].append(index)
        else:
            together.append([index])
    return together


def masters_together(songs: Sequence[int], release: Release) -> list[list[int]]:
    """Which songs of a programme are mastered in one go: a draft is not, and what follows it starts anew."""
    together: list[list[int]] = [[]]
    for index in songs:
        if release.songs[index].status == "draft":
            together += [[index], []]
        else:
            together[-1].append(index)
    return [each for each in together if each]


def cut_hops(rate_hz: int, cut: Cut) -> slice:
    """The whole hops of a measurement's grids that a cut covers, from the nearest 10 ms on."""
    per_hop = rate_hz * HOP_SECONDS
    return slice(round(cut.start / per_hop), int(cut.end / per_hop + 1e-9))


def cut_energies(mixdown: Heard, cut: Cut) -> Grid:
    """Energies of the part of a mixdown that is the song, under its fades."""
    heard = mixdown.measurement
    grid = heard.energies[cut_hops(heard.rate_hz, cut)]
    fade_in, fade_out = (round(frames / heard.rate_hz / HOP_SECONDS) for frames in (cut.fade_in, cut.fade_out))
    if not fade_in and not fade_out:
        return grid
    faint = Audio(round(1 / HOP_SECONDS), 1, len(grid), lambda: iter([grid[:, None]]))
    for _ in range(2):  # energy goes with the square of the gain
        faint = faded(faint, fade_in, fade_out, cut.curve)
    return next(iter(faint))[:, 0]


def cut_true_peak(mixdown: Heard, cut: Cut) -> float | None:
    """True peak of the song in dBTP: exact where the file's own peak lies inside the cut, else an upper bound."""
    heard = mixdown.measurement
    if heard.true_peak_dbtp is None:
        return None
    at = heard.true_peak_at
    if at is None or cut.start <= at * heard.rate_hz <= cut.end:
        return heard.true_peak_dbtp
    highest = float(np.max(heard.peaks[cut_hops(heard.rate_hz, cut)], initial=0.0))
    if highest == 0.0:
        return None
    return min(heard.true_peak_dbtp, 20 * float(np.log10(highest)) + _BETWEEN_SAMPLES_DB)


def pooled_gain(programmes: Sequence[tuple[Programme, Mapping[int, float]]], target_lufs: float) -> float:
    """The one gain in dB that puts songs, each at its own gain in dB, at `target_lufs` when pooled (BS.1770-5 gating).

    The absolute gate does not move with the gain, so the answer is found by steps. Every programme must have an
    integrated loudness, and the target must lie above -70 LUFS.
    """
    if not programmes:
        return 0.0
    moved = np.concatenate(
        [blocks * 10 ** (gains[song] / 10) for each, gains in programmes for song, blocks in each.blocks.items()]
    )
    gain = target_lufs - max(each.integrated_of(each.songs, gains) or 0.0 for each, gains in programmes)
    best = (math.inf, gain)
    for _ in range(_ROUNDS):
        reached = _gated([moved * 10 ** (gain / 10)])
        assert reached is not None  # at the first gain the loudest song sits at the target, above the gate
        best = min(best, (abs(target_lufs - reached), gain))
        if best[0] < _TOLERANCE_LU:
            break
        gain += target_lufs - reached
    return best[1]


def references_loudness(album: Album) -> float | None:
    """Median of the references' integrated loudness in LUFS; None where none could be heard."""
    found = [each.measurement.integrated_lufs for each in album.references.values()]
    return median(known) if (known := [lufs for lufs in found if lufs is not None]) else None


def ended_at(masters: Sequence[Master]) -> float | None:
    """Integrated loudness in LUFS that the masters of one programme ended with, pooled."""
    if len(masters) == 1:
        return masters[0].measurement.integrated_lufs
    return _gated([windows(whole_hops(each.measurement), MOMENTARY, STRETCH) for each in masters])
