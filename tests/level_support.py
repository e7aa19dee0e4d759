"""Small made-up releases for tests of levels and checks: songs are stretches of constant loudness on the 10 ms grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from glassmaster.model import (
    Album,
    Blob,
    Cut,
    Decided,
    Deliverable,
    Grid,
    Heard,
    Master,
    Measurement,
    Order,
    Outcome,
    Part,
    Product,
    Release,
    Song,
    Source,
)

RATE = 48_000
HOP = RATE // 100


def stretches(*parts: tuple[float, float]) -> Grid:
    """Energies of (seconds, LUFS) after one another."""
    hops = [np.full(round(seconds * 100), 10 ** ((lufs + 0.691) / 10)) for seconds, lufs in parts]
    return np.concatenate(hops).astype(np.float32)


def silence(seconds: float) -> Grid:
    return np.zeros(round(seconds * 100), np.float32)


def gated(grids: Sequence[Grid]) -> float | None:
    """Integrated loudness by the letter of BS.1770-5, block after block, in plain Python."""
    cut = [grid[start : start + 40] for grid in grids for start in range(0, len(grid) - 39, 10)]
    blocks = [float(np.sum(each, dtype=np.float64)) / 40 for each in cut]
    blocks = [each for each in blocks if -0.691 + 10 * np.log10(max(each, 1e-30)) > -70]
    if not blocks:
        return None
    gate = sum(blocks) / len(blocks) / 10
    blocks = [each for each in blocks if each > gate]
    return float(-0.691 + 10 * np.log10(sum(blocks) / len(blocks)))


def measurement(energies: Grid, true_peak: float | None = None, rate: int = RATE, **changes: Any) -> Measurement:
    """A measurement of these energies; its samples peak 12 dB above their loudness unless `true_peak` says else."""
    lufs = gated([energies])
    peaks = np.sqrt(energies.astype(np.float64)) * 4
    if true_peak is None:
        highest = float(np.max(peaks, initial=0.0))
        true_peak = float(20 * np.log10(highest)) if highest else None
    made = Measurement(
        rate_hz=rate,
        channels=2,
        frames=len(energies) * rate // 100,
        integrated_lufs=lufs,
        loudness_range_lu=0.0 if lufs is not None else None,
        max_momentary_lufs=lufs,
        max_short_term_lufs=lufs,
        true_peak_dbtp=true_peak,
        sample_peak_dbfs=true_peak,
        plr_lu=None if true_peak is None or lufs is None else true_peak - lufs,
        min_psr_lu=None,
        dr=None,
        true_peak_at=None,
        energies=energies,
        peaks=peaks.astype(np.float32),
    )
    return replace(made, **changes)


def heard(energies: Grid, true_peak: float | None = None, rate: int = RATE, **source: Any) -> Heard:
    told = measurement(energies, true_peak, rate)
    made = Source(Path("mix.wav"), f"{id(energies):064x}", "WAV", "PCM_24", rate, 2, told.frames, 24, False)
    return Heard(replace(made, **source), told)


def song(title: str = "Song", **fields: Any) -> Song:
    return Song(mixdown=Path(f"mixes/{title}.wav"), title=title, **fields)


def album(
    mixdowns: Sequence[Heard | None],
    songs: Sequence[Song] = (),
    cuts: Sequence[Cut | None] = (),
    references: Mapping[str, Heard] | None = None,
    **release: Any,
) -> Album:
    """An album of these mixdowns, whole unless cut."""
    songs = songs or [song(f"Song {number + 1}") for number in range(len(mixdowns))]
    songs = [replace(each, number=each.number or number + 1) for number, each in enumerate(songs)]
    cuts = cuts or [None if each is None else Cut(0, each.measurement.frames) for each in mixdowns]
    told = Release(title="Release", artist="Artist", songs=tuple(songs), **release)
    return Album(told, tuple(mixdowns), tuple(cuts), references or {})


def master(index: int, energies: Grid, aim: float | None = None, true_peak: float = -1.0, **fields: Any) -> Master:
    told = measurement(energies, true_peak)
    made = Master(
        song=index,
        spool=Blob(f"{index:064x}", told.frames * 8),
        rate_hz=told.rate_hz,
        channels=2,
        start=0,
        frames=told.frames,
        aim_lufs=aim,
        measurement=told,
        gain_db=0.0,
        drive_db=0.0,
        max_gain_reduction_db=0.0,
        reduction=np.zeros(len(energies), np.float32),
    )
    return replace(made, **fields)


def order(album: Album, index: int, *steps: Decided, **fields: Any) -> Order:
    mixdown, cut = album.mixdowns[index], album.cuts[index]
    assert mixdown is not None
    assert cut is not None
    return Order((Part(index, mixdown.source, cut, steps),), (), **{"aim_lufs": None, **fields})


def product(deliverable: str, made: Master, true_peak: float = -1.0, **fields: Any) -> Product:
    told = replace(made.measurement, true_peak_dbtp=true_peak)
    filled = Product(
        deliverable=deliverable,
        song=made.song,
        path=f"{deliverable}/{made.song + 1:02d}.wav",
        sha256="0" * 64,
        size=1,
        payload_sha256="1" * 64,
        measured=told,
        rate_hz=told.rate_hz,
        bits=24,
        encoder="libsndfile",
        trim_db=0.0,
        tags={},
    )
    return replace(filled, **fields)


def outcome(
    album: Album,
    orders: Mapping[str, tuple[Order, ...]] | None = None,
    masters: Mapping[str, tuple[Master, ...]] | None = None,
    products: Sequence[Product] = (),
) -> Outcome:
    return Outcome(album, orders or {}, masters or {}, tuple(products), (), "ready", {})


def wav(name: str = "main", **fields: Any) -> Deliverable:
    return Deliverable(name, "wav", **fields)
