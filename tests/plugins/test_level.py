"""The stage `level`: what it makes equal, where the release then sits, and what it leaves alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from glassmaster.model import Adjust, Cut, Made
from glassmaster_level import Level, Levelled
from tests.level_support import RATE, album, gated, heard, silence, song, stretches
from tests.levelling_support import ends, gains, levels, song_like

NOTHING = Levelled(0.0, None, "nothing to measure, left as it is")
OFFSETS = [0.0, -6.0, 3.5, -12.25]


@pytest.mark.parametrize("match", ["short-term", "integrated"])
@pytest.mark.parametrize("mode", ["album", "loudest", "song"])
def test_known_offsets_are_recovered(match: Any, mode: Any) -> None:
    made = album([heard(song_like(offset)) for offset in OFFSETS])
    found = gains(made, Level(match=match, mode=mode))
    assert [each - found[0] for each in found] == pytest.approx([0, 6, -3.5, 12.25], abs=0.002)
    assert gated(ends(made, found)) == pytest.approx(-14, abs=0.002)


def test_without_matching_the_distances_stay() -> None:
    made = album([heard(song_like(offset)) for offset in OFFSETS])
    found = gains(made, Level(match="none"))
    assert len(set(found)) == 1
    assert gated(ends(made, found)) == pytest.approx(-14, abs=0.002)


@pytest.mark.parametrize(("amount", "kept"), [(0.0, 6.0), (0.5, 3.0), (1.0, 0.0)])
def test_amount_takes_away_its_part_of_the_difference(amount: float, kept: float) -> None:
    made = album([heard(song_like(0)), heard(song_like(-6))])
    first, second = gains(made, Level(amount=amount))
    assert (0 + first) - (-6 + second) == pytest.approx(kept, abs=0.002)


def test_loudest_passages_count_not_the_quiet_verse() -> None:
    made = album([heard(song_like(0, quiet=-21)), heard(song_like(0, quiet=-60))])
    first, second = gains(made, Level(match="short-term"))
    assert first == pytest.approx(second, abs=0.002)
    first, second = gains(made, Level(match="integrated"))
    assert first - second == pytest.approx(20.47 - 20.0, abs=0.05)  # half at -21 and half at -20 is -20.47 LUFS


def test_album_mode_pools_all_blocks_of_all_songs() -> None:
    grids = [stretches((60, -18), (20, -45)), stretches((25, -31)), stretches((90, -24))]
    made = album([heard(each) for each in grids])
    found = gains(made, Level(match="none", target_lufs=-16))
    assert gated(ends(made, found)) == pytest.approx(-16, abs=0.001)
    joints = np.concatenate(ends(made, found))  # whole seconds: no block of the joint differs by more than its own
    assert gated([joints]) == pytest.approx(-16, abs=0.02)


def test_the_absolute_gate_does_not_move_with_the_gain() -> None:
    # 90 % at -72 LUFS lies under the gate; 20 dB up it is over it and pulls the relative gate down to the -68 part
    grid = stretches((5, -60), (30, -68.5), (300, -72))
    made = album([heard(grid)])
    (gain,) = gains(made, Level(target_lufs=-40))
    before = gated([grid])
    assert before is not None
    assert gain != pytest.approx(-40 - before, abs=0.05)  # one step would not do
    assert gated([grid * 10 ** (gain / 10)]) == pytest.approx(-40, abs=0.002)


def test_loudest_song_sits_at_the_target() -> None:
    made = album([heard(stretches((30, lufs))) for lufs in (-20, -26, -23)])
    after = [gated([each]) for each in ends(made, gains(made, Level(match="none", mode="loudest")))]
    assert after == pytest.approx([-14, -20, -17], abs=0.002)


@pytest.mark.parametrize("anchor", ["Song 2", "2"])
def test_the_anchor_sits_at_the_target(anchor: str) -> None:
    made = album([heard(stretches((30, lufs))) for lufs in (-20, -26, -23)])
    settings = Level(match="none", mode="anchor", anchor=anchor, target_lufs=-18)
    assert gains(made, settings) == pytest.approx([8, 8, 8], abs=0.002)


def test_every_song_at_the_target() -> None:
    songs = [song("A"), song("B", level_db=-3), song("C")]
    made = album([heard(stretches((30, lufs))) for lufs in (-20, -26, -23)], songs)
    found = levels(made, Level(mode="song"))
    assert [each.gain_db for each in found] == pytest.approx([6, 9, 9], abs=0.002)
    assert [each.aim_lufs for each in found] == pytest.approx([-14, -17, -14], abs=0.002)


def test_intent_stays_between_matched_songs() -> None:
    songs = [song("A"), song("B", level_db=-1.5), song("C", level_db=2)]
    made = album([heard(song_like(offset)) for offset in (0, -4, 5)], songs)
    after = [gated([each]) for each in ends(made, gains(made))]
    assert [each - after[0] for each in after if each and after[0]] == pytest.approx([0, -1.5, 2], abs=0.002)
    assert gated(ends(made, gains(made))) == pytest.approx(-14, abs=0.002)


def test_the_aim_is_the_loudness_after_the_gain() -> None:
    made = album([heard(song_like(offset)) for offset in OFFSETS])
    found = levels(made)
    after = [gated([each]) for each in ends(made, [each.gain_db for each in found])]
    assert [each.aim_lufs for each in found] == pytest.approx(after, abs=0.002)


def test_the_engineers_own_gain_is_the_gain_and_leaves_the_others_alone() -> None:
    loud = heard(stretches((60, -8)))
    pair = [heard(song_like(0)), heard(song_like(-3))]
    with_it = album([*pair, loud], [song("A"), song("B"), song("C", gain_db=-2.5)])
    assert levels(with_it)[2] == Levelled(-2.5, None, "the engineer's own gain")
    assert gains(with_it)[:2] == gains(album(pair))


@pytest.mark.parametrize(
    "nothing", [None, heard(silence(20)), heard(stretches((20, -90))), heard(stretches((0.2, -20)))]
)
def test_what_has_no_loudness_neither_counts_nor_moves(nothing: Any) -> None:
    pair = [heard(song_like(0)), heard(song_like(-3))]
    made = album([*pair, nothing])
    assert levels(made)[2] == NOTHING
    assert gains(made)[:2] == gains(album(pair))


@pytest.mark.parametrize("mode", ["album", "loudest", "song"])
def test_an_album_of_silence_stays_silent(mode: Any) -> None:
    assert levels(album([heard(silence(20)), None]), Level(mode=mode)) == [NOTHING] * 2


def test_drafts_count_provisionally() -> None:
    mixdowns = [heard(song_like(0)), heard(song_like(-9))]
    final = album(mixdowns, [song("A"), song("B")])
    draft = album(mixdowns, [song("A"), song("B", status="draft")])
    assert gains(draft) == gains(final)


def test_a_song_that_leaves_level_out_does_not_count() -> None:
    pair = [heard(song_like(0)), heard(song_like(-3))]
    made = album(
        [*pair, heard(stretches((60, -8)))], [song("A"), song("B"), song("C", adjust=(Adjust("level", None),))]
    )
    assert gains(made)[:2] == gains(album(pair))


def test_one_song_alone() -> None:
    (found,) = levels(album([heard(song_like(0))]))
    assert found.aim_lufs == pytest.approx(-14, abs=0.001)
    assert "matched" not in found.why


def test_only_the_cut_counts() -> None:
    grid = np.concatenate([stretches((10, -5)), song_like(0), stretches((10, -3))])
    inside = Cut(10 * RATE, 70 * RATE)
    (found,) = levels(album([heard(grid)], cuts=[inside]))
    assert [found] == levels(album([heard(song_like(0))]))


def test_fades_count() -> None:
    grid = stretches((60, -20))
    (found,) = levels(album([heard(grid)], cuts=[Cut(0, 60 * RATE, fade_out=40 * RATE, curve="linear")]))
    gains_of_fade = (np.arange(4_000)[::-1] + 0.5) / 4_000
    faded = np.concatenate([grid[:2_000], grid[2_000:] * gains_of_fade**2]).astype(np.float32)
    assert gated([faded * 10 ** (found.gain_db / 10)]) == pytest.approx(-14, abs=0.002)
    assert found.gain_db > 6.5  # without the fade it would be 6


def test_songs_that_run_on_are_placed_by_one_gain_and_keep_their_intent() -> None:
    halves = [heard(stretches((30, -28))), heard(stretches((30, -20)))]
    plain = [song("A"), song("B", joined=True), song("C")]
    meant = [song("A", level_db=1), song("B", joined=True, level_db=-7), song("C")]
    third = heard(song_like(0))
    settings = Level(match="integrated", mode="song")
    before = levels(album([*halves, third], plain), settings)
    found = levels(album([*halves, third], meant), settings)
    assert before[0].gain_db == before[1].gain_db
    moved = [now.gain_db - then.gain_db for now, then in zip(found, before, strict=True)]
    assert moved == pytest.approx([1, -7, 0], abs=0.002)
    pair = [each.measurement.energies for each in halves]
    assert before[0].aim_lufs == pytest.approx(-14, abs=0.002)
    assert gated(ends(album(halves), [each.gain_db for each in before[:2]])) == pytest.approx(-14, abs=0.002)
    together = gated([grid * 10 ** (each.gain_db / 10) for grid, each in zip(pair, found, strict=False)])
    assert found[0].aim_lufs == found[1].aim_lufs == pytest.approx(together, abs=0.002)


@pytest.mark.parametrize("mode", ["album", "loudest", "anchor"])
def test_the_release_is_placed_with_the_intent_inside_programmes(mode: Any) -> None:
    mixdowns = [heard(stretches((30, lufs))) for lufs in (-28, -20, -24)]
    songs = [song("A"), song("B", crossfade=2.0, level_db=-9), song("C")]
    made = album(mixdowns, songs)
    after = ends(made, gains(made, Level(match="none", mode=mode, anchor="B")))
    alone = [gated([each]) or 0 for each in after]
    assert alone[1] - alone[0] == pytest.approx(8 - 9, abs=0.002)
    at_the_target = {"album": gated(after), "loudest": max(alone), "anchor": alone[1]}[mode]
    assert at_the_target == pytest.approx(-14, abs=0.002)


def test_a_hand_set_gain_inside_a_programme_stays_and_takes_its_aim_away() -> None:
    mixdowns = [heard(stretches((30, lufs))) for lufs in (-28, -8, -24)]
    with_it = album(mixdowns, [song("A"), song("B", joined=True, gain_db=-3), song("C")])
    without = album([mixdowns[0], mixdowns[2]])
    found = levels(with_it)
    assert found[1] == Levelled(-3.0, None, "the engineer's own gain", ramp_ms=500.0)
    assert [found[0].gain_db, found[2].gain_db] == gains(without)
    assert (found[0].aim_lufs, found[2].aim_lufs) == (None, levels(without)[1].aim_lufs)
    assert "runs on with a song that has a gain_db" in found[0].why


def test_without_a_limiter_each_song_of_a_programme_counts_with_its_own_peak() -> None:
    mixdowns = [heard(stretches((30, -20)), true_peak=-6.0), heard(stretches((30, -20)), true_peak=-9.0)]
    made = album(mixdowns, [song("A", level_db=-8), song("B", joined=True)])
    first, second = gains(made, Level(target_lufs=0), Made(chain=()))
    assert second == pytest.approx(-1 + 9, abs=0.002)  # at the same gain, the peak of A would have come first
    assert first == pytest.approx(second - 8, abs=0.002)


def test_a_draft_inside_a_programme_has_an_aim_of_its_own() -> None:
    mixdowns = [heard(stretches((30, lufs))) for lufs in (-28, -24, -20)]
    songs = [song("A"), song("B", joined=True, status="draft"), song("C", crossfade=2.0)]
    found = levels(album(mixdowns, songs))
    assert len({each.gain_db for each in found}) == 1
    gain = found[0].gain_db
    assert [each.aim_lufs for each in found] == pytest.approx([gain - 28, gain - 24, gain - 20], abs=0.002)


def test_why_tells_the_whole_decision() -> None:
    songs = [song("A"), song("B", level_db=-1.5), song("C")]
    made = album([heard(song_like(offset)) for offset in (0, -4, 5)], songs)
    assert levels(made)[1].why == "loudest passages matched (+4.0), album at -14.0 LUFS (+9.0), intent -1.5"


def test_why_is_no_part_of_the_key() -> None:
    from glassmaster.values import key

    assert key(Levelled(1.0, -14.0, "this")) == key(Levelled(1.0, -14.0, "that"))
    assert key(Levelled(1.0, -14.0)) != key(Levelled(1.1, -14.0))


def test_thousands_of_songs_are_levelled() -> None:
    mixdowns = [heard(stretches((30, -20 - number % 7), (30, -30))) for number in range(20)]
    made = album([mixdowns[number % 20] for number in range(5_000)])
    found = gains(made)
    assert len(found) == 5_000
    assert found[20:] == found[:-20]  # the same twenty mixdowns again and again


def test_figures_are_those_of_the_meter() -> None:
    from glassmaster.levels import gather
    from glassmaster.loudness import integrated

    made = album([heard(song_like(offset)) for offset in (0, -40)], [song("A"), song("B", joined=True)])
    (programme,) = gather(made, [True, True])
    assert programme.integrated == integrated(list(programme.energies.values()))
