"""Names, tags and artwork of a whole release, through the command line; and that changing them encodes nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from mutagen.id3 import ID3
from PIL import Image

from glassmaster.tagging import files
from tests.flow_support import glassmaster, music, payloads, published, write_manifest, write_mix

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
    ('producer = "P"', 'comment = "changed"\ncredits = [{ role = "vocals", name = "V" }]', "promo/01 One.mp3"),
    ('name = "promo"', 'name = "promo"\nid3 = "2.4"\nfilename = "{artist} - {title}"', "promo/Nobody - One.mp3"),
    ('metadata = "none"', 'metadata = "full"\ncover_px = 0', "shop/01 One.wav"),
)


def test_changes_of_tags_names_and_covers_make_no_sound(album: Path) -> None:
    sound = sorted(payloads(album / "dist").values())
    for before, after, path in CHANGES:
        old = {each["path"]: each["sha256"] for each in published(album / "dist")["deliverables"]}
        text = (album / "release.toml").read_text("utf-8")
        (album / "release.toml").write_text(text.replace(before, after), "utf-8")
        assert done(album, *SOUND) == []
        now = {each["path"]: each["sha256"] for each in published(album / "dist")["deliverables"]}
        assert path in now
        assert now != old
    told = published(album / "dist")["deliverables"]
    old_covers = {each["tags"].get("artwork_sha256") for each in told}
    paint(album / "cover.png", "maroon")
    assert {each.partition(":")[0] for each in done(album, *SOUND, "artwork", "finish")} == {"artwork", "finish"}
    told = published(album / "dist")
    assert told["artwork"]["sha256"] == hashlib.sha256((album / "dist/cover.png").read_bytes()).hexdigest()
    covers = {each["tags"].get("artwork_sha256") for each in told["deliverables"] if each["name"] == "promo"}
    assert len(covers - old_covers) == 1
    assert sorted(payloads(album / "dist").values()) == sound
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
