"""Opening each kind of file, writing its tags, reading them back."""

# mypy: allow-untyped-calls
from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..errors import Exit, refuse
from ..model import Tags
from . import artwork, comments, fields
from .artwork import Cover

PADDING = 1024
"""Free bytes behind the tags, so that a listener's tagger need not move the audio."""
ID3 = frozenset({"mp3", "wav", "aiff"})
"""Formats whose tags are ID3."""


@dataclass(frozen=True)
class Content:
    """What shall stand in a file; nothing at all means no tag."""

    texts: Mapping[str, str]
    cover: Cover | None
    version: str
    """Of ID3."""

    def __bool__(self) -> bool:
        return bool(self.texts or self.cover)


class Kind(Protocol):
    """How one kind of file keeps tags."""

    def write(self, path: Path, content: Content) -> None:
        """Replace all tags by these."""

    def read(self, path: Path) -> dict[str, str]:
        """Everything that is there."""


def write(path: Path, tags: Tags, format: str) -> None:  # noqa: A002
    """Replace all tags of the file by `tags` and read them back; empty ones leave none at all.

    Raises `Refused`: exit 8 when a field reads back differently, exit 3 or 6 for unusable artwork.
    """
    cover = artwork.load(tags.artwork, tags.artwork_sha256) if tags.artwork else None
    texts = _held(fields.texts(tags, format), format, tags.id3)
    KINDS[format].write(path, Content(texts, cover, tags.id3))
    wanted = {**texts, "artwork_sha256": cover.sha256} if cover else texts
    _compare(path, wanted, read(path, format))


def read(path: Path, format: str) -> Mapping[str, str]:  # noqa: A002
    """The file's tags by the names of `fields.texts`, and "artwork_sha256" of the embedded front cover.

    Whatever else it holds comes under names that begin with "other:", so that nothing foreign goes unseen.
    """
    return KINDS[format].read(path)


def _held(texts: Mapping[str, str], format: str, version: str) -> Mapping[str, str]:  # noqa: A002
    """The texts as far as this kind of tag can hold them."""
    if format in ID3 and version == "2.3" and "date" in texts:
        from .id3 import date

        return {**texts, "date": date(texts["date"])}
    return texts


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


def _no_padding(info: Any) -> int:
    return 0


class _Flac:
    def write(self, path: Path, content: Content) -> None:
        from mutagen.flac import FLAC

        file = FLAC(path)
        if file.tags is None:
            file.add_tags()
        comments.put(file.tags, content.texts)
        file.clear_pictures()
        if content.cover:
            file.add_picture(comments.picture(content.cover))
        file.save(padding=_padding if content else _no_padding, deleteid3=True)

    def read(self, path: Path) -> dict[str, str]:
        from mutagen.flac import FLAC

        file = FLAC(path)
        return comments.get(file.tags) | comments.pictures(file.pictures)


@dataclass(frozen=True)
class _Ogg:
    opus: bool

    def write(self, path: Path, content: Content) -> None:
        file = self._open(path)
        comments.put(file.tags, content.texts)
        if content.cover:
            comments.put_picture(file.tags, content.cover)
        file.save(padding=_padding if content else _no_padding)

    def read(self, path: Path) -> dict[str, str]:
        found = self._open(path).tags
        return comments.get(found) | comments.get_pictures(found)

    def _open(self, path: Path) -> Any:
        from mutagen.oggopus import OggOpus
        from mutagen.oggvorbis import OggVorbis

        return (OggOpus if self.opus else OggVorbis)(path)


class _Mp3:
    def write(self, path: Path, content: Content) -> None:
        from mutagen import apev2
        from mutagen.id3 import delete

        from . import id3

        apev2.delete(path)
        if content:
            made = id3.tag(content.texts, content.cover, content.version)
            made.save(path, v1=0, v2_version=_minor(content), padding=_padding)
        else:
            delete(path)

    def read(self, path: Path) -> dict[str, str]:
        from mutagen.apev2 import APEv2
        from mutagen.id3 import ID3

        from . import id3

        other = [f"{fields.OTHER}{key}" for key in _without_tags(APEv2, path) or ()]
        found = _without_tags(ID3, path)
        return (id3.read(found) if found else {}) | dict.fromkeys(other, "APEv2")


class _Wav:
    def write(self, path: Path, content: Content) -> None:
        from . import id3, wave

        held = io.BytesIO()
        if content:
            made = id3.tag(content.texts, content.cover, content.version)
            made.save(held, v2_version=_minor(content), padding=_padding)
        wave.write(path, held.getvalue())

    def read(self, path: Path) -> dict[str, str]:
        from mutagen.id3 import ID3

        from . import id3, wave

        held = wave.read(path)
        return (id3.read(ID3(io.BytesIO(held))) if held else {}) | wave.read_others(path)


class _Aiff:
    def write(self, path: Path, content: Content) -> None:
        from mutagen.aiff import AIFF

        from . import aiff, id3

        aiff.delete_texts(path)
        file: Any = AIFF(path)
        if not content:
            file.delete()
            return
        if file.tags is None:
            file.add_tags()
        file.tags.clear()
        for frame in id3.tag(content.texts, content.cover, content.version).values():
            file.tags.add(frame)
        file.tags.save(path, v2_version=_minor(content), padding=_padding)

    def read(self, path: Path) -> dict[str, str]:
        from mutagen.aiff import AIFF

        from . import aiff, id3

        tags = AIFF(path).tags
        return (id3.read(tags) if tags else {}) | aiff.read_others(path)


class _Mp4:
    def write(self, path: Path, content: Content) -> None:
        from mutagen.mp4 import MP4

        from . import mp4

        file = MP4(path)
        if file.tags is None:
            file.add_tags()
        mp4.put(file.tags, content.texts, content.cover)
        if content:
            mp4.put_gapless(file.tags, path)
        file.save(padding=_padding if content else _no_padding)

    def read(self, path: Path) -> dict[str, str]:
        from mutagen.mp4 import MP4

        from . import mp4

        atoms: Any = MP4(path).tags or {}
        return mp4.get(atoms) | mp4.wrong_gapless(atoms, path)


class _Ape:
    def write(self, path: Path, content: Content) -> None:
        from mutagen import apev2

        from . import ape

        apev2.delete(path)
        if content:
            made = apev2.APEv2()
            ape.put(made, content.texts, content.cover)
            made.save(path)

    def read(self, path: Path) -> dict[str, str]:
        from mutagen.apev2 import APEv2

        from . import ape

        return ape.get(_without_tags(APEv2, path) or {})


def _minor(content: Content) -> int:
    return int(content.version.removeprefix("2."))


def _without_tags(reader: Any, path: Path) -> Any | None:
    """The file's tags by mutagen's `reader`; None where there are none of this kind."""
    from mutagen.apev2 import APENoHeaderError
    from mutagen.id3 import ID3NoHeaderError

    try:
        return reader(path)
    except (APENoHeaderError, ID3NoHeaderError):
        return None


KINDS: Mapping[str, Kind] = {
    "flac": _Flac(),
    "vorbis": _Ogg(opus=False),
    "opus": _Ogg(opus=True),
    "mp3": _Mp3(),
    "wav": _Wav(),
    "aiff": _Aiff(),
    "aac": _Mp4(),
    "alac": _Mp4(),
    "wavpack": _Ape(),
}
"""How each format keeps its tags."""
