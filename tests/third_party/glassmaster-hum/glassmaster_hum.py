"""Takes mains hum out of a song: `[[treatment]] stage = "hum"`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Le

from glassmaster.hooks import Stage, hookimpl
from glassmaster.model import Audio, Block


@dataclass(frozen=True)
class Hum:
    """Settings of `hum`."""

    mains_hz: Annotated[float, Ge(40), Le(70)] = 50.0
    """Frequency of the mains: 50 Hz in most of the world, 60 Hz in the Americas."""


def render(audio: Audio, settings: Hum) -> Iterator[Block]:
    """A notch at the mains' frequency, 2 Hz wide."""
    import numpy as np
    from scipy.signal import iirnotch, lfilter

    b, a = iirnotch(settings.mains_hz, settings.mains_hz / 2, audio.rate)
    state = np.zeros((2, audio.channels))
    for block in audio:
        clean, state = lfilter(b, a, block, axis=0, zi=state)
        yield clean.astype(np.float32)


@hookimpl
def glassmaster_stages() -> Iterator[Stage]:
    yield Stage("hum", Hum, render, about="takes mains hum out")
