"""Checks of the mixdowns: each finding on a mixdown that deserves it, and none on one that does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassmaster_checks_faults
import glassmaster_checks_image
import glassmaster_checks_mix
import glassmaster_checks_origin
from glassmaster.model import Cut, Finding, Grid, Heard, Outcome, Song
from tests.level_support import RATE, album, heard, outcome, silence, song, stretches

PLUGINS = (glassmaster_checks_mix, glassmaster_checks_image, glassmaster_checks_origin, glassmaster_checks_faults)
CODES = [code for plugin in PLUGINS for code in plugin.CODES]


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
    return [finding for plugin in PLUGINS for finding in plugin.look(made)]


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


def image(
    correlation: float | None, balance_db: float | None, low: float | None = 0.9, body: float = 0.5, **over_time: Any
) -> Heard:
    stereo = {"correlation": correlation, "balance_db": balance_db, **over_time}
    return metered(stereo=stereo, spectrum={"low_correlation": low, "body_correlation": body})


def seconds(count: int, value: float | None, usual: float = 0.0) -> list[float | None]:
    """One second by second, `count` of them unusual."""
    return [usual] * 20 + [value] * count + [usual] * 20


def topped(hz: float, drop_db: float, rate: int = 48_000, **source: Any) -> Heard:
    made = heard(with_ends(music()), rate=rate, **source)
    extra = {"spectrum": {"top": {"hz": hz, "drop_db": drop_db}}}
    return replace(made, measurement=replace(made.measurement, extra=extra))


def traced(hits: int, contrast_db: float) -> Heard:
    return metered(codec_traces={"windows": 12, "hits": hits, "window": "vorbis", "contrast_db": contrast_db})


def clicking(*at: float) -> Heard:
    return metered(clicks={"count": len(at), "strongest_db": 40.0 if at else None, "at": [*at]})


def holed(*at: float, longest: float = 0.01, alone: int = 0) -> Heard:
    return metered(dropouts={"count": len(at), "in_one_channel": alone, "longest_seconds": longest, "at": [*at]})


def humming(share: float = 1.0, out_db: float = 25.0, spread_db: float = 1.0, flatness: float = 0.1) -> Heard:
    def line(hz: float) -> dict[str, Any]:
        there = hz in (50, 100, 150)
        return {
            "hz": hz,
            "share": share if there else 0.0,
            "dbfs": -60.0 if there else None,
            "out_db": out_db if there else 0.0,
            "spread_db": spread_db if there else None,
        }

    mains = {str(base): [line(float(base * k)) for k in range(1, 7)] for base in (50, 60)}
    return metered(spectrum={"quiet": {"moments": 8, "spread_db": 9.0, "flatness": flatness, "mains": mains}})


def noisy(floor_lufs: float, flatness: float, spread_db: float = 1.0) -> Heard:
    body = np.concatenate([stretches((5, floor_lufs)), music(), stretches((5, floor_lufs))])
    made = heard(body)
    extra = {
        "spectrum": {
            "quiet": {"moments": 8, "spread_db": spread_db, "flatness": flatness, "mains": {"50": [], "60": []}}
        }
    }
    return replace(made, measurement=replace(made.measurement, extra=extra))


def flat(runs: int, frames: int = 100, made: Heard | None = None) -> Heard:
    made = made or mix()
    told = {"runs": runs, "frames": frames, "longest_frames": 9, "level_dbfs": -2.5, "at": [5.0, 6.0]}
    return replace(made, measurement=replace(made.measurement, extra={"flat_tops": told}))


def plateau(places: int, psr: float) -> Heard:
    made = mix()
    peaks = made.measurement.peaks * np.random.default_rng(0).uniform(0.2, 0.8, len(made.measurement.peaks))
    peaks[1000 : 1000 + places] = made.measurement.peaks.max()
    return replace(made, measurement=replace(made.measurement, peaks=peaks.astype(np.float32), min_psr_lu=psr))


def paused(pause: float) -> Heard:
    return mix(np.concatenate([music(20), silence(pause), music(20)]))


def edged(first: float, last: float) -> Heard:
    return metered(edges={"first": [0.0, first], "last": [last, 0.0]})


def swelling(gain_db: float, seed: int = 0, path: str = "swell.wav") -> Heard:
    """Music whose loudness moves about; the same seed is the same music."""
    rng = np.random.default_rng(seed)
    body = stretches(*((0.1, -20.0 + gain_db + float(rng.uniform(-6, 6))) for _ in range(300)))
    return mix(body, path=Path(path), sha256=f"{abs(gain_db):02.0f}{seed}".ljust(64, "0"))


COPY = mix(path=Path("copy.wav"), sha256="c0" * 32)
OTHER = mix(path=Path("other.wav"), sha256="c0" * 32)

CASES: list[tuple[str, list[Any], list[Any]]] = [
    # code, what must have it, what must not: (mixdowns, songs)
    ("draft", [mix()], [mix()]),
    ("mix-clipped", [full_scale(mix(), 3)], [full_scale(mix(), 2)]),
    ("mix-clipped", [full_scale(mix(), 50)], [full_scale(mix(bits=None, codec="FLOAT"), 50, 1.2)]),
    ("mix-at-full-scale", [full_scale(mix(), 1)], [full_scale(mix(), 1, 0.9, -0.5)]),
    ("mix-inter-sample", [full_scale(mix(), 0, true_peak=0.2)], [full_scale(mix(), 0, true_peak=-0.1)]),
    ("mix-flat-tops", [flat(12)], [flat(11)]),
    ("mix-limited", [plateau(40, 9.0)], [plateau(40, 20.5)]),
    ("mix-limited", [plateau(40, 9.0)], [plateau(9, 9.0)]),
    ("mix-silence-inside", [paused(0.6)], [paused(0.4)]),
    ("mix-edge-click", [edged(0.0, -0.002)], [edged(0.0009, -0.0009)]),
    ("mix-same-music", [swelling(0), swelling(-3)], [swelling(0), swelling(-3, seed=1)]),
    ("mix-same-music", [swelling(0), swelling(-9)], [mix(), mix()]),
    ("mix-lossy-source", [topped(16_000, 40)], [topped(16_000, 20)]),
    ("mix-lossy-source", [traced(2, 4.0)], [traced(1, 4.0)]),
    ("mix-lossy-source", [traced(1, 8.0)], [topped(21_500, 40)]),
    ("mix-upsampled", [topped(21_800, 40)], [topped(21_800, 40, rate=44_100)]),
    ("mix-upsampled", [topped(23_800, 40, rate=96_000)], [topped(23_800, 20, rate=96_000)]),
    ("mix-padded", [metered(bit_depth=16)], [metered(bit_depth=None)]),
    ("mix-clicks", [clicking(12.0)], [clicking()]),
    ("mix-dropouts", [holed(12.0)], [holed()]),
    ("mix-hum", [humming()], [humming(share=0.6)]),
    ("mix-hum", [humming()], [humming(spread_db=9.0)]),
    ("mix-noise", [noisy(-55.0, 0.5)], [noisy(-55.0, 0.1)]),
    ("mix-noise", [noisy(-55.0, 0.5)], [noisy(-75.0, 0.5)]),
    ("mix-noise", [noisy(-55.0, 0.5)], [noisy(-55.0, 0.5, 4.0)]),
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
    ("mix-dead-channel", [image(None, None)], [image(0.4, 45.0)]),
    ("mix-dead-channel", [image(0.1, 60.0)], [metered(stereo=None)]),
    ("mix-one-sided", [image(0.4, 20.0)], [image(0.4, 5.9)]),
    ("mix-one-sided", [image(0.4, -6.1)], [metered(stereo=None)]),  # mono
    ("mix-out-of-phase", [image(-0.6, 0.0)], [image(-0.4, 0.0)]),
    ("mix-inverted", [image(-0.4, 0.0, -0.8, -0.3)], [image(-0.4, 0.0, -0.8, 0.0)]),
    ("mix-low-phase", [image(0.4, 0.0, -0.3)], [image(0.4, 0.0, -0.1)]),
    (
        "mix-mono-loss",
        [image(0.4, 0.0, correlation_over_time=seconds(4, -0.5))],
        [image(0.4, 0.0, correlation_over_time=seconds(3, -0.5))],
    ),
    (
        "mix-channel-lost",
        [image(0.4, 0.0, balance_db_over_time=seconds(3, None), width_over_time=[0.5] * 43)],
        [image(0.4, 0.0, balance_db_over_time=seconds(3, None), width_over_time=[None] * 43)],
    ),
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
    assert {each.code for each in CODES} == {code for code, *_ in CASES}
    assert all(each.title and len(each.explain) > 80 for each in CODES)


def test_the_weaker_side_is_named() -> None:
    assert ["the left channel is 7.0 dB stronger" in each.message for each in told(image(0.1, -7.0))] == [True]


def test_a_true_peak_of_0_is_a_figure_like_others() -> None:
    (found,) = [each for each in told(full_scale(mix(), 1, true_peak=0.0)) if each.code == "mix-at-full-scale"]
    assert "true peak +0.0 dBTP" in found.message


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
    offered = [check for plugin in PLUGINS for check in plugin.glassmaster_checks()]
    empty: Outcome = outcome(album([]))
    assert [check.name for check in offered] == ["mix", "image", "origin", "faults"]
    assert [finding for check in offered for finding in check.look(empty)] == []


def test_what_ruins_a_release_is_an_error_and_less_is_not() -> None:
    def severities(made: Heard, code: str) -> set[str]:
        return {each.severity for each in told(made) if each.code == code}

    frames = mix().measurement.frames
    assert severities(flat(900, frames // 900), "mix-flat-tops") == {"error"}
    assert severities(flat(900, frames // 1100), "mix-flat-tops") == {"warning"}
    assert severities(flat(900, frames // 900, full_scale(mix(), 9)), "mix-clipped") == {"error"}
    assert severities(image(None, None), "mix-dead-channel") == {"error"}
    assert severities(image(-0.4, 0.0, -0.8, -0.3), "mix-inverted") == {"error"}
    assert severities(holed(9.0, longest=0.03, alone=1), "mix-dropouts") == {"error"}
    assert severities(holed(9.0, longest=0.03), "mix-dropouts") == {"warning"}
    assert severities(holed(5.0, 6.0, 7.0, 8.0, longest=0.03, alone=4), "mix-dropouts") == {"warning"}


def test_faults_before_the_start_do_not_count_and_times_are_those_of_the_song() -> None:
    cut = [Cut(10 * RATE, 60 * RATE)]
    assert "mix-clicks" not in codes(clicking(3.0), cuts=cut)
    (found,) = [each for each in told(clicking(3.0, 12.5), cuts=cut) if each.code == "mix-clicks"]
    assert found.at == pytest.approx(2.5)
    assert "0:02.50" in found.message
