"""What services do with a release: the published examples, and one for every rule of every profile that is shipped."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import glassmaster_profiles
from glassmaster.model import Profile
from glassmaster.playback import Level, Playback, Played, of, simulate
from tests.level_support import album, gated, heard, master, outcome, song, stretches, wav

PROFILES = {each.name: each for each in glassmaster_profiles.glassmaster_profiles()}
Figures = tuple[float | None, float | None]


def played(*songs: Figures) -> list[Played]:
    """Songs of (integrated loudness, true peak); their samples peak 0.2 dB lower."""
    return [Played(index, lufs, peak, None if peak is None else peak - 0.2) for index, (lufs, peak) in enumerate(songs)]


def level(profile: str, name: str, *songs: Figures, pooled: float | None = None) -> Level:
    found = simulate(PROFILES[profile], played(*songs), pooled)
    return next(each for each in found.levels if each.name == name)


SINGLE = [
    # profile, level, song (LUFS, dBTP), gain, plays at, true peak
    ("spotify", "normal", (-20.0, -5.0), 4.0, -16.0, -1.0),  # the example that Spotify gives
    ("spotify", "normal", (-18.0, -8.0), 4.0, -14.0, -4.0),
    ("spotify", "normal", (-8.0, -0.5), -6.0, -14.0, -6.5),
    ("spotify", "normal", (-20.0, -0.5), 0.0, -20.0, -0.5),
    ("spotify", "loud", (-20.0, -5.0), 9.0, -11.0, 4.0),  # regardless of its true peak
    ("spotify", "loud", (-9.0, -1.0), -2.0, -11.0, -3.0),
    ("spotify", "quiet", (-14.0, -1.0), -5.0, -19.0, -6.0),
    ("spotify", "quiet", (-22.0, -3.0), 2.0, -20.0, -1.0),
    ("apple-music", "", (-14.0, -1.0), -2.0, -16.0, -3.0),
    ("apple-music", "", (-19.0, -6.0), 3.0, -16.0, -3.0),
    ("apple-music", "", (-19.0, -2.5), 1.5, -17.5, -1.0),
    ("youtube", "", (-9.0, 0.0), -5.0, -14.0, -5.0),
    ("youtube", "", (-20.0, -9.0), 0.0, -20.0, -9.0),
    ("youtube-music", "", (-5.5, 0.5), -1.5, -7.0, -1.0),
    ("youtube-music", "", (-8.0, -1.0), 0.0, -8.0, -1.0),
    ("tidal", "", (-10.0, -1.0), -4.0, -14.0, -5.0),
    ("tidal", "", (-20.0, -9.0), 0.0, -20.0, -9.0),
    ("amazon-music", "", (-10.0, -1.0), -4.0, -14.0, -5.0),
    ("amazon-music", "", (-17.0, -9.0), 0.0, -17.0, -9.0),
    ("deezer", "", (-10.0, -1.0), -5.0, -15.0, -6.0),
    ("deezer", "", (-17.0, -9.0), 0.0, -17.0, -9.0),
    ("soundcloud", "", (-10.0, -1.0), -4.0, -14.0, -5.0),
    ("soundcloud", "", (-17.0, -9.0), 0.0, -17.0, -9.0),
    ("aes77", "", (-10.0, -1.0), -6.0, -16.0, -7.0),
    ("aes77", "", (-21.0, -4.0), 3.0, -18.0, -1.0),
]


@pytest.mark.parametrize(("profile", "name", "figures", "gain", "lufs", "peak"), SINGLE)
def test_a_song_on_its_own(profile: str, name: str, figures: Figures, gain: float, lufs: float, peak: float) -> None:
    (found,) = level(profile, name, figures, pooled=figures[0]).single
    assert (found.gain_db, found.lufs, found.true_peak_dbtp) == pytest.approx((gain, lufs, peak))


ALBUM = [
    # profile, level, songs, pooled, gains
    ("spotify", "normal", [(-14.0, -1.0), (-20.0, -5.0)], -15.5, [0.0, 0.0]),  # its loudest song is at -14
    ("spotify", "normal", [(-10.0, -1.0), (-13.0, -1.0)], -11.5, [-4.0, -4.0]),  # an album that plays at -15.5
    ("spotify", "normal", [(-18.0, -6.0), (-24.0, -3.0)], -20.0, [2.0, 2.0]),  # the other song's peak stops it
    ("spotify", "loud", [(-14.0, -1.0), (-20.0, -5.0)], -15.5, [3.0, 3.0]),
    ("spotify", "quiet", [(-14.0, -1.0), (-20.0, -5.0)], -15.5, [-5.0, -5.0]),
    ("apple-music", "", [(-14.0, -1.0), (-20.0, -5.0)], -15.0, [-1.0, -1.0]),
    ("apple-music", "", [(-18.0, -4.0), (-24.0, -5.0)], -19.5, [3.0, 3.0]),
    ("youtube", "", [(-9.0, -1.0), (-20.0, -5.0)], -11.0, [-5.0, 0.0]),
    ("youtube-music", "", [(-6.0, -1.0), (-8.0, -1.0)], -7.0, [-1.0, 0.0]),
    ("tidal", "", [(-9.0, -1.0), (-12.0, -1.0)], -10.0, [-5.0, -5.0]),
    ("tidal", "", [(-16.0, -5.0), (-20.0, -5.0)], -17.0, [0.0, 0.0]),
    ("amazon-music", "", [(-9.0, -1.0), (-20.0, -5.0)], -11.0, [-5.0, 0.0]),
    ("deezer", "", [(-9.0, -1.0), (-20.0, -5.0)], -11.0, [-6.0, 0.0]),
    ("soundcloud", "", [(-9.0, -1.0), (-20.0, -5.0)], -11.0, [-5.0, 0.0]),
    ("aes77", "", [(-10.0, -1.0), (-13.0, -1.0)], -11.0, [-4.0, -4.0]),  # the loudest song at -14, not at -16
]


@pytest.mark.parametrize(("profile", "name", "figures", "pooled", "gains"), ALBUM)
def test_an_album(profile: str, name: str, figures: list[Figures], pooled: float, gains: list[float]) -> None:
    found = level(profile, name, *figures, pooled=pooled).album
    assert [each.gain_db for each in found] == pytest.approx(gains)
    expected = [(lufs or 0) + gain for (lufs, _), gain in zip(figures, gains, strict=True)]
    assert [each.lufs for each in found] == pytest.approx(expected)


def test_every_level_of_every_service_has_its_examples() -> None:
    services = [each for each in PROFILES.values() if each.kind == "playback"]
    levels = {(each.name, one.name) for each in services for one in simulate(each, []).levels}
    assert len(levels) == 11
    assert {(profile, name) for profile, name, *_ in SINGLE} == levels
    assert {(profile, name) for profile, name, *_ in ALBUM} == levels


QUIET, LOUD = (-30.0, -20.0), (-2.0, 0.0)
OTHERWISE: dict[str, tuple[Any, list[Figures], list[Figures]]] = {
    # rule: (another value of it, an album for which that changes something, songs on their own for which it does not)
    "raises": (None, [QUIET], [LOUD]),
    "raises_to_dbtp": (-3.0, [(-20.0, -3.5)], [LOUD]),
    "album": (None, [LOUD, (-12.0, -1.0)], [LOUD, QUIET]),
    "album_lufs": (-13.0, [LOUD, LOUD], [LOUD, QUIET]),
    "other_levels": ({"loud": -10.0, "quiet": -18.0}, [LOUD], []),
    "limits_levels": ([], [(-20.0, -1.0)], [LOUD]),
    "limits_at_dbfs": (-2.0, [(-14.0, -1.0)], [(-30.0, -30.0)]),
}
PAIRS = [
    (each, rule)
    for each in PROFILES.values()
    for rule in each.rules
    if each.kind == "playback" and rule not in ("official", "second_hand")  # these tell who says so
]


@pytest.mark.parametrize(("profile", "rule"), PAIRS, ids=[f"{each.name}-{rule}" for each, rule in PAIRS])
def test_every_rule_of_every_service_acts_where_it_should_and_nowhere_else(profile: Profile, rule: str) -> None:
    other, touched, untouched = OTHERWISE[rule]
    if rule == "raises":
        other = not profile.rules["raises"]
    if rule == "album":
        other = "loudest" if profile.rules["album"] == "none" else "none"
    changed = replace(profile, rules={**profile.rules, rule: other})

    def heard(which: Profile, songs: list[Figures], how: str) -> list[Any]:
        # what all songs together measure lies below the loudest of them
        lufs = (songs[0][0] or 0.0) - 1.0 if len(songs) > 1 else songs[0][0]
        found = simulate(which, played(*songs), lufs).levels
        return [(each.gain_db, each.limiter_db) for level in found for each in getattr(level, how)]

    assert heard(changed, touched, "album") != heard(profile, touched, "album")
    assert not untouched or heard(changed, untouched, "single") == heard(profile, untouched, "single")


def test_the_limiter_of_the_loud_level_acts_on_samples_above_its_threshold() -> None:
    found = level("spotify", "loud", (-14.0, -1.0), (-20.0, -12.5), (-9.0, -1.0))
    assert found.limits
    # sample peaks: -1.2 + 3, -12.7 + 9 and -1.2 - 2 dBFS, against -1
    assert [each.limiter_db for each in found.single] == pytest.approx([2.8, 0.0, 0.0])
    normal = level("spotify", "normal", (-14.0, 0.5))
    assert (normal.limits, normal.single[0].limiter_db) == (False, 0.0)


def test_what_is_done_in_a_word() -> None:
    found = level("spotify", "normal", (-20.0, -5.0), (-8.0, -1.0), (-14.02, -1.0))
    assert [each.moved for each in found.single] == ["up", "down", ""]


def test_silence_is_left_alone_and_does_not_count() -> None:
    found = level("spotify", "loud", (None, None), (-12.0, -3.0))
    assert [(each.gain_db, each.lufs, each.true_peak_dbtp) for each in found.single] == [
        (0.0, None, None),
        (1.0, -11.0, -2.0),
    ]
    assert [each.gain_db for each in found.album] == [1.0, 1.0]
    for profile in PROFILES.values():
        if profile.kind == "playback":
            for each in simulate(profile, played((None, None))).levels:
                assert [(one.gain_db, one.lufs) for one in (*each.album, *each.single)] == [(0.0, None)] * 2


def test_an_album_whose_pooled_loudness_nobody_knows_is_left_alone() -> None:
    assert [each.gain_db for each in level("apple-music", "", (-10.0, -1.0), (-12.0, -1.0)).album] == [0.0, 0.0]


def test_a_service_without_headroom_raises_whatever_the_peak() -> None:
    bold = Profile("bold", "Bold", "playback", "-", "2026-11-22", -14.0, rules={"raises": True})
    (found,) = simulate(bold, played((-20.0, -1.0))).levels[0].single
    assert (found.gain_db, found.true_peak_dbtp) == (6.0, 5.0)


def test_a_profile_without_a_level_or_with_an_impossible_rule_is_refused() -> None:
    silent = Profile("silent", "Silent", "playback", "-", "2026-11-22")
    with pytest.raises(ValueError, match="where it plays"):
        simulate(silent, [])
    with pytest.raises(ValueError, match="album cannot be 'mean'"):
        simulate(replace(silent, plays_at_lufs=-14.0, rules={"album": "mean"}), [])


def _made(**changes: Any) -> Any:
    """Three songs, the second a draft; two deliverables of which the second is 5 LU louder."""
    lengths = [(20, -18.0), (10, -15.0), (30, -24.0)]
    grids = [stretches(each) for each in lengths]
    songs = [song("A"), song("B", status="draft"), song("C")]
    made = album([heard(grid) for grid in grids], songs, deliverables=(wav("empty"), wav("main"), wav("loud")))
    quiet = tuple(master(index, grids[index], true_peak=-6.0) for index in (0, 2))
    loud = tuple(master(index, stretches((lengths[index][0], lengths[index][1] + 5))) for index in (0, 2))
    return outcome(made, masters={"main": quiet, "loud": loud}, **changes), grids


def test_the_first_masters_there_are_play_and_drafts_do_not() -> None:
    made, grids = _made()
    found: dict[str, Playback] = {each.profile.name: each for each in of(made, PROFILES.values())}
    assert [*found] == [name for name, each in PROFILES.items() if each.kind == "playback"]
    tidal = found["tidal"].levels[0]
    assert [each.song for each in tidal.album] == [0, 2]
    assert [each.lufs for each in tidal.single] == pytest.approx([-18.0, -24.0], abs=1e-4)
    pooled = gated([grids[0], grids[2]])
    assert pooled is not None
    # 5 dB of headroom would do for both services; the one sets the album by all songs, the other by the first
    apple, spotify = found["apple-music"].levels[0], found["spotify"].levels[0]
    assert [each.gain_db for each in apple.album] == pytest.approx([-16 - pooled] * 2, abs=1e-4)
    assert [each.gain_db for each in spotify.album] == pytest.approx([4.0] * 2, abs=1e-4)
    assert of(made, PROFILES.values(), pooled) == of(made, PROFILES.values())


def test_nothing_plays_before_there_is_a_master_or_a_service() -> None:
    made, _ = _made()
    assert of(replace(made, masters={}), PROFILES.values()) == ()
    assert of(made, [PROFILES["cd"], PROFILES["ebu-r128"]]) == ()
