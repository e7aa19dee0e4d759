"""Tags as named texts: what is written, and what reading back must give."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields as dataclass_fields

from ..model import Tags

REPLAYGAIN_LUFS = -18.0
"""Reference loudness of ReplayGain 2.0."""
R128_LUFS = -23.0
"""Reference loudness of Opus gain tags (RFC 7845, section 5.2.1)."""
GAINS = ("replaygain_track_gain", "replaygain_track_peak", "replaygain_album_gain", "replaygain_album_peak")
R128 = ("r128_track_gain", "r128_album_gain")
PEOPLE = (
    "composer",
    "lyricist",
    "producer",
    "mixer",
    "engineer",
    "arranger",
    "conductor",
    "remixer",
    "performer",
)
"""Fields that may name several."""
AND = "; "
"""Stands between several people in one text."""
OTHER = "other:"
"""Begins the name of whatever a file holds that is none of our fields."""
_NOT_TEXT = {"track_gain_lufs", "album_gain_lufs", "track_peak", "album_peak", "artwork", "artwork_sha256", "id3"}
_PERFORMER = re.compile(r"(.*) \(([^()]*)\)", re.DOTALL)


def texts(tags: Tags, format: str) -> Mapping[str, str]:  # noqa: A002
    """Every text of `tags` by the field names of `Tags`, what is empty left out.

    Yes and no become "1" and absence. The loudness fields become what the format stores: "replaygain_track_gain",
    "replaygain_track_peak", "replaygain_album_gain", "replaygain_album_peak", or in Opus "r128_track_gain" and
    "r128_album_gain".
    """
    plain = {f.name: getattr(tags, f.name) for f in dataclass_fields(tags) if f.name not in _NOT_TEXT}
    words = {name: str(int(value) if isinstance(value, bool) else value) for name, value in plain.items() if value}
    return words | (_r128(tags) if format == "opus" else _replaygain(tags))


def values(name: str, text: str) -> list[str]:
    """A text as the single values that a container with room for several holds."""
    return text.split(AND) if name in PEOPLE else [text]


def joined(name: str, found: Iterable[str]) -> str:
    """The single values as one text; where there should be only one, differing twins show as "a | b"."""
    return AND.join(found) if name in PEOPLE else " | ".join(dict.fromkeys(found))


def performer(text: str) -> tuple[str, str]:
    """(role, name) of "name (role)"."""
    found = _PERFORMER.fullmatch(text)
    return (found[2], found[1]) if found else ("", text)


def _replaygain(tags: Tags) -> dict[str, str]:
    """ReplayGain 2.0: gain "[-]a.bb dB" towards -18 LUFS, peak "c.dddddd" with full scale 1.0."""
    figures = (
        _gain(tags.track_gain_lufs),
        _peak(tags.track_peak),
        _gain(tags.album_gain_lufs),
        _peak(tags.album_peak),
    )
    return {name: text for name, text in zip(GAINS, figures, strict=True) if text}


def _gain(lufs: float | None) -> str:
    return "" if lufs is None else f"{round(REPLAYGAIN_LUFS - lufs, 2) + 0.0:.2f} dB"  # + 0.0: no "-0.00"


def _peak(peak: float | None) -> str:
    return "" if peak is None else f"{peak:.6f}"


def _r128(tags: Tags) -> dict[str, str]:
    """Q7.8 integers towards -23 LUFS. The loudness was measured as decoded, the header's output gain included."""
    figures = (tags.track_gain_lufs, tags.album_gain_lufs)
    return {name: _q78(R128_LUFS - lufs) for name, lufs in zip(R128, figures, strict=True) if lufs is not None}


def _q78(decibels: float) -> str:
    return str(max(-32768, min(32767, round(decibels * 256))))
