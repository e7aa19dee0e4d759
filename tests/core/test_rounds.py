"""Rounds: files are foretold, encoded, looked at and encoded again, by a codec whose overshoot is made up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.errands import Encode, Encoded, Failure, Probe, Probed
from glassmaster.loudness import measure
from glassmaster.model import Blob, Deliverable, Encoder
from glassmaster.plugins import Offers
from glassmaster.rounds import File, Wanted, settled
from glassmaster.targets import Target
from tests.formats_support import FORMATS, audio_of

SILENT = measure(audio_of(np.zeros((4800, 2)), 48_000))
ENCODER = Encoder("made-up", "1")
OFFERS = Offers(formats=FORMATS)
SECONDS = 100.0
MARGIN, SPREAD = 0.1, 0.05


@dataclass
class Codec:
    """A crew whose encoder turns a song at a gain into `peaks(song, gain)`."""

    peaks: Callable[[int, float], float]
    foretells: Callable[[int], float | None] = lambda song: None
    ran: list[Any] = field(default_factory=list)
    """Errands, equal ones once, as the store has it."""
    broken: tuple[int, ...] = ()
    ahead: Any = None

    def run(self, errands: Sequence[Any]) -> list[Any]:
        self.ran += [each for each in dict.fromkeys(errands) if each not in self.ran]
        return [self._done(each) for each in errands]

    def _done(self, errand: Any) -> Any:
        song = errand.encode.start if isinstance(errand, Probe) else errand.start
        if song in self.broken:
            return Failure(errand, 4, ())
        if isinstance(errand, Probe):
            peak = self.foretells(song)
            return Probed(None if peak is None else peak - 0.02, peak, SPREAD, 6.0)
        peak = self.peaks(song, errand.trim_db)
        return Encoded(Blob("0" * 64, 1), "1" * 64, replace(SILENT, true_peak_dbtp=peak))

    def count(self, kind: type) -> int:
        return sum(isinstance(each, kind) for each in self.ran)


def songs(count: int, form: str = "mp3", master: float = -0.1, **deliverable: Any) -> list[Wanted]:
    ceiling = deliverable.pop("ceiling", 0.0)
    made = Deliverable("web", form, FORMATS[form].settings(), **deliverable)
    target = Target(made, 48_000, None, ENCODER, ceiling)
    blob = Blob("2" * 64, 1)
    errand = Encode("x", SECONDS, blob, 48_000, 2, 0, 9, 0, form, "1", made.settings, ENCODER, 0.0, "tests")
    return [Wanted(target, song, replace(errand, start=song), master) for song in range(count)]


def run(wanted: Sequence[Wanted], codec: Codec) -> tuple[tuple[File, ...], tuple[Failure, ...]]:
    return settled(wanted, OFFERS, codec)  # type: ignore[arg-type]


def trims(files: Sequence[File]) -> list[float]:
    return [each.encode.trim_db for each in files]


def peaks(files: Sequence[File]) -> list[float | None]:
    return [each.encoded.measured.true_peak_dbtp for each in files]


def test_a_foretold_album_is_encoded_once_at_the_trim_that_its_worst_song_needs() -> None:
    codec = Codec(lambda song, gain: (0.5, 0.1, -2.0)[song] + gain, lambda song: (0.5, 0.1, -2.0)[song])
    files, failures = run(songs(3), codec)
    assert failures == ()
    assert trims(files) == pytest.approx([-0.5 - MARGIN - SPREAD] * 3)
    assert (codec.count(Probe), codec.count(Encode)) == (3, 3)
    assert [each.encodes for each in files] == pytest.approx([1.06] * 3)
    assert [each.untrimmed_dbtp for each in files] == pytest.approx([0.48, 0.08, -2.02])


def test_songs_for_themselves_are_turned_down_each_by_its_own() -> None:
    codec = Codec(lambda song, gain: (0.5, 0.1, -2.0)[song] + gain, lambda song: (0.5, 0.1, -2.0)[song])
    files, _ = run(songs(3, trim="song"), codec)
    assert trims(files) == pytest.approx([-0.65, -0.25, 0.0])


def test_with_room_for_the_encoder_the_encode_itself_is_the_probe() -> None:
    codec = Codec(lambda song, gain: -0.4 + gain)
    files, _ = run(songs(2, master=-1.0), codec)
    assert (codec.count(Probe), codec.count(Encode)) == (0, 2)
    assert (trims(files), [each.encodes for each in files]) == ([0.0, 0.0], [1.0, 1.0])
    assert [each.untrimmed_dbtp for each in files] == [-0.4, -0.4]


def test_the_ceiling_says_how_much_room_there_is() -> None:
    codec = Codec(lambda song, gain: -0.4 + gain, lambda song: -0.4)
    files, _ = run(songs(1, master=-1.0, ceiling=-1.0), codec)
    assert codec.count(Probe) == 1
    assert trims(files) == pytest.approx([-0.6 - MARGIN - SPREAD])


def test_a_file_over_its_ceiling_is_encoded_again_and_takes_the_album_along() -> None:
    codec = Codec(lambda song, gain: (0.9, -0.5)[song] + gain)
    files, failures = run(songs(2, master=-1.0), codec)
    assert failures == ()
    assert trims(files) == pytest.approx([-1.0, -1.0])
    assert [each.encodes for each in files] == [2.0, 2.0]
    assert [each.untrimmed_dbtp for each in files] == [0.9, -0.5]


def test_overshoot_that_wavers_with_the_gain_is_met_with_more_doubt_each_round() -> None:
    """Pitfall 12a: 0.31 dB at one gain, 0.69 at another."""
    overshoot = iter([0.31, 0.31 + MARGIN + 0.05, 0.31 + MARGIN + 0.05 + 0.12])
    tried: dict[float, float] = {}
    codec = Codec(lambda song, gain: tried.setdefault(gain, next(overshoot)) + gain)
    files, failures = run(songs(1, master=-1.0, trim="song"), codec)
    assert failures == ()
    assert len(tried) == 3
    assert peaks(files)[0] == pytest.approx(0.12 - 2 * MARGIN, abs=0.011)


def test_a_ceiling_that_three_rounds_do_not_hold_is_a_failure_of_proof() -> None:
    codec = Codec(lambda song, gain: 0.7 if song else -3.0, lambda song: 0.7 if song else -3.0)
    _, failures = run(songs(2, trim="song"), codec)
    (failure,) = failures
    assert failure.exit == 8
    (finding,) = failure.findings
    assert (finding.code, finding.song) == ("ceiling-not-held", 1)
    assert "+0.70 dBTP" in finding.message
    assert codec.count(Encode) == 1 + 3


def test_what_is_out_keeps_its_trim_and_is_asked_nothing() -> None:
    codec = Codec(lambda song, gain: 0.5 + gain, lambda song: 0.5)
    first, second = songs(2)
    out = replace(first, encode=replace(first.encode, trim_db=-0.2), out=True)
    files, failures = run([out, second], codec)
    assert failures == ()
    assert trims(files) == pytest.approx([-0.2, -0.65])
    assert codec.count(Probe) == 1


def test_a_format_that_is_turned_down_afterwards_is_neither_probed_nor_kept_away_from_its_ceiling() -> None:
    codec = Codec(lambda song, gain: 1.87 + gain)
    files, failures = run(songs(1, "opus", trim="song"), codec)
    assert (failures, codec.count(Probe)) == ((), 0)
    assert 0 <= -(peaks(files)[0] or 0.0) <= 0.0121
    assert (files[0].encodes, files[0].untrimmed_dbtp) == (1.0, 1.87)


def test_lossless_files_have_no_trims() -> None:
    codec = Codec(lambda song, gain: 2.0)
    files, failures = run(songs(2, "flac"), codec)
    assert (failures, trims(files), codec.count(Encode)) == ((), [0.0, 0.0], 2)
    assert [each.untrimmed_dbtp for each in files] == [None, None]


def test_a_short_song_is_not_probed() -> None:
    codec = Codec(lambda song, gain: -0.3 + gain)
    (song,) = songs(1)
    files, _ = run([replace(song, encode=replace(song.encode, seconds=3.0))], codec)
    assert (codec.count(Probe), trims(files)) == (0, [0.0])


def test_a_failing_probe_costs_its_own_file() -> None:
    codec = Codec(lambda song, gain: -0.5 + gain, lambda song: -0.5, broken=(1,))
    files, failures = run(songs(3), codec)
    assert [each.song for each in files] == [0, 2]
    assert [each.exit for each in failures] == [4]
    assert not [each for each in codec.ran if isinstance(each, Encode) and each.start == 1]


def test_a_second_run_asks_for_the_same(tmp_path: Path) -> None:
    def codec() -> Codec:
        return Codec(lambda song, gain: (0.6, 0.2)[song] + 0.4 * gain, lambda song: (0.3, 0.2)[song])

    one, other = codec(), codec()
    assert trims(run(songs(2), one)[0]) == trims(run(songs(2), other)[0])
    assert one.ran == other.ran


def test_songs_that_run_on_are_turned_down_alike() -> None:
    codec = Codec(lambda song, gain: (1.9 if song == 1 else -0.5) + gain)
    asked = [replace(each, together=(0, 1) if each.song < 2 else (2,)) for each in songs(3)]
    files, failures = run(asked, codec)
    assert not failures
    found = trims(files)
    assert found[0] == found[1] < -1.9
    assert found[2] == -1.0  # max_trim_db, which all others share
