"""Tags of M4A and WavPack files, read back by others."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.tagging import files
from tests.formats_support import by_ffmpeg, installed, told
from tests.tags_support import (
    HOSTILE,
    NOTHING,
    PLAIN,
    REPLAYGAIN,
    TAGS,
    cover,
    tag,
)

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
