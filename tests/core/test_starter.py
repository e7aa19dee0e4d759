"""The first release.toml: what names tell, what is taken, and that the result loads."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from glassmaster import plugins
from glassmaster.errors import Exit, Refused
from glassmaster.manifest import load
from glassmaster.model import Measurement, Source
from glassmaster.starter import mixdowns, starter
from glassmaster.starter.naming import natural, read_names

RATE = 48_000
HOP = RATE // 100


def titles(*stems: str) -> list[str]:
    return [named.title for named in read_names(stems)]


@pytest.mark.parametrize(
    ("stem", "number", "title", "revision"),
    [
        ("03_Segue_Mix2_48k_24b", 3, "Segue", "Mix2"),
        ("01_ANewJourney_Mix1_48k_24b", 1, "A New Journey", "Mix1"),
        ("06_By-ProductPart2_Mix1_48k_24b", 6, "By-Product Part 2", "Mix1"),
        ("03_AdvancedSimulacra_Mix1_44.1k_24b", 3, "Advanced Simulacra", "Mix1"),
        ("02_second_light_v10", 2, "Second Light", "v10"),
        ("03-orbital-elevator-mix-3", 3, "Orbital Elevator", "mix 3"),
        ("04. Ten (Radio Edit)", 4, "Ten (Radio Edit)", ""),
        ("Track 04 McKenna", 4, "McKenna", ""),
        ("02_McKenna", 2, "McKenna", ""),
        ("02_DJShadowIntro", 2, "DJ Shadow Intro", ""),
        ("01 Night Signals v2 unmastered [24bit]", 1, "Night Signals", "v2 unmastered"),
        ("05 Song (final mix)", 5, "Song", "final mix"),
        ("05 Song Mix 2.1 FINAL", 5, "Song", "Mix 2.1 FINAL"),
        ("10_the_end_final", 10, "The End", "final"),
        ("07 The Final", 7, "The Final", ""),
        ("08 Master", 8, "Master", ""),
        ("09 Version of Me", 9, "Version of Me", ""),
        ("01. 4 AM", 1, "4 AM", ""),
        ("2024-03-01 02 Nebula", 2, "Nebula", "2024-03-01"),
    ],
)
def test_names(stem: str, number: int, title: str, revision: str) -> None:
    named = read_names([stem, "11 Other"])[0]
    assert (named.number, named.title, named.revision) == (number, title, revision)


def test_digits_of_a_title_are_no_track_number() -> None:
    assert titles("7 Years") == ["7 Years"]
    assert titles("99 Problems", "Opening", "Segue") == ["99 Problems", "Opening", "Segue"]


def test_an_artist_is_one_only_if_all_names_have_it() -> None:
    both = read_names(["01 - The Example - Title (Master v3)", "02 - The Example - Other"])
    assert [(each.artist, each.title) for each in both] == [("The Example", "Title"), ("The Example", "Other")]
    assert titles("01 Day - Night", "02 Other") == ["Day - Night", "Other"]


def test_artist_album_number_title() -> None:
    (named,) = read_names(["The Example - Night Signals - 03 - Segue"])
    assert (named.artist, named.album, named.number, named.title) == ("The Example", "Night Signals", 3, "Segue")


def test_discs() -> None:
    assert [(each.disc, each.number) for each in read_names(["1-02 A", "2-01 B"])] == [(1, 2), (2, 1)]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("Song_Mix9", "Song_Mix10"),
        ("Song_Mix2", "Song_Mix2b"),
        ("Song v1.9", "Song v1.10"),
        ("Song Mix 4", "Song final"),
        ("Song final", "Song final 2"),
        ("Song", "Song (1)"),
        ("Song 2024-03-01", "Song 2024-11-20"),
    ],
)
def test_the_newest_revision(older: str, newer: str) -> None:
    first, second = read_names([older, newer])
    assert first.title == second.title == "Song"
    assert first.rank < second.rank


def test_natural_order() -> None:
    assert sorted(["10 b", "9 a", "Track 2", "track 10", "1"], key=natural) == [
        "1",
        "9 a",
        "10 b",
        "Track 2",
        "track 10",
    ]


def tone(path: Path, before: int, seconds: int, after: int, rate: int = RATE) -> None:
    """A tone with silence around, in hops of 10 ms before and after it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sound = 0.25 * np.sin(2 * np.pi * 440 / rate * np.arange(seconds * rate))
    whole = np.concatenate([np.zeros(before * rate // 100), sound, np.zeros(after * rate // 100)])
    soundfile.write(
        path,
        np.stack([whole, whole], axis=1),
        rate,
        subtype="PCM_24",
        format="FLAC" if path.suffix == ".flac" else "WAV",
    )


def measure(path: Path) -> tuple[Source, Measurement]:
    sound, rate = soundfile.read(path, dtype="float32")
    peaks: NDArray[np.float32] = np.array(
        [np.abs(sound[at : at + rate // 100]).max() for at in range(0, len(sound), rate // 100)]
    )
    lufs: Any = -18.0
    measurement = Measurement(rate, 2, len(sound), lufs, *(None,) * 9, energies=np.zeros_like(peaks), peaks=peaks)
    return Source(path, "0", "WAV", "PCM_24", rate, 2, len(sound), 24, False), measurement


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three songs with old revisions and much else in it."""
    room = tmp_path / "Night_Signals"
    tone(room / 'mixes/02_Second"Light_Mix5_48k_24b.wav', 100, 2, 0)
    tone(room / "mixes/01_Opening_Mix1_48k_24b.wav", 0, 1, 0)
    tone(room / "mixes/01_Opening_Mix10_48k_24b.wav", 150, 2, 200)
    tone(room / "mixes/01_Opening_Mix2_48k_24b.wav", 0, 1, 0)
    tone(room / "mixes/03_Third_Mix1_48k_24b.wav", 0, 70, 50)
    tone(room / "mixes/old/04_Dropped_Mix1.wav", 0, 1, 0)
    tone(room / "dist/wav/01 Opening.wav", 0, 1, 0)
    tone(room / "References/Slow Burn.flac", 0, 1, 0)
    tone(room / "References/slow_burn.wav", 0, 1, 0)
    (room / "art").mkdir()
    (room / "art/back.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (room / "art/Cover.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (room / "mixes/._01_Opening_Mix1_48k_24b.wav").write_bytes(b"RIFF\0\0\0\0WAVE")
    (room / "mixes/notes.wav").write_text("not a sound")
    (room / "mixes/sketch.mp3").write_bytes(b"\xff\xfb\x90\x00" + bytes(400))
    return room


def test_what_is_to_be_measured(folder: Path) -> None:
    found = [path.relative_to(folder).as_posix() for path in mixdowns(folder)]
    assert found == [
        "mixes/01_Opening_Mix10_48k_24b.wav",
        'mixes/02_Second"Light_Mix5_48k_24b.wav',
        "mixes/03_Third_Mix1_48k_24b.wav",
        "References/Slow Burn.flac",
        "References/slow_burn.wav",
    ]


def test_the_manifest_that_comes_of_it(folder: Path) -> None:
    text = starter(folder, measure)
    made = tomllib.loads(text)
    assert made["release"]["title"] == "Night Signals"
    assert made["release"]["type"] == "ep"
    assert made["release"]["artwork"] == "art/Cover.jpg"
    assert [song["title"] for song in made["song"]] == ["Opening", 'Second"Light', "Third"]
    assert (made["song"][0]["start"], made["song"][0]["end"]) == (1.45, 3.6)
    assert made["song"][1]["start"] == pytest.approx(0.95)
    assert "end" not in made["song"][1]
    assert made["song"][2]["end"] == "1:10.100"
    assert [song.get("joined", False) for song in made["song"]] == [False, False, True]
    assert [each["name"] for each in made["reference"]] == ["slow-burn", "slow-burn-2"]
    assert [each["stage"] for each in made["treatment"]] == ["level", "limit"]
    assert {each["format"] for each in made["deliverable"]} == {"wav", "flac", "mp3"}
    assert "rate_hz" not in made["deliverable"][0]
    for said in (
        "Mix2_48k",
        "Mix1_48k",
        "old/04_Dropped",
        "sketch.mp3",
        "first sound at 0:01.500",
        "-18.0 LUFS",
        "24-bit 48 kHz",
    ):
        assert said in text
    assert text.index("Opening_Mix2") < text.index("Opening_Mix1_")
    assert "dist/" not in text


def test_it_loads_as_it_is(folder: Path) -> None:
    (folder / "release.toml").write_text(starter(folder, measure), encoding="utf-8")
    release, findings = load(folder / "release.toml", plugins.load())
    assert [song.title for song in release.songs] == ["Opening", 'Second"Light', "Third"]
    assert [song.mixdown.exists() for song in release.songs] == [True, True, True]
    assert not [each for each in findings if each.severity == "error"]


def test_the_same_folder_gives_the_same_text(folder: Path) -> None:
    assert starter(folder, measure) == starter(folder, measure)


def test_different_rates_get_one_for_the_delivery(tmp_path: Path) -> None:
    tone(tmp_path / "01 One.wav", 0, 1, 100)
    tone(tmp_path / "02 Two.wav", 100, 1, 0, rate=44_100)
    made = tomllib.loads(starter(tmp_path, measure))
    assert {each["rate_hz"] for each in made["deliverable"]} == {44_100}


def test_different_artists_make_a_compilation(tmp_path: Path) -> None:
    tone(tmp_path / "01 - Ann - One.wav", 100, 1, 100)
    tone(tmp_path / "02 - Bob - Two.wav", 100, 1, 100)
    made = tomllib.loads(starter(tmp_path, measure))
    assert (made["release"]["type"], made["release"]["artist"]) == ("compilation", "Various Artists")
    assert [song["artist"] for song in made["song"]] == ["Ann", "Bob"]


def test_one_song_is_a_single(tmp_path: Path) -> None:
    tone(tmp_path / "Ann - One v2.wav", 100, 1, 100)
    made = tomllib.loads(starter(tmp_path, measure))
    assert (made["release"]["type"], made["release"]["artist"]) == ("single", "Ann")
    assert [song["title"] for song in made["song"]] == ["One"]


def test_a_folder_without_mixdowns_says_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "sketch.mp3").write_bytes(b"\xff\xfb\x90\x00" + bytes(400))
    with pytest.raises(Refused) as caught:
        starter(tmp_path, measure)
    assert caught.value.exit == Exit.SOURCE
    assert "sketch.mp3 (lossy" in caught.value.findings[0].message
