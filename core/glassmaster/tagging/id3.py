"""ID3v2.3 and 2.4 tags: MP3, AIFF and WAV. Frames as MusicBrainz Picard writes and players read them (id3.org)."""

# mypy: allow-untyped-calls
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mutagen import id3

from .artwork import Cover
from .comments import pictures
from .fields import AND, GAINS, OTHER, PEOPLE, joined, performer, values

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
    "conductor": "TPE3",
    "remixer": "TPE4",
    "copyright": "TCOP",
    "compilation": "TCMP",
}
SORT = {
    "title_sort": "TSOT",
    "artist_sort": "TSOP",
    "album_sort": "TSOA",
    "album_artist_sort": "TSO2",
    "composer_sort": "TSOC",
}
"""Of version 2.4 by the letter, but players and taggers read and write them in 2.3 too."""
USER = {
    "barcode": "BARCODE",
    "catalog_number": "CATALOGNUMBER",
    "phonogram": "PHONOGRAM",
    "explicit": "ITUNESADVISORY",
    "release_type": "MusicBrainz Album Type",
    **{name: name.upper() for name in GAINS},
}
COUNTED = {"TRCK": ("track", "tracks"), "TPOS": ("disc", "discs")}
ROLES = {"producer": "producer", "mixer": "mix", "engineer": "engineer", "arranger": "arranger"}
"""Functions within the list of involved people."""
_UNKNOWN_LANGUAGE = "XXX"
_COMMENT_LANGUAGE = "eng"  # the only one in which some players look for it


def tag(texts: Mapping[str, str], cover: Cover | None, version: str = "2.3") -> id3.ID3:
    """A tag ready to be saved as this version."""
    made = id3.ID3()
    for frame in _frames(texts, version):
        made.add(frame)
    if cover:
        made.add(id3.APIC(encoding=id3.Encoding.LATIN1, mime=cover.mime, type=3, desc="", data=cover.data))
    if version == "2.3":
        made.update_to_v23()  # save(v2_version=3) alone would leave frames that only version 2.4 knows
    for name, key in SORT.items():  # after it, because it drops them
        if name in texts:
            made.add(id3.Frames[key](**_text(name, texts[name], version)))
    return made


def _frames(texts: Mapping[str, str], version: str) -> Iterator[Any]:
    for name, key in TEXT.items():
        if name in texts:
            yield id3.Frames[key](**_text(name, texts[name], version))
    for name, label in USER.items():
        if name in texts:
            yield id3.TXXX(desc=label, **_text(name, texts[name], version))
    for key, (number, total) in COUNTED.items():
        if number in texts:
            both = "/".join(texts[name] for name in (number, total) if name in texts)
            yield id3.Frames[key](**_text(number, both, version))
    yield from _people(texts, version)
    if "comment" in texts:
        encoding = _encoding(texts["comment"], version)
        yield id3.COMM(encoding=encoding, lang=_COMMENT_LANGUAGE, desc="", text=[texts["comment"]])
    if "lyrics" in texts:
        encoding = _encoding(texts["lyrics"], version)
        yield id3.USLT(encoding=encoding, lang=_language(texts), desc="", text=texts["lyrics"])


def _people(texts: Mapping[str, str], version: str) -> Iterator[Any]:
    """Involved people and musicians; version 2.3 has one list for both."""
    involved = [[role, each] for name, role in ROLES.items() if name in texts for each in values(name, texts[name])]
    played = [[*performer(each)] for each in values("performer", texts["performer"])] if "performer" in texts else []
    encoding = _encoding("".join(text for pair in involved + played for text in pair), version)
    if involved:
        yield id3.TIPL(encoding=encoding, people=involved)
    if played:
        yield id3.TMCL(encoding=encoding, people=played)


def _text(name: str, text: str, version: str) -> dict[str, Any]:
    """Several values in one frame are of version 2.4; in 2.3 a slash would part them, and names, too."""
    return {"encoding": _encoding(text, version), "text": values(name, text) if version == "2.4" else [text]}


def _encoding(text: str, version: str) -> int:
    if text.isascii():
        return int(id3.Encoding.LATIN1)
    return int(id3.Encoding.UTF8 if version == "2.4" else id3.Encoding.UTF16)


def _language(texts: Mapping[str, str]) -> str:
    language = texts.get("language", "")
    return language.lower() if re.fullmatch("[A-Za-z]{3}", language) else _UNKNOWN_LANGUAGE


def read(found: id3.ID3) -> dict[str, str]:
    """The texts of a tag by name, the hash of the front cover, and as "other:FRAME" whatever else it holds."""
    texts = {name: _joined(name, found.getall(key)) for name, key in {**TEXT, **SORT}.items()}
    texts |= {name: _joined(name, found.getall(f"TXXX:{label}")) for name, label in USER.items()}
    for key, (number, total) in COUNTED.items():
        texts[number], _, texts[total] = _joined(number, found.getall(key)).partition("/")
    texts |= _read_people(
        [person for key in ("TIPL", "TMCL") for frame in found.getall(key) for person in frame.people]
    )
    texts["comment"] = _joined("comment", found.getall(f"COMM::{_COMMENT_LANGUAGE}"))
    texts["lyrics"] = " | ".join(frame.text for frame in found.getall("USLT"))
    texts |= pictures(found.getall("APIC")) | _others(found)
    return {name: text for name, text in texts.items() if text}


def _read_people(people: Iterable[Any]) -> dict[str, str]:
    names = {role: name for name, role in ROLES.items()}
    found: dict[str, list[str]] = {}
    for role, person in people:
        if role in names:
            found.setdefault(names[role], []).append(person)
        else:
            found.setdefault("performer", []).append(f"{person} ({role})" if role else person)
    return {name: AND.join(each) for name, each in found.items()}


def _others(found: id3.ID3) -> dict[str, str]:
    known = {*TEXT.values(), *SORT.values(), *COUNTED, *(f"TXXX:{label}" for label in USER.values())}
    known |= {"TIPL", "TMCL", f"COMM::{_COMMENT_LANGUAGE}"}
    return {
        f"{OTHER}{key}": str(frame)[:80]
        for key, frame in found.items()
        if key not in known and frame.FrameID not in ("APIC", "USLT")
    }


def _joined(name: str, frames: list[Any]) -> str:
    texts = [str(text) for frame in frames for text in frame.text]
    return joined(name, texts) if name in PEOPLE else " | ".join(texts)


def date(text: str) -> str:
    """What version 2.3 keeps of a date: year alone, or year, month and day."""
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text[:4]
