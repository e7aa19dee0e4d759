"""Loudness and true peak of files."""

from __future__ import annotations

from collections.abc import Iterator

from ..phrases import some
from .view import Breach, View

PEAK_DB = 0.05
"""What two meters of true peak may differ by."""
_REMEDY = "set adjust = { level = { target_lufs = ... }, limit = { ceiling_dbtp = ... } } of this deliverable"


def wrong_levels(view: View) -> Iterator[Breach]:
    """Files whose level the destination does not want."""
    yield from (Breach("level", message, _REMEDY) for message in (*_peaks(view), *_loudness(view)))


def _peaks(view: View) -> Iterator[str]:
    most = view.profile.true_peak_dbtp
    if most is None:
        return
    peaks = [(peak, each.song) for each in view.products if (peak := each.measured.true_peak_dbtp) is not None]
    over = [view.named(song, f"{peak:+.1f}") for peak, song in peaks if peak > most + PEAK_DB]
    if over:
        yield f"true peaks are above {most:+.1f} dBTP: {some(over)}"


def _loudness(view: View) -> Iterator[str]:
    wanted, within = view.rules.lufs, view.rules.within_lu
    if wanted is None:
        return
    heard = [(lufs, each.song) for each in view.products if (lufs := each.measured.integrated_lufs) is not None]
    off = [view.named(song, f"{lufs:.1f}") for lufs, song in heard if abs(lufs - wanted) > within]
    if off:
        yield f"loudness is not {wanted:.1f} LUFS within {within:g} LU: {some(off)}"
