"""Covers: judged by content and header, never unpacked, and never a traceback."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from glassmaster.artwork import look_over
from glassmaster.errors import Exit
from glassmaster.model import Finding


def picture(path: Path, size: tuple[int, int] = (3000, 3000), mode: str = "RGB", form: str = "JPEG") -> Path:
    Image.new(mode, size).save(path, form)
    return path


def only(path: Path) -> Finding:
    [finding] = look_over(path)
    assert finding.where == str(path)
    assert finding.hint
    return finding


def stops(path: Path, words: str) -> None:
    finding = only(path)
    assert (finding.code, finding.severity, finding.exit) == ("artwork", "error", Exit.SOURCE)
    assert words in finding.message


def warns(path: Path, words: str) -> None:
    finding = only(path)
    assert (finding.severity, finding.exit) == ("warning", None)
    assert words in finding.message


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGB"), ("PNG", "P"), ("PNG", "RGBA")]
)
def test_a_good_cover_is_passed_over_in_silence(tmp_path: Path, form: str, mode: str) -> None:
    assert look_over(picture(tmp_path / "cover", mode=mode, form=form)) == ()


def test_no_cover_is_not_this_modules_affair() -> None:
    assert look_over(None) == ()


def test_the_content_counts_not_the_name(tmp_path: Path) -> None:
    """R04, R06."""
    assert look_over(picture(tmp_path / "cover.txt", form="PNG")) == ()
    (tmp_path / "cover.jpg").write_text("not a picture")
    stops(tmp_path / "cover.jpg", "no JPEG or PNG")
    (tmp_path / "cover.png").write_bytes(b"")
    stops(tmp_path / "cover.png", "no JPEG or PNG")
    (tmp_path / "cover.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='3000' height='3000'/>")
    stops(tmp_path / "cover.svg", "no JPEG or PNG")
    stops(picture(tmp_path / "cover.gif", form="GIF", mode="P"), "no JPEG or PNG")


def test_a_cover_that_is_not_there(tmp_path: Path) -> None:
    stops(tmp_path / "cover.jpg", "no file cover.jpg")
    stops(tmp_path, "no file")


def png_header(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    chunks = (struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (head, data))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize("size", [(7100, 7100), (12_000, 12_000), (30_000, 30_000), (2**31 - 1, 1)])
def test_a_bomb_is_told_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    """R05: over 50, over 89 (Pillow warns) and over 179 megapixels (Pillow refuses)."""
    (tmp_path / "cover.png").write_bytes(png_header(*size))
    stops(tmp_path / "cover.png", "more than 50 megapixels")


def test_fifty_megapixels_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "cover.png").write_bytes(png_header(7071, 7071))
    assert look_over(tmp_path / "cover.png") == ()


def test_what_shops_do_not_like_is_a_warning(tmp_path: Path) -> None:
    """R07."""
    warns(picture(tmp_path / "wide", (3000, 2000)), "not square (3000 x 2000)")
    warns(picture(tmp_path / "small", (1399, 1399)), "only 1399 x 1399")
    warns(picture(tmp_path / "printed", mode="CMYK"), "CMYK")
    assert len(look_over(picture(tmp_path / "all", (10, 20), "CMYK"))) == 3


def test_what_a_flac_file_cannot_embed_is_refused(tmp_path: Path) -> None:
    """R07: 24 bits of length."""
    path = picture(tmp_path / "cover.jpg")
    with path.open("r+b") as file:
        file.truncate(2**24)
    stops(path, "16 MB")


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_damaged_header_is_a_message(tmp_path: Path, form: str) -> None:
    whole = BytesIO()
    Image.new("RGB", (1500, 1500)).save(whole, form)
    chance, path = random.Random(7), tmp_path / "cover"
    for _ in range(400):
        damaged = bytearray(whole.getvalue()[: chance.randrange(1, 800)])
        for _ in range(chance.randrange(4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        assert all(isinstance(each, Finding) for each in look_over(path))
