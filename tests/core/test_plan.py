"""Plans: every number is decided before any audio is rendered, and equal decisions are one order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from glassmaster import plugins
from glassmaster.errands import Render
from glassmaster.errors import Exit, Refused, refuse
from glassmaster.model import Adjust, Album, Cut, Decided, Deliverable, Heard, Order, Song, Stage, Step
from glassmaster.plan import chain, plan, ready_songs, stage_version
from glassmaster.plugins import Offers, Origin
from tests.level_support import RATE, album, heard, master, silence, song, stretches

OFFERS = plugins.load()
LEVEL, LIMIT = (OFFERS.stages[name].settings for name in ("level", "limit"))
TREATMENT = (Step("level", LEVEL()), Step("limit", LIMIT()))
SECONDS = 20
MAIN = Deliverable("main", "wav")


def mix(lufs: float = -20.0, **source: Any) -> Heard:
    return heard(stretches((SECONDS, lufs)), **source)


def made(
    songs: Sequence[Song],
    deliverables: Sequence[Deliverable] = (MAIN,),
    mixdowns: Sequence[Heard | None] = (),
    **fields: Any,
) -> Album:
    """An album of these songs, each a little louder than the one before."""
    mixdowns = mixdowns or [mix(-24.0 + number) for number in range(len(songs))]
    fields = {"treatment": TREATMENT, **fields}
    return album(mixdowns, songs, deliverables=tuple(deliverables), **fields)


def planned(told: Album, offers: Offers = OFFERS) -> dict[str, tuple[Order, ...]]:
    return plan(told, offers, {})


def indices(orders: Sequence[Order]) -> list[list[int]]:
    return [[part.song for part in order.parts] for order in orders]


def adjusted(stage: str, **changes: Any) -> Adjust:
    return Adjust(stage, tuple(changes.items()))


def settings_of(told: Album, index: int, deliverable: Deliverable) -> dict[str, Any]:
    return {step.stage: step.settings for step in chain(told.release, told.release.songs[index], deliverable)}


# ---- chains


def test_the_songs_own_settings_come_after_the_deliverables() -> None:
    loud = Deliverable(
        "cd", "wav", adjust=(adjusted("level", target_lufs=-9.0), adjusted("limit", ceiling_dbtp=-0.3, release_ms=60.0))
    )
    told = made([song("One"), song("Two", adjust=(adjusted("limit", release_ms=200.0),))], [MAIN, loud])
    assert settings_of(told, 0, MAIN) == {"level": LEVEL(), "limit": LIMIT()}
    assert settings_of(told, 0, loud) == {
        "level": LEVEL(target_lufs=-9.0),
        "limit": LIMIT(ceiling_dbtp=-0.3, release_ms=60.0),
    }
    assert settings_of(told, 1, MAIN)["limit"] == LIMIT(release_ms=200.0)
    assert settings_of(told, 1, loud)["limit"] == LIMIT(ceiling_dbtp=-0.3, release_ms=200.0)


def test_false_leaves_a_stage_out() -> None:
    plain = Deliverable("plain", "wav", adjust=(Adjust("limit", None),))
    told = made([song("One"), song("Two", adjust=(Adjust("level", None),))], [MAIN, plain])
    assert list(settings_of(told, 0, plain)) == ["level"]
    assert list(settings_of(told, 1, MAIN)) == ["limit"]
    assert settings_of(told, 1, plain) == {}


def test_the_order_of_the_treatment_stays_whatever_is_adjusted() -> None:
    told = made([song("One", adjust=(adjusted("limit", release_ms=60.0), adjusted("level", amount=0.5)))])
    assert list(settings_of(told, 0, MAIN)) == ["level", "limit"]


def test_a_stage_that_stands_twice_is_adjusted_twice() -> None:
    twice = (Step("limit", LIMIT()), Step("limit", LIMIT(release_ms=100.0)))
    told = made([song("One", adjust=(adjusted("limit", ceiling_dbtp=-2.0),))], treatment=twice)
    steps = chain(told.release, told.release.songs[0], MAIN)
    assert [step.settings.ceiling_dbtp for step in steps] == [-2.0, -2.0]
    assert [step.settings.release_ms for step in steps] == [20.0, 100.0]


# ---- which songs


def test_drafts_and_what_could_not_be_heard_get_no_order() -> None:
    songs = [song("One"), song("Two", status="draft"), song("Three"), song("Four")]
    told = made(songs, mixdowns=[mix(), mix(), None, mix()])
    assert ready_songs(told) == (0, 3)
    assert indices(planned(told)["main"]) == [[0], [3]]


def test_a_song_without_a_cut_gets_none_either() -> None:
    told = made([song("One"), song("Two")])
    told = replace(told, cuts=(None, told.cuts[1]))
    assert ready_songs(told) == (1,)


def test_songs_that_run_on_are_one_programme() -> None:
    songs = [
        song("One"),
        song("Two", joined=True),
        song("Three", crossfade=2.0),
        song("Four"),
        song("Five", joined=True),
    ]
    assert indices(planned(made(songs))["main"]) == [[0, 1, 2], [3, 4]]


def test_a_song_that_is_left_out_ends_a_programme() -> None:
    songs = [
        song("One"),
        song("Two", joined=True, status="draft"),
        song("Three", crossfade=2.0, mark=1.0),
        song("Four"),
    ]
    [one, three, four] = planned(made(songs))["main"]
    assert indices([one, three, four]) == [[0], [2], [3]]
    assert three.parts[0].overlap == 0  # there is nothing to overlap with
    assert three.parts[0].mark == 0


def test_crossfades_and_marks_are_frames_of_the_mixdown() -> None:
    songs = [song("One"), song("Two", crossfade=2.5, mark=1.25)]
    told = made(songs, mixdowns=[mix(rate=44_100), mix(rate=44_100)])
    [order] = planned(told)["main"]
    assert (order.parts[0].overlap, order.parts[0].mark) == (0, 0)
    assert (order.parts[1].overlap, order.parts[1].mark) == (110_250, 55_125)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 1)])
def test_songs_of_two_layouts_cannot_run_on(rate: int, channels: int) -> None:
    songs = [song("One"), song("Two", joined=True)]
    told = made(songs, mixdowns=[mix(), mix(rate=rate, channels=channels)])
    refused = refusal(told)
    assert refused.exit == Exit.USAGE
    [finding] = refused.findings
    assert (finding.code, finding.where) == ("joined-layout", 'song "Two"')
    assert f"{channels} channels at {rate} Hz" in finding.message
    assert "2 channels at 48000 Hz" in finding.message


def refusal(told: Album, offers: Offers = OFFERS) -> Refused:
    with pytest.raises(Refused) as caught:
        planned(told, offers)
    return caught.value


@pytest.mark.parametrize(
    ("crossfades", "marks", "wrong"),
    [
        ((0.0, 10.0, 10.0), (0, 0, 0), None),
        ((0.0, 20.5, 0.0), (0, 0, 0), "Song 2"),
        ((0.0, 10.5, 10.0), (0, 0, 0), "Song 3"),
        ((0.0, 20.0, 0.0), (0, 19.5, 0), None),
        ((0.0, 5.0, 0.0), (0, 20.0, 0), "Song 2"),
        ((0.0, 5.0, 10.0), (0, 12.0, 1.0), "Song 3"),
        ((0.0, 20.0, 0.0), (0, 0.0, 0), "Song 2"),
    ],
)
def test_crossfades_fit_into_their_songs(
    crossfades: Sequence[float], marks: Sequence[float], wrong: str | None
) -> None:
    """Three songs of 20 s, all running on."""
    songs = [
        song(f"Song {number + 1}", crossfade=crossfade, mark=mark, joined=number > 0 and not crossfade)
        for number, (crossfade, mark) in enumerate(zip(crossfades, marks, strict=True))
    ]
    told = made(songs)
    if wrong is None:
        assert indices(planned(told)["main"]) == [[0, 1, 2]]
        return
    refused = refusal(told)
    assert (refused.exit, refused.findings[0].code) == (Exit.USAGE, "impossible-fade")
    assert refused.findings[0].where == f'song "{wrong}"'


# ---- what an order holds


def test_level_runs_song_by_song_and_the_limiter_once_over_all() -> None:
    [order] = planned(made([song("One"), song("Two", joined=True)]))["main"]
    assert [[step.stage for step in part.steps] for part in order.parts] == [["level"], ["level"]]
    assert [step.stage for step in order.steps] == ["limit"]
    assert order.ceiling_dbtp == LIMIT().ceiling_dbtp
    assert order.aim_lufs == pytest.approx(-14.0, abs=0.1)


def test_without_a_limiter_there_is_no_ceiling_to_hold() -> None:
    [order] = planned(made([song("One")], treatment=TREATMENT[:1]))["main"]
    assert order.ceiling_dbtp is None
    assert order.steps == ()


def test_without_a_treatment_nothing_is_decided() -> None:
    [order] = planned(made([song("One")], treatment=()))["main"]
    assert order == Order(order.parts, (), None, None)
    assert order.parts[0].steps == ()


def test_the_cut_and_the_source_are_as_they_were_heard() -> None:
    told = made([song("One")])
    told = replace(told, cuts=(Cut(480, 96_000, 100, 200, "linear"),))
    [order] = planned(told)["main"]
    assert order.parts[0].cut == Cut(480, 96_000, 100, 200, "linear")
    assert told.mixdowns[0] is not None
    assert order.parts[0].source == told.mixdowns[0].source


def test_silence_can_be_planned() -> None:
    told = made([song("One"), song("Two")], mixdowns=[mix(), heard(silence(SECONDS))])
    orders = planned(told)["main"]
    assert orders[1].aim_lufs is None


# ---- equal orders


def test_deliverables_that_ask_for_the_same_sound_share_their_orders() -> None:
    loud = (adjusted("level", target_lufs=-9.0), adjusted("limit", ceiling_dbtp=-0.3))
    said_otherwise = (
        adjusted("limit", ceiling_dbtp=-0.3),
        adjusted("level", target_lufs=-12.0),
        adjusted("level", target_lufs=-9.0),
    )
    deliverables = [
        MAIN,
        Deliverable("mp3", "mp3", rate_hz=44_100, adjust=(adjusted("limit", ceiling_dbtp=-1.0),)),
        Deliverable("cd", "wav", adjust=loud),
        Deliverable("loud mp3", "mp3", adjust=said_otherwise),
    ]
    found = planned(made([song("One"), song("Two"), song("Three")], deliverables))
    assert found["main"] == found["mp3"]
    assert found["cd"] == found["loud mp3"]
    assert set(found["main"]).isdisjoint(found["cd"])
    assert len({order for orders in found.values() for order in orders}) == 6


def test_the_same_album_gives_the_same_orders() -> None:
    told = made([song("One"), song("Two", joined=True), song("Three")])
    assert planned(told) == planned(told)


def key_of(order: Order) -> str:
    return Render("", 0.0, order, "engine").key


def test_a_songs_place_is_no_part_of_its_sound() -> None:
    """Swapped in order, and each with a gain of its own, songs need no second rendering."""
    one, two = mix(-20), mix(-24)
    songs = [song("One", gain_db=1.0), song("Two", gain_db=2.0)]
    before = planned(made(songs, mixdowns=[one, two]))["main"]
    after = planned(made(songs[::-1], mixdowns=[two, one]))["main"]
    assert [key_of(order) for order in before] == [key_of(order) for order in after][::-1]


def test_one_songs_own_settings_leave_the_others_as_they_are() -> None:
    songs = [song("One"), song("Two"), song("Three")]
    mixdowns = [mix(-24.0 + number) for number in range(3)]
    before = planned(made(songs, mixdowns=mixdowns))["main"]
    songs[1] = song("Two", adjust=(adjusted("limit", release_ms=200.0),))
    after = planned(made(songs, mixdowns=mixdowns))["main"]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]


# ---- stages of strangers


@dataclass(frozen=True)
class Tape:
    """Settings of a stranger's stage."""

    speed: float = 15.0


