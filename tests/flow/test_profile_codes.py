"""Destinations' rules through the command line: one release that none of them takes, and one that all take."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import glassmaster_profiles
from tests.flow_support import glassmaster, music, write_manifest, write_mix

DELIVERIES = [each.name for each in glassmaster_profiles.glassmaster_profiles() if each.kind == "delivery"]
ARTWORK = {"profile-artwork"}
SPOILT = {
    # mono, half a second of clipped music and eleven of silence, 22.05 kHz upsampled to 32, float; no codes
    "ebu-r128": {"profile-level"},
    "apple-digital-masters": {"profile-format", "profile-level"} | ARTWORK,
    "spotify-delivery": {"profile-format"} | ARTWORK,
    "the-orchard": {"profile-format"},
    "believe": {"profile-format", "profile-length"},
    "symphonic": {"profile-format"} | ARTWORK,
    "cd-baby": {"profile-format", "profile-name"},
    "ingrooves": {"profile-format"},
    "the-source": {"profile-format"},
    "seemdistro": {"profile-format", "profile-level"} | ARTWORK,
    "freshtunes-cover": ARTWORK,
    "single-music": {"profile-codes"},
    "vinyl-12-inch": {"profile-level"},
    "cassette": {"profile-format"},
    "distributor-generic": {"profile-format", "profile-length"} | ARTWORK,
    "cd": {"profile-format"},
}
ONLY_BUILT = {"profile-level"}
GOOD = {
    # what a deliverable needs beside bits = 24 at the mixdown's 44.1 kHz, and metadata = "none"
    "ebu-r128": "adjust = { level = { target_lufs = -23.0, mode = 'song' } }",
    "cd-baby": 'bits = 16\nfilename = "{number:02}_{isrc}"',
    "cd": "bits = 16",
}


def spoilt(name: str) -> str:
    lines = ('format = "wav"', "bits = 32", "bext = true", "rate_hz = 32000", "allow_upsampling = true")
    return _deliverable(name, *lines)


def good(name: str) -> str:
    lines = GOOD.get(name, "")
    return _deliverable(name, 'format = "wav"', 'metadata = "none"', *([] if "bits" in lines else ["bits = 24"]), lines)


def _deliverable(name: str, *lines: str) -> str:
    return "\n".join([f'\n[[deliverable]]\nname = "{name}"\nprofile = "{name}"', *lines, ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("destinations")
    rate = 22_050
    short = music(0.5, 40, 1, rate)[:, :1]
    write_mix(place / "spoilt.wav", np.concatenate([np.clip(short, -1, 1), np.zeros((11 * rate, 1))]), rate)
    write_mix(place / "good.wav", music(46, -12, 2))
    Image.new("CMYK", (3200, 600)).save(place / "spoilt.jpg")
    Image.new("RGB", (3000, 3000)).save(place / "good.jpg")
    song = 'title = "{0}"\nmixdown = "{0}.wav"\n{1}'
    tail, words = "".join(map(spoilt, DELIVERIES)), 'artwork = "spoilt.jpg"'
    path = write_manifest(place, [song.format("spoilt", "")], tail, words)
    (place / "spoilt.toml").write_text("treatment = []\n" + path.read_text("utf-8"), "utf-8")
    words = 'artwork = "good.jpg"\nbarcode = "5012345678900"'
    tail = "".join(map(good, DELIVERIES))
    write_manifest(place, [song.format("good", 'isrc = "GBAAA2600001"')], tail, words).rename(place / "good.toml")
    return place


@cache
def found(folder: Path, verb: str, name: str) -> dict[str, list[Any]]:
    """Findings of destinations, by deliverable."""
    output = ("--output", folder / f"dist-{name}") if verb == "build" else ()
    told = glassmaster(verb, folder / f"{name}.toml", "--json", *output, code=None)
    by_name = defaultdict(list)
    for each in json.loads(told.stdout)["findings"]:
        if each["code"].startswith("profile-"):
            by_name[each["where"].removeprefix("deliverable ")].append(each)
    return by_name


def test_every_delivery_has_its_case() -> None:
    assert {*SPOILT} == {*DELIVERIES}


@pytest.mark.parametrize("name", DELIVERIES)
def test_check_finds_what_can_be_told_before_a_build(folder: Path, name: str) -> None:
    assert {each["code"] for each in found(folder, "check", "spoilt")[name]} == SPOILT[name] - ONLY_BUILT


@pytest.mark.parametrize("name", DELIVERIES)
def test_build_finds_the_rest_and_says_what_and_what_to_do(folder: Path, name: str) -> None:
    told = found(folder, "build", "spoilt")[name]
    assert {each["code"] for each in told} == SPOILT[name]
    for each in told:
        assert each["hint"].count(f"profiles show {name}") == 1
        assert each["cause"]


@pytest.mark.parametrize("verb", ["check", "build"])
def test_what_each_of_them_takes_has_no_finding(folder: Path, verb: str) -> None:
    assert found(folder, verb, "good") == {}
