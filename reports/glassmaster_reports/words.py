"""Figures as an engineer writes them: one decimal, a true minus sign, an em dash for what does not exist."""

from __future__ import annotations

import math
from collections.abc import Sequence

from glassmaster.model import Seconds

DASH = "—"
_MINUS = "−"


def tenths(value: float | None, *, signed: bool = False) -> str:
    """`value` with one decimal, halves away from zero; never a negative zero."""
    if value is None or not math.isfinite(value):
        return DASH
    count = math.floor(abs(value) * 10 + 0.5 + 1e-9)
    sign = "" if not count else _MINUS if value < 0 else "+" if signed else ""
    return f"{sign}{count // 10}.{count % 10}"


def hundredths(value: float | None) -> str:
    """`value` with two decimals and a true minus sign: for ratios such as correlation."""
    return DASH if value is None else f"{value:.2f}".replace("-0.00", "0.00").replace("-", _MINUS)


def spanned(known: Sequence[float], *, signed: bool = False) -> str:
    """ "−9.8 to −8.2", or the one value there is."""
    if not known:
        return DASH
    low, high = tenths(min(known), signed=signed), tenths(max(known), signed=signed)
    return low if low == high else f"{low} to {high}"


def clock(seconds: Seconds | None) -> str:
    """m:ss.t, and h:mm:ss.t from one hour on."""
    if seconds is None:
        return DASH
    count = math.floor(abs(seconds) * 10 + 0.5 + 1e-9)
    sign = _MINUS if seconds < 0 and count else ""
    return f"{sign}{axis_clock(count // 10)}.{count % 10}"


def axis_clock(seconds: int) -> str:
    """m:ss for whole seconds, and h:mm:ss from one hour on."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def exact_clock(seconds: Seconds | None) -> str:
    """m:ss.mmm, for tables that machines read; empty when absent."""
    if seconds is None:
        return ""
    count = math.floor(seconds * 1000 + 0.5)
    return f"{axis_clock(count // 1000)}.{count % 1000:03}"


def kilohertz(rate_hz: int) -> str:
    """44100 -> "44.1 kHz", 48000 -> "48 kHz"."""
    return f"{rate_hz / 1000:g} kHz"


def megabytes(size: int) -> str:
    """Bytes in decimal units, as file managers and upload forms count them."""
    if size < 1_000_000:
        return f"{tenths(size / 1e3)} kB"
    return f"{tenths(size / 1e6)} MB" if size < 1_000_000_000 else f"{tenths(size / 1e9)} GB"


def either(text: str) -> str:
    return text or DASH


def counted(number: int, noun: str) -> str:
    """1 -> "1 song", 2 -> "2 songs"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(names: list[str]) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
