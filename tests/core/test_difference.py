"""Where two revisions of a mix differ: found in time and band; and nothing where an engineer would hear nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from glassmaster.difference import Difference, difference
from tests import difference_support as made
from tests.difference_support import MUSIC, RATE, Sound, silence, turned, written
from tests.flow_support import glassmaster

SECONDS = 6.0
BANDS = {"low": (100, 200), "mid": (400, 800), "presence": (1600, 3200), "air": (5000, 10_000)}


@pytest.fixture(scope="module", params=MUSIC)
def old(request: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sound]:
    sound = MUSIC[request.param](SECONDS, np.random.default_rng(sum(map(ord, request.param))), RATE)
    return written(tmp_path_factory.mktemp("old") / "old.wav", sound), sound


def compared(old: Path, sound: Any, rate: int = RATE, subtype: str = "PCM_24") -> Difference:
    new = written(old.with_name("new.wav"), sound, rate, subtype)
    return difference(old, new)


@pytest.mark.parametrize("name", BANDS)
def test_a_decibel_for_half_a_second_in_one_band_is_found(old: tuple[Path, Sound], name: str) -> None:
    low, high = BANDS[name]
    start, change_db = {"low": (1.3, 1.0), "mid": (3.1, -1.0), "presence": (4.05, 1.0), "air": (4.6, -1.0)}[name]
    found = compared(old[0], turned(old[1], RATE, start, 0.5, low, high, change_db))
    assert found.aligned
    loudest = max(found.regions, key=lambda each: each.end - each.start)
    assert abs(loudest.start - start) <= 0.1
    assert abs(loudest.end - start - 0.5) <= 0.1
    assert loudest.low_hz < (low * high) ** 0.5 < loudest.high_hz
    assert loudest.low_hz >= low / 1.6
    assert loudest.high_hz <= high * 1.6
    assert abs(loudest.change_db - change_db) <= 0.5
    assert all(start - 0.15 < each.start < each.end < start + 0.65 for each in found.regions)


@pytest.mark.parametrize("name", made.nulls(silence(0.1), np.random.default_rng(0)))
@pytest.mark.parametrize("kind", ["band", "ambient"])
def test_what_is_the_same_mix_differs_nowhere(tmp_path: Path, kind: str, name: str) -> None:
    rng = np.random.default_rng(5)
    sound = MUSIC[kind](5, rng, RATE)
    found = compared(written(tmp_path / "old.wav", sound), *made.nulls(sound, rng)[name])
    assert found.aligned
    assert found.regions == ()
    assert found.same
    assert found.inverted == (name == "polarity")


def test_level_and_offset_are_told(tmp_path: Path) -> None:
    sound = made.band(6, np.random.default_rng(2), RATE)
    old = written(tmp_path / "old.wav", sound)
    found = compared(old, np.concatenate([silence(0.7501), sound * 10 ** (-3.25 / 20)]))
    assert found.gain_db == pytest.approx(-3.25, abs=0.01)
    assert found.offset == pytest.approx(round(0.7501 * RATE) / RATE, abs=1e-6)
    [edit] = found.edits
    assert (edit.kind, edit.silent) == ("head", True)
    assert edit.seconds == pytest.approx(0.7501, abs=1e-4)


def test_a_level_is_matched_by_what_stayed_not_by_what_changed(tmp_path: Path) -> None:
    sound = made.band(8, np.random.default_rng(3), RATE)
    old = written(tmp_path / "old.wav", sound)
    found = compared(old, turned(sound, RATE, 0, 8, 800, 12_000, 4) * 0.5)
    assert found.gain_db == pytest.approx(-6.02, abs=0.05)
    assert found.regions
    assert all(each.low_hz > 500 for each in found.regions)


@pytest.mark.parametrize(("kind", "seconds"), [("band", -1.846), ("ambient", 1.25), ("loop", -1.846), ("loop", 1.25)])
def test_bars_cut_out_or_put_in_are_named(tmp_path: Path, kind: str, seconds: float) -> None:
    rng = np.random.default_rng(11)
    sound, at, length = MUSIC[kind](12, rng, RATE), 5 * RATE, round(abs(seconds) * RATE)
    old = written(tmp_path / "old.wav", sound)
    more = made.ambient(abs(seconds), rng, RATE)[:length]
    parts = [sound[:at], sound[at + length :]] if seconds < 0 else [sound[:at], more, sound[at:]]
    found = compared(old, np.concatenate(parts))
    [cut] = [each for each in found.edits if each.kind == "cut"]
    assert cut.seconds == pytest.approx(seconds, abs=0.001)
    assert cut.at == pytest.approx(5.0, abs=0.1)
    assert not cut.silent
    assert not [each for each in found.edits if each.kind != "cut"]
    assert all(4.8 < each.start < each.end < 5.2 for each in found.regions)


def test_one_channel_alone_and_a_note_more_are_told(tmp_path: Path) -> None:
    sound = made.band(6, np.random.default_rng(4), RATE)
    old = written(tmp_path / "old.wav", sound)
    left = sound.copy()
    left[:, 0] = turned(sound, RATE, 2, 0.8, 500, 1000, -2)[:, 0]
    assert {each.channels for each in compared(old, left).regions} == {"left"}
    t = np.arange(len(sound)) / RATE
    note = np.sin(2 * np.pi * 3000 * t) * 0.05 * np.clip(np.minimum(t - 4, 4.6 - t) / 0.02, 0, 1)
    [region] = compared(old, sound + note[:, None]).regions
    assert region.start == pytest.approx(4, abs=0.1)
    assert region.end == pytest.approx(4.6, abs=0.1)
    assert region.low_hz < 3000 < region.high_hz


def test_two_recordings_are_not_compared(tmp_path: Path) -> None:
    old = written(tmp_path / "old.wav", made.band(6, np.random.default_rng(4), RATE))
    assert not compared(old, made.ambient(6, np.random.default_rng(7), RATE)).aligned


@pytest.mark.parametrize("length", [1, 700, 30_000])
def test_short_and_silent_files_are_answered(tmp_path: Path, length: int) -> None:
    sound = made.band(2, np.random.default_rng(4), RATE)[:length]
    old = written(tmp_path / "old.wav", sound)
    assert compared(old, sound).regions == ()
    quiet = written(tmp_path / "quiet.wav", np.zeros_like(sound))
    assert difference(quiet, quiet).same
    assert not difference(quiet, quiet).regions


def test_the_command_line_answers_in_words_and_as_json(tmp_path: Path) -> None:
    sound = made.band(8, np.random.default_rng(4), RATE)
    old = written(tmp_path / "old.wav", sound)
    new = written(tmp_path / "new.flac", turned(sound, RATE, 4, 0.5, 1600, 3200, 2) * 0.5)
    told = glassmaster("diff", old, new, "--exit-code", code=1).stdout
    assert "NEW is 6.0 dB quieter" in told
    assert "kHz: " in told
    assert "dB more" in told
    glassmaster("diff", old, old, "--exit-code", code=0)
    import json

    document = json.loads(glassmaster("diff", old, new, "--json").stdout)
    assert document["kind"] == "files"
    assert document["regions"][0]["start"] == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("frames", [1, 480])
def test_a_file_too_short_to_line_up_is_the_same_as_itself(tmp_path: Path, frames: int) -> None:
    path = written(tmp_path / "a.wav", np.full((frames, 2), 0.3, np.float32))
    assert glassmaster("diff", path, path, "--exit-code").stdout.endswith("nothing differs\n")
    other = written(tmp_path / "b.wav", np.full((frames, 2), -0.2, np.float32))
    assert "two different recordings" in glassmaster("diff", path, other, "--exit-code", code=1).stdout


def test_what_cannot_be_compared_is_refused_in_words(tmp_path: Path) -> None:
    old = written(tmp_path / "old.wav", made.band(2, np.random.default_rng(4), RATE))
    assert "new.wav" in glassmaster("diff", old, tmp_path / "new.wav", code=3).stderr
    (tmp_path / "text.wav").write_text("no sound")
    glassmaster("diff", old, tmp_path / "text.wav", code=3)
    assert "one is a build" in glassmaster("diff", old, tmp_path, code=2).stderr
    broken = made.band(2, np.random.default_rng(4), RATE)
    broken[9000] = np.nan
    written(tmp_path / "nan.wav", broken, subtype="FLOAT")
    assert "not a number" in glassmaster("diff", old, tmp_path / "nan.wav", code=3).stderr


ALBUM = os.environ.get("GLASSMASTER_REAL_ALBUM", "")


@pytest.mark.skipif(not ALBUM, reason="GLASSMASTER_REAL_ALBUM names no folder with mixes/")
@pytest.mark.parametrize("place", [0, 2, 6, 9])
def test_a_real_song_changed_in_one_place(tmp_path: Path, place: int) -> None:
    path = sorted((Path(ALBUM) / "mixes").glob("*.wav"))[place]
    rate = sf.info(path).samplerate
    sound, _ = sf.read(path, start=60 * rate, frames=20 * rate)
    old = written(tmp_path / "old.wav", sound, rate)
    new = np.concatenate([silence(0.3, rate), turned(sound, rate, 10, 0.5, 200, 400, -1) * 0.8])
    found = compared(old, new, rate)
    assert {each.kind for each in found.edits} == {"head"}
    longest = max(found.regions, key=lambda each: each.end - each.start)
    assert longest.start == pytest.approx(10, abs=0.1)
    assert longest.end == pytest.approx(10.5, abs=0.1)
    assert longest.change_db == pytest.approx(-1, abs=0.4)
    rng = np.random.default_rng(place)
    assert compared(old, made.dithered(sound * 0.9, rng), rate, "PCM_16").same
