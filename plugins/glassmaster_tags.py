"""Tags and artwork in every built-in format, with ReplayGain 2.0 or R128 gain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from glassmaster.hooks import hookimpl
from glassmaster.model import Tags

FORMATS = frozenset({"wav", "aiff", "flac", "alac", "wavpack", "mp3", "aac", "opus", "vorbis"})


@hookimpl
def glassmaster_tag(path: Path, tags: Tags, format: str) -> bool | None:  # noqa: A002
    """Write the tags and read them back; raises `Refused` (exit 8) that names a field which reads differently."""
    if format not in FORMATS:
        return None
    from glassmaster.tagging import files

    files.write(path, tags, format)
    return True


@hookimpl
def glassmaster_read_tags(path: Path, format: str) -> Mapping[str, str] | None:  # noqa: A002
    """The texts by the field names of `Tags`.

    Loudness reads as "replaygain_track_gain", "replaygain_track_peak", "replaygain_album_gain",
    "replaygain_album_peak" (Opus: "r128_track_gain", "r128_album_gain"), the cover as "artwork_sha256", and whatever
    else is in the file under a name that begins with "other:".
    """
    if format not in FORMATS:
        return None
    from glassmaster.tagging import files

    return files.read(path, format)