def tape(decide: Any = None, version: int = 3, **fields: Any) -> Stage:
    return Stage("tape", Tape, lambda audio, value: iter(audio), decide, version, **fields)


def strange(stage: Stage) -> Offers:
    origins = {**OFFERS.origins, ("stage", "tape"): Origin("tape", "glassmaster-tape", "0.9")}
    return replace(OFFERS, stages={**OFFERS.stages, "tape": stage}, origins=origins)


def test_the_version_of_a_strangers_distribution_counts() -> None:
    assert stage_version("tape", strange(tape())) == "3 glassmaster-tape 0.9"
    assert stage_version("level", OFFERS) == str(OFFERS.stages["level"].version)


def test_without_decide_a_stage_gets_its_settings() -> None:
    told = made([song("One")], treatment=(Step("tape", Tape(7.5)),))
    [order] = planned(told, strange(tape()))["main"]
    assert order.parts[0].steps == (Decided("tape", "3 glassmaster-tape 0.9", Tape(7.5), Tape(7.5)),)


def test_decide_sees_the_song_the_album_and_what_is_already_settled() -> None:
    seen: list[Any] = []

    def decide(song: Song, album: Album, settings: Tape, made: Any) -> float:
        seen.append((song.title, album, settings, made))
        return 1.5

    treatment = (TREATMENT[0], Step("tape", Tape()), TREATMENT[1])
    told = made([song("One"), song("Two")], treatment=treatment)
    masters = (master(0, stretches((SECONDS, -14))),)
    orders = plan(told, strange(tape(decide)), {"main": masters})["main"]
    assert orders[0].parts[0].steps[1].value == 1.5
    assert [title for title, *_ in seen] == ["One", "Two"]
    _, whole, settings, settled = seen[0]
    assert whole is told
    assert settings == Tape()
    assert settled.chain == treatment
    assert [step.stage for step in settled.decided] == ["level"]
    assert settled.driven
    assert settled.heard == {0: masters[0]}


