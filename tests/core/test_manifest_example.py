"""`release.toml.example` is complete, true and loads, with what is really installed."""

from __future__ import annotations

import datetime
import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import tomli
from jsonschema import Draft202012Validator

from glassmaster import plugins
from glassmaster.errors import Refused
from glassmaster.manifest import load, schema
from glassmaster.manifest.shape import HIDDEN
from glassmaster.model import Deliverable, Qc, Reference, Release, Reporting, Song, Waiver

EXAMPLE = Path(__file__).parents[2] / "release.toml.example"
TODAY = datetime.date(2026, 11, 22)
BUILT_IN = ("level", "limit", "wav", "aiff", "flac", "alac", "wavpack", "mp3", "aac", "opus", "vorbis")
KEY = re.compile(r"^(?:# )?(\w+) = ", re.MULTILINE)
LEFT_OUT = re.compile(r'^# (\[\[.+\]\] +#(.*\n)*|\w+ = """.*\n.*|\w+ = .*)', re.MULTILINE)
"""A key, a text of two lines, or a table to the end of the file."""


@cache
def text() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def with_left_out(start: int, end: int) -> str:
    """The example with a left-out part put in, and what it stands instead of taken out."""
    part = re.sub("^# ", "", text()[start:end], flags=re.MULTILINE)
    before = text()[:start]
    if instead := re.search(r"# instead of (\w+)", part):
        before = before[: before.rindex(f"\n{instead[1]} = ") + 1]
    return before + part + text()[end:]


def test_loads_without_findings() -> None:
    release, findings = load(EXAMPLE, plugins.load(), TODAY)
    assert findings == ()
    assert [song.title for song in release.songs] == ["Opening", "Second Light", "Undertow"]
    assert release.songs[0].mixdown == EXAMPLE.parent / "mixes" / "01_Opening_Mix3_48k_24b.wav"


def test_holds_by_the_schema() -> None:
    data = tomli.loads(text())
    data["release"]["date"] = data["release"]["date"].isoformat()
    errors = [error.message for error in Draft202012Validator(schema(plugins.load())).iter_errors(data)]
    assert errors == []


TABLES = (Release, Song, Reference, Deliverable, Qc, Reporting, Waiver)


@pytest.mark.parametrize("noun", TABLES, ids=lambda noun: noun.__name__)
def test_has_every_key_of_every_table(noun: type[Any]) -> None:
    written = {*KEY.findall(text()), *re.findall(r"^(?:# )?\[\[qc\.(\w+)\]\]", text(), re.MULTILINE)}
    assert {field.name for field in fields(noun)} - HIDDEN.get(noun, frozenset()) <= written
    assert "adjust" in written


@pytest.mark.parametrize("name", BUILT_IN)
def test_has_every_setting_of_what_comes_with_the_program(name: str) -> None:
    offers = plugins.load()
    offer = offers.stages.get(name) or offers.formats[name]
    assert {field.name for field in fields(offer.settings)} <= set(KEY.findall(text()))


def test_shows_every_setting_of_the_stage_that_runs_programs() -> None:
    shown = re.findall(r"^#     (\w+) = ", text(), re.MULTILINE)
    assert {field.name for field in fields(plugins.load().stages["command"].settings)} <= {*shown}


def test_every_key_is_explained() -> None:
    bare = [line for line in text().splitlines() if KEY.match(line) and "#" not in line.removeprefix("# ")]
    named = {line.removeprefix("# ").partition(" = ")[0] for line in bare}
    explained = {line.removeprefix("# ").partition(" = ")[0] for line in text().splitlines() if "  # " in line}
    clear = "title artist label catalog_number genre composer lyricist producer mixdown disc lyrics fade_out adjust"
    assert named - explained <= {*clear.split(), "code", "reason"}


@pytest.mark.parametrize("span", [match.span() for match in LEFT_OUT.finditer(EXAMPLE.read_text(encoding="utf-8"))])
def test_everything_left_out_can_be_put_in(tmp_path: Path, span: tuple[int, int]) -> None:
    """Whatever it contradicts elsewhere in the example: the key is known where it stands, the value of its kind."""
    path = tmp_path / "release.toml"
    path.write_text(with_left_out(*span), encoding="utf-8")
    try:
        codes = {finding.code for finding in load(path, plugins.load(), TODAY)[1]}
    except Refused as refusal:
        codes = {finding.code for finding in refusal.findings}
    assert codes.isdisjoint({"unknown-key", "missing-key", "wrong-value", "manifest-syntax", "unknown-song"})
