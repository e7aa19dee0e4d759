"""A sample of the faults that the proof of the detectors tries (`make proof PROOF=detectors`): a few of each class."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.defect_judging import found, judged
from tests.defect_music import clean
from tests.defect_support import DEFECTS, PAIRS, case, pair, through
from tests.release_support import glassmaster, manifest

NUMBERS = (101, 102)
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed: apt-get install ffmpeg")
FILES = [pytest.param(name, marks=needs_ffmpeg if name == "lossy source" else ()) for name in DEFECTS]


@pytest.mark.parametrize("name", FILES)
def test_a_fault_is_found_and_no_other_error_with_it(name: str, tmp_path: Path) -> None:
    wanted = DEFECTS[name].code.split()
    for number in NUMBERS:
        told = found(case(name, number), tmp_path)
        assert {each.code for each in told} & {*wanted}, number
        assert [each.code for each in told if each.severity == "error" and each.code not in wanted] == [], number


@pytest.mark.parametrize("name", PAIRS)
def test_what_two_songs_have_in_common_is_found(name: str, tmp_path: Path) -> None:
    one, other = pair(name, 101)
    told = judged(one.write(tmp_path / "one.wav"), other.write(tmp_path / "other.wav"))
    assert PAIRS[name][0] in {each.code for each in told}


def test_healthy_music_has_no_warning(tmp_path: Path) -> None:
    for number in range(6):
        told = found(clean(number), tmp_path)
        assert [each for each in told if each.severity != "note"] == [], number


def test_other_music_is_not_the_same_music(tmp_path: Path) -> None:
    one, other = clean(0), clean(6)  # the same instruments, another performance
    told = judged(one.write(tmp_path / "one.wav"), other.write(tmp_path / "other.wav"))
    assert "mix-same-music" not in {each.code for each in told}


def test_the_command_line_tells_each_class_with_time_confidence_cause_and_remedy(tmp_path: Path) -> None:
    """One release with a song of every class: what `check --json` says of each song."""
    names = [name for name in DEFECTS if name != "lossy source" or shutil.which("ffmpeg")]
    for number, name in enumerate(names):
        case(name, 101).write(tmp_path / f"{number}.wav")
    songs = [f'title = "{name}"\nmixdown = "{number}.wav"' for number, name in enumerate(names)]
    done = glassmaster("check", "--json", manifest(tmp_path, *songs), timeout=600)
    findings = done.json["findings"]
    for number, name in enumerate(names, 1):
        wanted = DEFECTS[name].code.split()
        mine = [each for each in findings if each["song"] == number and each["code"] in wanted]
        assert mine, name
        assert all(each["cause"] and each["remedy"] in ("mix", "mastering") for each in mine), name
    told = {each["code"]: each for each in findings}
    assert all(told[code]["at"] is not None for code in ("mix-clicks", "mix-dropouts", "mix-clipped", "mix-flat-tops"))
    assert all(0 < told[code]["confidence"] <= 1 for code in ("mix-clicks", "mix-hum", "mix-limited"))


@needs_ffmpeg
@pytest.mark.parametrize("options", [("ogg", "-c:a", "libvorbis", "-q:a", "6"), ("m4a", "-c:a", "aac", "-b:a", "256k")])
def test_an_encoder_that_cuts_nothing_off_leaves_its_framing(options: tuple[str, ...], tmp_path: Path) -> None:
    import numpy as np

    suffix, *rest = options
    music = clean(0)
    coded = through(music, suffix, tuple(rest), np.random.default_rng(0))
    assert "mix-lossy-source" in {each.code for each in found(coded, tmp_path)}
    assert "mix-lossy-source" not in {each.code for each in found(music, tmp_path)}


def test_time_of_a_click_and_a_dropout(tmp_path: Path) -> None:
    music = clean(1)
    sound = music.sound.copy()
    click, hole = round(2.63 * music.rate), round(3.7 * music.rate)
    sound[click] += 0.5
    sound[hole : hole + music.rate // 100] = 0
    told = {
        each.code: each
        for each in found(type(music)(sound, music.rate, music.subtype), tmp_path)
        if each.at is not None
    }
    assert told["mix-clicks"].at == pytest.approx(2.63, abs=0.01)
    assert told["mix-dropouts"].at == pytest.approx(3.7, abs=0.01)
