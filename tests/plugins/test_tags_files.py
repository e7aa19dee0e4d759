"""Tags in every kind of file: exact texts, the same bytes each time, and the audio left alone."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import glassmaster_tags
from glassmaster.errors import Exit, Refused
from glassmaster.model import Tags
from glassmaster.tagging import files
from tests.formats_support import FORMATS, heard
from tests.tags_support import (
    HOSTILE,
    ID3,
    NOTHING,
    PLAIN,
    R128,
    REPLAYGAIN,
    TAGS,
    cover,
    each_format,
    tag,
    untagged,
)


@each_format
def test_everything_reads_back(tmp_path: Path, name: str) -> None:
    found = tag(untagged(tmp_path, name), name, TAGS)
    assert found == PLAIN | (R128 if name == "opus" else REPLAYGAIN)


@each_format
def test_the_sound_is_left_alone(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    payload, sound = FORMATS[name].payload_hash(path), heard(FORMATS[name].decode(path))
    tag(path, name, dataclasses.replace(TAGS, artwork=cover(tmp_path)))
    assert FORMATS[name].payload_hash(path) == payload
    assert np.array_equal(heard(FORMATS[name].decode(path)), sound)


@each_format
def test_same_bytes_each_time_and_twice_over(tmp_path: Path, name: str) -> None:
    wanted = dataclasses.replace(TAGS, artwork=cover(tmp_path))
    path = untagged(tmp_path, name)
    tag(path, name, wanted)
    first = path.read_bytes()
    tag(path, name, wanted)
    assert path.read_bytes() == first
    tag(untagged(tmp_path, name), name, wanted)
    assert path.read_bytes() == first


@each_format
def test_longer_tags_and_a_cover_are_replaced_whole(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    payload = FORMATS[name].payload_hash(path)
    tag(path, name, dataclasses.replace(TAGS, lyrics="la " * 50_000, artwork=cover(tmp_path)))
    found = tag(path, name, dataclasses.replace(TAGS, lyrics=""))
    assert found == {key: text for key, text in PLAIN.items() if key != "lyrics"} | (
        R128 if name == "opus" else REPLAYGAIN
    )
    assert FORMATS[name].payload_hash(path) == payload


@each_format
def test_empty_fields_are_absent(tmp_path: Path, name: str) -> None:
    found = tag(untagged(tmp_path, name), name, Tags("Title", "Artist", "Album", "Artist", 1, 1, 1, 1))
    texts = {"title": "Title", "artist": "Artist", "album": "Album", "album_artist": "Artist"}
    assert found == texts | {"track": "1", "tracks": "1", "disc": "1", "discs": "1"}


@pytest.mark.parametrize("kind", HOSTILE)
@each_format
def test_hostile_titles_survive(tmp_path: Path, name: str, kind: str) -> None:
    text = HOSTILE[kind]
    wanted = dataclasses.replace(TAGS, title=text, artist=text, lyrics=text, barcode=text)
    found = tag(untagged(tmp_path, name, 1_000), name, wanted)
    assert [found[key] for key in ("title", "artist", "lyrics", "barcode")] == [text] * 4


@pytest.mark.parametrize(
    ("given", "id3", "others"),
    [("2026", "2026", "2026"), ("2026-11", "2026", "2026-11"), ("2026-02-28", "2026-02-28", "2026-02-28")],
)
@each_format
def test_dates(tmp_path: Path, name: str, given: str, id3: str, others: str) -> None:
    found = tag(untagged(tmp_path, name, 1_000), name, dataclasses.replace(TAGS, date=given))
    assert found["date"] == (id3 if name in ID3 else others)


@each_format
def test_no_tags_leave_the_file_as_the_encoder_made_it(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    payload, plain = FORMATS[name].payload_hash(path), path.read_bytes()
    assert tag(path, name, dataclasses.replace(TAGS, artwork=cover(tmp_path)))
    assert tag(path, name, NOTHING) == {}
    assert FORMATS[name].payload_hash(path) == payload
    assert b"Night Signals" not in path.read_bytes()
    if name in ("wav", "aiff", "mp3"):
        assert path.read_bytes() == plain


def test_a_strange_frame_tag_or_chunk_is_seen(tmp_path: Path) -> None:
    from mutagen import apev2, id3

    path = untagged(tmp_path, "mp3")
    tag(path, "mp3", TAGS)
    frames = id3.ID3(path)
    frames.add(id3.TXXX(encoding=3, desc="mood", text="dark"))
    frames.save(path, v2_version=3)
    ape = apev2.APEv2()
    ape["Title"] = "Another"
    ape.save(path)
    found = files.read(path, "mp3")
    assert (found["other:TXXX:mood"], found["other:Title"]) == ("dark", "APEv2")
    wav = untagged(tmp_path, "wav")
    data = wav.read_bytes() + b"iXML\4\0\0\0abcd" + b"LIST\x0e\0\0\0INFOISFT\2\0\0\0x\0"
    wav.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    assert files.read(wav, "wav") == {"other:iXML": "4 bytes", "other:INFO ISFT": "x"}


def test_silence_has_no_gain(tmp_path: Path) -> None:
    wanted = dataclasses.replace(TAGS, track_gain_lufs=None, track_peak=0.0)
    found = tag(untagged(tmp_path, "flac"), "flac", wanted)
    assert "replaygain_track_gain" not in found
    assert found["replaygain_track_peak"] == "0.000000"


@pytest.mark.parametrize("lufs", [-18.0, -17.999, -18.004])
def test_no_gain_has_no_sign(tmp_path: Path, lufs: float) -> None:
    found = tag(untagged(tmp_path, "flac"), "flac", dataclasses.replace(TAGS, track_gain_lufs=lufs))
    assert found["replaygain_track_gain"] == "0.00 dB"


@each_format
def test_a_difference_is_named_with_both_values(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = untagged(tmp_path, name)
    honest = files.read
    monkeypatch.setattr(files, "read", lambda *which: {**honest(*which), "isrc": "GBAAA2600009"})
    with pytest.raises(Refused, match="isrc: wrote 'GBAAA2600001', reads 'GBAAA2600009'") as refused:
        tag(path, name, TAGS)
    assert refused.value.exit == Exit.UNPROVEN


def test_other_formats_are_left_to_others(tmp_path: Path) -> None:
    assert glassmaster_tags.glassmaster_tag(tmp_path / "x.shellac", TAGS, "shellac") is None
    assert glassmaster_tags.glassmaster_read_tags(tmp_path / "x.shellac", "shellac") is None
