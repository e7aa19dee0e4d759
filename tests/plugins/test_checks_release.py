"""Checks of the release as a whole: each finding where it belongs, and none where all is well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import glassmaster_checks_release as checks
from glassmaster.model import Heard, Outcome, Reference
from tests.checks_support import Case, LevelSettings, complete, findings, held, made, minute, named
from tests.level_support import heard, silence, song

CHECK = next(iter(checks.glassmaster_checks()))


def records(*lufs: float) -> dict[str, Heard]:
    return {f"record {number}": heard(minute(each)) for number, each in enumerate(lufs)}


def surround(channels: int) -> dict[str, Heard]:
    (told,) = records(-14).values()
    return {"a": replace(told, source=replace(told.source, channels=channels))}


def cut(seconds: float) -> Outcome:
    """A song of which so much is taken."""
    told = made()
    (whole,) = told.album.cuts
    assert whole is not None
    short = replace(whole, end=whole.start + round(seconds * 48_000))
    return replace(told, album=replace(told.album, cuts=(short,)))


def lost(target_from: str) -> Outcome:
    """A release with a reference that could not be heard beside one that could."""
    told = made(settings=LevelSettings(target_from=target_from), references=records(-14))
    away = Reference("away", Path("records/Away.flac"))
    release = replace(told.album.release, references=(*told.album.release.references, away))
    return replace(told, album=replace(told.album, release=release))


CASES: list[Case] = [
    ("references-apart", made(references=records(-9, -10, -8)), made(references=records(-13, -12.5))),
    (
        "references-apart",
        made(references=records(-18)),
        made(references=records(-9), settings=LevelSettings(target_from="references")),
    ),
    ("reference-unusable", made(references={"a": heard(silence(9))}), made(references=records(-14))),
    ("reference-surround", made(references=surround(6)), made(references=surround(2))),
    ("isrc-missing", made(songs=[named("A"), song("B")]), made()),
    ("barcode-missing", made(barcode=""), made()),
    ("artwork-missing", made(artwork=None), made()),
    ("song-short", cut(29.9), cut(30.0)),
    ("references-missing", made(references={}), made()),
    ("target-reference-missing", lost("references"), lost("spotify")),
    ("target-reference-missing", lost("references"), made(settings=LevelSettings(target_from="references"))),
]


@pytest.mark.parametrize(("code", "faulty", "sound"), CASES, ids=[each[0] for each in CASES])
def test_finding(code: str, faulty: Outcome, sound: Outcome) -> None:
    held(CHECK, code, faulty, sound)


def test_every_code_has_a_case_and_is_explained() -> None:
    complete(CHECK, CASES)
    assert CHECK.name == "release"


def test_a_good_release_has_no_findings() -> None:
    assert list(CHECK.look(made(references=records(-13)))) == []


def test_the_lost_reference_is_named_with_how_many_are_left() -> None:
    (found,) = findings(CHECK, lost("references"), "target-reference-missing")
    assert found.where == "reference away"
    assert "follows 1 of 2 references" in found.message
    assert "Away.flac" in found.hint
