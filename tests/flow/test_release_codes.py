"""Every finding about a release, its levels, joints and rates, through the command line: there, and not there."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.flow_support import glassmaster, music, write_manifest, write_mix

WORDS = 'barcode = "5012345678900"\nartwork = "cover.png"'
LIMIT = '\n[[treatment]]\nstage = "limit"\nmax_gain_reduction_db = {}\n'
WAV = '\n[[deliverable]]\nname = "wav"\nformat = "wav"\n'
LOUDER = """
import sys, soundfile
sound, rate = soundfile.read(sys.argv[1], dtype="float32", always_2d=True)
soundfile.write(sys.argv[2], sound * 1.5, rate, subtype="FLOAT", format="WAV")
"""


def level(**settings: Any) -> str:
    return '\n[[treatment]]\nstage = "level"\n' + "".join(f"{name} = {value!r}\n" for name, value in settings.items())


def reference(name: str) -> str:
    return f'\n[[reference]]\nname = "{name}"\nfile = "{name}.wav"\n'


def song(title: str, mix: str, *more: str, number: int = 1) -> str:
    lines = (f'title = "{title}"', f'mixdown = "{mix}.wav"', *more)
    return "\n".join([*lines, f'isrc = "GBAAA26{number:05}"'])


def quiet_ends(sound: Any, rate: int, head: float, tail: float) -> Any:
    return np.concatenate([np.zeros((round(head * rate), 2)), sound, np.zeros((round(tail * rate), 2))])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mixdowns and records that the releases are made of."""
    place = tmp_path_factory.mktemp("codes")
    rate = 44_100
    for name, decibels in (("even", -12.0), ("other", -12.0), ("faint", -24.0), ("record", -12.0)):
        write_mix(place / f"{name}.wav", music(4, decibels, len(name)))
    write_mix(place / "minute.wav", music(31, -12, 3))
    write_mix(place / "padded.wav", quiet_ends(music(4, -12, 4), rate, 2, 2))
    write_mix(place / "fast.wav", music(4, -12, 5, 96_000), 96_000)
    write_mix(place / "loud.wav", music(4, 3, 6))
    write_mix(place / "silent.wav", np.zeros((rate, 2)))
    Image.new("RGB", (3000, 3000)).save(place / "cover.png")
    (place / "louder.py").write_text(LOUDER, "utf-8")
    return place


BEHIND = f"""
[[treatment]]
stage = "command"
program = {sys.executable!r}
args = ["louder.py", "{{input}}", "{{output}}"]
"""
RELEASES: dict[str, tuple[list[str], str, str]] = {
    # name: (songs, the rest of the manifest, more of [release])
    "good": (
        [song("One", "minute"), song("Two", "minute", "allow_duplicate = true", number=2)],
        level(target_from="references") + LIMIT.format(4) + WAV + reference("record"),
        WORDS,
    ),
    "bare": (['title = "One"\nmixdown = "even.wav"'], WAV, ""),
    "apart": (
        [song("One", "even"), song("Two", "faint", number=2)],
        level(match="none", target_lufs=-20.0) + LIMIT.format(4) + WAV,
        WORDS,
    ),
    "moved": ([song("One", "even"), song("Two", "faint", number=2)], level(target_lufs=-20.0) + WAV, WORDS),
    "short": ([song("One", "loud")], level(target_lufs=-6.0) + LIMIT.format(1) + WAV, WORDS),
    "driven": ([song("One", "loud", "gain_db = 12.0")], level() + LIMIT.format(1) + WAV, WORDS),
    "louder": ([song("One", "even")], level(target_lufs=-30.0) + BEHIND + WAV, WORDS),
    "joints": (
        [
            song("One", "even"),
            song("Two", "other", "gap = 0.0", number=2),
            song("Three", "padded", "gap = 9.0", number=3),
            song("Four", "padded", "joined = true", "level_db = 1.0", "allow_duplicate = true", number=4),
        ],
        LIMIT.format(4) + level(target_lufs=-20.0) + WAV,
        WORDS,
    ),
    "records": (
        [song("One", "even")],
        level(target_lufs=-30.0) + WAV + reference("record") + reference("silent"),
        WORDS,
    ),
    "lost": (
        [song("One", "even")],
        level(target_from="references") + LIMIT.format(12) + WAV + reference("record") + reference("away"),
        WORDS,
    ),
    "rates": (
        [song("One", "even"), song("Two", "fast", number=2)],
        level(target_lufs=-20.0)
        + WAV
        + '\n[[deliverable]]\nname = "up"\nformat = "wav"\nrate_hz = 96000\nallow_upsampling = true\n'
        + '\n[[deliverable]]\nname = "promo"\nformat = "mp3"\nrate_hz = 96000\nallow_upsampling = true\n',
        WORDS,
    ),
}
BEFORE = {
    # found by `check`, too
    "bare": {"isrc-missing", "barcode-missing", "artwork-missing", "references-missing", "song-short"},
    "moved": {"moved-far"},
    "driven": {"allowance-passed"},
    "joints": {"hard-splice", "gap-long", "joined-silence", "programme-levels"},
    "records": {"references-apart", "reference-unusable"},
    "lost": {"target-reference-missing"},
    "rates": {"native-rates-differ"},
}
BUILT = {
    "apart": {"loudness-spread", "loudness-jump"},
    "short": {"fell-short"},
    "driven": {"limiter-hard"},
    "louder": {"too-loud"},
    "rates": {"upsampled", "rate-converted"},
}
PLANNED = {"moved": "moved-far", "driven": "allowance-passed", "records": "references-apart"}
PLANNED |= {"lost": "target-reference-missing", "joints": "programme-levels"}