def test_everything_behind_a_stage_of_the_whole_runs_on_the_whole() -> None:
    treatment = (TREATMENT[1], Step("tape", Tape()))
    [order] = planned(made([song("One"), song("Two", joined=True)], treatment=treatment), strange(tape()))["main"]
    assert [part.steps for part in order.parts] == [(), ()]
    assert [step.stage for step in order.steps] == ["limit", "tape"]


def raising(*_: Any) -> Any:
    raise ZeroDivisionError("of all things")


@pytest.mark.parametrize(
    ("decide", "words"),
    [
        (raising, "ZeroDivisionError: of all things"),
        (lambda *_: [1, 2], "unhashable"),
        (lambda *_: {"gain": 1}, "unhashable"),
        (lambda *_: np.zeros(3), "unhashable"),
        (lambda *_: object(), "no frozen value"),
        (lambda *_: float("nan"), "JSON"),
        (lambda: None, "argument"),
    ],
    ids=range(7),
)
def test_a_stage_that_cannot_decide_is_named(decide: Callable[..., Any], words: str) -> None:
    refused = refusal(made([song("One")], treatment=(Step("tape", Tape()),)), strange(tape(decide)))
    assert refused.exit == Exit.STAGE
    [finding] = refused.findings
    assert (finding.code, finding.where) == ("stage-failed", 'song "One"')
    assert 'stage "tape" of tape (glassmaster-tape 0.9)' in finding.message
    assert words in finding.message


