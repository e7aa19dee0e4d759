"""What destinations ask: every rule of every profile that is shipped is kept once, at its limit, and broken once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import glassmaster_checks_profile as checks
import glassmaster_profiles
from glassmaster import plugins
from glassmaster.demands import View
from glassmaster.model import Finding, Profile
from tests.delivery_support import Delivery, delivered, fitting

PROFILES = {each.name: each for each in glassmaster_profiles.glassmaster_profiles()}
STRICT = Profile(
    "strict",
    "Strict Shop",
    "delivery",
    "its page",
    "2026-11-01",
    rules={"tags": False, "max_songs": 2, "max_song_seconds": 300.0, "isrc": True, "max_artwork_px": 4000},
)
Break = Callable[[Delivery, Any], Delivery]


def cover(**changes: Any) -> Break:
    return lambda told, limit: replace(told, cover=replace(told.cover, **changes))


# rule: (the code that it leads to, words of the message with figure and limit, ways to break it by a little)
BROKEN: dict[str, tuple[str, str, list[Break]]] = {
    "lossless": ("format", "lossy files (mp3)", [lambda told, limit: replace(told, format="mp3")]),
    "formats": ("format", "wavpack files (it takes ", [lambda told, limit: replace(told, format="wavpack")]),
    "rates_hz": (
        "format",
        " Hz (it takes 44.1",
        [lambda told, limit: replace(told, rate_hz=32_000, mixdown_rate_hz=32_000)],
    ),
    "bits": ("format", "float (it takes ", [lambda told, limit: replace(told, format="wav", bits=32)]),
    "min_rate_hz": (
        "format",
        "44099 Hz (it takes 44.1 kHz at least",
        [lambda told, limit: replace(told, rate_hz=limit - 1, mixdown_rate_hz=limit - 1)],
    ),
    "rates_of_bits": (
        "format",
        "16 bits at 88200 Hz (it takes 44.1",
        [lambda told, limit: replace(told, bits=16, rate_hz=88_200, mixdown_rate_hz=88_200)],
    ),
    "upsampled": (
        "format",
        "upsampled files: 01 Song-1 (",
        [lambda told, limit: replace(told, mixdown_rate_hz=told.rate_hz - 1)],
    ),
    "channels": ("format", "1 channels (it takes 2)", [lambda told, limit: replace(told, channels=1)]),
    "max_file_mb": (
        "format",
        "files above 2000 MB: 01 Song-1 (2000.1 MB)",
        [lambda told, limit: replace(told, megabytes=limit + 0.1)],
    ),
    "name_marks": (
        "name",
        "letters, digits and - _ only: 1 Song-1",
        [lambda told, limit: replace(told, name="{} Song-{}")],
    ),
    "tags": ("format", "tags inside the files", [lambda told, limit: replace(told, metadata="full")]),
    "behind_data": (
        "format",
        "tags behind the samples",
        [lambda told, limit: replace(told, format="wav", metadata="full")],
    ),
    "broadcast": ("format", "a broadcast extension", [lambda told, limit: replace(told, bext=True)]),
    "true_peak_dbtp": (
        "level",
        " dBTP: 01 Song-1 (",
        [lambda told, limit: replace(told, peak_dbtp=limit + 0.1)],
    ),
    "lufs": (
        "level",
        "loudness is not -23.0 LUFS within 1 LU: 01 Song-1 (",
        [lambda told, limit: replace(told, lufs=limit - 3), lambda told, limit: replace(told, lufs=limit + 3)],
    ),
    "within_lu": ("level", "(-21.9)", [lambda told, limit: replace(told, lufs=told.lufs + 0.1)]),
    "min_song_seconds": (
        "length",
        " s at least: 01 Song-1 (",
        [lambda told, limit: replace(told, seconds=(limit - 0.1, *told.seconds[1:]))],
    ),
    "max_song_seconds": (
        "length",
        "a song lasts 180:00 at most: 02 Song-2 (180:01)",
        [lambda told, limit: replace(told, seconds=(60.0, limit + 1))],
    ),
    "half_song_seconds": (
        "length",
        "2 of 2 do not: 01 Song-1 (45.0 s)",
        [lambda told, limit: replace(told, seconds=(limit, 1.0))],
    ),
    "max_songs": (
        "length",
        " songs, more than ",
        [lambda told, limit: replace(told, seconds=(10.0,) * (limit + 1))],
    ),
    "max_total_seconds": (
        "length",
        "disc 1 lasts 79:58, more than 79:57",
        [lambda told, limit: replace(told, seconds=(told.seconds[0], told.seconds[1] + 1))],
    ),
    "max_side_seconds": (
        "length",
        "a side holds ",
        [lambda told, limit: replace(told, seconds=(60.0, limit + 1))],
    ),
    "sides": ("length", "needs 3 sides of ", [lambda told, limit: replace(told, seconds=(told.seconds[1] * 0.6,) * 3)]),
    "max_silence_seconds": (
        "length",
        "no more than 10 s of silence may stand at an end: 01 Song-1 (10.1 s)",
        [lambda told, limit: replace(told, silence=limit + 0.1)],
    ),
    "isrc": ("codes", "2 of 2 have none: 01 Song-1, 02 Song-2", [lambda told, limit: replace(told, isrc="")]),
    "barcode": ("codes", "needs a barcode", [lambda told, limit: replace(told, barcode="")]),
    "min_artwork_px": (
        "artwork",
        " pixels, less than ",
        [lambda told, limit: replace(told, cover=replace(told.cover, width=limit - 1, height=limit - 1))],
    ),
    "max_artwork_px": (
        "artwork",
        " pixels, more than 3000 x 3000",
        [lambda told, limit: replace(told, cover=replace(told.cover, width=limit + 1, height=limit + 1))],
    ),
    "square_artwork": (
        "artwork",
        "is not square (",
        [lambda told, limit: replace(told, cover=replace(told.cover, width=told.cover.width + 1))],
    ),
    "artwork_formats": (
        "artwork",
        "is a PNG, not JPEG",
        [cover(kind="PNG")],
    ),
    "rgb_artwork": ("artwork", "has CMYK colours, not RGB", [cover(mode="CMYK")]),
    "max_artwork_mb": (
        "artwork",
        "has 10.1 MB, more than 10",
        [lambda told, limit: replace(told, cover=replace(told.cover, megabytes=limit + 0.1))],
    ),
}
OF_THE_PROFILE = ("true_peak_dbtp", "rates_hz", "bits")


def rules_of(profile: Profile) -> dict[str, Any]:
    """Everything that a deliverable which names this profile is held to."""
    own = {name: value for name in OF_THE_PROFILE if (value := getattr(profile, name)) not in (None, ())}
    return own | (dict(profile.rules) if profile.kind == "delivery" else {})


PAIRS = [(profile, rule) for profile in PROFILES.values() for rule in rules_of(profile)]


def findings(delivery: Delivery, profile: Profile, **how: Any) -> list[Finding]:
    return list(checks.look(delivered(delivery, profile, **how)))


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_what_keeps_every_rule_to_the_letter_passes(profile: Profile) -> None:
    assert findings(fitting(profile), profile) == []
    assert findings(fitting(profile), profile, built=False) == []


def test_songs_to_the_last_that_fits_pass() -> None:
    for profile in PROFILES.values():
        if "max_songs" in profile.rules:
            most = profile.rules["max_songs"]
            assert findings(replace(fitting(profile), seconds=(10.0,) * most), profile) == []


@pytest.mark.parametrize(("profile", "rule"), PAIRS, ids=[f"{each.name}-{rule}" for each, rule in PAIRS])
def test_a_broken_rule_is_found(profile: Profile, rule: str) -> None:
    code, words, ways = BROKEN[rule]
    for way in ways:
        found = _broken(profile, rule, way)
        assert {each.code for each in found} == {f"profile-{code}"}
        (one,) = [each for each in found if words in each.message]
        assert one.where == "deliverable main"
        assert one.message.startswith(f"{profile.title}: ")
        assert one.hint.endswith(f"`glassmaster profiles show {profile.name}` tells its rules (as of {profile.dated})")


def _broken(profile: Profile, rule: str, way: Break) -> list[Finding]:
    return findings(way(fitting(profile), rules_of(profile)[rule]), profile)


def test_every_rule_that_can_be_written_is_shipped_by_a_profile_or_tried_here() -> None:
    from dataclasses import fields

    from glassmaster.delivery_rules import DeliveryRules

    assert {each.name for each in fields(DeliveryRules)} | {*OF_THE_PROFILE} == {*BROKEN}
    assert {rule for _, rule in PAIRS} == {*BROKEN}


def test_every_code_is_reached_and_explained() -> None:
    assert {each.code for each in checks.CODES} == {f"profile-{code}" for code, *_ in BROKEN.values()}
    assert all(each.cause and each.remedy and len(each.explain) > 80 for each in checks.CODES)


@pytest.mark.parametrize(
    "rule",
    [
        *("formats", "rates_hz", "bits", "channels", "upsampled", "rates_of_bits", "min_rate_hz", "name_marks", "tags"),
        *("min_song_seconds", "half_song_seconds", "max_songs", "max_total_seconds", "sides", "isrc", "barcode"),
    ],
)
def test_what_can_be_told_before_a_build_is(rule: str) -> None:
    code, _, ways = BROKEN[rule]
    profile = next(each for each, name in PAIRS if name == rule)
    told = ways[0](fitting(profile), rules_of(profile)[rule])
    assert [each.code for each in findings(told, profile, built=False)] == [f"profile-{code}"]


def test_what_is_refused_is_an_error_and_what_is_advised_a_warning() -> None:
    for name, rule, severity in (
        ("cd", "max_total_seconds", "error"),
        ("cd", "min_song_seconds", "error"),
        ("distributor-generic", "min_song_seconds", "warning"),
        ("cassette", "sides", "error"),
        ("cd", "bits", "error"),
        ("cd-baby", "name_marks", "error"),
        ("single-music", "isrc", "error"),
        ("ebu-r128", "lufs", "warning"),
        ("seemdistro", "artwork_formats", "warning"),
    ):
        (found,) = _broken(PROFILES[name], rule, BROKEN[rule][2][0])
        assert found.severity == severity, rule


def test_several_faults_of_the_files_are_one_finding() -> None:
    told = Delivery(bits=32, rate_hz=96_000, mixdown_rate_hz=96_000, channels=1)
    (found,) = findings(replace(told, seconds=(60.0,)), PROFILES["cd"])
    for words in ("96000 Hz (it takes 44.1 kHz)", "float (it takes 16)", "1 channels (it takes 2)"):
        assert words in found.message


def test_discs_are_counted_apart() -> None:
    told = replace(fitting(STRICT), seconds=(60.0,) * 3)
    assert [each.code for each in findings(told, STRICT)] == ["profile-length"]
    assert findings(told, STRICT, discs=(1, 1, 2)) == []


def test_a_side_takes_songs_in_running_order() -> None:
    vinyl = PROFILES["vinyl-12-inch"]
    for seconds, fits in (
        ((700.0, 680.0, 1380.0), True),
        ((700.0, 681.0, 1380.0), False),
        ((1380.0, 700.0, 680.0), True),
        ((600.0, 1000.0, 600.0), False),  # 2200 s would fit two sides, but not in this order
    ):
        assert (findings(replace(fitting(vinyl), seconds=seconds), vinyl) == []) is fits, seconds


def test_planned_lengths_count_gaps_and_crossfades_as_the_files_will() -> None:
    told = delivered(replace(fitting(STRICT), seconds=(60.0, 60.0, 60.0)), STRICT, built=False)
    songs = [*told.album.release.songs]
    songs[1] = replace(songs[1], crossfade=10.0, mark=4.0, gap=None)
    songs[2] = replace(songs[2], gap=3.0)

    def lengths() -> list[float]:
        release = replace(told.album.release, songs=tuple(songs))
        outcome = replace(told, album=replace(told.album, release=release))
        return [each.seconds for each in View(outcome, release.deliverables[0], STRICT, plugins.load()).files]

    assert lengths() == pytest.approx([60 - 6, 60 - 4 + 3, 60])
    songs[0] = replace(songs[0], status="draft")  # not made: the second begins with its first sound
    assert lengths() == pytest.approx([60 + 3, 60])


def test_a_cover_that_cannot_be_read_is_left_to_who_embeds_it(tmp_path: Any) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(b"no picture")
    told = delivered(fitting(STRICT), STRICT)
    release = replace(told.album.release, artwork=path)
    assert list(checks.look(replace(told, album=replace(told.album, release=release)))) == []


def test_a_profile_that_cannot_be_read_is_left_out() -> None:
    told = delivered(replace(fitting(STRICT), isrc=""), STRICT)
    assert [each.code for each in checks.look(told)] == ["profile-codes"]
    assert list(checks.look(replace(told, album=replace(told.album, profiles={})))) == []


def test_offer() -> None:
    (check,) = checks.glassmaster_checks()
    assert check.name == "profile"
