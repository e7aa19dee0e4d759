"""The destinations' data: complete, sourced, dated, and in words that the checks understand."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest

import glassmaster_profiles
from glassmaster.delivery_rules import DeliveryRules
from glassmaster.model import Profile

PROFILES = {each.name: each for each in glassmaster_profiles.glassmaster_profiles()}
PLAYBACK = {
    "official": bool,
    "raises": bool,
    "raises_to_dbtp": float,
    "album": str,
    "album_lufs": float,
    "other_levels": dict,
    "limits_levels": list,
    "limits_at_dbfs": float,
    "second_hand": dict,
}
DELIVERY = {each.name for each in fields(DeliveryRules)}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_profile(profile: Profile) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", profile.name)
    assert profile.title
    assert profile.source
    assert date.fromisoformat(profile.dated) > date(2026, 1, 1)
    assert profile.kind in ("playback", "delivery")
    assert "https://" in profile.source or profile.source.startswith(("IEC ", "EBU "))
    for rule, value in profile.rules.items():
        assert (type(value) is PLAYBACK[rule]) if profile.kind == "playback" else rule in DELIVERY, rule
    assert -40 < (profile.plays_at_lufs or -14) < 0
    assert -6 < (profile.true_peak_dbtp or -1) <= 0


def test_there_are_a_dozen_of_deliveries_and_more() -> None:
    kinds = Counter(each.kind for each in PROFILES.values())
    assert kinds["delivery"] >= 12
    assert kinds["playback"] >= 9


def test_playback_says_all_that_a_simulation_needs() -> None:
    for profile in PROFILES.values():
        if profile.kind == "playback":
            assert profile.plays_at_lufs is not None
            assert {"official", "raises", "album"} <= set(profile.rules)
            assert profile.rules["album"] in ("loudest", "pooled", "none")


def test_second_hand_rules_say_where_they_were_read() -> None:
    found = {name: each.rules["second_hand"] for name, each in PROFILES.items() if "second_hand" in each.rules}
    assert {name: [*rules] for name, rules in found.items()} == {"spotify": ["album"], "tidal": ["album"]}
    for name, rules in found.items():
        assert {*rules} <= {*PROFILES[name].rules}
        assert all(where.startswith("https://") for where in rules.values())


def test_the_figures_that_services_publish() -> None:
    spotify, tidal = PROFILES["spotify"], PROFILES["tidal"]
    assert (spotify.plays_at_lufs, spotify.rules["raises_to_dbtp"]) == (-14.0, -1.0)
    assert spotify.rules["other_levels"] == {"loud": -11.0, "quiet": -19.0}
    assert (tidal.plays_at_lufs, tidal.rules["raises"]) == (-14.0, False)
    assert PROFILES["ebu-r128"].plays_at_lufs == -23.0
    assert (PROFILES["cd"].rates_hz, PROFILES["cd"].bits) == ((44_100,), (16,))


def test_the_wheel_holds_the_data(tmp_path: Path) -> None:
    import subprocess
    import sys

    here = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as inside:
        assert glassmaster_profiles.DATA.name in inside.namelist()
