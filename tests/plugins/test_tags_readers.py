"""Our tags as other people's programs read them."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from glassmaster.loudness import measure
from glassmaster.model import Tags
from glassmaster.tagging import files
from glassmaster_flac import Flac
from tests.formats_support import FORMATS, audio_of, installed, music, told

TAGS = Tags(
    title="Zweites Licht – ü",
    artist="The Example",
    album="Night Signals",
    album_artist="Various",
    track=2,
    tracks=9,
    disc=1,
    discs=1,
    date="2026-11-20",
    isrc="GBAAA2600002",
    barcode="5012345678900",
    label="Example Records",
    composer="A. Composer",
    track_gain_lufs=-14.25,
    album_gain_lufs=-14.0,
    track_peak=0.891251,
    album_peak=0.891251,
)
each_format = pytest.mark.parametrize("name", FORMATS)


@pytest.fixture
def song(tmp_path: Path, name: str) -> Path:
    made = FORMATS[name]
    art = tmp_path / "cover.png"
    Image.new("RGB", (300, 300), (20, 40, 80)).save(art)
    path = tmp_path / f"song{made.suffix}"
    sound = music(2 * 48_000, 2, 48_000)
    on_grid = (sound * 2**15).round() / 2**15
    encoders = [each.name for each in made.encoders()]
    if not encoders:
        pytest.skip(made.install)
    made.encode(audio_of(on_grid, 48_000), path, made.settings(), encoders[-1])
    files.write(path, dataclasses.replace(TAGS, artwork=art), name)
    return path


@each_format
def test_ffprobe(song: Path, name: str) -> None:
    installed("ffprobe")
    said = json.loads(told("ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", song))
    found: dict[str, str] = {}
    for holder in [said["format"], *said["streams"]]:
        found |= {key.lower(): value for key, value in holder.get("tags", {}).items()}
    assert found["title"] == TAGS.title
    assert found["artist"] == TAGS.artist
    assert found["album artist" if name == "wavpack" else "album_artist"] == TAGS.album_artist  # its own APEv2 key
    assert found["track"].split("/")[0] == "2"
    assert found["date"] == TAGS.date
    assert found.get("isrc", found.get("tsrc")) == TAGS.isrc
    assert found["barcode"] == TAGS.barcode
    if name == "opus":
        assert found["r128_track_gain"] == "-2240"  # (-23 + 14.25) * 256
        assert not [key for key in found if key.startswith("replaygain")]
    else:
        assert found["replaygain_track_gain"] == "-3.75 dB"
        assert found["replaygain_album_peak"] == "0.891251"
    pictures = [stream for stream in said["streams"] if stream["codec_type"] == "video"]
    assert [picture["codec_name"] for picture in pictures] == ["png"]


@each_format
def test_mediainfo(song: Path, name: str) -> None:
    installed("mediainfo")
    general: dict[str, Any] = json.loads(told("mediainfo", "--Output=JSON", song))["media"]["track"][0]
    assert general["Title"] == TAGS.title
    assert general["Performer"] == TAGS.artist
    assert general["Album"] == TAGS.album
    assert general["Track_Position"] == "2"
    assert general["Recorded_Date"].startswith("2026")
    assert general["ISRC"] == TAGS.isrc
    assert name == "wavpack" or general["Cover"] == "Yes"  # it looks for none in APEv2


@pytest.mark.parametrize("name", ["aiff", "flac", "mp3", "opus", "vorbis"])
def test_exiftool(song: Path) -> None:
    installed("exiftool")
    (found,) = json.loads(told("exiftool", "-json", "-charset", "utf8", song))
    assert found["Title"] == TAGS.title
    assert found["Artist"] == TAGS.artist
    assert found["Album"] == TAGS.album
    assert "Warning" not in found


@pytest.mark.parametrize(("name", "tool"), [("opus", "opusinfo"), ("vorbis", "ogginfo")])
def test_ogg_tools(song: Path, tool: str) -> None:
    installed(tool)
    said = told(tool, song)
    assert f"ISRC={TAGS.isrc}" in said
    assert "WARNING" not in said


@pytest.mark.parametrize("name", ["flac"])
def test_flac_tools(song: Path) -> None:
    installed("flac", "metaflac")
    told("flac", "-t", "-w", song)
    assert f"ISRC={TAGS.isrc}" in told("metaflac", "--export-tags-to=-", song)


def test_gain_and_peak_are_loudgain_s(tmp_path: Path) -> None:
    """ReplayGain 2.0 of one song, measured by libebur128."""
    installed("loudgain")
    path = tmp_path / "song.flac"
    sound = (music(10 * 44_100) * 2**23).round() / 2**23
    FORMATS["flac"].encode(audio_of(sound), path, Flac(), "soundfile")
    heard = measure(FORMATS["flac"].decode(path))
    assert heard.integrated_lufs is not None
    peak = 10 ** (heard.true_peak_dbtp / 20)  # type: ignore[operator]
    gains = dataclasses.replace(TAGS, track_gain_lufs=heard.integrated_lufs, track_peak=peak)
    files.write(path, gains, "flac")
    said = told("loudgain", "-q", path)
    theirs = float(re.search(r"Gain:\s+(-?[\d.]+) dB", said)[1])  # type: ignore[index]
    their_peak = float(re.search(r"Peak:\s+([\d.]+)", said)[1])  # type: ignore[index]
    ours = files.read(path, "flac")
    assert float(ours["replaygain_track_gain"].removesuffix(" dB")) == pytest.approx(theirs, abs=0.02)
    assert float(ours["replaygain_track_peak"]) == pytest.approx(their_peak, rel=0.03)
