"""What M4A files say to players that read no edit list: right by the boxes, and by ffmpeg, which then follows it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from glassmaster.codecs import mp4
from glassmaster.model import Tags
from glassmaster.tagging import files
from tests.formats_support import FORMATS, audio_of, by_ffmpeg, heard, installed, music, snr_db, told

TAGS = Tags("Song", "Nobody", "Hours", "Nobody", track=1, tracks=2, disc=1, discs=1)
NOTHING = Tags("", "", "", "", 0, 0, 0, 0)

RATE = 44_100
FRAMES = 3 * RATE + 17
COUNT = ("-show_entries", "stream=nb_read_packets", "-of", "csv=p=0")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A tagged AAC file of music that begins and ends in sound."""
    offer = FORMATS["aac"]
    if not offer.encoders():
        pytest.skip(offer.install)
    path = tmp_path / "song.m4a"
    offer.encode(audio_of(music(FRAMES, 2, RATE), RATE), path, offer.settings(), offer.encoders()[0].name)
    files.write(path, TAGS, "aac")
    return path


def without_edit_list(path: Path) -> Path:
    """The same file as an old encoder would have left it: its edit list renamed to a box that says nothing."""
    whole = path.read_bytes()
    assert whole.count(b"edts") == 1
    bare = path.with_name("bare.m4a")
    bare.write_bytes(whole.replace(b"edts", b"free"))
    return bare


def test_ffmpeg_reads_the_tag_and_begins_where_it_says(song: Path) -> None:
    installed("ffmpeg")
    bare, ours = without_edit_list(song), heard(FORMATS["aac"].decode(song))
    theirs = by_ffmpeg(bare, 2)
    assert len(ours) == FRAMES
    assert FRAMES <= len(theirs) < FRAMES + 1024, "ffmpeg cuts the beginning by the tag, and knows no end from it"
    assert np.array_equal(ours, theirs[:FRAMES])
    untold = bare.read_bytes().replace(b"iTunSMPB", b"iTunNONE")
    bare.write_bytes(untold)
    late = by_ffmpeg(bare, 2)
    assert snr_db(ours, late[:FRAMES]) < 10, "without the tag it begins elsewhere"


def test_other_tools_show_what_the_edit_list_says(song: Path) -> None:
    installed("ffprobe")
    tags = json.loads(told("ffprobe", "-v", "error", "-of", "json", "-show_format", song))["format"]["tags"]
    words = [int(word, 16) for word in tags["iTunSMPB"].split()]
    packets = int(told("ffprobe", "-v", "error", "-count_packets", *COUNT, song))
    assert words[1:4] == [mp4.track(song).start, packets * 1024 - mp4.track(song).start - FRAMES, FRAMES]
    assert tags["gapless_playback"] == "1"
    installed("exiftool")
    (shown,) = json.loads(told("exiftool", "-json", "-G", song))
    assert shown["QuickTime:PlayGap"] == "No Gap"
    assert [int(word, 16) for word in shown["QuickTime:iTunSMPB"].split()] == words


def test_no_tags_at_all_means_not_this_one_either(song: Path) -> None:
    files.write(song, NOTHING, "aac")
    assert b"iTunSMPB" not in without_edit_list(song).read_bytes()
    assert len(heard(FORMATS["aac"].decode(song))) == FRAMES


def test_lossless_files_have_no_delay_to_tell(tmp_path: Path) -> None:
    offer = FORMATS["alac"]
    if not offer.encoders():
        pytest.skip(offer.install)
    path = tmp_path / "song.m4a"
    offer.encode(audio_of(np.zeros((RATE, 2)), RATE), path, offer.settings(), offer.encoders()[0].name)
    files.write(path, TAGS, "alac")
    whole = path.read_bytes()
    assert b"iTunSMPB" not in whole
    assert b"pgap" in whole


def test_a_tag_that_somebody_changed_is_seen(song: Path) -> None:
    assert not any(name.startswith("other:") for name in files.read(song, "aac"))
    text = mp4.smpb(song).encode()
    song.write_bytes(song.read_bytes().replace(text, text[:-1] + b"1"))
    assert [name for name in files.read(song, "aac") if name.startswith("other:")] == [
        "other:----:com.apple.iTunes:iTunSMPB"
    ]
