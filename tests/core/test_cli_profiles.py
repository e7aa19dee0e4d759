"""`glassmaster profiles`: what holds where, and where that was read."""

from __future__ import annotations

import json

import pytest

from glassmaster.cli import run
from glassmaster.errors import Exit

URL = "https://support.spotify.com/us/artists/article/loudness-normalization"


def test_the_list_tells_kind_level_peak_rules_source_and_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("spotify "))
    assert lines[at].split() == ["spotify", "playback", "-14.0", "-1.0", "2026-11-22"]
    about = " ".join(line.strip() for line in lines[at + 1 : at + 5])
    assert about.startswith("turns down what is louder than -14 LUFS; turns quiet music up until its true peak meets")
    assert about.endswith(f"set by its loudest song (second-hand) source: {URL}")
    assert [line.split() for line in lines if line.startswith("cd ")] == [["cd", "delivery", "-", "-", "2026-11-22"]]
    assert [line.split()[2] for line in lines if line.startswith("ebu-r128 ")] == ["-23.0"]


def test_one_is_told_fully(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "show", "tidal"]) == Exit.OK
    told = capsys.readouterr().out
    for line in (
        "tidal: TIDAL (playback)",
        "  - never turns music up",
        '  as a target: target_from = "tidal" in level',
        "  the service does not say so itself: told or measured by others",
        "  source of album: https://forums.steinberg.net/t/loudness-normalization-album-normalize-vs-track-normalize/99576",
    ):
        assert f"{line}\n" in told
    assert ", read 2026-11-22\n" in told
    assert run(["profiles", "show", "cd"]) == Exit.OK
    told = capsys.readouterr().out
    assert "  - up to 99 songs\n" in told
    assert "target" not in told


def test_who_says_so_is_told_of_every_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "--json"]) == Exit.OK
    for each in json.loads(capsys.readouterr().out):
        assert run(["profiles", "show", each["name"]]) == Exit.OK
        told = capsys.readouterr().out
        hearsay = each["kind"] == "playback" and not each["rules"]["official"]
        assert ("the service does not say so itself" in told) == hearsay
        for rule, where in each["rules"].get("second_hand", {}).items():
            assert f"source of {rule}: {where}\n" in told


def test_one_that_does_not_exist_is_asked_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "show", "spotifi"]) == Exit.USAGE
    assert 'did you mean "spotify"?' in capsys.readouterr().err
    assert run(["profiles", "show", "zzz"]) == Exit.USAGE
    assert "there are: spotify, apple-music, " in capsys.readouterr().err


def test_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "--json"]) == Exit.OK
    told = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert told["spotify"]["rules"]["other_levels"] == {"loud": -11.0, "quiet": -19.0}
    assert told["spotify"]["source"] == URL
    assert told["cd"]["kind"] == "delivery"
