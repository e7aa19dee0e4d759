"""The JSON Schema: valid itself, says yes to what loads and no to what does not."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import tomli
from jsonschema import Draft202012Validator

from glassmaster.manifest import schema
from glassmaster.manifest.shape import DELIVERABLES, TREATMENT
from tests.manifest_support import FORMATS, MINIMAL, OFFERS, STAGES

TONE = '[[treatment]]\nstage = "tone"\n'
WAV = '[[deliverable]]\nname = "x"\nformat = "wav"\n'


def as_json(value: Any) -> Any:
    """As editors' checkers see TOML: dates are texts."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value


def holds(text: str) -> bool:
    valid: bool = Draft202012Validator(schema(OFFERS)).is_valid(as_json(tomli.loads(text)))
    return valid


def test_is_a_schema_of_its_draft() -> None:
    whole = schema(OFFERS)
    Draft202012Validator.check_schema(whole)
    assert whole["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    "text",
    [
        MINIMAL,
        MINIMAL.replace("artist", "date = 2026-11-20\nplugins = ['x.py']\nartist"),
        "treatment = []\nplugins = []\n" + MINIMAL,
        MINIMAL + 'start = "auto"\nend = "3:58.2"\ngap = 2\ndisc = 1\njoined = false\nreferences = []',
        MINIMAL + "adjust = { limit = { release_ms = 200 }, level = false }",
        MINIMAL + TONE + 'order = "auto"\nbands = [{ hz = 30 }]',
        MINIMAL + WAV + 'bits = 16\nrate_hz = "native"\nadjust = { tone = { order = 3 } }',
        MINIMAL + '[[deliverable]]\nname = "x"\npackage = "cd"',
        MINIMAL + '[[deliverable]]\nname = "x"\nformat = "mp3"\nquality = "V0"',
        MINIMAL + '[qc]\nfail_on = "warning"\n[[qc.waive]]\ncode = "x"\nreason = "y"',
    ],
)
def test_says_yes(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        MINIMAL.partition("[[song]]")[0],
        MINIMAL.replace("title =", "titel ="),
        MINIMAL.replace("[release]", "[release]\nsongs = []"),
        MINIMAL.replace("[release]", "[release]\nmanifest = 'x'"),
        MINIMAL.replace("[release]", "[release]\nbarcode = 5012345678900"),
        "colour = 3\n" + MINIMAL,
        "deliverable = []\n" + MINIMAL,
        MINIMAL + 'start = "soon"',
        MINIMAL + 'gap = "auto"',
        MINIMAL + "gap = -1",
        MINIMAL + "joined = 1",
        MINIMAL + "adjust = { limit = true }",
        MINIMAL + "adjust = { limit = { colour = 3 } }",
        MINIMAL + "adjust = { nothing = false }",
        MINIMAL + "[[treatment]]\n",
        MINIMAL + '[[treatment]]\nstage = "nothing"',
        MINIMAL + '[[treatment]]\nstage = "level"\ntarget_lufs = 3',
        MINIMAL + '[[treatment]]\nstage = "level"\nceiling_dbtp = -1',
        MINIMAL + TONE + "bands = [{ colour = 3 }]",
        MINIMAL + TONE + 'order = "none"',
        MINIMAL + WAV + "bits = 20",
        MINIMAL + WAV + "bitrate = 320",
        MINIMAL + WAV + "settings = {}",
        MINIMAL + '[[deliverable]]\nname = "x"',
        MINIMAL + "[[qc.waive]]\ncode = 'x'",
    ],
)
def test_says_no(text: str) -> None:
    assert not holds(text)


def test_docstrings_become_descriptions() -> None:
    properties = schema(OFFERS)["properties"]
    assert properties["release"]["properties"]["artwork"]["description"].startswith("Front cover")
    assert properties["song"]["items"]["properties"]["start"]["description"].startswith("Where the song starts")
    (level,) = (
        each for each in properties["treatment"]["items"]["oneOf"] if each["properties"]["stage"]["const"] == "level"
    )
    assert level["properties"]["target_lufs"]["description"] == "Loudness to reach."
    assert (level["properties"]["target_lufs"]["minimum"], level["properties"]["target_lufs"]["maximum"]) == (-60, 0)


def test_every_stage_and_format_is_there() -> None:
    properties = schema(OFFERS)["properties"]
    stages = {each["properties"]["stage"]["const"] for each in properties["treatment"]["items"]["oneOf"]}
    formats = [
        each["properties"].get("format", {}).get("const") for each in properties["deliverable"]["items"]["oneOf"]
    ]
    assert stages == set(STAGES)
    assert set(formats) == {*FORMATS, None}


def test_the_defaults_hold() -> None:
    whole = schema(OFFERS)["properties"]
    for name, rows in (("treatment", TREATMENT), ("deliverable", DELIVERABLES)):
        for row in rows:
            assert Draft202012Validator(whole[name]["items"]).is_valid(row)


def test_is_the_same_each_time_and_shares_nothing() -> None:
    first = schema(OFFERS)
    first["properties"]["song"]["items"]["properties"].clear()
    assert "title" in schema(OFFERS)["properties"]["song"]["items"]["properties"]
