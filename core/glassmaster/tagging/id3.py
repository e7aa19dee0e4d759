"""ID3v2.3 tags: MP3, AIFF and WAV. Frames as MusicBrainz Picard writes and players read them (id3.org, ID3v2.3.0)."""

# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mutagen import id3

from .artwork import Cover
from .fields import GAINS

TEXT = {
    "title": "TIT2",
    "artist": "TPE1",
    "album": "TALB",
    "album_artist": "TPE2",
    "date": "TDRC",
    "isrc": "TSRC",
    "label": "TPUB",
    "genre": "TCON",
    "language": "TLAN",
    "composer": "TCOM",
    "lyricist": "TEXT",
    "copyright": "TCOP",
    "compilation": "TCMP",
}
USER = {
    "barcode": "BARCODE",
    "catalog_number": "CATALOGNUMBER",
    "phonogram": "PHONOGRAM",
    "explicit": "ITUNESADVISORY",
    **{name: name.upper() for name in GAINS},
}
COUNTED = {"TRCK": ("track", "tracks"), "TPOS": ("disc", "discs")}
_UNKNOWN_LANGUAGE = "XXX"


def tag(texts: Mapping[str, str], cover: Cover | None) -> id3.ID3:
    """A tag ready to be saved as version 2.3."""
    made = id3.ID3()
    for frame in _frames(texts):
        made.add(frame)
    if cover:
        made.add(id3.APIC(encoding=id3.Encoding.LATIN1, mime=cover.mime, type=3, desc="", data=cover.data))
    made.update_to_v23()  # save(v2_version=3) alone would leave frames that only version 2.4 knows
    return made


def _frames(texts: Mapping[str, str]) -> Iterator[Any]:
    for name, key in TEXT.items():
        if name in texts:
            yield id3.Frames[key](**_text(texts[name]))
    for name, label in USER.items():
        if name in texts:
            yield id3.TXXX(desc=label, **_text(texts[name]))
    for key, (number, total) in COUNTED.items():
        if number in texts:
            yield id3.Frames[key](**_text("/".join(texts[name] for name in (number, total) if name in texts)))
    if "producer" in texts:
        yield id3.TIPL(encoding=_encoding(texts["producer"]), people=[["producer", texts["producer"]]])
    if "lyrics" in texts:
        yield id3.USLT(encoding=_encoding(texts["lyrics"]), lang=_language(texts), desc="", text=texts["lyrics"])


def _text(text: str) -> dict[str, Any]:
    return {"encoding": _encoding(text), "text": [text]}


def _encoding(text: str) -> int:
    return id3.Encoding.LATIN1 if text.isascii() else id3.Encoding.UTF16


def _language(texts: Mapping[str, str]) -> str:
    language = texts.get("language", "")
    return language.lower() if re.fullmatch("[A-Za-z]{3}", language) else _UNKNOWN_LANGUAGE


def read(found: id3.ID3) -> dict[str, str]:
    """The texts by name, and "artwork_sha256" of the front cover."""
    texts = {name: _joined(found.getall(key)) for name, key in TEXT.items()}
    texts |= {name: _joined(found.getall(f"TXXX:{label}")) for name, label in USER.items()}
    for key, (number, total) in COUNTED.items():
        texts[number], _, texts[total] = _joined(found.getall(key)).partition("/")
    people = [person for frame in found.getall("TIPL") for person in frame.people]
    texts["producer"] = " | ".join(name for role, name in people if role == "producer")
    texts["lyrics"] = " | ".join(frame.text for frame in found.getall("USLT"))
    covers = [frame.data for frame in found.getall("APIC") if frame.type == id3.PictureType.COVER_FRONT]
    texts["artwork_sha256"] = " | ".join(hashlib.sha256(data).hexdigest() for data in covers)
    return {name: text for name, text in texts.items() if text}


def _joined(frames: list[Any]) -> str:
    return " | ".join(str(text) for frame in frames for text in frame.text)


def date(text: str) -> str:
    """What version 2.3 keeps of a date: year alone, or year, month and day."""
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text[:4]
