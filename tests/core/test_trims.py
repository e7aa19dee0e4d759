"""Trims: the gain that holds a lossy file's decoded peak, shared by the album while that is possible."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from glassmaster.model import Deliverable
from glassmaster.trims import Decoded, trims

MARGIN = 0.1
"""dB by which a new trim aims below the ceiling: how MP3's overshoot wavers from trim to trim."""


def asked(
    peaks: Mapping[int, float | None], before: float = 0.0, ceiling: float = 0.0, **deliverable: object
) -> dict[int, float]:
    decoded = {song: Decoded(before, peak) for song, peak in peaks.items()}
    return trims(Deliverable("promo", "mp3", **deliverable), ceiling, decoded)  # type: ignore[arg-type]


def test_nothing_changes_under_the_ceiling() -> None:
    assert asked({0: -0.5, 1: 0.0, 2: None}) == {0: 0.0, 1: 0.0, 2: 0.0}
    assert asked({0: -0.5, 1: None}, before=-0.7) == {0: -0.7, 1: -0.7}


def test_an_album_shares_the_trim_so_that_songs_keep_their_distance() -> None:
    assert asked({0: 0.5, 1: -3.0, 2: 0.2}) == pytest.approx(dict.fromkeys(range(3), -0.5 - MARGIN))


def test_a_song_alone_has_its_own() -> None:
    found = asked({0: 0.5, 1: -3.0, 2: 0.2}, trim="song")
    assert found == pytest.approx({0: -0.5 - MARGIN, 1: 0.0, 2: -0.2 - MARGIN})


def test_beyond_the_most_only_the_one_song_goes_further() -> None:
    found = asked({0: 2.5, 1: -3.0, 2: 0.2})
    assert found == pytest.approx({0: -2.5 - MARGIN, 1: -1.0, 2: -1.0})
    found = asked({0: 2.5, 1: -3.0}, max_trim_db=3.0)
    assert found == pytest.approx({0: -2.5 - MARGIN, 1: -2.5 - MARGIN})


def test_without_any_allowance_each_song_stands_for_itself() -> None:
    found = asked({0: 0.5, 1: -3.0}, max_trim_db=0.0)
    assert found == pytest.approx({0: -0.5 - MARGIN, 1: 0.0})
    assert str(found[1]) == "0.0"  # not -0.0, which people would wonder about


def test_the_ceiling_is_the_deliverables() -> None:
    found = asked({0: -0.5}, ceiling=-1.0)
    assert found == pytest.approx({0: -0.5 - MARGIN})
    assert asked({0: 1.5}, ceiling=2.0) == {0: 0.0}


def test_the_next_round_adds_to_the_trim_before() -> None:
    first = asked({0: 0.5, 1: -3.0})
    second = trims(Deliverable("promo", "mp3"), 0.0, {0: Decoded(first[0], 0.05), 1: Decoded(first[1], -3.6)})
    assert second == pytest.approx(dict.fromkeys(range(2), first[0] - 0.05 - MARGIN))


def test_a_held_ceiling_ends_the_rounds() -> None:
    for peaks in ({0: 0.5, 1: -3.0}, {0: 2.5, 1: -3.0}):
        first = asked(peaks)
        held = {song: Decoded(trim, -0.1) for song, trim in first.items()}
        assert trims(Deliverable("promo", "mp3"), 0.0, held) == first


def test_no_songs_no_trims() -> None:
    assert asked({}) == {}


def test_what_is_out_keeps_its_trim() -> None:
    decoded = {0: Decoded(-0.4, 0.9), 1: Decoded(0.0, 0.5), 2: Decoded(0.0, -3.0)}
    found = trims(Deliverable("promo", "mp3"), 0.0, decoded, fixed={0})
    assert found == pytest.approx({0: -0.4, 1: -0.5 - MARGIN, 2: -0.5 - MARGIN})


@pytest.mark.parametrize("trim", ["song", "album"])
def test_songs_that_run_on_share_a_trim_whoever_needs_it(trim: str) -> None:
    decoded = {0: Decoded(0.0, 0.2), 1: Decoded(0.0, -3.0), 2: Decoded(0.0, 2.5), 3: Decoded(0.0, -3.0)}
    deliverable = Deliverable("promo", "mp3", trim=trim)  # type: ignore[arg-type]
    found = trims(deliverable, 0.0, decoded, runs=[(0,), (1, 2), (3,)])
    rest = -1.0 if trim == "album" else 0.0
    assert found == pytest.approx({0: min(rest, -0.2 - MARGIN), 1: -2.5 - MARGIN, 2: -2.5 - MARGIN, 3: rest})


def test_a_run_follows_until_all_of_it_holds() -> None:
    deliverable = Deliverable("promo", "mp3", trim="song")
    first = trims(deliverable, 0.0, {0: Decoded(0.0, 0.5), 1: Decoded(0.0, -0.1)}, runs=[(0, 1)])
    second = trims(deliverable, 0.0, {0: Decoded(first[0], -0.1), 1: Decoded(first[1], 0.3)}, runs=[(0, 1)])
    assert second == pytest.approx(dict.fromkeys(range(2), -0.5 - MARGIN - 0.3 - MARGIN))
    held = {song: Decoded(each, -0.1) for song, each in second.items()}
    assert trims(deliverable, 0.0, held, runs=[(0, 1)]) == second


def test_a_run_of_which_nothing_is_free_keeps_what_it_has() -> None:
    decoded = {0: Decoded(-0.4, 0.9), 1: Decoded(-0.4, 0.5), 2: Decoded(0.0, -3.0)}
    assert trims(Deliverable("promo", "mp3"), 0.0, decoded, fixed={0, 1}, runs=[(0, 1)]) == {0: -0.4, 1: -0.4, 2: 0.0}
