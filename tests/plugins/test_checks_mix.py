"""Checks of the mixdowns: each finding on a mixdown that deserves it, and none on one that does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassmaster_checks_mix as checks
from glassmaster.model import Cut, Finding, Grid, Heard, Outcome, Song
from tests.level_support import RATE, album, heard, outcome, silence, song, stretches


def music(seconds: float = 60.0, lufs: float = -20.0) -> Grid:
    return stretches((seconds, lufs))


def with_ends(body: Grid, before: float = 1.0, after: float = 1.0) -> Grid:
    return np.concatenate([silence(before), body, silence(after)])


def mix(body: Grid | None = None, true_peak: float | None = None, **source: Any) -> Heard:
    """A healthy mixdown: a minute of music between two seconds of silence."""
    return heard(with_ends(music() if body is None else body), true_peak, **source)


def full_scale(made: Heard, places: int, peak: float = 1.0, true_peak: float = 0.3) -> Heard:
    peaks = made.measurement.peaks.copy()
    peaks[1000 : 1000 + places] = peak
    return replace(made, measurement=replace(made.measurement, peaks=peaks, true_peak_dbtp=true_peak))


def told(*mixdowns: Heard | None, songs: Any = (), cuts: Any = ()) -> list[Finding]:
    made = outcome(album(mixdowns, songs, cuts))
    return list(checks.look(made))


def codes(*mixdowns: Heard | None, songs: Any = (), cuts: Any = ()) -> set[str]:
    return {each.code for each in told(*mixdowns, songs=songs, cuts=cuts)}


def plr(value: float) -> Heard:
    made = mix()
    return replace(made, measurement=replace(made.measurement, plr_lu=value))


def edge(before: float, after: float) -> Heard:
    return heard(with_ends(music(), before, after))


def metered(**extra: Any) -> Heard:
    made = mix()
    return replace(made, measurement=replace(made.measurement, extra=extra))


def image(correlation: float | None, balance_db: float | None) -> Heard:
    return metered(stereo={"correlation": correlation, "balance_db": balance_db})


COPY = mix(path=Path("copy.wav"), sha256="c0" * 32)
OTHER = mix(path=Path("other.wav"), sha256="c0" * 32)

CASES: list[tuple[str, list[Any], list[Any]]] = [
    # code, what must have it, what must not: (mixdowns, songs)
    ("draft", [mix()], [mix()]),
    ("mix-clipped", [full_scale(mix(), 3)], [full_scale(mix(), 2)]),
    ("mix-clipped", [full_scale(mix(), 50)], [full_scale(mix(bits=None, codec="FLOAT"), 50, 1.2)]),
    ("mix-at-full-scale", [full_scale(mix(), 1)], [full_scale(mix(), 1, 0.9, -0.5)]),
    ("mix-at-full-scale", [full_scale(mix(), 0, true_peak=0.2)], [full_scale(mix(), 5)]),
    ("mix-above-full-scale", [full_scale(mix(bits=None, codec="FLOAT"), 1, 1.5)], [full_scale(mix(bits=None), 1, 0.9)]),
    ("mix-limited", [plr(5.9)], [plr(6.1)]),
    ("mix-silent", [heard(silence(30))], [mix()]),
    ("mix-silent", [heard(stretches((30, -100)))], [heard(silence(0.3))]),
    ("mix-short", [heard(music(0.3))], [heard(music(0.5))]),
    ("mix-silence-around", [edge(2.5, 0.5)], [edge(1.9, 1.9)]),
    ("mix-silence-around", [edge(0.5, 4.0)], [heard(silence(30))]),
    ("mix-hard-edge", [edge(0.0, 1.0)], [edge(0.02, 0.02)]),
    ("mix-hard-edge", [edge(1.0, 0.0)], [edge(1.0, 1.0)]),
    ("mix-dc-offset", [metered(dc_offset=[0.0, -0.006])], [metered(dc_offset=[0.004, -0.004])]),
    ("mix-dc-offset", [metered(dc_offset=[0.1])], [metered(dc_offset=[None, None])]),
    ("mix-one-sided", [image(None, None)], [image(0.4, 5.9)]),
    ("mix-one-sided", [image(0.4, -6.1)], [metered(stereo=None)]),  # mono
    ("mix-out-of-phase", [image(-0.6, 0.0)], [image(-0.4, 0.0)]),
    ("mix-mono-in-stereo", [image(1.0, 0.0)], [image(0.99, 0.0)]),
    ("mix-mono-in-stereo", [image(1.0, 0.0)], [image(1.0, 3.0)]),  # panned, but not the same
    ("mix-rates", [mix(), mix(), heard(with_ends(music()), rate=44_100)], [mix(), mix()]),
    ("mix-same", [COPY, OTHER], [COPY, replace(OTHER, source=replace(OTHER.source, sha256="d0" * 32))]),
    ("mix-same", [mix(), COPY, OTHER], [COPY, COPY]),  # one file named twice is the manifest's finding
    ("mix-lossy", [mix(lossy=True, bits=None, container="MP3")], [mix()]),
    ("mix-mono", [mix(channels=1)], [mix(channels=2)]),
    ("mix-depth", [mix(bits=16)], [mix(bits=24)]),
    ("mix-depth", [mix(bits=16)], [mix(bits=None, codec="FLOAT")]),
]


@pytest.mark.parametrize(("code", "faulty", "sound"), CASES, ids=[each[0] for each in CASES])
def test_finding(code: str, faulty: list[Heard], sound: list[Heard]) -> None:
    songs = [song("Song", status="draft")] if code == "draft" else ()
    assert code in codes(*faulty, songs=songs)
    assert code not in codes(*sound)


def test_every_code_has_a_case_and_says_who_mends_it() -> None:
    assert {each.code for each in checks.CODES} == {code for code, *_ in CASES}
    assert all(each.title and len(each.explain) > 80 for each in checks.CODES)


def test_the_weaker_side_is_named() -> None:
    assert ["the left channel is 7.0 dB stronger" in each.message for each in told(image(0.1, -7.0))] == [True]


def test_a_good_mixdown_has_no_findings() -> None:
    assert told(mix(), mix()) == []


def test_a_mixdown_that_was_not_heard_is_left_to_its_own_finding() -> None:
    assert told(mix(), None) == []


@pytest.mark.parametrize("code", ["draft", "mix-silent"])
def test_what_stands_in_the_way_of_a_release_is_an_error(code: str) -> None:
    body = heard(silence(20)) if code == "mix-silent" else mix()
    found = told(body, songs=[song("Song", status="draft")])
    assert [each.severity for each in found if each.code == code] == ["error"]


def test_songs_that_run_on_may_begin_and_end_in_sound() -> None:
    halves = [edge(1.0, 0.0), edge(0.0, 1.0)]
    apart, joined = [song("A"), song("B")], [song("A"), song("B", joined=True)]
    assert "mix-hard-edge" in codes(*halves, songs=apart)
    assert "mix-hard-edge" not in codes(*halves, songs=joined)
    assert "mix-hard-edge" not in codes(*halves, songs=[song("A"), song("B", crossfade=3.0)])


def test_a_start_that_was_set_is_the_engineers_own() -> None:
    songs = [song("A", start=0.0, end="auto")]
    assert codes(edge(0.0, 4.0), songs=songs) == set()


def test_silence_suggests_where_to_cut() -> None:
    (found,) = told(edge(3.0, 5.0))
    assert "start = 2.95" in found.hint
    assert "end = 63.10" in found.hint


def test_clipping_says_where_within_the_song() -> None:
    cut = Cut(5 * RATE, 60 * RATE)
    (found,) = [each for each in told(full_scale(mix(), 4), cuts=[cut]) if each.code == "mix-clipped"]
    assert found.at == pytest.approx(5.0)
    assert "0:05.00" in found.message


def test_clipping_outside_the_song_does_not_count() -> None:
    cut = Cut(20 * RATE, 60 * RATE)
    assert "mix-clipped" not in codes(full_scale(mix(), 50), cuts=[cut])


def test_a_copy_that_is_meant_is_accepted() -> None:
    songs = [song("A"), song("B", allow_duplicate=True)]
    assert "mix-same" not in codes(COPY, OTHER, songs=songs)


def test_two_parts_of_one_take_are_no_copies() -> None:
    cuts = [Cut(0, 30 * RATE), Cut(30 * RATE, 60 * RATE)]
    assert "mix-same" not in codes(COPY, OTHER, cuts=cuts)


def test_findings_name_the_song() -> None:
    songs: list[Song] = [song("One"), song("Two")]
    (found,) = told(mix(), mix(channels=1), songs=songs)
    assert (found.where, found.song) == ("02 Two", 1)


def test_offer() -> None:
    (check,) = checks.glassmaster_checks()
    empty: Outcome = outcome(album([]))
    assert check.name == "mix"
    assert list(check.look(empty)) == []
