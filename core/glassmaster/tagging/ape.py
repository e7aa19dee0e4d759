"""APEv2 tags: WavPack. Items as MusicBrainz Picard writes and players read them (Hydrogenaudio, "APEv2")."""

# mypy: allow-untyped-calls
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from .artwork import Cover
from .fields import GAINS, OTHER, joined, values

ITEMS = {
    "title": "Title",
    "artist": "Artist",
    "album": "Album",
    "album_artist": "Album Artist",
    "title_sort": "TITLESORT",
    "artist_sort": "ARTISTSORT",
    "album_sort": "ALBUMSORT",
    "album_artist_sort": "ALBUMARTISTSORT",
    "composer_sort": "COMPOSERSORT",
    "release_type": "MUSICBRAINZ_ALBUMTYPE",
    "date": "Year",
    "isrc": "ISRC",
    "barcode": "Barcode",
    "catalog_number": "CatalogNumber",
    "label": "Label",
    "genre": "Genre",
    "language": "Language",
    "composer": "Composer",
    "lyricist": "Lyricist",
    "producer": "Producer",
    "mixer": "Mixer",
    "engineer": "Engineer",
    "arranger": "Arranger",
    "conductor": "Conductor",
    "remixer": "MixArtist",
    "performer": "Performer",
    "copyright": "Copyright",
    "phonogram": "Phonogram",
    "comment": "Comment",
    "lyrics": "Lyrics",
    "explicit": "ITUNESADVISORY",
    "compilation": "Compilation",
    **{name: name.upper() for name in GAINS},
}
COUNTED = {"Track": ("track", "tracks"), "Disc": ("disc", "discs")}
TWINS = {"date": "DATE", "tracks": "TRACKTOTAL", "discs": "DISCTOTAL"}
"""Said once more, for readers that look for Vorbis comments' names in any file."""
_COVER = "Cover Art (Front)"
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg"}


def put(items: Any, texts: Mapping[str, str], cover: Cover | None) -> None:
    """Make `items` (a mutagen APEv2) hold exactly `texts`."""
    from mutagen.apev2 import BINARY, APEValue

    items.clear()
    for name, key in ITEMS.items():
        if name in texts:
            items[key] = values(name, texts[name])
    for key, pair in COUNTED.items():
        if pair[0] in texts:
            items[key] = "/".join(texts[name] for name in pair if name in texts)
    for name, key in TWINS.items():
        if name in texts:
            items[key] = texts[name]
    if cover:  # a file name in front of the picture tells its kind
        items[_COVER] = APEValue(f"{_COVER}{_SUFFIXES[cover.mime]}".encode() + b"\0" + cover.data, BINARY)


def get(items: Any) -> dict[str, str]:
    """The texts by name, the hash of the cover, and as "other:ITEM" whatever else is there."""
    texts = {name: joined(name, list(items[key])) for name, key in ITEMS.items() if key in items}
    for key, (number, total) in COUNTED.items():
        texts[number], _, texts[total] = str(items.get(key, "")).partition("/")
    for name, key in TWINS.items():
        if key in items:
            texts[name] = joined(name, [*([texts[name]] if texts.get(name) else []), str(items[key])])
    if _COVER in items:
        data = items[_COVER].value.partition(b"\0")[2]
        texts["artwork_sha256"] = hashlib.sha256(data).hexdigest()
    known = {key.lower() for key in (*ITEMS.values(), *COUNTED, *TWINS.values(), _COVER)}
    others = {f"{OTHER}{key}": str(items[key])[:80] for key in items if key.lower() not in known}
    return {name: text for name, text in texts.items() if text} | others
