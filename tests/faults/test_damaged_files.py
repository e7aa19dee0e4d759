"""Manifests and sound files with a few damages each, always the same: the answer is work or a refusal, and soon."""

from __future__ import annotations

import json
import random
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glassmaster import plugins
from glassmaster.errors import Exit, Refused
from glassmaster.loudness import measure
from glassmaster.manifest import load
from glassmaster.sources import guarded, open_source, probe
from tests.faults_support import HEAD, WAV, Run, glassmaster, manifest, song
from tests.sources_support import noise, written

KEYS = 'start = "0:00.1"\nisrc = "GBAAA2600001"\nadjust = { limit = { release_ms = 200 } }\n'
MANIFESTS = (
    (HEAD + song("Opening", more=KEYS) + '[[treatment]]\nstage = "level"\n' + WAV).encode(),
    Path(__file__).parents[2].joinpath("release.toml.example").read_bytes(),
)
PIECES = (b"\0", b"\xff", b'"', b"[[", b"]", b"{", b"=", b"\n", b"\r", b"1e999", b"-", b"nan", b"\xe2\x80\xae", b"'''")
SOUNDS = (
    ("WAV", "PCM_24"),
    ("WAVEX", "FLOAT"),
    ("RF64", "PCM_16"),
    ("W64", "PCM_24"),
    ("AIFF", "PCM_24"),
    ("CAF", "PCM_24"),
    ("FLAC", "PCM_24"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("MP3", "MPEG_LAYER_III"),
)
SOON_SECONDS = 5


def damaged_manifest(number: int) -> bytes:
    """With up to eight edits, the same for the same number."""
    dice = random.Random(number)
    text = bytearray(dice.choice(MANIFESTS))
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(text))
        match dice.randrange(4):
            case 0:
                text[at:at] = dice.choice(PIECES)
            case 1:
                del text[at : at + dice.randint(1, 60)]
            case 2:
                text[at] = dice.randrange(256)
            case _:
                text[at:at] = text[at : at + dice.randint(1, 200)]
    return bytes(text)


def damaged_header(number: int, sounds: list[bytes]) -> bytes:
    """With up to six damages among its first bytes, the same for the same number."""
    dice = random.Random(number)
    data = bytearray(dice.choice(sounds))
    for _ in range(dice.randint(1, 6)):
        place = dice.randrange(min(len(data), 128))
        match dice.randrange(4):
            case 0:
                data[place] = dice.randrange(256)
            case 1:
                data[place : place + 4] = struct.pack("<I", dice.choice((0, 1, 2**31 - 1, 2**32 - 1, len(data))))
            case 2:
                del data[place : place + dice.randint(1, 16)]
            case _:
                del data[max(64, dice.randrange(len(data))) :]
    return bytes(data)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder, hiss = tmp_path_factory.mktemp("sounds"), noise(24_000)
    return [written(folder / f"{form}-{kind}", hiss, kind, format=form).read_bytes() for form, kind in SOUNDS]


def test_manifests(tmp_path: Path) -> None:
    offers = plugins.load()
    for number in range(150):
        path = manifest(tmp_path, damaged_manifest(number))
        began = time.process_time()
        try:
            load(path, offers)
        except Refused as refusal:
            assert refusal.exit == Exit.USAGE  # noqa: PT017 - either answer will do
        assert time.process_time() - began < SOON_SECONDS


def test_manifests_through_the_command_line(tmp_path: Path) -> None:
    def attacked(number: int) -> Run:
        manifest(tmp_path / str(number), damaged_manifest(1000 + number))
        return glassmaster("check", "--jobs", 1, cwd=tmp_path / str(number))

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(attacked, range(20)))
    assert {run.code for run in runs} <= {2, 3, 4}
    assert all(run.err for run in runs)


def test_headers(tmp_path: Path, sounds: list[bytes]) -> None:
    path = tmp_path / "mix.wav"
    for number in range(150):
        path.write_bytes(damaged_header(number, sounds))
        began = time.process_time()
        try:
            source, _ = probe(path, allow_lossy=True)
            assert source.frames == measure(guarded(open_source(source), "the song")).frames
        except Refused as refusal:
            assert refusal.findings[0].hint  # noqa: PT017 - either answer will do
        assert time.process_time() - began < SOON_SECONDS


def test_headers_through_the_command_line(tmp_path: Path, sounds: list[bytes]) -> None:
    files = [tmp_path / f"{number}.wav" for number in range(10)]
    for number, path in enumerate(files):
        path.write_bytes(damaged_header(1000 + number, sounds))
    run = glassmaster("measure", "--json", "--jobs", 1, *files)
    assert run.code in (0, 3)
    assert len(json.loads(run.out)["files"]) + run.err.count("error: ") == 10
