"""Opus: the same from every encoder, and turned down by its header alone."""

from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.codecs import opus
from glassmaster.loudness import measure
from glassmaster.model import Tags
from glassmaster.tagging import files
from glassmaster_opus import Opus
from tests.formats_support import (
    FORMATS,
    OPUS_ENCODERS,
    audio_of,
    by_ffmpeg,
    can,
    heard,
    installed,
    music,
    snr_db,
    told,
)

RATE = 48_000
GAIN_AT = 28 + 16
"""Behind the first page's header of 27 bytes and one lacing value (RFC 3533; RFC 7845, section 5.1)."""
TAGS = Tags("Song", "Nobody", "Hours", "Nobody", track=1, tracks=2, disc=1, discs=1)
each_encoder = pytest.mark.parametrize("encoder", OPUS_ENCODERS)
format_ = FORMATS["opus"]


def made(folder: Path, sound: Any, encoder: str = "soundfile", kbps: int = 160) -> Path:
    can("opus", encoder)
    path = folder / f"{encoder}.opus"
    format_.encode(audio_of(sound, RATE), path, Opus(bitrate=kbps), encoder)
    return path


def header_gain(path: Path) -> int:
    return int.from_bytes(path.read_bytes()[GAIN_AT : GAIN_AT + 2], "little", signed=True)


@each_encoder
@pytest.mark.parametrize("channels", [1, 2])
def test_bitrate_is_about_what_was_asked_for(tmp_path: Path, encoder: str, channels: int) -> None:
    """White noise is what unconstrained VBR would give far more."""
    noise = np.random.default_rng(2).standard_normal((10 * RATE, channels)) * 0.1
    size = made(tmp_path, noise, encoder, 128).stat().st_size * 8 / 10 / 1000
    assert size == pytest.approx(64 * channels, rel=0.05)


@pytest.mark.parametrize("encoder", OPUS_ENCODERS[:2])
@pytest.mark.parametrize(("channels", "peak"), [(1, 0.3), (2, 0.3), (2, 1.7)])
def test_the_programs_encode_what_the_library_would(tmp_path: Path, encoder: str, channels: int, peak: float) -> None:
    sound = music(6 * RATE, channels, RATE, peak)
    theirs, ours = (format_.decode(made(tmp_path, sound, name)) for name in (encoder, "soundfile"))
    assert snr_db(sound, heard(theirs)) > snr_db(sound, heard(ours)) - 0.5
    assert measure(theirs).integrated_lufs == pytest.approx(measure(ours).integrated_lufs, abs=0.05)


@each_encoder
def test_no_encoder_leaves_a_comment(tmp_path: Path, encoder: str) -> None:
    from mutagen.oggopus import OggOpus

    path = made(tmp_path, music(RATE), encoder)
    tags: Any = OggOpus(path).tags
    assert list(tags) == []
    assert tags.vendor


@each_encoder
@pytest.mark.parametrize(("gain_db", "stands"), [(-1.0, -256), (-0.001, -1), (-0.3, -77), (-6.02, -1542)])
def test_trim_is_a_header_gain_that_rounds_down(tmp_path: Path, encoder: str, gain_db: float, stands: int) -> None:
    path = made(tmp_path, music(RATE, 2, RATE), encoder)
    before, sound = path.read_bytes(), heard(format_.decode(path))
    opus.turn_down(path, gain_db)
    after = path.read_bytes()
    assert header_gain(path) == stands
    assert [at for at in range(len(before)) if before[at] != after[at] and not 22 <= at < 26] in (
        [GAIN_AT, GAIN_AT + 1],
        [GAIN_AT + 1],
    )
    assert heard(format_.decode(path)) == pytest.approx(sound * 10 ** (stands / 256 / 20), abs=1e-6)


