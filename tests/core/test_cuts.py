"""The part of a mixdown that is the song: ends that are found, fades at exact frames, and refusals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from glassmaster.cuts import cut_for, faded, suggest_ends
from glassmaster.ends import ends
from glassmaster.errors import Exit, Refused
from glassmaster.model import Audio, Cut, Heard, Measurement, Song, Source

RATE = 48_000
SONG = Song(mixdown=Path("mixes/01_Opening.wav"), title="Opening", number=1)


def measured(peaks_db: Any, rate: int = RATE, frames: int | None = None) -> Measurement:
    """A file with these sample peaks in its 10 ms hops."""
    peaks = np.asarray(10 ** (np.asarray(peaks_db, np.float64) / 20), np.float32)
    size = len(peaks) * rate // 100 if frames is None else frames
    return Measurement(rate, 2, size, *(None,) * 10, energies=np.zeros_like(peaks), peaks=peaks)


def heard(peaks_db: Any, rate: int = RATE, frames: int | None = None) -> Heard:
    measurement = measured(peaks_db, rate, frames)
    source = Source(Path("x.wav"), "0", "WAV", "PCM_24", rate, 2, measurement.frames, 24, False)
    return Heard(source, measurement)


def song_in_silence(before: int = 200, after: int = 200, floor: float = -200.0) -> Any:
    """10 s of music at -12 dBFS, then reverb that falls by 60 dB a second, with silence around: hops in dB."""
    music = np.full(1000, -12.0)
    tail = -12.0 - 0.6 * np.arange(200)
    body = np.concatenate([np.full(before, floor), music, tail, np.full(after, floor)])
    return np.maximum(body, floor)


def cut(song: Song, file: Heard, *, before: bool = False, after: bool = False, touched: bool = True) -> Cut:
    return cut_for(song, file, joined_before=before, joined_after=after, touched=touched)


def refused(song: Song, file: Heard) -> Refused:
    with pytest.raises(Refused) as caught:
        cut(song, file)
    assert caught.value.exit == Exit.USAGE
    assert caught.value.findings[0].where == "01 Opening"
    return caught.value


def test_the_whole_file_without_a_word_about_it() -> None:
    assert cut(SONG, heard(song_in_silence())) == Cut(0, 16 * RATE, 0, 0, "cosine")


def test_places_are_rounded_to_frames() -> None:
    made = cut(replace(SONG, start=2.00001, end=5.5, fade_in=0.5, fade_out=1.25), heard(song_in_silence(), 44_100))
    assert made == Cut(88_200, 242_550, 22_050, 55_125, "cosine")


def test_auto_keeps_air_and_the_reverb_down_to_72_db() -> None:
    made = cut(replace(SONG, start="auto", end="auto"), heard(song_in_silence()))
    assert made.start == round((2.0 - 0.05) * RATE)
    last_audible = 12.0 + 72 / 60
    assert made.end / RATE == pytest.approx(last_audible + 0.1, abs=0.011)
    assert (made.fade_in, made.fade_out) == (0, 0)


@pytest.mark.parametrize("floor", [-72.0, -64.0])
def test_auto_finds_the_song_in_steady_hiss(floor: float) -> None:
    noise = np.random.default_rng(3).uniform(-1, 1, 1600)
    levels = song_in_silence(floor=floor) + np.where(song_in_silence(floor=floor) <= floor, noise, 0)
    found = ends(measured(levels))
    assert found.start == pytest.approx(1.95, abs=0.011)
    assert found.end == pytest.approx(12.0 + (-12 - floor - 7) / 60 + 0.1, abs=0.05)


def test_auto_does_not_take_a_quiet_opening_for_noise() -> None:
    swell = np.concatenate([np.full(100, -200.0), np.linspace(-90, -12, 600), np.full(400, -12.0)])
    assert ends(measured(swell)).start == pytest.approx(1.0 + 6.0 * (90 - 12 - 65) / 78 - 0.05, abs=0.02)


def test_auto_keeps_a_song_that_fills_the_file() -> None:
    quiet_ends = np.concatenate([np.full(100, -45.0), np.full(800, -12.0), np.full(100, -55.0)])
    made = cut(replace(SONG, start="auto", end="auto"), heard(quiet_ends))
    assert (made.start, made.end) == (0, 10 * RATE)


def test_auto_passes_over_a_single_click() -> None:
    levels = song_in_silence()
    levels[[20, 21, 1580]] = -20.0
    found = ends(measured(levels))
    assert found.start == pytest.approx(1.95)
    assert found.end < 14


@pytest.mark.parametrize("peaks", [np.full(500, -math.inf), np.zeros(1), np.array([-200.0, -10.0])])
def test_auto_takes_silent_and_tiny_files_whole(peaks: Any) -> None:
    file = heard(peaks)
    made = cut(replace(SONG, start="auto", end="auto"), file)
    assert (made.start, made.end) == (0, file.source.frames)


def test_auto_leaves_borders_where_songs_run_on() -> None:
    file = heard(song_in_silence())
    made = cut(replace(SONG, start="auto", end="auto", joined=True), file, before=True, after=True)
    assert (made.start, made.end) == (0, 16 * RATE)


def test_five_milliseconds_where_the_cut_goes_into_sound() -> None:
    made = cut(replace(SONG, start=5.0, end=8.0), heard(song_in_silence()))
    assert (made.fade_in, made.fade_out) == (240, 240)


def test_a24_a_file_that_starts_in_sound() -> None:
    made = cut(SONG, heard(song_in_silence(before=0)))
    assert (made.fade_in, made.fade_out) == (240, 0)


@pytest.mark.parametrize(("before", "after", "fades"), [(True, False, (0, 240)), (False, True, (240, 0))])
def test_no_fade_is_made_up_where_songs_run_on(before: bool, after: bool, fades: tuple[int, int]) -> None:
    made = cut(replace(SONG, start=5.0, end=8.0), heard(song_in_silence()), before=before, after=after)
    assert (made.fade_in, made.fade_out) == fades


def test_nothing_is_touched_when_nothing_else_is() -> None:
    song = replace(SONG, start=5.0, end=8.0)
    made = cut(song, heard(song_in_silence()), touched=False)
    assert (made.fade_in, made.fade_out) == (0, 0)
    assert cut(replace(song, fade_out=1.0), heard(song_in_silence()), touched=False).fade_out == RATE


def test_a_given_zero_is_no_fade() -> None:
    made = cut(replace(SONG, start=5.0, end=8.0, fade_in=0.0, fade_out=0.0), heard(song_in_silence()))
    assert (made.fade_in, made.fade_out) == (0, 0)


def test_a16_one_sample() -> None:
    assert cut(SONG, heard([-3.0], frames=1)) == Cut(0, 1)


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"start": 16.5}, "start-outside", "16.5"),
        ({"start": -0.1}, "start-outside", "before its first sample"),
        ({"end": 16.01}, "end-outside", "0:16.000"),
        ({"end": -1.0}, "end-outside", "before its first sample"),
        ({"start": 8.0, "end": 5.0}, "start-after-end", "0:05.000"),
        ({"start": 8.0, "end": 8.0}, "start-after-end", "0:08.000"),
        ({"start": 16.0}, "start-after-end", "0:16.000"),
    ],
)
def test_m34_places_outside_the_mixdown(changes: dict[str, Any], code: str, said: str) -> None:
    finding = refused(replace(SONG, **changes), heard(song_in_silence())).findings[0]
    assert finding.code == code
    assert said in finding.message
    assert "01_Opening.wav" in finding.message


def test_m34_an_end_typed_in_milliseconds_may_be_rounded_up() -> None:
    file = heard(song_in_silence(), frames=16 * RATE - 5)
    assert cut(replace(SONG, end=16.0), file).end == 16 * RATE - 5


@pytest.mark.parametrize("fades", [{"fade_in": 3.1}, {"fade_out": 3.1}, {"fade_in": 2.0, "fade_out": 1.5}])
def test_m35_fades_longer_than_the_song(fades: dict[str, Any]) -> None:
    song = replace(SONG, start=5.0, end=8.0, **fades)
    assert refused(song, heard(song_in_silence())).findings[0].code == "fade-too-long"


def test_fades_may_fill_the_song() -> None:
    made = cut(replace(SONG, start=5.0, end=8.0, fade_in=1.0, fade_out=2.0), heard(song_in_silence()))
    assert (made.fade_in, made.fade_out, made.frames) == (RATE, 2 * RATE, 3 * RATE)


def test_suggested_ends_come_with_reasons() -> None:
    start, end, why_start, why_end = suggest_ends(measured(song_in_silence()))
    assert start == pytest.approx(1.95)
    assert end == pytest.approx(13.3, abs=0.011)
    assert "0:02.000" in why_start
    assert "-72 dB" in why_end
    start, end, why_start, why_end = suggest_ends(measured(np.full(100, -6.0)))
    assert (start, end) == (0.0, 1.0)
    assert (why_start, why_end) == ("sound from the first sample on", "sound up to the last sample")
    assert "silent" in suggest_ends(measured(np.full(100, -math.inf)))[2]


def stream(sound: NDArray[np.float32], size: int) -> Audio:
    def blocks() -> Iterator[NDArray[np.float32]]:
        for at in range(0, len(sound), size):
            block = sound[at : at + size].view()
            block.flags.writeable = False
            yield block

    return Audio(RATE, sound.shape[1], len(sound), blocks)


def ones(frames: int) -> NDArray[np.float32]:
    return np.ones((frames, 2), np.float32)


EXPECTED: dict[str, Callable[[float], float]] = {
    "linear": lambda t: t,
    "equal-power": lambda t: math.sin(t * math.pi / 2),
    "cosine": lambda t: (1 - math.cos(math.pi * t)) / 2,
    "exponential": lambda t: (1000**t - 1) / 999,
}


@pytest.mark.parametrize("curve", list(EXPECTED))
def test_curves(curve: str) -> None:
    made = np.concatenate(list(faded(stream(ones(20_000), 999), 10_000, 6_000, curve)))
    rising = [EXPECTED[curve]((frame + 0.5) / 10_000) for frame in range(10_000)]
    falling = [EXPECTED[curve]((frame + 0.5) / 6_000) for frame in reversed(range(6_000))]
    assert made[:10_000, 0] == pytest.approx(rising, abs=1e-6)
    assert made[14_000:, 1] == pytest.approx(falling, abs=1e-6)
    assert np.array_equal(made[10_000:14_000], ones(4_000))


@pytest.mark.parametrize("curve", list(EXPECTED))
@pytest.mark.parametrize(("fade_in", "fade_out"), [(5_000, 5_000), (13_000, 0), (0, 13_000), (9_000, 9_000), (1, 1)])
def test_fades_do_not_depend_on_the_blocks(curve: str, fade_in: int, fade_out: int) -> None:
    sound = np.random.default_rng(5).standard_normal((13_000, 2), np.float32)
    whole = np.concatenate(list(faded(stream(sound, 13_000), fade_in, fade_out, curve)))
    for size in (1_000, 4_097):
        audio = faded(stream(sound, size), fade_in, fade_out, curve)
        assert np.array_equal(np.concatenate(list(audio)), whole)
        assert np.array_equal(np.concatenate(list(audio)), whole)
    assert whole.dtype == np.float32
    assert np.array_equal(whole[fade_in : 13_000 - fade_out], sound[fade_in : 13_000 - fade_out])


def test_no_fade_is_the_very_same_audio() -> None:
    audio = stream(ones(10), 3)
    assert faded(audio, 0, 0, "cosine") is audio
