"""The search for the drive, on songs that are given by a formula."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from glassmaster.peaks import Trial, find_drive


class Song:
    """Loudness rises with the drive, less and less once it is limited; counts how often it is asked."""

    def __init__(self, lufs: float, headroom_db: float, softness_db: float = 12.0, share: float = 1.0) -> None:
        self.lufs, self.headroom, self.softness, self.share = lufs, headroom_db, softness_db, share
        self.asked: list[float] = []

    def __call__(self, drive: float) -> Trial:
        self.asked.append(drive)
        over = max(0.0, drive - self.headroom)
        return Trial(self.loudness(drive), self.share * over, over)

    def loudness(self, drive: float) -> float:
        """Slope 1 up to the headroom, then exp(-over/softness)."""
        over = max(0.0, drive - self.headroom)
        return self.lufs + min(drive, self.headroom) + self.softness * (1 - math.exp(-over / self.softness))


@pytest.mark.parametrize("guess", [-20.0, -3.0, 0.0, 4.9, 5.0, 7.5, 12.0, 18.0])
@pytest.mark.parametrize("aim", [-24.0, -14.0, -11.0])
def test_it_ends_at_the_aim(guess: float, aim: float) -> None:
    song = Song(-18.0, 5.0)
    found = find_drive(song, guess, aim, 12.0)
    assert found.stopped == ""
    assert song.loudness(found.drive_db) == pytest.approx(aim, abs=0.1)
    assert found.trial.lufs == song.loudness(found.drive_db)
    assert found.drive_db in song.asked
    assert len(song.asked) == found.trials <= 6


def test_a_good_guess_is_enough() -> None:
    song = Song(-18.0, 5.0)
    found = find_drive(song, 4.01, -14.0, 4.0)
    assert (found.drive_db, song.asked) == (4.01, [4.01])


@pytest.mark.parametrize("guess", [-2.0, 0.0, 6.0, 8.9, 9.0, 11.0, 20.0])
def test_the_allowance_stops_it_where_it_is_just_met(guess: float) -> None:
    song = Song(-20.0, 5.0)
    found = find_drive(song, guess, -9.0, 4.0)
    assert 3.8 <= found.trial.highest_db <= 4.0
    short = -9.0 - song.loudness(found.drive_db)
    assert found.stopped == f"stops {short:.1f} LU short of -9.0 LUFS: max_gain_reduction_db 4.0 is reached"
    assert len(song.asked) <= 6


@pytest.mark.parametrize(("share", "highest"), [(0.8, 5.0), (0.5, 8.0), (0.2, 8.0), (0.0, 8.0)])
def test_a_single_peak_may_be_taken_down_by_twice_the_allowance(share: float, highest: float) -> None:
    """`share` of the highest peak's reduction is at work on the music."""
    found = find_drive(Song(-20.0, 5.0, share=share), 3.0, -6.0, 4.0)
    assert highest - 0.25 <= found.trial.highest_db <= highest
    if share < 0.5:
        highest = found.trial.highest_db
        rule = f"a single peak is taken down by {highest:.1f} of at most 8.0 dB, twice max_gain_reduction_db 4.0"
        assert found.stopped.endswith(rule)
    else:
        assert found.stopped.endswith("max_gain_reduction_db 4.0 is reached")


def test_no_allowance_no_reduction() -> None:
    song = Song(-20.0, 5.0)
    found = find_drive(song, 3.0, -9.0, 0.0)
    assert found.trial.highest_db == 0.0
    assert found.drive_db == pytest.approx(5.0, abs=0.2)
    assert "max_gain_reduction_db 0.0 is reached" in found.stopped


@pytest.mark.parametrize("guess", [0.0, 7.5, 8.0, 14.0])
def test_drive_that_brings_nothing_is_not_spent(guess: float) -> None:
    """Softness 2 dB: the slope falls under 0.25 at 2 ln 4 = 2.8 dB over the headroom."""
    song = Song(-20.0, 5.0, softness_db=2.0)
    found = find_drive(song, guess, -9.0, 20.0, most_trials=12)
    assert found.stopped.endswith("1 dB more drive would bring less than 0.25 LU")
    assert found.stopped.startswith(f"stops {-9.0 - song.loudness(found.drive_db):.1f} LU short of -9.0 LUFS")
    assert 5.0 < found.drive_db < 9.0
    assert song.loudness(found.drive_db + 1.0) - song.loudness(found.drive_db) < 0.35


@pytest.mark.parametrize("guess", [0.0, 4.0, 6.0, 9.0])
def test_a_model_finds_that_the_allowance_was_not_worth_using_up(guess: float) -> None:
    """Softness 2 dB: at 4 dB over the headroom the slope is 0.14; it was 0.25 at 2.8 dB."""
    song = Song(-20.0, 5.0, softness_db=2.0)
    found = find_drive(song, guess, -9.0, 4.0, most_trials=20, model=True)
    assert found.stopped.endswith("1 dB more drive would bring less than 0.25 LU")
    assert 6.0 < found.drive_db < 8.5


@pytest.mark.parametrize("guess", [0.0, 8.0, 8.9, 9.0, 12.0])
def test_a_model_leaves_a_little_of_the_allowance_and_the_audio_goes_with_it(guess: float) -> None:
    song = Song(-20.0, 5.0)
    found = find_drive(song, guess, -9.0, 4.0, most_trials=20, model=True)
    assert 3.6 <= found.trial.highest_db <= 3.7  # a little is left to what a model does not see
    assert found.stopped.endswith("max_gain_reduction_db 4.0 is reached")
    again = find_drive(song, found.drive_db, -9.0, 4.0)
    assert (again.drive_db, again.trials) == (found.drive_db, 1)


def test_a_song_that_is_too_loud_is_turned_down() -> None:
    found = find_drive(Song(-8.0, 1.0), 0.0, -14.0, 4.0)
    assert found.drive_db == pytest.approx(-6.0, abs=0.1)
    assert found.stopped == ""


def test_silence_has_no_drive() -> None:
    found = find_drive(lambda drive: Trial(None, 0.0, 0.0), 0.0, -14.0, 4.0)
    assert (found.drive_db, found.trial.lufs) == (0.0, None)
    assert "silent" in found.stopped


@pytest.mark.parametrize("trials", [1, 2, 3])
def test_it_says_when_it_ran_out_of_trials(trials: int) -> None:
    bumpy: Callable[[float], Trial] = lambda drive: Trial(-30.0 if drive < 7.3 else -5.0, 0.0, 0.0)  # noqa: E731
    found = find_drive(bumpy, 0.0, -14.0, 4.0, most_trials=trials)
    assert f"not found in {trials} trials" in found.stopped
