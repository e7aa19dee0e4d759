"""Tags in every kind of file: exact mapping, exact texts, and the audio left alone."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import glassmaster_tags
from glassmaster.codecs import wave as wave_files
from glassmaster.errors import Exit, Refused
from glassmaster.model import Tags
from glassmaster.tagging import files
from tests.formats_support import FORMATS, audio_of, by_ffmpeg, heard, installed, music, on_grid, told

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


HOSTILE = {
    "control": "bell \x07, escape \x1b[31m, newline\nand tab\t.",
    "long": "ü" * 10_000,
    "dash": "-rf --title=x",
    "bidi": "\u202egnos\u202c \U0001f3b5 한국어 é e\u0301",
    "spaces": "  padded  ",
    "equals": "KEY=value; drop",
    "percent": "%s %n {0} <script>alert(1)</script>",
}


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


# ---- nothing foreign stays, and nothing foreign goes unseen


NOTHING = Tags("", "", "", "", 0, 0, 0, 0)


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


@pytest.mark.parametrize("name", ["flac", "vorbis", "opus"])
def test_a_strange_comment_is_seen(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    tag(path, name, TAGS)
    file = vorbis_file(path, name)
    file["Encoder"] = ["Somebody"]
    file.save()
    assert files.read(path, name)["other:ENCODER"] == "Somebody"
    assert "other:ENCODER" not in tag(path, name, TAGS)


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


# ---- MP4 and APEv2, in files that ffmpeg makes


FFMPEG = {"aac": (".m4a", "aac"), "alac": (".m4a", "alac"), "wavpack": (".wv", "wavpack")}


def made_by_ffmpeg(tmp_path: Path, name: str) -> Path:
    installed("ffmpeg")
    suffix, codec = FFMPEG[name]
    path = tmp_path / f"song{suffix}"
    tone = ["-f", "lavfi", "-i", "sine=440:duration=1:sample_rate=44100", "-ac", "2"]
    told("ffmpeg", "-v", "error", "-y", *tone, "-c:a", codec, "-fflags", "+bitexact", path)
    return path


@pytest.mark.parametrize("name", FFMPEG)
def test_mp4_and_ape_hold_everything(tmp_path: Path, name: str) -> None:
    path, art = made_by_ffmpeg(tmp_path, name), cover(tmp_path)
    sound = by_ffmpeg(path, 2)
    found = tag(path, name, dataclasses.replace(TAGS, artwork=art))
    sha256 = hashlib.sha256(art.read_bytes()).hexdigest()
    assert found == PLAIN | REPLAYGAIN | {"artwork_sha256": sha256}
    first = path.read_bytes()
    tag(path, name, dataclasses.replace(TAGS, artwork=art))
    assert path.read_bytes() == first
    assert np.array_equal(by_ffmpeg(path, 2), sound)
    assert tag(path, name, NOTHING) == {}
    assert b"Night Signals" not in path.read_bytes()
    assert np.array_equal(by_ffmpeg(path, 2), sound)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ["alac", "wavpack"])
def test_hostile_titles_survive_in_mp4_and_ape(tmp_path: Path, name: str, kind: str) -> None:
    text = HOSTILE[kind]
    wanted = dataclasses.replace(TAGS, title=text, artist=text, lyrics=text, barcode=text)
    found = tag(made_by_ffmpeg(tmp_path, name), name, wanted)
    assert [found[key] for key in ("title", "artist", "lyrics", "barcode")] == [text] * 4


def test_mp4_atoms(tmp_path: Path) -> None:
    from mutagen.mp4 import MP4, MP4FreeForm

    path = made_by_ffmpeg(tmp_path, "aac")
    file: Any = MP4(path)
    file.add_tags() if file.tags is None else None
    gapless, strange = "----:com.apple.iTunes:iTunSMPB", "----:com.apple.iTunes:STRANGE"
    file.tags[gapless] = [MP4FreeForm(b" 00000000 00000840")]
    file.tags[strange] = [MP4FreeForm(b"x")]
    file.save()
    read = files.read(path, "aac")
    assert f"other:{strange}" in read
    assert read[f"other:{gapless}"] == " 00000000 00000840", "it is not what the edit list says"
    tag(path, "aac", dataclasses.replace(TAGS, artwork=cover(tmp_path, "cover.png")))
    found: Any = MP4(path).tags
    assert found["pgap"] is True
    assert strange not in found
    assert (found["\xa9nam"], found["aART"], found["\xa9day"]) == (
        ["Öffnung / Opening"],
        ["Various Artists"],
        ["2026-11-20"],
    )
    assert (found["trkn"], found["disk"], found["cpil"], found["rtng"]) == ([(3, 12)], [(1, 2)], True, [1])
    assert found["\xa9wrt"] == ["A. Composer", "D. Composer"]
    assert (found["soar"], found["soal"]) == (["Søn & AC/DC"], ["Night Signals, The"])
    assert bytes(found["----:com.apple.iTunes:ISRC"][0]) == b"GBAAA2600001"
    assert bytes(found["----:com.apple.iTunes:replaygain_track_gain"][0]) == b"-8.88 dB"
    assert found["covr"][0].imageformat == found["covr"][0].FORMAT_PNG
    assert tag(path, "aac", NOTHING) == {}
    assert not MP4(path).tags, "none means none: the edit list stays, and says the same"


def test_ape_items(tmp_path: Path) -> None:
    from mutagen.apev2 import APEv2

    path = made_by_ffmpeg(tmp_path, "wavpack")
    tag(path, "wavpack", dataclasses.replace(TAGS, artwork=cover(tmp_path)))
    found: Any = APEv2(path)
    assert (str(found["Track"]), str(found["Disc"]), str(found["Year"])) == ("3/12", "1/2", "2026-11-20")
    assert (str(found["Album Artist"]), list(found["Composer"])) == ("Various Artists", ["A. Composer", "D. Composer"])
    assert list(found["Performer"]) == ["K. Söng (vocals)", "L. Player (bass guitar)"]
    assert found["Cover Art (Front)"].value.startswith(b"Cover Art (Front).jpg\0\xff\xd8")


@pytest.mark.parametrize("name", ["wav", "aiff"])
def test_mutagen_finds_the_tag_in_its_chunk(tmp_path: Path, name: str) -> None:
    path = untagged(tmp_path, name)
    tag(path, name, TAGS)
    assert id3_frames(path, name)["TIT2"].text == ["Öffnung / Opening"]
    assert id3_frames(path, name)["TXXX:REPLAYGAIN_TRACK_GAIN"].text == ["-8.88 dB"]


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


def test_silence_has_no_gain(tmp_path: Path) -> None:
    wanted = dataclasses.replace(TAGS, track_gain_lufs=None, track_peak=0.0)
    found = tag(untagged(tmp_path, "flac"), "flac", wanted)
    assert "replaygain_track_gain" not in found
    assert found["replaygain_track_peak"] == "0.000000"


@pytest.mark.parametrize("lufs", [-18.0, -17.999, -18.004])
def test_no_gain_has_no_sign(tmp_path: Path, lufs: float) -> None:
    found = tag(untagged(tmp_path, "flac"), "flac", dataclasses.replace(TAGS, track_gain_lufs=lufs))
    assert found["replaygain_track_gain"] == "0.00 dB"


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


# ---- artwork


def cover(tmp_path: Path, name: str = "cover.jpg", **how: Any) -> Path:
    path = tmp_path / name
    Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 20).convert("RGB").save(path, **how)
    return path


@pytest.mark.parametrize(("file", "mime"), [("cover.jpg", "image/jpeg"), ("cover.png", "image/png")])
@each_format
def test_the_cover_is_the_artwork_s_own_bytes(tmp_path: Path, name: str, file: str, mime: str) -> None:
    art = cover(tmp_path, file)
    sha256 = hashlib.sha256(art.read_bytes()).hexdigest()
    path = untagged(tmp_path, name)
    found = tag(path, name, dataclasses.replace(TAGS, artwork=art, artwork_sha256=sha256))
    assert found["artwork_sha256"] == sha256
    if name in ID3:
        frame = id3_frames(path, name)["APIC:"]
        assert (frame.type, frame.mime, frame.data) == (3, mime, art.read_bytes())
    if name == "flac":
        from mutagen.flac import FLAC

        (picture,) = FLAC(path).pictures
        assert (picture.type, picture.mime, picture.width, picture.height, picture.depth) == (3, mime, 64, 48, 24)


def test_artwork_is_told_by_content(tmp_path: Path) -> None:
    art = cover(tmp_path, "really-a-png.jpg", format="PNG")
    path = untagged(tmp_path, "mp3")
    tag(path, "mp3", dataclasses.replace(TAGS, artwork=art))
    assert id3_frames(path, "mp3")["APIC:"].mime == "image/png"


def refused_artwork(tmp_path: Path, data: bytes, **fields: Any) -> Refused:
    art = tmp_path / "cover.jpg"
    art.write_bytes(data)
    path = untagged(tmp_path, "flac")
    before = path.read_bytes()
    with pytest.raises(Refused) as refused:
        tag(path, "flac", dataclasses.replace(TAGS, artwork=art, **fields))
    assert path.read_bytes() == before
    assert str(art) in refused.value.findings[0].where
    return refused.value


@pytest.mark.parametrize("data", [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_artwork_that_is_no_picture(tmp_path: Path, data: bytes) -> None:
    assert refused_artwork(tmp_path, data).exit == Exit.SOURCE


def test_artwork_beyond_the_flac_block(tmp_path: Path) -> None:
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "PNG")
    refused = refused_artwork(tmp_path, held.getvalue() + bytes(1 << 24))
    assert refused.exit == Exit.SOURCE
    assert "16.0 MiB" in refused.findings[0].message


def test_artwork_that_changed(tmp_path: Path) -> None:
    data = cover(tmp_path).read_bytes()
    assert refused_artwork(tmp_path, data, artwork_sha256="0" * 64).exit == Exit.CHANGED


# ---- proof


@each_format
def test_a_difference_is_named_with_both_values(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = untagged(tmp_path, name)
    honest = files.read
    monkeypatch.setattr(files, "read", lambda *which: {**honest(*which), "isrc": "GBAAA2600009"})
    with pytest.raises(Refused, match="isrc: wrote 'GBAAA2600001', reads 'GBAAA2600009'") as refused:
        tag(path, name, TAGS)
    assert refused.value.exit == Exit.UNPROVEN


@pytest.mark.parametrize("name", ID3)
def test_what_a_tag_cannot_hold_is_not_lost_in_silence(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="title: wrote"):
        tag(untagged(tmp_path, name), name, dataclasses.replace(TAGS, title="two\0values"))


def test_other_formats_are_left_to_others(tmp_path: Path) -> None:
    assert glassmaster_tags.glassmaster_tag(tmp_path / "x.shellac", TAGS, "shellac") is None
    assert glassmaster_tags.glassmaster_read_tags(tmp_path / "x.shellac", "shellac") is None