def test_trims_add_up_within_what_the_header_holds(tmp_path: Path) -> None:
    path = made(tmp_path, music(RATE))
    opus.turn_down(path, -0.5)
    opus.turn_down(path, -0.25)
    assert header_gain(path) == -192
    kept = path.read_bytes()
    for gain_db in (0.5, -128.0):
        with pytest.raises(ValueError, match="turned down"):
            opus.turn_down(path, gain_db)
    assert path.read_bytes() == kept


def test_ffmpeg_and_opusdec_play_the_trim(tmp_path: Path) -> None:
    installed("ffmpeg", "opusdec")
    path = made(tmp_path, music(RATE, 2, RATE, peak=1.5))
    opus.turn_down(path, -4.2)
    ours = heard(format_.decode(path))
    assert by_ffmpeg(path, 2) == pytest.approx(ours, abs=1e-3)
    told("opusdec", "--quiet", "--float", "--rate", str(RATE), path, tmp_path / "played.wav")
    assert heard(FORMATS["wav"].decode(tmp_path / "played.wav")) == pytest.approx(ours, abs=1e-3)


def test_the_payload_is_all_that_is_heard_and_nothing_else(tmp_path: Path) -> None:
    path = made(tmp_path, music(RATE))
    plain = format_.payload_hash(path)
    files.write(path, TAGS, "opus")
    assert format_.payload_hash(path) == plain
    opus.turn_down(path, -1 / 256)
    turned = format_.payload_hash(path)
    assert turned != plain
    files.write(path, dataclasses.replace(TAGS, title="Another"), "opus")
    assert (header_gain(path), format_.payload_hash(path)) == (-1, turned)


@pytest.mark.parametrize("trim_db", [0.0, -3.0])
def test_the_gain_tag_comes_on_top_of_the_header_gain(tmp_path: Path, trim_db: float) -> None:
    """RFC 7845, section 5.2.1: played with both gains, the song has -23 LUFS. libebur128 in ffmpeg hears it."""
    installed("ffmpeg", "opusinfo")
    path = made(tmp_path, music(10 * RATE, 2, RATE))
    opus.turn_down(path, trim_db)
    lufs = measure(format_.decode(path)).integrated_lufs
    files.write(path, dataclasses.replace(TAGS, track_gain_lufs=lufs), "opus")
    said = told("opusinfo", path)
    tag = int(re.search(r"R128_TRACK_GAIN=(-?\d+)", said)[1])  # type: ignore[index]
    assert f"Playback gain: {trim_db:g} dB" in said
    played = told("ffmpeg", "-hide_banner", "-nostdin", "-i", path, "-af", "ebur128", "-f", "null", "-")
    theirs = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", played)[-1])
    assert theirs + tag / 256 == pytest.approx(-23, abs=0.1)


def test_loudgain_would_write_the_same_gain_tag(tmp_path: Path) -> None:
    installed("loudgain", "opusinfo")
    path = made(tmp_path, music(10 * RATE, 2, RATE))
    opus.turn_down(path, -3.0)
    lufs = measure(format_.decode(path)).integrated_lufs
    files.write(path, dataclasses.replace(TAGS, track_gain_lufs=lufs), "opus")
    tags = []
    for _ in range(2):
        tags.append(int(re.search(r"R128_TRACK_GAIN=(-?\d+)", told("opusinfo", path))[1]))  # type: ignore[index]
        told("loudgain", "-q", "-s", "i", path)
    assert tags[1] == pytest.approx(tags[0], abs=256 * 0.05)


@pytest.mark.skipif(os.name != "posix", reason="stands in for an encoder with a shell script")
def test_the_programs_come_first_with_their_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, script in {
        "ffmpeg": 'echo "ffmpeg version 9.9" >&2; echo libopus',
        "opusenc": 'echo "opusenc opus-tools 0.2 (using libopus 1.3.1)"; echo "Copyright"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = [(each.name, each.version) for each in format_.encoders()]
    assert found[:2] == [("ffmpeg", "9.9"), ("opusenc", "0.2 (using libopus 1.3.1)")]
    assert [name for name, _ in found[2:]] == ["soundfile"]
