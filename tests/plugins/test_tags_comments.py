"""Vorbis comments of FLAC, Ogg Vorbis and Opus: their names, and those of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmaster.tagging import files
from tests.tags_support import (
    TAGS,
    tag,
    untagged,
    vorbis_file,
)


def test_vorbis_comment_names(tmp_path: Path) -> None:
    path = untagged(tmp_path, "flac")
    tag(path, "flac", TAGS)
    assert list(vorbis_file(path, "flac").tags) == [
        ("TITLE", "Öffnung / Opening"),
        ("ARTIST", "AC/DC & Søn"),
        ("ALBUM", "Night Signals"),
        ("ALBUMARTIST", "Various Artists"),
        ("TRACKNUMBER", "3"),
        ("TRACKTOTAL", "12"),
        ("TOTALTRACKS", "12"),
        ("DISCNUMBER", "1"),
        ("DISCTOTAL", "2"),
        ("TOTALDISCS", "2"),
        ("TITLESORT", "Opening"),
        ("ARTISTSORT", "Søn & AC/DC"),
        ("ALBUMSORT", "Night Signals, The"),
        ("ALBUMARTISTSORT", "Artists, Various"),
        ("COMPOSERSORT", "Composer, A."),
        ("RELEASETYPE", "album"),
        ("DATE", "2026-11-20"),
        ("ISRC", "GBAAA2600001"),
        ("BARCODE", "5012345678900"),
        ("CATALOGNUMBER", "EX001"),
        ("LABEL", "Example Records"),
        ("GENRE", "Electronic"),
        ("LANGUAGE", "eng"),
        ("COMPOSER", "A. Composer"),
        ("COMPOSER", "D. Composer"),
        ("LYRICIST", "B. Lyricist"),
        ("PRODUCER", "C. Producer"),
        ("PRODUCER", "E. Producer"),
        ("MIXER", "F. Mixer"),
        ("ENGINEER", "G. Engineer"),
        ("ARRANGER", "H. Arranger"),
        ("CONDUCTOR", "I. Conductor"),
        ("REMIXER", "J. Remixer"),
        ("PERFORMER", "K. Söng (vocals)"),
        ("PERFORMER", "L. Player (bass guitar)"),
        ("COPYRIGHT", "2026 Example Records"),
        ("PHONOGRAM", "2026 Example Phonograms"),
        ("COMMENT", "A remark"),
        ("LYRICS", "first line\nsecond line"),
        ("ITUNESADVISORY", "1"),
        ("COMPILATION", "1"),
        ("REPLAYGAIN_TRACK_GAIN", "-8.88 dB"),
        ("REPLAYGAIN_TRACK_PEAK", "1.034568"),
        ("REPLAYGAIN_ALBUM_GAIN", "6.50 dB"),
        ("REPLAYGAIN_ALBUM_PEAK", "0.500000"),
    ]


@pytest.mark.parametrize("name", ["flac", "vorbis", "opus"])
def test_a_strange_comment_is_seen(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    tag(path, name, TAGS)
    file = vorbis_file(path, name)
    file["Encoder"] = ["Somebody"]
    file.save()
    assert files.read(path, name)["other:ENCODER"] == "Somebody"
    assert "other:ENCODER" not in tag(path, name, TAGS)


@pytest.mark.parametrize("name", ["flac", "vorbis", "opus"])
def test_old_spellings_of_gain_go(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    file = vorbis_file(path, name)
    file["replaygain_track_gain"] = ["1.00 dB"]
    file["Replaygain_Reference_Loudness"] = ["89.0 dB"]
    file.save()
    tag(path, name, TAGS)
    names = [key for key, _ in vorbis_file(path, name).tags if "GAIN" in key.upper()]
    opus = ["R128_TRACK_GAIN", "R128_ALBUM_GAIN"]
    others = [f"REPLAYGAIN_{part}" for part in ("TRACK_GAIN", "TRACK_PEAK", "ALBUM_GAIN", "ALBUM_PEAK")]
    assert names == (opus if name == "opus" else others)
