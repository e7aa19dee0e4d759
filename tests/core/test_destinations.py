"""The rules of destinations: in words, as targets, and when a stranger's cannot be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

import glassmaster_profiles
from glassmaster.destinations import fault, in_words, nearest_target, playback_rules, target_lufs
from glassmaster.errands import Errand, Failure
from glassmaster.errors import Exit
from glassmaster.measure import measure
from glassmaster.model import Profile, Release, Song
from glassmaster.plugins import Offers, Origin
from glassmaster.work import Crew

PROFILES = {each.name: each for each in glassmaster_profiles.glassmaster_profiles()}
PLAIN = Profile("plain", "Plain", "playback", "-", "2026-11-22", -14.0)


def test_playback_in_words() -> None:
    assert in_words(PROFILES["spotify"]) == (
        "turns down what is louder than -14 LUFS",
        "turns quiet music up until its true peak meets -1 dBTP",
        "a listener can choose loud -11 LUFS or quiet -19 LUFS",
        "loud turns up whatever the peak, into a limiter at -1 dBFS",
        "an album played as one gets one gain, set by its loudest song (second-hand)",
    )
    assert in_words(PROFILES["youtube-music"]) == (
        "turns down what is louder than -7 LUFS",
        "never turns music up",
        "an album's songs are set one by one",
    )
    assert in_words(PROFILES["aes77"])[-1].endswith("set by its loudest song, at -14 LUFS")
    assert "turns quiet music up" in in_words(replace(PLAIN, rules={"raises": True}))
    assert in_words(replace(PLAIN, plays_at_lufs=None)) == ("plays everything as it is",)


def test_delivery_in_words() -> None:
    assert in_words(PROFILES["cd"]) == (
        *("16 bit", "44.1 kHz", "lossless files", "2 channels"),
        *("songs of 4 s at least", "up to 99 songs", "up to 4797 s of music"),
    )
    assert in_words(PROFILES["ebu-r128"]) == ("-23 LUFS within 1 LU", "true peak up to -1 dBTP")
    assert in_words(PROFILES["vinyl-12-inch"]) == ("true peak up to 0 dBTP", "2 sides of 1380 s at most")
    assert "44.1, 48, 88.2 or 96 kHz at 24 bit" in in_words(PROFILES["believe"])
    assert "file names of letters, digits and '-_' only" in in_words(PROFILES["cd-baby"])
    asked = in_words(PROFILES["distributor-generic"])
    assert {"16 or 24 bit", "never upsampled", "up to 10 s of silence at either end"} <= set(asked)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_every_profile_that_is_shipped_can_be_read_and_has_words(profile: Profile) -> None:
    assert fault(profile) == ""
    assert in_words(profile)


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("raises", "yes"),
        ("raises_to_dbtp", "-1"),
        ("album", "mean"),
        ("album_lufs", True),
        ("other_levels", {"loud": "11"}),
        ("other_levels", [-11]),
        ("limits_levels", "loud"),
        ("limits_at_dbfs", None),
        ("second_hand", "album"),
        ("lossless", 1),
        ("min_song_seconds", "30 s"),
        ("formats", "wav"),
        ("rates_of_bits", {"16": 44100}),
        ("name_marks", 3),
        ("max_songs", True),
    ],
)
def test_a_rule_that_cannot_be_is_told(rule: str, value: Any) -> None:
    wrong = replace(PLAIN, rules={rule: value})
    assert fault(wrong) == f"{rule} cannot be {value!r}"
    with pytest.raises(ValueError, match=rule):
        playback_rules(wrong)


def test_every_rule_that_is_asked_has_words() -> None:
    for profile in PROFILES.values():
        if profile.kind == "delivery":
            told = len(in_words(profile)) - sum(map(bool, (profile.true_peak_dbtp, profile.rates_hz, profile.bits)))
            pairs = sum(name in profile.rules for name in ("within_lu", "max_side_seconds"))
            several = len(profile.rules.get("rates_of_bits", (0,))) - 1
            peak_of_zero = profile.true_peak_dbtp == 0.0
            assert told - peak_of_zero == len(profile.rules) - pairs + several, profile.name


def test_rules_that_we_do_not_know_mean_nothing_and_missing_ones_have_defaults() -> None:
    rules = playback_rules(replace(PLAIN, rules={"moon": "full", "limits_levels": ["loud"]}))
    assert (rules.raises, rules.album, rules.limits_levels) == (False, "none", ("loud",))


@pytest.mark.parametrize(
    ("name", "mode", "lufs"),
    [
        ("spotify", "album", -14.0),
        ("spotify", "loudest", -14.0),
        ("aes77", "song", -16.0),
        ("aes77", "loudest", -14.0),
        ("ebu-r128", "loudest", -23.0),
        ("cd", "album", None),
    ],
)
def test_targets(name: str, mode: str, lufs: float | None) -> None:
    assert target_lufs(PROFILES[name], mode) == lufs


def test_the_nearest_target_is_named_and_all_of_them() -> None:
    hint = nearest_target("Spotfy", PROFILES)
    assert hint.startswith('did you mean "spotify"? known: references, spotify, apple-music, ')
    assert ", ebu-r128" in hint
    assert "cd" not in hint.split(", ")
    assert nearest_target("zzz", PROFILES).startswith("known: references, spotify")


class _Striking:
    """A crew that does no errand."""

    def run(self, errands: list[Errand]) -> list[Failure]:
        return [Failure(each, Exit.SOURCE, ()) for each in errands]


def test_the_album_knows_the_profiles_and_a_broken_one_costs_a_warning(tmp_path: Path) -> None:
    broken = replace(PLAIN, name="broken", rules={"album": "mean"})
    origin = Origin("strange", "strange-plugin", "1.0")
    offers = Offers(profiles={"plain": PLAIN, "broken": broken}, origins={("profile", "broken"): origin})
    release = Release("Title", "Artist", songs=(Song(tmp_path / "mix.wav"),))
    heard = measure(release, offers, cast(Crew, _Striking()))
    assert heard.profiles == {"plain": PLAIN}
    (finding,) = heard.findings
    assert (finding.code, finding.severity) == ("profile-broken", "warning")
    assert "strange-plugin" in finding.where
    assert "album cannot be 'mean'" in finding.message
