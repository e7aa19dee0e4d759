"""Makes one song's file and proves it: it is decoded whole, its frames are counted, and it is measured."""

from __future__ import annotations

from pathlib import Path

from .errands import Encode, Encoded
from .errors import Exit, refuse
from .model import Audio, Format, Measurement
from .store import Store


def encode(errand: Encode, store: Store) -> Encoded:
    """Do one `Encode` errand."""
    from . import plugins

    offer = plugins.load().formats[errand.format]
    audio = _sound(errand, store)
    with store.scratch(offer.suffix) as path:
        offer.encode(audio, path, errand.settings, errand.encoder.name)
        measured = _decoded(offer, path, audio, errand)
        payload = offer.payload_hash(path)
        return Encoded(store.adopt(path), payload, measured)


def _sound(errand: Encode, store: Store) -> Audio:
    from .sound import spool
    from .sound.blocks import followed_by_silence, gained

    path = store.path(errand.spool)
    audio = spool.read(path, errand.rate_hz, errand.channels, errand.start, errand.end)
    return followed_by_silence(gained(audio, errand.trim_db), errand.silence)


def _decoded(offer: Format, path: Path, audio: Audio, errand: Encode) -> Measurement:
    """Measure what a listener's player will hear, without clamping."""
    from .loudness import measure

    decoded = offer.decode(path)
    measured = measure(decoded)
    if measured.frames != audio.frames:
        message = f"the {offer.name} file decodes to {measured.frames} frames, the master has {audio.frames}"
        raise refuse(Exit.UNPROVEN, "length", errand.what, message, _ANOTHER)
    if decoded.rate != audio.rate or decoded.channels != audio.channels:
        message = f"the {offer.name} file decodes to {decoded.channels} channels at {decoded.rate} Hz"
        raise refuse(Exit.UNPROVEN, "layout", errand.what, message, _ANOTHER)
    return measured


_ANOTHER = 'choose another encoder: encoder = "..." in the deliverable; `glassmaster doctor` lists them'
