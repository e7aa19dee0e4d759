"""Pictures of a delivery: freed of what cameras write, small enough to embed, the same bytes each time."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from glassmaster.artwork import look_over
from glassmaster.covers import NAME, covers, put
from glassmaster.errands import Failure
from glassmaster.errors import Exit
from glassmaster.model import Deliverable, Release
from glassmaster.pictures import stripped
from glassmaster.store import Store
from glassmaster.work import Crew
from tests.work_support import Here

PLACE = b"GPSLatitude 51.4778"
_GPS, _ORIENTATION = 0x8825, 0x0112


def picture(path: Path, size: tuple[int, int] = (320, 320), mode: str = "RGB", **how: Any) -> Path:
    """Something with edges and shades."""
    rng = np.random.default_rng(size[0])
    shades = rng.integers(0, 255, (4, 4, 3), dtype=np.uint8)
    Image.fromarray(shades).resize(size, Image.Resampling.BICUBIC).convert(mode).save(path, **how)
    return path


def told(orientation: int = 1) -> Image.Exif:
    """What a phone writes, with the place."""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    exif[0x010F] = "Phone Maker"
    exif[_GPS] = {1: "N", 2: (51.0, 28.0, 40.0)}
    return exif


def located(tmp_path: Path, kind: str, **how: Any) -> Path:
    path = tmp_path / f"cover.{kind}"
    if kind == "png":
        from PIL.PngImagePlugin import PngInfo

        text = PngInfo()
        text.add_text("Comment", PLACE.decode())
        text.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{PLACE.decode()}</x:xmpmeta>")
        how = {"pnginfo": text, **how}
    else:
        how = {"xmp": b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>", "comment": PLACE, **how}
    return picture(path, exif=how.pop("exif", told()), **how)


def pixels(data: bytes | Path) -> Any:
    with Image.open(io.BytesIO(data) if isinstance(data, bytes) else data) as image:
        return np.asarray(image.convert("RGB"), dtype=int)


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"quality": 30}, {"restart_marker_rows": 1}])
def test_a_jpeg_keeps_its_pixels_and_colours_alone(tmp_path: Path, how: dict[str, Any]) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = located(tmp_path, "jpeg", icc_profile=profile, **how)
    found = stripped(path.read_bytes() + b"behind the end " + PLACE)
    assert PLACE in path.read_bytes()
    assert PLACE not in found
    assert b"Phone Maker" not in found
    assert np.array_equal(pixels(found), pixels(path))
    with Image.open(io.BytesIO(found)) as image:
        assert image.info["icc_profile"] == profile
        assert not image.getexif()
    assert stripped(found) == found


def test_a_cmyk_jpeg_keeps_what_says_how_its_colours_are_coded(tmp_path: Path) -> None:
    path = picture(tmp_path / "cover.jpeg", mode="CMYK")
    assert np.array_equal(pixels(stripped(path.read_bytes())), pixels(path))


def test_a_png_keeps_its_pixels_and_colours_alone(tmp_path: Path) -> None:
    path = located(tmp_path, "png", dpi=(72, 72))
    found = stripped(path.read_bytes() + PLACE)
    assert PLACE in path.read_bytes()
    assert PLACE not in found
    assert b"eXIf" not in found
    assert np.array_equal(pixels(found), pixels(path))
    with Image.open(io.BytesIO(found)) as image:
        assert image.info.keys() == {"dpi"}


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_picture_that_is_broken_off_is_told(tmp_path: Path, kind: str) -> None:
    whole = located(tmp_path, kind).read_bytes()
    for size in (0, 2, 3, 11, 30, len(whole) // 2, len(whole) - 1):
        with pytest.raises(ValueError, match=r"broken off|damaged"):
            stripped(whole[:size])


def made(artwork: Path, tmp_path: Path, side: int = 200) -> tuple[Path, Path]:
    """(the whole picture as delivered, the cover as embedded)."""
    release = Release("A", "B", artwork=artwork, deliverables=(Deliverable("mp3", "mp3", cover_px=side),))
    crew = Crew(Store(tmp_path / "room"), Here, lambda event: None)
    found, failed = covers(release, crew)
    assert failed == ()
    put(found, tmp_path, crew.store)
    assert found.artwork is not None
    again, _ = covers(release, Crew(Store(tmp_path / "other"), Here, lambda event: None))
    assert again.sized[side].sha256 == found.sized[side].sha256  # the same bytes each time
    return tmp_path / found.artwork.path, found.sized[side].path


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_nothing_private_goes_out(tmp_path: Path, kind: str) -> None:
    artwork = located(tmp_path, kind)
    [note] = [each for each in look_over(artwork) if each.code == "artwork-location"]
    assert note.severity == "note"
    for each in made(artwork, tmp_path):
        assert PLACE not in each.read_bytes()
        assert b"Phone Maker" not in each.read_bytes()
    whole = tmp_path / f"{NAME}.{'jpg' if kind == 'jpeg' else 'png'}"
    assert np.array_equal(pixels(whole), pixels(artwork))
    assert look_over(whole) == tuple(each for each in look_over(whole) if each.code != "artwork-location")


def test_the_cover_is_a_baseline_jpeg_of_the_size_asked_for(tmp_path: Path) -> None:
    _, cover = made(picture(tmp_path / "a.png", (300, 240)), tmp_path)
    with Image.open(cover) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (200, 160))
        assert not image.info.get("progressive")
    expected = Image.open(tmp_path / "a.png").resize((200, 160), Image.Resampling.BOX)
    assert np.abs(pixels(cover) - np.asarray(expected, dtype=int)).mean() < 3


def test_a_small_jpeg_is_not_coded_again(tmp_path: Path) -> None:
    artwork = picture(tmp_path / "a.jpeg", (200, 200), quality=50)
    whole, cover = made(artwork, tmp_path)
    assert cover.read_bytes() == whole.read_bytes() == stripped(artwork.read_bytes())


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "jpeg"), ("RGBA", "png"), ("LA", "png"), ("P", "png"), ("L", "png")]
)
def test_other_colours_become_what_players_show(tmp_path: Path, mode: str, kind: str) -> None:
    _, cover = made(picture(tmp_path / f"a.{kind}", mode=mode), tmp_path)
    with Image.open(cover) as image:
        assert image.mode in ("RGB", "L")


def test_what_is_clear_becomes_white(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (255, 0, 0, 0)).save(tmp_path / "a.png")
    _, cover = made(tmp_path / "a.png", tmp_path)
    assert pixels(cover).min() >= 254


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    Image.fromarray(np.full((64, 64), 0x8080, np.uint16)).save(tmp_path / "a.png")
    _, cover = made(tmp_path / "a.png", tmp_path)
    assert np.abs(pixels(cover) - 0x80).max() <= 1


def test_a_picture_on_its_side_is_put_upright(tmp_path: Path) -> None:
    artwork = located(tmp_path, "jpeg", size=(160, 80), exif=told(orientation=6), quality=95)
    upright = np.rot90(pixels(artwork), -1)
    whole, cover = made(artwork, tmp_path)
    for each in (whole, cover):
        assert pixels(each).shape == (160, 80, 3)
        assert np.abs(pixels(each) - upright).mean() < 4
        assert PLACE not in each.read_bytes()


def test_a_damaged_picture_fails_by_name(tmp_path: Path) -> None:
    artwork = picture(tmp_path / "a.jpeg", (300, 300))
    artwork.write_bytes(artwork.read_bytes()[:-400])
    release = Release("A", "B", artwork=artwork, deliverables=(Deliverable("mp3", "mp3"),))
    found, failed = covers(release, Crew(Store(tmp_path / "room"), Here, lambda event: None))
    assert found.artwork is None
    assert all(isinstance(each, Failure) and each.exit == Exit.SOURCE for each in failed)
    assert "cannot be decoded to its end" in failed[0].findings[0].message
