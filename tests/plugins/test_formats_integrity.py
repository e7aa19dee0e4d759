"""What each format's file tells of damage by itself, without any record of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.codecs import wave, wavpack
from glassmaster.inspection import DamagedError, inspected
from glassmaster.model import Tags
from glassmaster.tagging import files
from tests.formats_support import FORMATS, audio_of, installed, music, on_grid, told

RATE = 48_000
SILENT_ABOUT_FLIPS = ("wav", "aiff", "aac", "alac")
"""Nothing in these is a checksum: verify compares the recorded hash. ALAC's decoder notices most, not all."""
each_format = pytest.mark.parametrize("name", FORMATS)


def made(folder: Path, name: str, sound: Any = None) -> Path:
    offer = FORMATS[name]
    encoders = offer.encoders()
    if not encoders:
        pytest.skip(f"nothing here makes {name}")
    path = folder / f"sound{offer.suffix}"
    grid = on_grid(2 * RATE + 1, 2, 24) if sound is None else sound
    offer.encode(
        audio_of(music(2 * RATE + 1, 2, RATE) if offer.lossy else grid, RATE), path, offer.settings(), encoders[0].name
    )
    return path


def flaws(name: str, path: Path) -> tuple[str, ...]:
    """What the file proves against itself: before it is decoded, while it is, and afterwards."""
    try:
        inspected(FORMATS[name], path, None if FORMATS[name].lossy else 24)
    except DamagedError as damaged:
        return damaged.flaws
    return ()


@each_format
def test_a_whole_file_is_whole(tmp_path: Path, name: str) -> None:
    assert flaws(name, made(tmp_path, name)) == ()


@each_format
def test_a_tagged_file_is_whole_too(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, name)
    files.write(path, Tags("Song", "Nobody", "Hours", "Nobody", track=1, tracks=2, disc=1, discs=1), name)
    assert flaws(name, path) == ()


@pytest.mark.parametrize("keep", [0.0, 0.0001, 0.3, 0.999])
@each_format
def test_a_cut_file_says_so(tmp_path: Path, name: str, keep: float) -> None:
    path = made(tmp_path, name)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    assert flaws(name, path)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in SILENT_ABOUT_FLIPS])
def test_a_flipped_bit_in_the_sound_says_so(tmp_path: Path, name: str, seed: int) -> None:
    path = made(tmp_path, name)
    data = bytearray(path.read_bytes())
    random = np.random.default_rng(seed)
    data[random.integers(len(data) // 4, len(data) * 9 // 10)] ^= 1 << random.integers(8)
    path.write_bytes(data)
    assert flaws(name, path)


@pytest.mark.parametrize("name", ["wav", "aiff", "mp3", "opus", "vorbis"])
def test_garbage_behind_the_end_says_so(tmp_path: Path, name: str) -> None:
    path = made(tmp_path, name)
    path.write_bytes(path.read_bytes() + b"garbage!" * 9)
    assert flaws(name, path)


@each_format
def test_a_file_of_something_else_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"not{FORMATS[name].suffix}"
    path.write_bytes(np.random.default_rng(5).bytes(50_000))
    assert flaws(name, path)


def test_flac_s_md5_is_the_one_that_the_flac_command_reads(tmp_path: Path) -> None:
    installed("metaflac")
    path = made(tmp_path, "flac")
    assert re.fullmatch(r"[0-9a-f]{32}\s*", said := told("metaflac", "--show-md5sum", path))
    assert said.strip() == path.read_bytes()[26:42].hex()
    blank = path.read_bytes()
    path.write_bytes(blank[:26] + bytes(16) + blank[42:])
    assert "no MD5" in flaws("flac", path)[0]


def test_an_rf64_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    wave.write(audio_of(on_grid(3_001, 1, 24)), path, 24, limit=1_000)
    assert flaws("wav", path) == ()
    path.write_bytes(path.read_bytes()[:-10])
    assert flaws("wav", path)


def test_wavpack_s_md5_is_the_one_that_its_command_reads(tmp_path: Path) -> None:
    installed("wvunpack")
    installed("wavpack")
    path = made(tmp_path, "wavpack")
    found = wavpack.md5(path)
    assert re.fullmatch(r"[0-9a-f]{32}", found)
    assert found in told("wvunpack", "-f0", path) or found in told("wvunpack", "-s", path)
    changed = path.read_bytes().replace(bytes.fromhex(found), bytes(15) + b"\1")
    path.write_bytes(changed)
    assert flaws("wavpack", path), "the block's checksum or the MD5 itself"


def test_a_file_behind_a_wavpack_file_says_so(tmp_path: Path) -> None:
    path = made(tmp_path, "wavpack")
    whole = path.read_bytes()
    path.write_bytes(whole + b"garbage!" * 9)
    assert "its blocks and tags end at byte" in flaws("wavpack", path)[0]
    path.write_bytes(whole)
    files.write(path, Tags("Song", "Nobody", "Hours", "Nobody", track=1, tracks=2, disc=1, discs=1), "wavpack")
    path.write_bytes(path.read_bytes() + b"garbage!" * 9)
    assert "its blocks and tags end at byte" in flaws("wavpack", path)[0]


def test_integrity_and_md5_need_no_decoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = {name: made(tmp_path, name) for name in FORMATS if FORMATS[name].encoders()}
    import soundfile

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("something is decoded")

    monkeypatch.setattr(soundfile, "SoundFile", never)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, path in paths.items():
        assert FORMATS[name].integrity(path) == (), name
        FORMATS[name].md5(path)