@cache
def told(folder: Path, verb: str, name: str) -> Any:
    """The answer of a verb about one of the releases."""
    songs, rest, words = RELEASES[name]
    path = write_manifest(folder, songs, rest, words)
    path = path.rename(folder / f"{name}.toml")
    output = ("--output", folder / f"dist-{name}") if verb == "build" else ()
    return json.loads(glassmaster(verb, path, "--json", *output, code=None).stdout)


def codes(folder: Path, verb: str, name: str) -> set[str]:
    return {each["code"] for each in told(folder, verb, name)["findings"]}


ALL = set().union(*BEFORE.values(), *BUILT.values())


@pytest.mark.parametrize("name", BEFORE)
def test_check_finds_what_can_be_told_before_a_build(folder: Path, name: str) -> None:
    assert BEFORE[name] <= codes(folder, "check", name)


@pytest.mark.parametrize("name", BUILT)
def test_build_finds_it_and_the_rest(folder: Path, name: str) -> None:
    assert BEFORE.get(name, set()) | BUILT.get(name, set()) <= codes(folder, "build", name)


@pytest.mark.parametrize("verb", ["check", "build"])
def test_a_good_release_has_none_of_them(folder: Path, verb: str) -> None:
    assert not ALL & codes(folder, verb, "good")


@pytest.mark.parametrize("name", PLANNED)
def test_plan_tells_what_bears_on_its_decisions(folder: Path, name: str) -> None:
    assert PLANNED[name] in codes(folder, "plan", name)


def test_plan_says_so_to_people(folder: Path) -> None:
    assert "target-reference-missing" in codes(folder, "plan", "lost")
    said = glassmaster("plan", folder / "lost.toml").stderr
    assert "reference away" in said
    assert "follows 1 of 2 references" in said
    assert "put away.wav in its place" in said


def test_plan_keeps_quiet_about_the_rest(folder: Path) -> None:
    assert codes(folder, "plan", "good") == set()


def test_a_target_without_any_reference_names_those_that_are_lost(folder: Path) -> None:
    rest = level(target_from="references") + WAV + reference("away") + reference("gone")
    path = write_manifest(folder, [song("One", "even")], rest).rename(folder / "none.toml")
    said = glassmaster("plan", path, code=2).stderr
    assert 'no reference could be measured: "away" (away.wav), "gone" (gone.wav)' in said


def test_findings_say_where_what_and_what_to_do(folder: Path) -> None:
    for name in BUILT:
        for each in told(folder, "build", name)["findings"]:
            if each["code"] in ALL:
                assert each["where"], each
                assert each["message"], each
                assert each["hint"], each
                assert each["cause"], each
