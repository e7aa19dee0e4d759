"""The last steps before encoding: sample-rate conversion, hold, dither, rounding - once over a whole programme.

A programme of joined songs is one continuous sound here, so that the songs' files put end to end are that programme.
"""

from __future__ import annotations

from collections.abc import Iterator

from .errands import Prepare, Prepared, Render, Rendered
from .model import Audio, Block
from .store import Store


def errand_for(master: Rendered, render: Render, to_rate: int, bits: int | None, dither: str) -> Prepare | None:
    """The preparing that a master needs for files of this rate and depth; None when it can be encoded as it is."""
    exact = master.passthrough and _fits(render, bits)
    if to_rate == master.rate_hz and (bits is None or exact):
        return None
    return Prepare(
        what=render.what,
        seconds=render.seconds,
        spool=master.spool,
        rate_hz=master.rate_hz,
        channels=master.channels,
        marks=master.marks,
        to_rate_hz=to_rate,
        bits=bits,
        dither=dither,
        ceiling_dbtp=render.order.ceiling_dbtp,
        engine=render.engine,
    )


def _fits(render: Render, bits: int | None) -> bool:
    """Whether untouched samples already stand on the grid of `bits`."""
    return bits is not None and all(p.source.bits is not None and p.source.bits <= bits for p in render.order.parts)


def prepare(errand: Prepare, store: Store) -> Prepared:
    """Do one `Prepare` errand."""
    from .sound import spool
    from .sound.resample import resampled_frames

    with store.scratch() as path:
        spool.write(iter(_prepared(errand, store)), path)
        blob = store.adopt(path)
    marks = tuple(resampled_frames(mark, errand.rate_hz, errand.to_rate_hz) for mark in errand.marks)
    return Prepared(blob, errand.to_rate_hz, errand.channels, marks)


def _prepared(errand: Prepare, store: Store) -> Audio:
    from .sound import spool
    from .sound.dither import quantised
    from .sound.resample import resampled

    audio = spool.read(store.proven(errand.spool), errand.rate_hz, errand.channels, errand.marks[0], errand.marks[-1])
    audio = resampled(audio, errand.to_rate_hz)
    shaped = errand.bits is not None and errand.dither == "shaped"
    if errand.ceiling_dbtp is not None and (shaped or errand.to_rate_hz != errand.rate_hz):
        audio = _held(audio, errand.ceiling_dbtp - (_SHAPED_ROOM_DB if shaped else 0.0))
    if errand.bits is not None:
        audio = quantised(audio, errand.bits, errand.dither, errand.key)
    return audio


_SHAPED_ROOM_DB = 0.02  # shaped noise reaches some ten steps of 16 bits: 0.003 dB at full scale, and between samples


def _held(audio: Audio, ceiling_dbtp: float) -> Audio:
    """What the conversion put above the ceiling is taken down locally, never by a trim."""
    from .peaks import hold

    def blocks() -> Iterator[Block]:
        yield from hold(audio, ceiling_dbtp)

    return Audio(audio.rate, audio.channels, audio.frames, blocks)
