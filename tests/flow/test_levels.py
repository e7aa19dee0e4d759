"""Levels in delivered files: known offsets recovered or kept, intent kept, targets met, and what stops a song said.

One album of one piece of music at known offsets, delivered once for every way to place it, and metered by pyloudnorm.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from tests.flow_support import glassmaster, music, published, write_manifest, write_mix

RATE = 48_000
OFFSETS = (0.0, -6.0, 3.5, -9.25, 0.0)
INTENT = (0.0, 0.0, 0.0, -3.0, 0.0)
BY_HAND = 4
"""The song with a gain_db, and that gain."""
GAIN = -1.5
LEVELS = {
    "matched": "target_lufs = -24",
    "whole": 'match = "integrated", target_lufs = -24',
    "half": "amount = 0.5, target_lufs = -24",
    "kept": 'match = "none", target_lufs = -24',
    "each": 'mode = "song", target_lufs = -24',
    "loudest": 'match = "none", mode = "loudest", target_lufs = -22',
    "anchor": 'match = "none", mode = "anchor", anchor = "Two", target_lufs = -26',
    "records": 'target_from = "references"',
    "broadcast": 'target_from = "ebu-r128"',
    "hot": "target_lufs = -14",
    "short": "target_lufs = -9",
    "together": 'target_lufs = -9, shortfall = "album"',
    "open": "target_lufs = -9",
}
LIMITS = {"hot": "{ max_gain_reduction_db = 12 }", "short": "{ max_gain_reduction_db = 1 }", "open": "false"}
LIMITS["together"] = LIMITS["short"]


def deliverable(name: str) -> str:
    limit = f", limit = {LIMITS[name]}" if name in LIMITS else ""
    adjust = f"{{ level = {{ {LEVELS[name]} }}{limit} }}"
    return f'\n[[deliverable]]\nname = "{name}"\nformat = "wav"\nbits = 24\nadjust = {adjust}\n'


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("levels")
    songs = []
    for number, (offset, intent) in enumerate(zip(OFFSETS, INTENT, strict=True)):
        title = ("One", "Two", "Three", "Four", "Hand")[number]
        write_mix(folder / f"mixes/{number}.wav", music(4, offset - 12, 1, RATE), RATE)
        more = f"gain_db = {GAIN}" if number == BY_HAND else f"level_db = {intent}"
        songs.append(f'title = "{title}"\nmixdown = "mixes/{number}.wav"\nfade_in = 0\nfade_out = 0\ngap = 0\n{more}')
    write_mix(folder / "record.wav", music(4, 0, 2, RATE), RATE)
    record = '\n[[reference]]\nname = "record"\nfile = "record.wav"\n'
    write_manifest(folder, songs, record + "".join(map(deliverable, LEVELS)))
    glassmaster("build", folder, code=None)
    return folder


@pytest.fixture(scope="module")
def plan(album: Path) -> dict[str, list[Any]]:
    """The plan's songs by deliverable."""
    told = json.loads(glassmaster("plan", album, "--json").stdout)
    return {name: group["songs"] for group in told["masters"] for name in group["deliverables"]}


@cache
def lufs(path: Path) -> float:
    from pyloudnorm import Meter

    sound, rate = sf.read(path)
    return float(Meter(rate, filter_class="DeMan").integrated_loudness(sound))


def delivered(album: Path, name: str) -> list[float]:
    """Integrated loudness of a deliverable's files, in running order."""
    found = sorted((album / "dist" / name).iterdir())
    assert len(found) == len(OFFSETS)
    return [lufs(path) for path in found]


def apart(album: Path, name: str) -> list[float]:
    """Each levelled song against the first, its intent taken away."""
    found = [each - meant for each, meant in zip(delivered(album, name), INTENT, strict=True)]
    return [each - found[0] for each in found[:BY_HAND]]


def pooled(album: Path, name: str) -> float:
    files = sorted((album / "dist" / name).iterdir())[:BY_HAND]
    from pyloudnorm import Meter

    return float(Meter(RATE, filter_class="DeMan").integrated_loudness(np.concatenate([sf.read(f)[0] for f in files])))


