"""Files heard by workers: what needs a decoder, and what other people's meters say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errands import Errand, Failure
from .listening import Unheard, hear, installed_meters, size
from .model import Heard
from .store import Store
from .work import Crew

_CROSS_CHECKED_SECONDS = 1800
"""pyloudnorm needs the whole file in memory at once."""


@dataclass(frozen=True)
class Listen(Errand):
    """Measure a file as it lies there, whatever it is."""

    phase = "measure"
    handler = "glassmaster.foreign:listen_one"
    reads_sources = True
    lasting = False
    path: Path
    strict: bool


@dataclass(frozen=True)
class CrossCheck(Errand):
    """Let pyloudnorm measure a file too."""

    phase = "cross-check"
    handler = "glassmaster.foreign:cross_check"
    reads_sources = True
    lasting = False
    path: Path


def listen(paths: Sequence[Path], crew: Crew, strict: bool) -> list[Heard | Unheard]:
    """Measure files, each in a worker; results in the order given."""
    results = crew.run([Listen(str(path), size(path), path, strict) for path in paths])
    return [Unheard(each.exit, each.findings) if isinstance(each, Failure) else each for each in results]


def listen_one(errand: Listen, store: Store) -> Heard:
    """Do one `Listen` errand."""
    return hear(errand.path, installed_meters(), strict=errand.strict)


def cross_checks(paths: Sequence[Path], crew: Crew) -> list[float | None]:
    """pyloudnorm's integrated loudness of files in LUFS; None where it has none, or cannot say."""
    results = crew.run([CrossCheck(str(path), size(path), path) for path in paths])
    return [None if isinstance(each, Failure) else each for each in results]


def cross_check(errand: CrossCheck, store: Store) -> float | None:
    """Do one `CrossCheck` errand: integrated loudness by pyloudnorm with its DeMan filter, in LUFS.

    None for what it cannot measure: silence, less than 400 ms, more than half an hour, other layouts than mono, stereo,
    5.0 and 5.1. Like us it counts mono as played on two speakers.
    """
    import warnings

    import numpy as np

    from .sources import open_source

    audio = open_source(errand.path)
    if audio.channels not in (1, 2, 5, 6) or not 0.4 <= audio.frames / audio.rate <= _CROSS_CHECKED_SECONDS:
        return None
    sound = np.concatenate([*audio])
    kept = {1: [0, 0], 6: [0, 1, 2, 4, 5]}.get(audio.channels, slice(None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyloudnorm

        found = float(pyloudnorm.Meter(audio.rate, filter_class="DeMan").integrated_loudness(sound[:, kept]))
    return found if np.isfinite(found) else None
