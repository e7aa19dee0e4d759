"""`adjust`, and times as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmaster.manifest import clock, seconds
from glassmaster.model import Adjust
from tests.manifest_support import MINIMAL, accepted, headline, only, refused


def test_adjust_keeps_what_was_written(tmp_path: Path) -> None:
    text = f'{MINIMAL}adjust = {{ limit = {{ release_ms = 200 }}, level = false }}\n[[treatment]]\nstage = "limit"\n'
    text += '[[treatment]]\nstage = "level"\n[[deliverable]]\nname = "x"\nformat = "wav"\n'
    text += "[deliverable.adjust.level]\nmatch = 'none'\n"
    release, findings = accepted(tmp_path, text)
    assert release.songs[0].adjust == (Adjust("limit", (("release_ms", 200.0),)), Adjust("level", None))
    assert release.deliverables[0].adjust == (Adjust("level", (("match", "none"),)),)
    assert findings == ()


def test_adjust_is_judged_together_with_the_treatment(tmp_path: Path) -> None:
    text = MINIMAL + 'adjust = { tone = { low_hz = 30_000 } }\n[[treatment]]\nstage = "tone"\nhigh_hz = 40_000\n'
    assert accepted(tmp_path, text)[0].songs[0].adjust == (Adjust("tone", (("low_hz", 30_000.0),)),)
    assert "under" in headline(only(refused(tmp_path, text.replace("40_000", "20_000")), "wrong-value"))


def test_adjust_of_a_stage_that_is_not_in_the_treatment_does_nothing(tmp_path: Path) -> None:
    release, findings = accepted(tmp_path, f"treatment = []\n{MINIMAL}adjust = {{ limit = {{ release_ms = 200 }} }}")
    assert release.songs[0].adjust == ()
    assert only(findings, "idle-key").severity == "warning"


def test_adjust_of_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    assert "known: " in only(refused(tmp_path, f"{MINIMAL}adjust = {{ lmt = false }}"), "unknown-stage").hint


# ---- times


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0.0),
        ("0.42", 0.42),
        ("75.5", 75.5),
        ("3:58.2", 238.2),
        ("3:58.200", 238.2),
        ("0:08", 8.0),
        ("103:00", 6180.0),
        ("1:03:58.25", 3838.25),
        (" 1:00 ", 60.0),
    ],
)
def test_times_as_people_write_them(tmp_path: Path, text: str, value: float) -> None:
    assert seconds(text) == value
    assert accepted(tmp_path, f'{MINIMAL}start = "{text}"')[0].songs[0].start == value


@pytest.mark.parametrize(
    "text", ["", "3:5", "3:60", "1:60:00", "1:3:58", "-3", "3:58,2", "3.", ".5", "1e3", "٣", "3 s"]
)
def test_what_is_no_time(tmp_path: Path, text: str) -> None:
    assert seconds(text) is None
    only(refused(tmp_path, f'{MINIMAL}end = "{text}"'), "wrong-value")


def test_auto_is_a_start_and_an_end(tmp_path: Path) -> None:
    song = accepted(tmp_path, f'{MINIMAL}start = "auto"\nend = "auto"')[0].songs[0]
    assert (song.start, song.end) == ("auto", "auto")


@pytest.mark.parametrize(
    ("time_", "text"), [(238.2, "3:58.200"), (0, "0:00.000"), (59.9996, "1:00.000"), (-1.5, "-0:01.500")]
)
def test_clock(time_: float, text: str) -> None:
    assert clock(time_) == text
