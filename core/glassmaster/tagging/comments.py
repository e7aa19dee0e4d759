"""Vorbis comments: FLAC, Ogg Vorbis and Opus. Keys as MusicBrainz Picard writes and players read them."""

# mypy: allow-untyped-calls
from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .artwork import Cover
from .fields import GAINS, OTHER, R128, joined, values

if TYPE_CHECKING:
    from mutagen.flac import Picture

KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("TITLE",),
    "artist": ("ARTIST",),
    "album": ("ALBUM",),
    "album_artist": ("ALBUMARTIST",),
    "track": ("TRACKNUMBER",),
    "tracks": ("TRACKTOTAL", "TOTALTRACKS"),
    "disc": ("DISCNUMBER",),
    "discs": ("DISCTOTAL", "TOTALDISCS"),
    "title_sort": ("TITLESORT",),
    "artist_sort": ("ARTISTSORT",),
    "album_sort": ("ALBUMSORT",),
    "album_artist_sort": ("ALBUMARTISTSORT",),
    "composer_sort": ("COMPOSERSORT",),
    "release_type": ("RELEASETYPE",),
    "date": ("DATE",),
    "isrc": ("ISRC",),
    "barcode": ("BARCODE",),
    "catalog_number": ("CATALOGNUMBER",),
    "label": ("LABEL",),
    "genre": ("GENRE",),
    "language": ("LANGUAGE",),
    "composer": ("COMPOSER",),
    "lyricist": ("LYRICIST",),
    "producer": ("PRODUCER",),
    "mixer": ("MIXER",),
    "engineer": ("ENGINEER",),
    "arranger": ("ARRANGER",),
    "conductor": ("CONDUCTOR",),
    "remixer": ("REMIXER",),
    "performer": ("PERFORMER",),
    "copyright": ("COPYRIGHT",),
    "phonogram": ("PHONOGRAM",),
    "comment": ("COMMENT",),
    "lyrics": ("LYRICS",),
    "explicit": ("ITUNESADVISORY",),
    "compilation": ("COMPILATION",),
    **{name: (name.upper(),) for name in GAINS + R128},
}
PICTURE = "METADATA_BLOCK_PICTURE"
_KNOWN = {PICTURE, *(key for keys in KEYS.values() for key in keys)}
_FRONT_COVER = 3


def put(comments: Any, texts: Mapping[str, str]) -> None:
    """Make `comments` (a mutagen VCommentDict) hold exactly `texts`, in the order of `KEYS`."""
    comments.clear()
    for name, keys in KEYS.items():
        if name in texts:
            comments.extend((key, value) for key in keys for value in values(name, texts[name]))


def get(comments: Any) -> dict[str, str]:
    """The texts by name; keys that stand for one name must agree. What else is there comes as "other:KEY"."""
    found: dict[str, list[str]] = {}
    for key, value in comments or ():
        found.setdefault(key.upper(), []).append(value)
    texts = {name: _agreed(name, [found[key] for key in keys if key in found]) for name, keys in KEYS.items()}
    others = {f"{OTHER}{key}": " | ".join(each) for key, each in found.items() if key not in _KNOWN}
    return {name: text for name, text in texts.items() if text} | others


def _agreed(name: str, by_key: Iterable[list[str]]) -> str:
    return " | ".join(dict.fromkeys(joined(name, each) for each in by_key))


def picture(cover: Cover) -> Picture:
    """The cover as a FLAC picture block (RFC 9639, section 8.8)."""
    from mutagen.flac import Picture

    block = Picture()
    block.type, block.mime, block.data = _FRONT_COVER, cover.mime, cover.data
    block.width, block.height, block.depth = cover.width, cover.height, cover.depth
    return block


def put_picture(comments: Any, cover: Cover) -> None:
    """Embed the cover in an Ogg stream's comments."""
    comments[PICTURE] = [base64.b64encode(picture(cover).write()).decode("ascii")]


def get_pictures(comments: Any) -> dict[str, str]:
    """What `pictures` tells, of an Ogg stream's comments."""
    from mutagen.flac import Picture

    return pictures([Picture(base64.b64decode(text)) for text in comments.get(PICTURE, [])])


def pictures(found: Iterable[Any]) -> dict[str, str]:
    """SHA-256 of the front cover as "artwork_sha256", of other pictures as "other:picture N"."""
    told: dict[str, list[str]] = {}
    for each in found:
        name = "artwork_sha256" if each.type == _FRONT_COVER else f"{OTHER}picture {int(each.type)}"
        told.setdefault(name, []).append(hashlib.sha256(each.data).hexdigest())
    return {name: " | ".join(hashes) for name, hashes in told.items()}
