"""MP4 (iTunes) metadata: AAC and ALAC in .m4a. Atoms as iTunes and MusicBrainz Picard write and players read them."""

# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import Refused
from .artwork import Cover
from .fields import GAINS, OTHER, joined, values

ATOMS = {
    "title": "\xa9nam",
    "artist": "\xa9ART",
    "album": "\xa9alb",
    "album_artist": "aART",
    "title_sort": "sonm",
    "artist_sort": "soar",
    "album_sort": "soal",
    "album_artist_sort": "soaa",
    "composer_sort": "soco",
    "date": "\xa9day",
    "genre": "\xa9gen",
    "composer": "\xa9wrt",
    "copyright": "cprt",
    "comment": "\xa9cmt",
    "lyrics": "\xa9lyr",
}
_FREE = "----:com.apple.iTunes:"
FREE = {
    **{
        name: f"{_FREE}{name.upper()}"
        for name in (
            *("isrc", "barcode", "label", "language", "lyricist", "producer", "mixer", "engineer", "arranger"),
            *("conductor", "remixer", "performer", "phonogram"),
        )
    },
    "catalog_number": f"{_FREE}CATALOGNUMBER",
    "release_type": f"{_FREE}MusicBrainz Album Type",
    **{name: f"{_FREE}{name}" for name in GAINS},
}
"""The gains in small letters: names count as they are written here, and this is how players look for them."""
COUNTED = {"trkn": ("track", "tracks"), "disk": ("disc", "discs")}
_COMPILATION, _ADVISORY, _GAPLESS, _COVER = "cpil", "rtng", "pgap", "covr"
_EXPLICIT = 1
_SMPB = f"{_FREE}iTunSMPB"
_SOUND = frozenset({_SMPB, _GAPLESS})
"""Belong to the sound: how much of delay and padding players cut away."""


def put(atoms: Any, texts: Mapping[str, str], cover: Cover | None) -> None:
    """Make `atoms` (mutagen MP4Tags) hold exactly `texts`."""
    from mutagen.mp4 import MP4Cover, MP4FreeForm

    atoms.clear()
    for name, key in ATOMS.items():
        if name in texts:
            atoms[key] = values(name, texts[name])
    for name, key in FREE.items():
        if name in texts:
            atoms[key] = [MP4FreeForm(each.encode()) for each in values(name, texts[name])]
    for key, pair in COUNTED.items():
        if pair[0] in texts:
            atoms[key] = [tuple(int(texts.get(name, "0")) for name in pair)]
    if "compilation" in texts:
        atoms[_COMPILATION] = True
    if "explicit" in texts:
        atoms[_ADVISORY] = [_EXPLICIT]
    if cover:
        kind = MP4Cover.FORMAT_PNG if cover.mime == "image/png" else MP4Cover.FORMAT_JPEG
        atoms[_COVER] = [MP4Cover(cover.data, kind)]


def put_gapless(atoms: Any, path: Path) -> None:
    """Say for players that read no edit list how much of delay and padding to cut away, and to leave no pause.

    `iTunSMPB` is of AAC alone: other codecs have no delay.
    """
    from mutagen.mp4 import MP4FreeForm

    if text := _delays(path):
        atoms[_SMPB] = [MP4FreeForm(text.encode())]
    atoms[_GAPLESS] = True


def wrong_gapless(atoms: Any, path: Path) -> dict[str, str]:
    """The tag of delay and padding where it says something else than the edit list."""
    told = bytes(atoms[_SMPB][0]).decode("latin-1") if atoms.get(_SMPB) else ""
    return {f"{OTHER}{_SMPB}": told} if told and told != _delays(path) else {}


def _delays(path: Path) -> str:
    """What the edit list says, as `iTunSMPB`; empty where the file has none that can be read, or no delay."""
    from ..codecs import mp4

    try:
        return mp4.smpb(path) if mp4.track(path).codec == "mp4a" else ""
    except Refused:  # of a stranger's file
        return ""


def get(atoms: Any) -> dict[str, str]:
    """The texts by name, the hash of the cover, and as "other:ATOM" whatever else is there."""
    texts = {name: joined(name, atoms[key]) for name, key in ATOMS.items() if key in atoms}
    for name, key in FREE.items():
        if key in atoms:
            texts[name] = joined(name, [bytes(each).decode("utf-8", "replace") for each in atoms[key]])
    for key, pair in COUNTED.items():
        for name, number in zip(pair, atoms[key][0], strict=True) if atoms.get(key) else ():
            texts[name] = str(number or "")
    texts["compilation"] = "1" if atoms.get(_COMPILATION) else ""
    texts["explicit"] = "1" if atoms.get(_ADVISORY) == [_EXPLICIT] else ""
    texts["artwork_sha256"] = " | ".join(hashlib.sha256(bytes(each)).hexdigest() for each in atoms.get(_COVER, []))
    known = {*ATOMS.values(), *FREE.values(), *COUNTED, *_SOUND, _COMPILATION, _ADVISORY, _COVER}
    others = {f"{OTHER}{key}": str(atoms[key])[:80] for key in atoms if key not in known}
    return {name: text for name, text in texts.items() if text} | others
