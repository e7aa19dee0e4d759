"""Gapless: exact lengths whatever the rate and the neighbours, and joints that cannot be told from the rest."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.codecs import mp4, mpeg, ogg
from glassmaster.codecs.samples import surrounded
from tests.formats_support import FORMATS, audio_of, by_ffmpeg, heard, installed, music, on_grid, told
from tests.gapless_support import LOSSY_CASES, around, called, coded, joint, lengths, missing

RATE = 48_000
each_case = pytest.mark.parametrize("case", LOSSY_CASES, ids=called)


def here(case: tuple[str, Any, str]) -> None:
    if missing(case):
        pytest.skip(missing(case))


@each_case
def test_joined_songs_keep_their_lengths(tmp_path: Path, case: tuple[str, Any, str]) -> None:
    here(case)
    sound = music(90_000, 2, RATE)
    for start, length in zip((50, 0, 30_000, 50), lengths(RATE, 7, 2)[::2], strict=True):
        decoded = coded(case, around(sound, start, start + length, RATE), tmp_path)
        assert decoded.shape == (length, 2)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("name", FORMATS)
def test_lengths_at_other_rates(tmp_path: Path, name: str, channels: int) -> None:
    offer = FORMATS[name]
    encoders = offer.encoders()
    if not encoders:
        pytest.skip(f"nothing here makes {name}")
    for number, rate in enumerate(offer.rates[::3] or (8_000, 44_100, 96_000)):
        length = lengths(rate, number, 3)[number % 9]
        sound = music(length, channels, rate) if offer.lossy else on_grid(length, channels, 24)
        path = tmp_path / f"{rate}{offer.suffix}"
        offer.encode(audio_of(sound, rate), path, offer.settings(), encoders[0].name)
        decoded = offer.decode(path)
        assert (decoded.rate, heard(decoded).shape) == (rate, (length, channels))


@each_case
def test_a_joint_in_a_steady_sound_is_as_good_as_the_rest(tmp_path: Path, case: tuple[str, Any, str]) -> None:
    """Noise of one level: an encoder that begins cold was up to 5 dB worse here, and 17 dB in music."""
    here(case)
    sound = np.random.default_rng(3).standard_normal((5 * RATE, 2)).astype(np.float32) * np.float32(0.1)
    found = joint(case, sound, RATE, [71_113, 120_007, 170_401], tmp_path)
    assert found.joint_db <= found.median_db + 1


def test_real_music_s_joints_are_as_good_as_the_same_places_without_a_joint(tmp_path: Path) -> None:
    folder = os.environ.get("GLASSMASTER_REAL_ALBUM")
    if not folder:
        pytest.skip("GLASSMASTER_REAL_ALBUM names no real album")
    import soundfile

    mix = Path(folder) / "mixes" / "11_Nebula_Mix1_48k_24b.wav"
    sound, rate = soundfile.read(mix, start=60 * RATE, frames=6 * RATE, dtype="float32")
    for case in LOSSY_CASES[::4]:
        if not missing(case):
            assert joint(case, sound, rate, [93_133, 192_007], tmp_path).excess_db <= 1, called(case)


@pytest.mark.parametrize("able", [True, False])
def test_little_of_the_song_before_stays_in_an_aac_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, able: bool
) -> None:
    """A player that reads no edit list plays it; an ffmpeg that cannot leave packets out makes the same sound."""
    case = next(each for each in LOSSY_CASES if each[0] == "aac")
    here(case)
    if not able:
        monkeypatch.setattr("glassmaster.codecs.ffmpeg.drops_packets", lambda: False)
    sound = music(200_000, 2, RATE)
    decoded = coded(case, around(sound, 120_000, 160_000, RATE), tmp_path)
    noise = decoded - sound[120_000:160_000]
    assert decoded.shape == (40_000, 2)
    assert np.sqrt(np.mean(noise**2)) < 0.1 * np.sqrt(np.mean(sound[120_000:160_000] ** 2))
    assert (mp4.track(tmp_path / "sound.m4a").start < 8 * 1024) is able


@each_case
def test_the_opening_of_a_song_is_as_good_as_the_rest(tmp_path: Path, case: tuple[str, Any, str]) -> None:
    """A song that begins at full level: AAC's first 50 ms were up to 47 dB worse, and over the ceiling."""
    here(case)
    sound = np.random.default_rng(3).standard_normal((4 * RATE, 2)).astype(np.float32) * np.float32(0.1)
    noise = coded(case, audio_of(sound, RATE), tmp_path) - sound
    opening, rest = np.mean(noise[: RATE // 20] ** 2), np.mean(noise[RATE:] ** 2)
    assert 10 * np.log10(opening / rest) < 3


def test_without_neighbours_nothing_is_put_around() -> None:
    alone = audio_of(music(1_000))
    assert surrounded(alone, 100, 100) == (alone, 0)


@pytest.mark.parametrize(("start", "end", "first", "last"), [(0, 500, 0, 30), (40, 500, 40, 30), (300, 990, 100, 10)])
def test_what_is_put_around_is_what_stands_there(start: int, end: int, first: int, last: int) -> None:
    sound = music(1_000)
    whole, lead = surrounded(around(sound, start, end, RATE), 100, 30)
    assert (lead, whole.frames) == (first, first + end - start + last)
    assert np.array_equal(heard(whole), sound[start - first : end + last])


def test_other_decoders_hear_the_joined_song_alone(tmp_path: Path) -> None:
    installed("ffmpeg", "opusdec", "opusinfo")
    sound = music(80_000, 2, RATE)
    for case in LOSSY_CASES:
        if missing(case) or case[0] == "aac":  # ffmpeg before 6.0 plays the padding of AAC's last packet
            continue
        ours = coded(case, around(sound, 20_011, 60_029, RATE), tmp_path)
        path = tmp_path / f"sound{FORMATS[case[0]].suffix}"
        assert len(by_ffmpeg(path, 2)) == len(ours) == 40_018, called(case)
        if case[0] == "mp3":
            assert mpeg.music_intact(path) is True
        if case[0] == "opus":
            assert "WARNING" not in told("opusinfo", path)
            told("opusdec", "--quiet", "--float", "--rate", "48000", path, tmp_path / "played.wav")
            assert FORMATS["wav"].decode(tmp_path / "played.wav").frames == 40_018


def test_the_edit_list_and_itunes_tag_say_what_is_heard(tmp_path: Path) -> None:
    case = next(each for each in LOSSY_CASES if each[0] == "aac")
    here(case)
    coded(case, around(music(80_000, 2, RATE), 20_011, 60_029, RATE), tmp_path)
    path = tmp_path / "sound.m4a"
    found = mp4.track(path)
    assert (found.rate, found.channels, found.frames, found.bits) == (RATE, 2, 40_018, None)
    assert found.start % 1_024 == 20_011 % 1_024, "whole packets were left out"
    assert 1_024 < found.start < 8 * 1_024, "ffmpeg's own delay and a few packets of what comes before"
    words = mp4.smpb(path).split()
    delay, padding, length = (int(word, 16) for word in words[1:4])
    assert (delay, length) == (found.start, 40_018)
    assert 0 <= padding < 3 * 1_024
    assert (delay + padding + length) % 1_024 == 0, "whole packets, as a decoder gives them"
    assert len(words) == 12


def test_an_ogg_stream_ends_where_it_is_told_to(tmp_path: Path) -> None:
    path = tmp_path / "sound.opus"
    FORMATS["opus"].encode(audio_of(music(3 * RATE, 2, RATE), RATE), path, FORMATS["opus"].settings(), "soundfile")
    ogg.end_at(path, 60_000, lambda packet: 960)
    ogg.prove(path)
    with path.open("rb") as file:
        last = list(ogg.pages(file, path))[-1]
    assert last.granule == 60_000
    skip = int.from_bytes(path.read_bytes()[38:40], "little")
    assert len(heard(FORMATS["opus"].decode(path))) == 60_000 - skip


def test_neighbours_change_no_lossless_file(tmp_path: Path) -> None:
    sound = on_grid(40_000, 2, 24)
    for name in ("wav", "aiff", "flac"):
        joined = around(sound, 10_000, 30_000, RATE)
        paths = tmp_path / f"a{FORMATS[name].suffix}", tmp_path / f"b{FORMATS[name].suffix}"
        for path, audio in zip(paths, (joined, replace(joined, before=None, after=None)), strict=True):
            FORMATS[name].encode(audio, path, FORMATS[name].settings(), FORMATS[name].encoders()[0].name)
        assert paths[0].read_bytes() == paths[1].read_bytes()