KEPT = [offset - OFFSETS[0] for offset in OFFSETS[:BY_HAND]]


@pytest.mark.parametrize("name", ["matched", "whole", "records", "broadcast"])
def test_known_offsets_are_recovered_and_intent_is_kept(album: Path, name: str) -> None:
    assert apart(album, name) == pytest.approx([0.0] * BY_HAND, abs=0.05)


@pytest.mark.parametrize("name", ["kept", "loudest", "anchor"])
def test_without_matching_offsets_are_kept(album: Path, name: str) -> None:
    assert apart(album, name) == pytest.approx(KEPT, abs=0.05)


def test_half_the_matching_takes_half_the_difference_away(album: Path) -> None:
    assert apart(album, "half") == pytest.approx([each / 2 for each in KEPT], abs=0.05)


def test_each_song_at_the_target_but_for_its_intent(album: Path) -> None:
    assert delivered(album, "each")[:BY_HAND] == pytest.approx([-24, -24, -24, -27], abs=0.05)


def test_the_release_sits_where_its_mode_says(album: Path) -> None:
    joints = 0.15  # the songs in one sound have blocks across their joints, a tenth of all, that no song has
    assert pooled(album, "matched") == pytest.approx(-24, abs=joints)
    assert pooled(album, "kept") == pytest.approx(-24, abs=joints)
    assert pooled(album, "broadcast") == pytest.approx(-23, abs=joints)
    assert pooled(album, "records") == pytest.approx(lufs(album / "record.wav"), abs=joints)
    assert max(delivered(album, "loudest")[:BY_HAND]) == pytest.approx(-22, abs=0.05)
    assert delivered(album, "anchor")[1] == pytest.approx(-26, abs=0.05)


def test_a_hand_set_gain_is_the_gain_in_every_deliverable(album: Path) -> None:
    mixdown = lufs(album / f"mixes/{BY_HAND}.wav")
    for name in LEVELS:
        assert delivered(album, name)[BY_HAND] - mixdown == pytest.approx(GAIN, abs=0.005), name


def test_intent_is_kept_between_songs_that_the_limiter_works_on(album: Path, plan: Any) -> None:
    assert max(song["expected_max_gain_reduction_db"] for song in plan["hot"]) > 2
    assert not any(song["stopped"] for song in plan["hot"])
    assert apart(album, "hot") == pytest.approx([0.0] * BY_HAND, abs=0.15)


def test_what_was_promised_was_delivered(album: Path, plan: Any) -> None:
    for name, songs in plan.items():
        # the beats of the stopped ones are bare noise: no model sees each peak between samples
        close = 0.4 if name in ("short", "together") else 0.15
        expected = [song["expected_lufs"] for song in songs]
        assert delivered(album, name) == pytest.approx(expected, abs=close), name


def test_a_song_stopped_short_is_said_in_the_plan_and_reported(album: Path, plan: Any) -> None:
    short = [song for song in plan["short"] if song["stopped"]]
    assert short
    for song in short:
        rule = f"stops {song['aim_lufs'] - song['expected_lufs']:.1f} LU short of {song['aim_lufs']:.1f} LUFS: "
        assert song["stopped"].startswith(rule)
        assert song["expected_sustained_gain_reduction_db"] <= 1.0
        assert song["expected_max_gain_reduction_db"] <= 2.0
    told = [each for each in published(album / "dist")["findings"] if each["code"] == "fell-short"]
    assert {each["song"] for each in told if "short" in each["where"]} == {song["number"] for song in short}


def test_shortfall_of_the_album_keeps_the_distances(album: Path) -> None:
    assert apart(album, "together") == pytest.approx([0.0] * BY_HAND, abs=0.15)
    worst = min(each - meant for each, meant in zip(delivered(album, "short")[:BY_HAND], INTENT, strict=False))
    assert delivered(album, "together")[0] == pytest.approx(worst, abs=0.15)


