"""The difference of two recordings in words with times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .show import clock

if TYPE_CHECKING:
    from ..difference import Difference, Edit, Region

_LEAST_DB = 0.05
_OTHER_DB = 0.25
"""A change of level under this is none: the sound is another one."""
_ONLY_DB = 12.0
_WIDEST = (50.0, 15_000.0)
_EDITS = {"head": "at the start: {} of {}", "tail": "at the end: {} of {}", "cut": "at {at}: {} of {}"}


def told(found: Difference, most: int) -> Iterator[str]:
    """Line by line, the whole first; of very many regions, the first `most`."""
    if not found.aligned:
        yield "nothing lines up: these are two different recordings"
        return
    yield f"the same recording: OLD {clock(found.seconds[0])}, NEW {clock(found.seconds[1])}{_whole(found)}"
    for each in found.edits:
        yield _edit(each)
    for region in found.regions[:most]:
        yield _region(region)
    if len(found.regions) > most:
        yield f"and {len(found.regions) - most} more regions: --json tells all"
    if not found.regions:
        yield "nothing else differs" if found.edits or _whole(found) else "nothing differs"
    elif found.null_db is not None:
        yield f"what is left when one is taken from the other lies {-found.null_db:.0f} dB under the music"


def _whole(found: Difference) -> str:
    parts = []
    if abs(found.gain_db) >= _LEAST_DB:
        parts.append(f"NEW is {abs(found.gain_db):.1f} dB {'louder' if found.gain_db > 0 else 'quieter'}")
    parts += ["its polarity is inverted"] if found.inverted else []
    parts += ["compared in mono"] if found.mono else []
    return "".join(f"; {each}" for each in parts)


def _edit(edit: Edit) -> str:
    what = "silence" if edit.silent else "music"
    amount = f"{abs(edit.seconds):.3f} s {'more' if edit.seconds > 0 else 'less'}"
    return _EDITS[edit.kind].format(amount, what, at=clock(edit.at))


def _region(region: Region) -> str:
    side = "" if region.channels == "both" else f" ({region.channels} only)"
    return f"{clock(region.start)}-{clock(region.end)}, {band(region.low_hz, region.high_hz)}: {_change(region)}{side}"


def _change(region: Region) -> str:
    if abs(region.change_db) >= _ONLY_DB:
        return "only in NEW" if region.change_db > 0 else "only in OLD"
    if abs(region.change_db) < _OTHER_DB:
        return f"other sound at the same level ({region.residual_db:+.0f} dB left)"
    return f"{abs(region.change_db):.1f} dB {'more' if region.change_db > 0 else 'less'}"


def band(low_hz: float, high_hz: float) -> str:
    """ "200-400 Hz", "2-4 kHz", or "all bands"."""
    if low_hz <= _WIDEST[0] and high_hz >= _WIDEST[1]:
        return "all bands"
    if high_hz < 1000:
        return f"{_short(low_hz)}-{_short(high_hz)} Hz"
    if low_hz >= 1000:
        return f"{_short(low_hz / 1000)}-{_short(high_hz / 1000)} kHz"
    return f"{_short(low_hz)} Hz-{_short(high_hz / 1000)} kHz"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")
