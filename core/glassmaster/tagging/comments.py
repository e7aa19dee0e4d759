"""Vorbis comments: FLAC, Ogg Vorbis and Opus. Keys as MusicBrainz Picard writes and players read them."""

# mypy: allow-untyped-calls
from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .artwork import Cover
from .fields import GAINS, R128

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
    "copyright": ("COPYRIGHT",),
    "phonogram": ("PHONOGRAM",),
    "lyrics": ("LYRICS",),
    "explicit": ("ITUNESADVISORY",),
    "compilation": ("COMPILATION",),
    **{name: (name.upper(),) for name in GAINS + R128},
}
PICTURE = "METADATA_BLOCK_PICTURE"
_FRONT_COVER = 3


def put(comments: Any, texts: Mapping[str, str]) -> None:
    """Make `comments` (a mutagen VCommentDict) hold exactly `texts`, in the order of `KEYS`."""
    comments.clear()
    for name, keys in KEYS.items():
        if name in texts:
            comments.extend((key, texts[name]) for key in keys)


def get(comments: Any) -> dict[str, str]:
    """The texts by name; of keys that stand for one name the first counts, and differing twins show as "a | b"."""
    found = {name: [v for key in keys for v in comments.get(key, [])] for name, keys in KEYS.items()}
    return {name: " | ".join(dict.fromkeys(values)) for name, values in found.items() if values}


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


def get_pictures(comments: Any) -> list[str]:
    """SHA-256 of the front covers in an Ogg stream's comments."""
    from mutagen.flac import Picture

    return hashes([Picture(base64.b64decode(text)) for text in comments.get(PICTURE, [])])


def hashes(pictures: list[Any]) -> list[str]:
    """SHA-256 of each front cover."""
    return [hashlib.sha256(picture.data).hexdigest() for picture in pictures if picture.type == _FRONT_COVER]
