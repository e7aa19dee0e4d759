"""The meter: ITU-R BS.1770-5 and EBU Tech 3341/3342, one streaming pass a file.

`measure` hears an `Audio`; `Hearing` takes blocks from anywhere. Both give a `Measurement`, whose energies on a 10 ms
grid answer every later question (a cut, an album) without hearing the sound again.
"""

from .album import AlbumLoudness, album
from .chunks import BrokenSoundError
from .gating import SILENCE_LUFS, integrated, loudest_passages, loudness_range, momentary, short_term, whole_hops
from .hearing import Hearing, channel_weights, measure
from .truepeak import true_peak

__all__ = [
    "SILENCE_LUFS",
    "AlbumLoudness",
    "BrokenSoundError",
    "Hearing",
    "album",
    "channel_weights",
    "integrated",
    "loudest_passages",
    "loudness_range",
    "measure",
    "momentary",
    "short_term",
    "true_peak",
    "whole_hops",
]
