"""Cuts a preview in a worker: stereo FLAC of 16 bits in pieces of 30 s, or an excerpt as one small MP3.

Browsers decode FLAC to the sample, so that pieces join without a seam and a mixdown stays in step with its masters.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .errands import Cue, Cued
from .model import PIECE_SECONDS, Audio, Block, Part
from .store import Store

_BITS = 16
_KBPS = 128
"""Of an excerpt inside the page: 12 songs' mixdowns and masters, 20 s each, are 10.3 MB with it."""


def cut(errand: Cue, store: Store) -> Cued:
    """Do one `Cue` errand."""
    audio = _finished(errand, store)
    with store.scratch() as path:
        with path.open("wb") as file:
            sizes = tuple(file.write(_encoded(piece, errand.form, store)) for piece in _pieces(audio))
        return Cued(store.adopt(path), sizes, audio.frames)


def _finished(errand: Cue, store: Store) -> Audio:
    from .cuts import faded
    from .sound.blocks import gained
    from .sound.dither import quantised
    from .sound.resample import resampled

    sound = gained(faded(_stretch(errand, store), errand.fade, errand.fade, "cosine"), errand.gain_db)
    sound = resampled(_stereo(sound), errand.to_rate_hz)
    return quantised(sound, _BITS, "tpdf", errand.key) if errand.form == "flac" else sound


def _stretch(errand: Cue, store: Store) -> Audio:
    """What is heard: of a spool at once, of a programme by passing over what comes before."""
    from .sound import spool
    from .sound.blocks import between

    start, end = errand.start, errand.end
    if errand.spool is not None:
        return spool.read(store.proven(errand.spool), errand.rate_hz, errand.channels, start, end)
    return between(_programme(errand.parts, errand.what), start, end)


def _programme(parts: tuple[Part, ...], what: str) -> Audio:
    from .cuts import faded
    from .sound.programme import Piece, assembled
    from .sources import guarded, open_source

    pieces = []
    for part in parts:
        audio = guarded(open_source(part.source, part.cut.start, part.cut.end), what)
        audio = faded(faded(audio, part.cut.fade_in, 0, part.cut.curve), 0, part.cut.fade_out, part.cut.curve)
        pieces.append(Piece(audio, part.overlap, part.mark))
    return assembled(pieces)


def _stereo(audio: Audio) -> Audio:
    """Mono on both sides, as it is played and as its loudness counts."""
    if audio.channels == 2:
        return audio

    def blocks() -> Iterator[Block]:
        for block in audio:
            yield np.repeat(block, 2, axis=1)

    return Audio(audio.rate, 2, audio.frames, blocks)


def _pieces(audio: Audio) -> Iterator[Audio]:
    from .sound.blocks import regular

    for block in regular(audio, PIECE_SECONDS * audio.rate):
        yield Audio(audio.rate, audio.channels, len(block), lambda block=block: iter([block]))  # type: ignore[misc]


def _encoded(piece: Audio, form: str, store: Store) -> bytes:
    with store.scratch(f".{form}") as path:
        _ENCODERS[form](piece, path)
        return path.read_bytes()


def _flac(piece: Audio, path: Path) -> None:
    from .codecs import libsndfile

    libsndfile.write(piece, path, "FLAC", "PCM_16", _BITS)


def _mp3(piece: Audio, path: Path) -> None:
    """As loud as it was: what LAME turns down by itself is given back first."""
    from .codecs import libsndfile, mp3
    from .sound.blocks import gained

    whole = gained(piece, -mp3.own_gain_db(_KBPS))
    mp3.encode(whole, path, _KBPS, 0, libsndfile.encoder().name, "")  # the one that is the same everywhere


_ENCODERS = {"flac": _flac, "mp3": _mp3}