def test_without_a_limiter_the_headroom_stops_the_release(album: Path, plan: Any) -> None:
    made = [each for each in published(album / "dist")["deliverables"] if each["name"] == "open"]
    peaks = [each["measured"]["true_peak_dbtp"] for each in made[:BY_HAND]]
    assert max(peaks) == pytest.approx(-1.0, abs=0.01)
    assert apart(album, "open") == pytest.approx([0.0] * BY_HAND, abs=0.05)
    short = -9 - pooled(album, "open")
    (why,) = plan["open"][0]["why"]
    assert f"{short:.1f} short of that: the true peak of " in why
    assert "meets -1.0 dBTP" in why


def test_deliverables_that_hold_the_same_sound_are_both_there(album: Path) -> None:
    """The same music gives the same gains by loudest passages and by whole songs: equal files in two folders."""
    by_name = {
        name: [each["sha256"] for each in published(album / "dist")["deliverables"] if each["name"] == name]
        for name in ("matched", "whole")
    }
    assert by_name["matched"] == by_name["whole"]
    assert "proven" in glassmaster("verify", album / "dist").stdout


def test_a_song_moved_far_is_asked_about_unless_it_was_meant(album: Path) -> None:
    told = [each for each in published(album / "dist")["findings"] if each["code"] == "moved-far"]
    assert {each["where"] for each in told} == {"01 One", "02 Two", "03 Three"}
    assert all("set level_db" in each["hint"] for each in told)


def test_the_plan_reads_as_its_json(album: Path, plan: Any) -> None:
    told = glassmaster("plan", album).stdout
    assert max(map(len, told.splitlines())) <= 100
    text = " ".join(told.split())  # long reasons are broken into lines
    for songs in plan.values():
        for song in songs:
            assert all(f" {song['number']}: {why}" in text for why in song["why"])
            assert not song["stopped"] or f" {song['number']}: {song['stopped']}" in text
    row = next(line for line in told.splitlines() if line.startswith("2  Two"))
    first = plan["matched"][1]
    figures = [first["measured_lufs"], first["true_peak_dbtp"], first["aim_lufs"]]
    assert row.split()[2:5] == [f"{each:.1f}" for each in figures]


def test_what_a_service_does_follows_from_the_files(album: Path) -> None:
    """By the first deliverable: Spotify raises an album by its loudest song as far as the highest peak allows."""
    made = [each for each in published(album / "dist")["deliverables"] if each["name"] == "matched"]
    loudest = max(delivered(album, "matched"))
    room = -1.0 - max(each["measured"]["true_peak_dbtp"] for each in made)
    services = {each["name"]: each["levels"][0] for each in published(album / "dist")["playback"]}
    gain = min(-14 - loudest, max(0.0, room)) if loudest < -14 else -14 - loudest
    assert [each["gain_db"] for each in services["spotify"]["album"]] == pytest.approx([gain] * 5, abs=0.05)
    tidal = [each["gain_db"] for each in services["tidal"]["single"]]
    assert tidal == pytest.approx([min(0.0, -14 - each) for each in delivered(album, "matched")], abs=0.05)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('mode = "anchor"', 'mode = "anchor"'),
        ('mode = "anchor"\nanchor = "Nobody"', 'no song is called "Nobody"'),
        ('mode = "anchor"\nanchor = "Hand"', '"Hand" cannot be the anchor'),
        ('target_from = "spotfy"', 'did you mean "spotify"?'),
        ('target_from = "references"', "there are no references to take it from"),
    ],
)
def test_what_cannot_be_is_said_before_any_work(album: Path, tmp_path: Path, settings: str, told: str) -> None:
    write_mix(tmp_path / "1.wav", music(2, -12, 1, RATE), RATE)
    songs = ['title = "Hand"\nmixdown = "1.wav"\ngain_db = 1.0']
    write_manifest(tmp_path, songs, f'\n[[treatment]]\nstage = "level"\n{settings}\n')
    assert told in glassmaster("plan", tmp_path, code=2).stderr
