"""Text chunks of AIFF beside its ID3 tag: we write none, see those of others, and take them out."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from glassmaster.model import Tags
from glassmaster.tagging import files
from tests.formats_support import FORMATS, audio_of, installed, on_grid, told

TAGS = Tags("Öffnung", "Nobody", "Hours", "Nobody", track=1, tracks=2, disc=1, discs=1, copyright="2026 X")
TEXTS = {"NAME": "Somebody's", "AUTH": "Somebody", "(c) ": "2020", "ANNO": "odd"}


@pytest.fixture
def song(tmp_path: Path) -> Path:
    offer = FORMATS["aiff"]
    path = tmp_path / "song.aiff"
    offer.encode(audio_of(on_grid(9_001, 2, 24), 44_100), path, offer.settings(), offer.encoders()[0].name)
    files.write(path, TAGS, "aiff")
    return path


def with_texts(path: Path) -> Path:
    """As an old editor leaves it: chunks of text behind the tag."""
    whole = bytearray(path.read_bytes())
    for name, text in TEXTS.items():
        whole += struct.pack(">4sI", name.encode(), len(text)) + text.encode() + b"\0" * (len(text) % 2)
    whole[4:8] = struct.pack(">I", len(whole) - 8)
    path.write_bytes(whole)
    return path


def test_we_write_none(song: Path) -> None:
    whole = song.read_bytes()
    assert not any(name.encode() in whole for name in TEXTS)
    assert not any(name.startswith("other:") for name in files.read(song, "aiff"))


def test_those_of_others_are_seen(song: Path) -> None:
    read = files.read(with_texts(song), "aiff")
    assert {name: text for name, text in read.items() if name.startswith("other:")} == {
        f"other:{name.strip()}": text for name, text in TEXTS.items()
    }
    assert read["title"] == "Öffnung"


def test_they_are_taken_out_and_the_sound_stays(song: Path) -> None:
    offer, clean = FORMATS["aiff"], song.read_bytes()
    before = offer.payload_hash(song)
    files.write(with_texts(song), TAGS, "aiff")
    assert not any(name.startswith("other:") for name in files.read(song, "aiff"))
    assert offer.payload_hash(song) == before
    assert offer.integrity(song) == ()
    assert len(song.read_bytes()) == len(clean)


def test_beside_them_ffmpeg_would_show_another_title(song: Path) -> None:
    installed("ffprobe")
    ask = ("ffprobe", "-v", "error", "-of", "json", "-show_format", song)
    assert json.loads(told(*ask))["format"]["tags"]["title"] == "Öffnung"
    with_texts(song)
    assert json.loads(told(*ask))["format"]["tags"]["title"] == TEXTS["NAME"]
