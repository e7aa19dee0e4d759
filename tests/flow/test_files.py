"""Names, tags and artwork of a whole release, through the command line; and that changing them encodes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from mutagen.id3 import ID3
from PIL import Image

from glassmaster.tagging import files
from tests.flow_support import glassmaster, music, published, write_manifest, write_mix
from tests.formats_support import installed

SONGS = ['title = "One"\nmixdown = "1.wav"\nisrc = "GBAAA2600001"', 'title = "Two"\nmixdown = "2.wav"']
RELEASE = 'artwork = "cover.png"\nproducer = "P"\n'
FILES = """
[[deliverable]]
name = "shop"
format = "wav"
metadata = "none"
[[deliverable]]
name = "promo"
format = "mp3"
bitrate = 128
cover_px = 100
"""


def paint(path: Path, colour: str = "navy", side: int = 1500) -> None:
    Image.new("RGB", (side, side), colour).save(path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    for number in (1, 2):
        write_mix(folder / f"{number}.wav", music(2, -20, number))
    paint(folder / "cover.png")
    write_manifest(folder, SONGS, FILES, RELEASE)
    glassmaster("build", folder)
    return folder


@pytest.fixture
def album(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "album"))


def done(folder: Path, *phases: str, code: int = 0) -> list[str]:
    """What a build did in these phases."""
    told = glassmaster("build", folder, code=code)
    return [line for line in told.stderr.splitlines() if line.startswith(tuple(f"{each}:" for each in phases))]


SOUND = ("measure", "render", "prepare", "encode")


def test_artwork_is_delivered_whole_and_embedded_small(built: Path) -> None:
    told = published(built / "dist")["artwork"]
    assert (told["path"], told["width"], told["height"]) == ("cover.png", 1500, 1500)
    with Image.open(built / "dist" / "cover.png") as image:
        assert image.size == (1500, 1500)
    cover = ID3(built / "dist/promo/01 One.mp3").getall("APIC")[0]
    (built / "embedded").write_bytes(cover.data)
    with Image.open(built / "embedded") as image:
        assert (image.format, image.size) == ("JPEG", (100, 100))
    lines = (built / "dist/SHA256SUMS").read_text("utf-8")
    assert f"{told['sha256']}  cover.png\n" in lines
    assert "  README.txt\n" in lines
    assert json.loads(glassmaster("verify", built / "dist", "--json").stdout)["proven"] is True


def test_files_without_metadata_carry_nothing(built: Path) -> None:
    path = built / "dist/shop/01 One.wav"
    data = path.read_bytes()
    size = int.from_bytes(data[data.index(b"data") + 4 :][:4], "little")
    assert len(data) == data.index(b"data") + 8 + size  # nothing behind the samples
    assert files.read(path, "wav") == {}
    assert [each["tags"] for each in published(built / "dist")["deliverables"] if each["name"] == "shop"] == [{}, {}]
    assert files.read(built / "dist/promo/01 One.mp3", "mp3")["producer"] == "P"


CHANGES = (
    ('producer = "P"', 'comment = "changed"\ncredits = [{ role = "vocals", name = "V" }]'),
    ('name = "promo"', 'name = "promo"\nid3 = "2.4"\nfilename = "{artist} - {title}"'),
    ('metadata = "none"', 'metadata = "full"\ncover_px = 0'),
    ("cover_px = 100", "cover_px = 200"),
)


def test_changes_of_tags_names_and_covers_make_no_sound(album: Path) -> None:
    before = published(album / "dist")
    text = (album / "release.toml").read_text("utf-8")
    for old, new in CHANGES:
        text = text.replace(old, new)
    (album / "release.toml").write_text(text, "utf-8")
    paint(album / "cover.png", "maroon")
    assert {each.partition(":")[0] for each in done(album, *SOUND, "artwork", "finish")} == {"artwork", "finish"}
    after = published(album / "dist")
    sound = [sorted(each["payload_sha256"] for each in told["deliverables"]) for told in (before, after)]
    assert sound[0] == sound[1]
    paths = ["shop/01 One.wav", "shop/02 Two.wav", "promo/Nobody - One.mp3", "promo/Nobody - Two.mp3"]
    assert [each["path"] for each in after["deliverables"]] == paths
    assert after["artwork"]["sha256"] != before["artwork"]["sha256"]
    tags = after["deliverables"][2]["tags"]
    assert (tags["comment"], tags["performer"]) == ("changed", "V (vocals)")
    assert tags["artwork_sha256"] != before["deliverables"][2]["tags"]["artwork_sha256"]
    assert done(album, *SOUND, "artwork", "finish") == []


def test_a_cover_that_breaks_off_publishes_nothing(album: Path) -> None:
    """R04, R07: its header is fine, its pixels are not; only decoding tells."""
    before = published(album / "dist")
    Image.effect_noise((1500, 1500), 80).convert("RGB").save(album / "cover.png")
    whole = (album / "cover.png").read_bytes()
    (album / "cover.png").write_bytes(whole[: len(whole) // 2])
    told = glassmaster("build", album, code=3)
    assert "cannot be decoded to its end" in told.stderr
    assert "export the cover again" in told.stderr
    assert published(album / "dist") == before


PINNED = """
[[deliverable]]
name = "lame"
format = "mp3"
encoder = "lame"
[[deliverable]]
name = "soundfile"
format = "mp3"
encoder = "soundfile"
"""


def test_two_encoders_of_one_format_are_both_recorded(album: Path) -> None:
    installed("lame")
    write_manifest(album, SONGS[:1], PINNED, RELEASE)
    glassmaster("build", album)
    told = published(album / "dist")
    made = {each["name"]: each["encoder"] for each in told["deliverables"]}
    assert made["lame"].startswith("lame ")
    assert made["soundfile"].startswith("soundfile ")
    assert told["provenance"]["encoder mp3"] == f"{made['lame']}, {made['soundfile']}"


def test_a16_a_song_of_which_nothing_is_left_at_a_rate_is_told(tmp_path: Path) -> None:
    write_mix(tmp_path / "mixes/1.wav", music(1, -14, 1, 48_000)[:1], 48_000)
    tail = '\n[[deliverable]]\nname = "low"\nformat = "wav"\nrate_hz = 8000\n'
    write_manifest(tmp_path, ['title = "Tick"\nmixdown = "mixes/1.wav"'], tail)
    told = glassmaster("build", tmp_path, "--jobs", "1", code=3).stderr
    assert "error: 01 Tick for low\n  has not one sample left at 8000 Hz" in told
    assert not (tmp_path / "dist").exists()
