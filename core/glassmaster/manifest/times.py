"""Times as people write them."""

from __future__ import annotations

import re

TIMES = frozenset({"start", "end", "fade_in", "fade_out", "gap", "crossfade", "mark"})
"""Keys of `[[song]]` that take a time."""

FORM = r"(?:(?:([0-9]{1,3}):)?([0-9]{1,5}):)?([0-9]{1,7}(?:\.[0-9]{1,9})?)"
_TIME = re.compile(FORM)


def seconds(text: str) -> float | None:
    """Seconds of "ss.sss", "m:ss.sss" or "h:mm:ss.sss"; None if it is none of these.

    Behind a colon there are two digits below 60: "3:5" could be meant either way.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, rest = match.groups()
    if minutes is not None and not _sixtieth(rest):
        return None
    if hours is not None and not _sixtieth(minutes):
        return None
    # one rounding only, so that "3:58.2" is exactly 238.2
    whole, _, fraction = rest.partition(".")
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(whole)
    return float(f"{total}.{fraction or 0}")


def clock(time: float) -> str:
    """The way back, to the millisecond: "3:58.200"."""
    thousandths = round(abs(time) * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    sign = "-" if time < 0 else ""
    return f"{sign}{minutes}:{rest // 1000:02d}.{rest % 1000:03d}"


def _sixtieth(digits: str) -> bool:
    whole = digits.partition(".")[0]
    return len(whole) == 2 and int(whole) < 60
