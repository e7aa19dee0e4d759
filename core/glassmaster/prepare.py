"""The last steps before encoding: sample-rate conversion, hold, dither, rounding - once over a whole programme.

A programme of joined songs is one continuous sound here, so that the songs' files put end to end are that programme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .errands import Prepare, Prepared, Render, Rendered
from .model import Audio, Block, Order
from .store import Store
from .values import key


def errand_for(master: Rendered, render: Render, to_rate: int, bits: int | None, dither: str) -> Prepare | None:
    """The preparing that a master needs for files of this rate and depth; None when it can be encoded as it is."""
    exact = master.passthrough and _fits(render, bits)
    rings = len(master.marks) > 2 and render.order.ceiling_dbtp is not None  # at every joint, where it is cut
    if to_rate == master.rate_hz and (exact or (bits is None and not rings)):
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
        seed=_seed(render.order, to_rate, bits, dither),
        engine=render.engine,
    )


def _seed(order: Order, *how: int | str | None) -> str:
    """Of the noise: from the mixdowns and what of them is the song, which are the same on every machine and stay when
    levels are frozen; a master's own bits are not."""
    return key([(part.source.sha256, part.cut.start, part.cut.end) for part in order.parts], how)


def _fits(render: Render, bits: int | None) -> bool:
    """Whether untouched samples already stand on the grid of `bits`."""
    return bits is not None and all(p.source.bits is not None and p.source.bits <= bits for p in render.order.parts)


def prepare(errand: Prepare, store: Store) -> Prepared:
    """Do one `Prepare` errand."""
    from .sound import spool
    from .sound.resample import resampled_frames

    marks = tuple(resampled_frames(mark, errand.rate_hz, errand.to_rate_hz) for mark in errand.marks)
    with store.scratch() as path:
        spool.write(iter(_prepared(errand, store, marks[1:-1])), path)
        blob = store.adopt(path, flush=False)
    return Prepared(blob, errand.to_rate_hz, errand.channels, marks)


def _prepared(errand: Prepare, store: Store, cuts: Sequence[int]) -> Audio:
    from .sound import spool

    audio = spool.read(store.proven(errand.spool), errand.rate_hz, errand.channels, errand.marks[0], errand.marks[-1])
    return finished(audio, errand.to_rate_hz, errand.bits, errand.dither, errand.ceiling_dbtp, errand.seed, cuts)


def finished(
    audio: Audio,
    to_rate: int,
    bits: int | None,
    dither: str,
    ceiling_dbtp: float | None,
    seed: str,
    cuts: Sequence[int] = (),
) -> Audio:
    """A master as it will stand in a file: converted, held under its ceiling, dithered and rounded.

    What fades, conversion, dither and rounding add must not pass the ceiling either: the sound is held below it by as
    much as the noise of rounding may rise between the samples. `bits` None leaves it float; `seed` (hex) makes the
    noise; `cuts` are frames at `to_rate` where it will be cut into files, each of which holds the ceiling by itself.
    """
    from .sound.dither import noise_peak, quantised
    from .sound.resample import resampled

    made = resampled(audio, to_rate)
    room = 0.0 if bits is None else noise_peak(bits, dither, to_rate)
    if ceiling_dbtp is not None and (made is not audio or bits is not None or cuts):
        made = _held(made, _lowered(ceiling_dbtp, room), cuts)
    return made if bits is None else quantised(made, bits, dither, seed)


def _lowered(ceiling_dbtp: float, room: float) -> float:
    from .peaks.decibels import amplitude, decibels

    ceiling = amplitude(ceiling_dbtp)
    return decibels(max(ceiling - room, ceiling / 2))  # noise as high as the ceiling cannot be held


def _held(audio: Audio, ceiling_dbtp: float, cuts: Sequence[int]) -> Audio:
    """What stands above the ceiling is taken down locally, never by a trim."""
    from .peaks import hold

    def blocks() -> Iterator[Block]:
        yield from hold(audio, ceiling_dbtp, cuts)

    return Audio(audio.rate, audio.channels, audio.frames, blocks)