def test_a_stage_may_refuse_in_its_own_words() -> None:
    def decide(*_: Any) -> Any:
        raise refuse(Exit.USAGE, "no-reel", "tape", "there is no reel", "set reel = ...")

    refused = refusal(made([song("One")], treatment=(Step("tape", Tape()),)), strange(tape(decide)))
    assert (refused.exit, refused.findings[0].code) == (Exit.USAGE, "no-reel")


def test_a_thousand_songs_are_planned_in_moments() -> None:
    """M12: nothing in a plan may grow with the square of the songs."""
    one = mix()
    told = made([song(f"Song {number}") for number in range(1000)], mixdowns=[one] * 1000)
    assert len(planned(told)["main"]) == 1000


def test_frames_are_counted_at_the_rate_of_these_tests() -> None:
    assert mix().measurement.frames == SECONDS * RATE


# ---- joints


def joints(told: Album) -> list[Any]:
    """How much higher the gain before each song is, by programme."""
    return [[part.steps[0].value.joint_db for part in order.parts] for order in planned(told)["main"]]


def test_where_songs_are_joined_the_gain_comes_from_the_song_before() -> None:
    songs = [song("One", level_db=2.0), song("Two", joined=True), song("Three", joined=True, gain_db=-30.0)]
    told = made([*songs, song("Four", level_db=3.0)])
    gains = [part.steps[0].value.gain_db for order in planned(told)["main"] for part in order.parts]
    assert joints(told) == [[0.0, pytest.approx(2.0, abs=0.001), pytest.approx(gains[1] + 30, abs=0.001)], [0.0]]


def test_a_crossfade_needs_no_ramp_and_equal_gains_leave_no_crumbs() -> None:
    songs = [song("One", level_db=2.0), song("Two", crossfade=1.0), song("Three", joined=True)]
    assert joints(made(songs)) == [[0.0, 0.0, 0.0]]


def test_a_stage_that_the_song_before_leaves_out_counts_as_no_gain() -> None:
    songs = [song("One", adjust=(Adjust("level", None),)), song("Two", joined=True, gain_db=-2.0)]
    order = planned(made(songs))["main"][0]
    assert order.parts[1].steps[0].value.joint_db == 2.0
