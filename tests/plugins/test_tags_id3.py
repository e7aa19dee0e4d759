"""ID3 in MP3, WAV and AIFF: its frames in both versions, and its place in the file."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from glassmaster.codecs import wave as wave_files
from glassmaster.errors import Refused
from tests.formats_support import FORMATS, audio_of, heard, on_grid
from tests.tags_support import (
    ID3,
    PLAIN,
    REPLAYGAIN,
    TAGS,
    cover,
    id3_frames,
    tag,
    untagged,
)


def test_id3_frames_are_those_of_version_2_3(tmp_path: Path) -> None:
    path = untagged(tmp_path, "mp3")
    tag(path, "mp3", dataclasses.replace(TAGS, artwork=cover(tmp_path)))
    found = id3_frames(path, "mp3")
    assert found.version == (2, 3, 0)
    assert path.read_bytes()[-128:-125] != b"TAG"
    assert set(found) == {
        *("TIT2", "TPE1", "TPE2", "TALB", "TRCK", "TPOS", "TYER", "TDAT", "TSRC", "TPUB", "TCON", "TLAN", "TCOM"),
        *("TEXT", "TCOP", "TCMP", "TPE3", "TPE4", "IPLS", "APIC:", "TSOT", "TSOP", "TSOA", "TSO2", "TSOC"),
        *("USLT::eng", "COMM::eng"),
        *(f"TXXX:{name}" for name in ("BARCODE", "CATALOGNUMBER", "PHONOGRAM", "ITUNESADVISORY")),
        "TXXX:MusicBrainz Album Type",
        *(f"TXXX:REPLAYGAIN_{scope}_{what}" for scope in ("TRACK", "ALBUM") for what in ("GAIN", "PEAK")),
    }
    assert (found["TYER"].text, found["TDAT"].text) == (["2026"], ["2011"])
    assert (found["TRCK"].text, found["TPOS"].text) == (["3/12"], ["1/2"])
    assert found["TCOM"].text == ["A. Composer; D. Composer"]
    assert found["IPLS"].people == [
        ["producer", "C. Producer"],
        ["producer", "E. Producer"],
        ["mix", "F. Mixer"],
        ["engineer", "G. Engineer"],
        ["arranger", "H. Arranger"],
        ["vocals", "K. Söng"],
        ["bass guitar", "L. Player"],
    ]


@pytest.mark.parametrize("name", ID3)
def test_version_2_4_on_request(tmp_path: Path, name: str) -> None:
    wanted = dataclasses.replace(TAGS, id3="2.4", date="2026-11")
    found = tag(untagged(tmp_path, name), name, wanted)
    assert found == {**PLAIN, "date": "2026-11"} | REPLAYGAIN
    frames = id3_frames(tmp_path / f"song{FORMATS[name].suffix}", name)
    assert frames.version == (2, 4, 0)
    assert str(frames["TDRC"]) == "2026-11"
    assert frames["TCOM"].text == ["A. Composer", "D. Composer"]
    assert frames["TMCL"].people == [["vocals", "K. Söng"], ["bass guitar", "L. Player"]]
    assert "IPLS" not in frames


def chunks(path: Path) -> dict[bytes, bytes]:
    """Chunks of a RIFF file, counted from its start."""
    data, at, found = path.read_bytes(), 12, {}
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found[data[at : at + 4]] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    assert at == len(data)
    return found


def test_a_wav_has_one_tag_behind_its_samples(tmp_path: Path) -> None:
    path = untagged(tmp_path, "wav", 1_000)
    data = path.read_bytes() + b"LIST\x0e\0\0\0INFOISFT\2\0\0\0x\0"
    path.write_bytes(data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:])
    tag(path, "wav", TAGS)
    assert list(chunks(path)) == [b"fmt ", b"data", b"id3 "]


@pytest.mark.parametrize("name", ["wav", "aiff"])
def test_mutagen_finds_the_tag_in_its_chunk(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    tag(path, name, TAGS)
    assert id3_frames(path, name)["TIT2"].text == ["Öffnung / Opening"]
    assert id3_frames(path, name)["TXXX:REPLAYGAIN_TRACK_GAIN"].text == ["-8.88 dB"]


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("channels", [1, 2])
def test_wav_of_odd_size_and_rf64(tmp_path: Path, frames: int, channels: int) -> None:
    sound = on_grid(frames, channels, 24)
    for limit, start in ((wave_files.LIMIT, b"RIFF"), (1, b"RF64")):
        path = tmp_path / "odd.wav"
        wave_files.write(audio_of(sound), path, 24, limit=limit)
        found = tag(path, "wav", TAGS)
        assert found["title"] == TAGS.title
        data = path.read_bytes()
        size = data[4:8] if start == b"RIFF" else data[20:28]
        assert data[:4] == start
        assert int.from_bytes(size, "little") == len(data) - 8
        assert np.array_equal(heard(FORMATS["wav"].decode(path)), sound)


@pytest.mark.parametrize("name", ID3)
def test_what_a_tag_cannot_hold_is_not_lost_in_silence(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="title: wrote"):
        tag(untagged(tmp_path, name), name, dataclasses.replace(TAGS, title="two\0values"))
