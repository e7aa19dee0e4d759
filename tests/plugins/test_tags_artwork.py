"""The cover inside the files: its own bytes, and what is none."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from glassmaster.errors import Exit, Refused
from tests.tags_support import (
    ID3,
    TAGS,
    cover,
    each_format,
    id3_frames,
    tag,
    untagged,
)


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
