"""The decoded ceiling: 20 hot masters through every encoder setting, in rounds as a build makes them."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Literal

from glassmaster import plugins
from glassmaster.cli.common import crew_for
from glassmaster.model import Deliverable
from glassmaster.rounds import File
from glassmaster.work import Crew
from tests.codecs_support import (
    HARD,
    RATE,
    Hot,
    delivered,
    distances_db,
    excerpt,
    ffmpeg_true_peak,
    hard,
    mastered,
    needed,
)

SEED = 20_261_126
_LUFS = (-9.0, -10.0, -11.0, -12.0, -14.0)
_MASTER_CEILINGS = (-1.0, -0.1)
_CEILINGS = (0.0, -1.0)
_HARD_SECONDS, _HARD_LUFS = 20.0, -9.0
_ALBUM = 6
"""Masters on an album: the first ones."""
_AGREE_DB = 0.05
SETTINGS: tuple[tuple[str, str, dict[str, object], int], ...] = (
    ("MP3 V0", "mp3", {"quality": "V0"}, 48_000),
    ("MP3 V2", "mp3", {"quality": "V2"}, 44_100),
    ("MP3 320", "mp3", {"bitrate": 320}, 44_100),
    ("MP3 128", "mp3", {"bitrate": 128}, 48_000),
    ("Vorbis q3", "vorbis", {"quality": 3.0}, 44_100),
    ("Vorbis q6", "vorbis", {"quality": 6.0}, 48_000),
    ("Opus 96", "opus", {"bitrate": 96}, 48_000),
    ("AAC 256", "aac", {"bitrate": 256}, 44_100),
)


@dataclass(frozen=True, eq=False)
class Judged:
    """A file with what the other meter says of it."""

    file: File
    other_dbtp: float


def page() -> str:
    with tempfile.TemporaryDirectory() as folder, crew_for(Path(folder), plugins.load()) as crew:
        hot = [*_masters()]
        parts = [*_part("song", hot, _CEILINGS, crew), *_part("album", hot[:_ALBUM], _CEILINGS[1:], crew)]
    return "\n".join([*_head(hot), *parts]) + "\n"


def _masters() -> Iterator[Hot]:
    """Mixdowns of the real album where it is, then hard sounds; loudness and ceiling go round."""
    named = os.environ.get("GLASSMASTER_REAL_ALBUM")
    mixes = sorted(Path(named, "mixes").glob("*.wav")) if named else []
    for number, path in enumerate(mixes[:12]):
        lufs, ceiling = _LUFS[number % len(_LUFS)], _MASTER_CEILINGS[number % 2]
        yield mastered(path.stem.split("_")[1], excerpt(path, SEED + number), lufs, ceiling)
    for number, name in enumerate(HARD):
        yield mastered(name, hard(name, _HARD_SECONDS, SEED + number), _HARD_LUFS, _MASTER_CEILINGS[number // 2 % 2])


def _part(trim: Literal["song", "album"], hot: Sequence[Hot], ceilings: Iterable[float], crew: Crew) -> Iterator[str]:
    offers = plugins.load()
    wanted = {}
    for ceiling in ceilings:
        for name, form, keys, rate in SETTINGS:
            settings = offers.formats[form].settings(**keys)
            made = Deliverable(f"{name} {ceiling:+.1f}", form, settings, trim=trim, decoded_ceiling_dbtp=ceiling)
            wanted[made] = rate
    judged = _judged(delivered(hot, wanted, offers, crew), crew)
    yield from ("", f'## `trim = "{trim}"`, {len(hot)} masters', "", *_table(judged), "", *_sums(judged))


def _judged(files: Sequence[File], crew: Crew) -> list[Judged]:
    with ThreadPoolExecutor(2) as pool:
        peaks = pool.map(lambda file: ffmpeg_true_peak(crew.store.path(file.encoded.blob)), files)
        return [Judged(file, peak) for file, peak in zip(files, peaks, strict=True)]


def _table(judged: Iterable[Judged]) -> Iterator[str]:
    yield (
        "| setting | ceiling, dBTP | trimmed | mean trim, dB | most | below the ceiling: mean, dB | most "
        "| encodes a file | over | over by ffmpeg |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    groups: dict[tuple[str, float], list[Judged]] = defaultdict(list)
    for each in judged:
        deliverable = each.file.target.deliverable
        groups[deliverable.name.rpartition(" ")[0], each.file.target.decoded_ceiling_dbtp].append(each)
    for (name, ceiling), group in groups.items():
        files = [each.file for each in group]
        turned = needed(files)
        trims = [each.encode.trim_db for each in turned] or [0.0]
        below = distances_db(turned) or [0.0]
        yield (
            f"| {name} | {ceiling:+.1f} | {len(turned)} of {len(files)} | {mean(trims):.2f} | {min(trims):.2f} "
            f"| {mean(below):.2f} | {max(below):.2f} | {mean(each.encodes for each in files):.2f} "
            f"| {_over(files)} | {_over_by_other(group)} |"
        )


def _over(files: Iterable[File]) -> int:
    return sum(distance < 0 for distance in distances_db(files))


def _over_by_other(group: Iterable[Judged]) -> int:
    return sum(each.other_dbtp > each.file.target.decoded_ceiling_dbtp + _AGREE_DB for each in group)


def _sums(judged: Sequence[Judged]) -> Iterator[str]:
    files = [each.file for each in judged]
    turned = needed(files)
    deciding = [max(each, key=lambda file: file.encoded.measured.true_peak_dbtp or -99.0) for each in _albums(turned)]
    yield f"- files over their decoded ceiling: {_over(files)} of {len(files)}"
    yield f"- more than {_AGREE_DB} dB over it by ffmpeg's decoder and meter: {_over_by_other(judged)}"
    yield f"- encodes a file, probes counted by their seconds: {mean(each.encodes for each in files):.2f}"
    yield f"- of those encoded more than once: {sum(each.encodes >= 2 for each in files)} files"
    yield f"- below the ceiling where a file was trimmed, mean: {mean(distances_db(turned)):.3f} dB"
    yield f"- the same of the highest file of each deliverable: {mean(distances_db(deciding)):.3f} dB"


def _albums(files: Iterable[File]) -> list[list[File]]:
    albums: dict[str, list[File]] = defaultdict(list)
    for each in files:
        albums[each.target.deliverable.name].append(each)
    return [*albums.values()]


def _head(hot: Sequence[Hot]) -> Iterator[str]:
    encoders = {form: plugins.load().formats[form].encoders()[0] for _, form, _, _ in SETTINGS}
    yield "# Decoded ceilings of lossy files"
    yield ""
    yield f"Written by `make proof PROOF=codecs`, seed {SEED}. Encoders: " + ", ".join(
        f"{form} by {each.name} {each.version}" for form, each in encoders.items()
    )
    yield ""
    yield "Every master is driven into our limiter. A file's peak is what our 4x meter (48 taps a phase) reads of the"
    yield "whole file, decoded in float without clamping; ffmpeg decodes and meters it once more."
    yield ""
    yield "| master | seconds | LUFS | dBTP |"
    yield "|---|---|---|---|"
    for each in hot:
        told, seconds = each.measured, len(each.sound) / RATE
        yield f"| {each.name} | {seconds:.0f} | {told.integrated_lufs:.1f} | {told.true_peak_dbtp:.2f} |"
