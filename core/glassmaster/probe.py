"""Foretells what a lossy file will decode to: its loudest passages alone are encoded, decoded and measured.

Encoders move peaks by a little everywhere, so the highest of a decoded song may come from any of its many loud places.
The passages with most of them are tried, and how their peaks fall off tells how much higher one of the others may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errands import Encode, Probe, Probed
from .model import Audio, Block
from .store import Store
from .tails import tail

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SHARE = 0.06
"""Of a song that is probed."""
_PASSAGE_SECONDS = 0.25
_FEWEST = 8
"""Passages of a short song."""
_FADE_SECONDS = 0.005
_HOP_SECONDS = 0.01
_SQUARED = 5
"""How often a hop's peak, relative to the highest, is squared for its weight: e times less each 0.27 dB below."""


def seconds(encode: Encode) -> float:
    """How much of a song would be probed: its share, or the fewest passages of a short one."""
    return max(SHARE * encode.seconds, _FEWEST * _PASSAGE_SECONDS)


def probe(errand: Probe, store: Store) -> Probed:
    """Do one `Probe` errand."""
    from . import plugins
    from .loudness.cells import true_peaks

    encode = errand.encode
    offer = plugins.load().formats[encode.format]
    path = store.proven(encode.spool)
    chosen = _chosen(path, encode)
    if not chosen.ranges:
        return Probed(None, None, 0.0, 0.0)
    excerpts = _excerpts(path, encode, chosen.ranges)
    with store.scratch(offer.suffix) as out:
        offer.encode(excerpts, out, encode.settings, encode.encoder.name)
        found = tail(true_peaks(offer.decode(out)).tolist(), chosen.loud)
    return Probed(found.highest_db, found.of_more(chosen.times), found.spread_db, excerpts.frames / encode.rate_hz)


@dataclass(frozen=True)
class _Chosen:
    ranges: tuple[tuple[int, int], ...]
    """First frame and end of each passage, counted from the song's start; neighbours are one."""
    loud: float
    """Hops in them that are about as loud as the loudest."""
    times: float
    """How many times as many loud places the whole song has."""


def _chosen(path: Path, encode: Encode) -> _Chosen:
    """The passages with the most places about as loud as the loudest."""
    import numpy as np

    weights = _weights(path, encode)
    if not weights.any():
        return _Chosen((), 0.0, 1.0)
    heat = weights.sum(axis=1)
    count = min(len(heat), max(_FEWEST, round(SHARE * len(heat))))
    best = np.sort(np.argsort(-heat, kind="stable")[:count])
    length = weights.shape[1] * _hop(encode)
    ranges: list[tuple[int, int]] = []
    for start in (best * length).tolist():
        if ranges and ranges[-1][1] == start:
            ranges[-1] = (ranges[-1][0], start + length)
        else:
            ranges.append((start, start + length))
    return _Chosen(tuple(ranges), float(heat[best].sum()), float(heat.sum() / heat[best].sum()))


def _hop(encode: Encode) -> int:
    return round(encode.rate_hz * _HOP_SECONDS)


def _weights(path: Path, encode: Encode) -> NDArray[np.float64]:
    """How much each hop counts (passages x hops): 1 for the highest sample peak, next to nothing 1 dB below it."""
    import numpy as np

    from .sound import spool
    from .sound.blocks import regular

    hop = _hop(encode)
    hops = round(_PASSAGE_SECONDS / _HOP_SECONDS)
    sound = spool.read(path, encode.rate_hz, encode.channels, encode.start, encode.end)
    whole = (block for block in regular(sound, hop * hops) if len(block) == hop * hops)
    peaks = [np.abs(block).reshape(hops, -1).max(axis=1) for block in whole]
    weights = np.array(peaks, np.float64).reshape(-1, hops)
    weights /= weights.max(initial=0.0) or 1.0
    for _ in range(_SQUARED):  # `power` would not give the same bits everywhere
        weights *= weights
    return weights


def _excerpts(path: Path, encode: Encode, ranges: tuple[tuple[int, int], ...]) -> Audio:
    """The passages put together, each faded for 5 ms so that no joint makes a peak."""
    from .cuts import faded
    from .sound import spool

    fade = round(encode.rate_hz * _FADE_SECONDS)

    def blocks() -> Iterator[Block]:
        for start, end in ranges:
            at = encode.start + start, encode.start + end
            yield from faded(spool.read(path, encode.rate_hz, encode.channels, *at), fade, fade, "cosine")

    frames = sum(end - start for start, end in ranges)
    return Audio(encode.rate_hz, encode.channels, frames, blocks)
