"""Opening each kind of file, writing its tags, reading them back."""

# mypy: allow-untyped-calls
from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import Exit, refuse
from ..model import Tags
from . import artwork, comments, fields
from .artwork import Cover

PADDING = 1024
"""Free bytes behind the tags, so that a listener's tagger need not move the audio."""


def write(path: Path, tags: Tags, format: str) -> None:  # noqa: A002
    """Replace all tags of the file by `tags` and read them back.

    Raises `Refused`: exit 8 when a field reads back differently, exit 3 or 6 for unusable artwork.
    """
    cover = artwork.load(tags.artwork, tags.artwork_sha256) if tags.artwork else None
    texts = fields.texts(tags, format)
    _WRITERS[format](path, texts, cover)
    _compare(path, _expected(texts, cover, format), read(path, format))


def read(path: Path, format: str) -> Mapping[str, str]:  # noqa: A002
    """The file's tags by the names of `fields.texts`, and "artwork_sha256" of the embedded front cover."""
    return _READERS[format](path)


def _expected(texts: Mapping[str, str], cover: Cover | None, format: str) -> Mapping[str, str]:  # noqa: A002
    wanted = dict(texts)
    if format in ("wav", "aiff", "mp3") and "date" in wanted:
        from .id3 import date

        wanted["date"] = date(wanted["date"])
    return wanted | ({"artwork_sha256": cover.sha256} if cover else {})


def _compare(path: Path, wanted: Mapping[str, str], found: Mapping[str, str]) -> None:
    differ = [name for name in sorted(wanted.keys() | found.keys()) if wanted.get(name) != found.get(name)]
    if differ:
        each = "; ".join(f"{n}: wrote {_short(wanted.get(n))}, reads {_short(found.get(n))}" for n in differ)
        hint = "Look for characters in that field which this kind of tag cannot hold."
        raise refuse(Exit.UNPROVEN, "tag-differs", path, f"Tags read back differently: {each}.", hint)


def _short(text: str | None) -> str:
    return "nothing" if text is None else repr(text if len(text) <= 80 else text[:77] + "...")


def _padding(info: Any) -> int:
    return PADDING


# ---- Vorbis comments


def _write_flac(path: Path, texts: Mapping[str, str], cover: Cover | None) -> None:
    from mutagen.flac import FLAC

    file = FLAC(path)
    if file.tags is None:
        file.add_tags()
    comments.put(file.tags, texts)
    file.clear_pictures()
    if cover:
        file.add_picture(comments.picture(cover))
    file.save(padding=_padding)


def _read_flac(path: Path) -> dict[str, str]:
    from mutagen.flac import FLAC

    file = FLAC(path)
    return comments.get(file.tags or {}) | _cover(comments.hashes(file.pictures))


def _ogg(path: Path, format: str) -> Any:  # noqa: A002
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis

    return (OggOpus if format == "opus" else OggVorbis)(path)


def _ogg_writer(format: str) -> Callable[[Path, Mapping[str, str], Cover | None], None]:  # noqa: A002
    def write_ogg(path: Path, texts: Mapping[str, str], cover: Cover | None) -> None:
        file = _ogg(path, format)
        comments.put(file.tags, texts)
        if cover:
            comments.put_picture(file.tags, cover)
        file.save(padding=_padding)

    return write_ogg


def _ogg_reader(format: str) -> Callable[[Path], dict[str, str]]:  # noqa: A002
    def read_ogg(path: Path) -> dict[str, str]:
        found = _ogg(path, format).tags
        return comments.get(found) | _cover(comments.get_pictures(found))

    return read_ogg


def _cover(hashes: list[str]) -> dict[str, str]:
    return {"artwork_sha256": " | ".join(hashes)} if hashes else {}


# ---- ID3


def _write_mp3(path: Path, texts: Mapping[str, str], cover: Cover | None) -> None:
    from . import id3

    id3.tag(texts, cover).save(path, v1=0, v2_version=3, padding=_padding)


def _read_mp3(path: Path) -> dict[str, str]:
    from mutagen.id3 import ID3

    from . import id3

    return id3.read(ID3(path))


def _write_wav(path: Path, texts: Mapping[str, str], cover: Cover | None) -> None:
    from . import id3, wave

    held = io.BytesIO()
    id3.tag(texts, cover).save(held, v2_version=3, padding=_padding)
    wave.write(path, held.getvalue())


def _read_wav(path: Path) -> dict[str, str]:
    from mutagen.id3 import ID3

    from . import id3, wave

    held = wave.read(path)
    return id3.read(ID3(io.BytesIO(held))) if held else {}


def _write_aiff(path: Path, texts: Mapping[str, str], cover: Cover | None) -> None:
    from mutagen.aiff import AIFF

    from . import id3

    file: Any = AIFF(path)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    for frame in id3.tag(texts, cover).values():
        file.tags.add(frame)
    file.tags.save(path, v2_version=3, padding=_padding)


def _read_aiff(path: Path) -> dict[str, str]:
    from mutagen.aiff import AIFF

    from . import id3

    tags = AIFF(path).tags
    return id3.read(tags) if tags else {}


_WRITERS: Mapping[str, Callable[[Path, Mapping[str, str], Cover | None], None]] = {
    "flac": _write_flac,
    "vorbis": _ogg_writer("vorbis"),
    "opus": _ogg_writer("opus"),
    "mp3": _write_mp3,
    "wav": _write_wav,
    "aiff": _write_aiff,
}
_READERS: Mapping[str, Callable[[Path], dict[str, str]]] = {
    "flac": _read_flac,
    "vorbis": _ogg_reader("vorbis"),
    "opus": _ogg_reader("opus"),
    "mp3": _read_mp3,
    "wav": _read_wav,
    "aiff": _read_aiff,
}
