"""Full sets of tags, files to put them into, and the readers of others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import glassmaster_tags
from glassmaster.model import Tags
from tests.formats_support import FORMATS, audio_of, music, on_grid

ALL = ["wav", "aiff", "flac", "mp3", "opus", "vorbis"]
ID3 = ["wav", "aiff", "mp3"]
each_format = pytest.mark.parametrize("name", ALL)
TAGS = Tags(
    title="Öffnung / Opening",
    artist="AC/DC & Søn",
    album="Night Signals",
    album_artist="Various Artists",
    track=3,
    tracks=12,
    disc=1,
    discs=2,
    date="2026-11-20",
    isrc="GBAAA2600001",
    barcode="5012345678900",
    catalog_number="EX001",
    label="Example Records",
    genre="Electronic",
    language="eng",
    composer="A. Composer; D. Composer",
    lyricist="B. Lyricist",
    producer="C. Producer; E. Producer",
    mixer="F. Mixer",
    engineer="G. Engineer",
    arranger="H. Arranger",
    conductor="I. Conductor",
    remixer="J. Remixer",
    performer="K. Söng (vocals); L. Player (bass guitar)",
    title_sort="Opening",
    artist_sort="Søn & AC/DC",
    album_sort="Night Signals, The",
    album_artist_sort="Artists, Various",
    composer_sort="Composer, A.",
    release_type="album",
    comment="A remark",
    copyright="2026 Example Records",
    phonogram="2026 Example Phonograms",
    lyrics="first line\nsecond line",
    explicit=True,
    compilation=True,
    track_gain_lufs=-9.123,
    album_gain_lufs=-24.5,
    track_peak=1.0345678,
    album_peak=0.5,
)
PLAIN = {
    "title": "Öffnung / Opening",
    "artist": "AC/DC & Søn",
    "album": "Night Signals",
    "album_artist": "Various Artists",
    "track": "3",
    "tracks": "12",
    "disc": "1",
    "discs": "2",
    "date": "2026-11-20",
    "isrc": "GBAAA2600001",
    "barcode": "5012345678900",
    "catalog_number": "EX001",
    "label": "Example Records",
    "genre": "Electronic",
    "language": "eng",
    "composer": "A. Composer; D. Composer",
    "lyricist": "B. Lyricist",
    "producer": "C. Producer; E. Producer",
    "mixer": "F. Mixer",
    "engineer": "G. Engineer",
    "arranger": "H. Arranger",
    "conductor": "I. Conductor",
    "remixer": "J. Remixer",
    "performer": "K. Söng (vocals); L. Player (bass guitar)",
    "title_sort": "Opening",
    "artist_sort": "Søn & AC/DC",
    "album_sort": "Night Signals, The",
    "album_artist_sort": "Artists, Various",
    "composer_sort": "Composer, A.",
    "release_type": "album",
    "comment": "A remark",
    "copyright": "2026 Example Records",
    "phonogram": "2026 Example Phonograms",
    "lyrics": "first line\nsecond line",
    "explicit": "1",
    "compilation": "1",
}
REPLAYGAIN = {
    "replaygain_track_gain": "-8.88 dB",
    "replaygain_track_peak": "1.034568",
    "replaygain_album_gain": "6.50 dB",
    "replaygain_album_peak": "0.500000",
}
R128 = {"r128_track_gain": "-3553", "r128_album_gain": "384"}  # -13.877 dB and 1.5 dB in 256ths


def untagged(tmp_path: Path, name: str, frames: int = 30_001, channels: int = 2) -> Path:
    made = FORMATS[name]
    path = tmp_path / f"song{made.suffix}"
    sound = music(frames, channels) if made.lossy else on_grid(frames, channels, 24)
    made.encode(audio_of(sound, 48_000), path, made.settings(), "soundfile")
    return path


def tag(path: Path, name: str, tags: Tags) -> Mapping[str, str]:
    assert glassmaster_tags.glassmaster_tag(path, tags, name) is True
    read = glassmaster_tags.glassmaster_read_tags(path, name)
    assert read is not None
    return read


def vorbis_file(path: Path, name: str) -> Any:
    from mutagen.flac import FLAC
    from mutagen.oggopus import OggOpus
    from mutagen.oggvorbis import OggVorbis

    kinds: dict[str, Any] = {"flac": FLAC, "opus": OggOpus, "vorbis": OggVorbis}
    return kinds[name](path)


def id3_frames(path: Path, name: str) -> Any:
    """The ID3 tag as mutagen finds it by itself, version 2.3 frames as they stand in the file."""
    from mutagen import id3
    from mutagen.aiff import AIFF
    from mutagen.wave import WAVE

    reader: Any = id3.ID3
    if name == "mp3":
        return reader(path, translate=False)
    holder: Any = {"wav": WAVE, "aiff": AIFF}[name]
    return holder(path).tags


HOSTILE = {
    "control": "bell \x07, escape \x1b[31m, newline\nand tab\t.",
    "long": "ü" * 10_000,
    "dash": "-rf --title=x",
    "bidi": "\u202egnos\u202c \U0001f3b5 한국어 é e\u0301",
    "spaces": "  padded  ",
    "equals": "KEY=value; drop",
    "percent": "%s %n {0} <script>alert(1)</script>",
}
NOTHING = Tags("", "", "", "", 0, 0, 0, 0)


def cover(tmp_path: Path, name: str = "cover.jpg", **how: Any) -> Path:
    path = tmp_path / name
    Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 20).convert("RGB").save(path, **how)
    return path
