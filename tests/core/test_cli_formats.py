"""`check --format`: what code hosts and CI servers read, with titles that try to break it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from glassmaster import plugins
from glassmaster.cli.github import commands
from glassmaster.cli.junit import junit
from glassmaster.cli.located import Answer, answered, refused
from glassmaster.cli.sarif import sarif
from glassmaster.model import Finding, Qc
from tests.flow_support import glassmaster, music, write_manifest, write_mix
from tests.outcome_support import outcome, release

HOSTILE = "100%, a:b\r\n::error::no\x1b[31m\x00 <&\"']]>\ufffe \udc80 ü"
SCHEMA: Any = {
    # by hand from the published schema of SARIF 2.1.0: what it requires, and the values it allows
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/run"}},
    },
    "additionalProperties": False,
    "$defs": {
        "message": {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}},
        "run": {
            "type": "object",
            "required": ["tool", "results"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "required": ["driver"],
                    "properties": {
                        "driver": {
                            "required": ["name"],
                            "additionalProperties": False,
                            "properties": {
                                "name": {"type": "string"},
                                "version": {"type": "string"},
                                "rules": {"type": "array", "uniqueItems": True, "items": {"$ref": "#/$defs/rule"}},
                            },
                        }
                    },
                },
                "invocations": {"type": "array", "items": {"required": ["executionSuccessful"]}},
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                "properties": {"type": "object"},
            },
        },
        "rule": {
            "required": ["id"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string"},
                "shortDescription": {"$ref": "#/$defs/message"},
                "fullDescription": {"$ref": "#/$defs/message"},
                "help": {"$ref": "#/$defs/message"},
                "properties": {"type": "object"},
            },
        },
        "result": {
            "required": ["message"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": {"$ref": "#/$defs/message"},
                "locations": {"type": "array", "items": {"$ref": "#/$defs/location"}},
                "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
                "suppressions": {
                    "type": "array",
                    "items": {
                        "required": ["kind"],
                        "properties": {
                            "kind": {"enum": ["inSource", "external"]},
                            "status": {"enum": ["accepted", "underReview", "rejected"]},
                            "justification": {"type": "string"},
                        },
                        "additionalProperties": False,
                    },
                },
                "properties": {"type": "object"},
            },
        },
        "location": {
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "required": ["artifactLocation"],
                    "properties": {
                        "artifactLocation": {"properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}}},
                        "region": {
                            "properties": {
                                "startLine": {"type": "integer", "minimum": 1},
                                "startColumn": {"type": "integer", "minimum": 1},
                            },
                            "additionalProperties": False,
                        },
                    },
                },
                "logicalLocations": {"type": "array", "items": {"required": ["name"]}},
            },
        },
    },
}


@pytest.fixture
def answer() -> Answer:
    """Twelve songs; a hostile finding about the third, one with a place in the manifest, a waived one."""
    songs = release().songs
    told = outcome()
    told = outcome(
        findings=(
            Finding("mix-clipped", "error", HOSTILE, HOSTILE, HOSTILE, 2, 83.46, confidence=0.9, remedy="mix"),
            Finding("unknown-key", "warning", "sub/release.toml:12:5", "titel", song=None),
            *told.findings[1:],
        )
    )
    assert len(songs) == 12
    return answered(told, 1, plugins.load())


def test_sarif_has_the_shape_of_its_schema(answer: Answer) -> None:
    log = json.loads(json.dumps(sarif(answer), allow_nan=False).encode("utf-8", "backslashreplace"))
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    run = log["runs"][0]
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]
    assert rules == sorted(set(rules))
    for each in run["results"]:
        assert rules[each["ruleIndex"]] == each["ruleId"]
    [clipped] = [each for each in run["results"] if each["ruleId"] == "mix-clipped"]
    assert clipped["level"] == "error"
    assert clipped["properties"]["confidence"] == 0.9
    assert clipped["properties"]["at_seconds"] == 83.46
    assert clipped["locations"][0]["logicalLocations"][0]["name"].endswith("Advanced Simulacra")
    assert clipped["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("Mix1_48k_24b.wav")
    explained = next(each for each in run["tool"]["driver"]["rules"] if each["id"] == "mix-clipped")
    assert "Mastering cannot bring the peaks back" in explained["help"]["text"]


def test_sarif_suppresses_what_is_waived_with_its_reason(answer: Answer) -> None:
    results = sarif(answer)["runs"][0]["results"]
    told = [each["suppressions"][0]["justification"] for each in results if "suppressions" in each]
    assert told == ["It is an interlude."]


def test_sarif_points_at_the_line_of_the_manifest(answer: Answer) -> None:
    [found] = [each for each in sarif(answer)["runs"][0]["results"] if each["ruleId"] == "unknown-key"]
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "sub/release.toml"
    assert place["region"] == {"startLine": 12, "startColumn": 5}


def test_fingerprints_stay_while_figures_move(answer: Answer) -> None:
    def prints(made: Answer) -> list[str]:
        return [each["partialFingerprints"]["finding/v1"] for each in sarif(made)["runs"][0]["results"]]

    other = outcome(findings=tuple(each.finding for each in answer.findings))
    again = answered(other, 1, plugins.load())
    assert prints(again) == prints(answer)
    assert len(set(prints(answer))) == len(answer.findings)


def read_back(line: str) -> tuple[str, dict[str, str], str]:
    """As GitHub's runner reads a command (actions/runner, ActionCommand): split first, then unescape."""
    found = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
    assert found, line

    def data(text: str) -> str:
        return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")

    def value(text: str) -> str:
        return data(text.replace("%3A", ":").replace("%2C", ","))

    pairs = dict(each.split("=", 1) for each in found[2].split(","))
    return found[1], {name: value(each) for name, each in pairs.items()}, data(found[3])


def test_workflow_commands_say_what_was_found_and_nothing_else(answer: Answer) -> None:
    lines = list(commands(answer))
    assert len(lines) == len(answer.findings)
    assert all(len(line.splitlines()) == 1 for line in lines)
    kind, place, text = read_back(next(line for line in lines if "mix-clipped" in line))
    assert kind == "error"
    assert place["file"].endswith("03_AdvancedSimulacra_Mix1_48k_24b.wav")
    assert place["title"] == "Mixdown clipped (mix-clipped)"
    assert "100%, a:b" in text
    assert "\x1b" not in text
    assert "\\x1b[31m\\x00" in text
    _, place, _ = read_back(next(line for line in lines if "unknown-key" in line))
    assert (place["file"], place["line"], place["col"]) == ("sub/release.toml", "12", "5")
    assert [read_back(line)[0] for line in lines if "waived%3A" in line] == ["notice"]


def test_junit_is_well_formed_and_counts_what_fails(answer: Answer) -> None:
    root = ElementTree.fromstring(junit(answer).encode("utf-8"))
    suites = root.findall("testsuite")
    assert len(suites) == 13
    for each in (root, *suites):
        cases = each.findall(".//testcase")
        assert int(each.get("tests", "")) == len(cases) > 0
        assert int(each.get("failures", "")) == len(each.findall(".//failure"))
        assert int(each.get("skipped", "")) == len(each.findall(".//skipped"))
    [failure] = root.findall(".//failure")
    assert failure.get("type") == "mix-clipped"
    assert "<&\"']]>" in (failure.text or "")
    assert [each.get("message") for each in root.findall(".//skipped")] == ["It is an interlude."]


def test_junit_counts_warnings_where_the_release_fails_on_them() -> None:
    made = outcome()
    strict = outcome(album=replace(made.album, release=release(qc=Qc(fail_on="warning"))))
    root = ElementTree.fromstring(junit(answered(strict, 1, plugins.load())).encode())
    open_ones = [each for each in strict.findings if each.severity != "note" and not each.waived]
    assert len(root.findall(".//failure")) == len(open_ones) > 1


def test_a_refusal_has_the_same_formats() -> None:
    finding = Finding("unknown-key", "error", "release.toml:3:1", "titel means nothing here", song=4)
    told = refused([finding], 2, Path("release.toml"), plugins.load())
    assert sarif(told)["runs"][0]["invocations"] == [{"executionSuccessful": False, "exitCode": 2}]
    jsonschema.Draft202012Validator(SCHEMA).validate(sarif(told))
    assert len(ElementTree.fromstring(junit(told).encode()).findall(".//failure")) == 1
    assert read_back(next(commands(told)))[1]["line"] == "3"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_mix(folder / "mixes/a,b%.wav", music(3, -14, 1))
    title = r'title = "100%, a:b\u001b[31m <&\"\u202e::error::"'
    waiver = '\n[qc]\nfail_on = "warning"\n[[qc.waive]]\ncode = "artwork-missing"\nreason = "drawn last"\n'
    write_manifest(folder, [f'{title}\nmixdown = "mixes/a,b%.wav"'], waiver)
    return folder


@pytest.mark.parametrize("form", ["github", "sarif", "junit"])
def test_the_command_line_answers_in_every_format(hostile: Path, form: str) -> None:
    told = glassmaster("check", hostile, "--format", form, code=1).stdout
    assert "\x1b" not in told
    assert "drawn last" in told
    if form == "sarif":
        jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(told))
    elif form == "junit":
        assert ElementTree.fromstring(told.encode()).get("failures") != "0"
    else:
        *lines, verdict = told.splitlines()
        assert verdict == "glassmaster: not ready"
        assert {read_back(line)[0] for line in lines} == {"warning", "notice"}
        assert any(read_back(line)[1]["file"].endswith("mixes/a,b%.wav") for line in lines)


def test_json_is_the_same_by_either_name(hostile: Path) -> None:
    told = glassmaster("check", hostile, "--format", "json", code=1).stdout
    assert told == glassmaster("check", hostile, "--json", code=1).stdout
    [waived] = [each for each in json.loads(told)["findings"] if each["waived"]]
    assert (waived["code"], waived["waived"], waived["remedy"]) == ("artwork-missing", "drawn last", "manifest")


def test_findings_name_their_song_as_the_list_of_songs_does(tmp_path: Path) -> None:
    """Two discs begin with a song of one number and title, and each of these is shorter than 30 s."""
    for number in (1, 2, 3):
        write_mix(tmp_path / f"mixes/{number}.wav", music(1, -14, number))
    places = enumerate((1, 1, 2), 1)
    songs = [f'title = "By"\nversion = "{n}"\ndisc = {disc}\nmixdown = "mixes/{n}.wav"' for n, disc in places]
    write_manifest(tmp_path, songs)
    told = json.loads(glassmaster("check", tmp_path, "--json", code=None).stdout)
    assert [(each["disc"], each["number"]) for each in told["songs"]] == [(1, 1), (1, 2), (2, 1)]
    short = [each for each in told["findings"] if each["code"] == "song-short"]
    assert [(each["disc"], each["song"]) for each in short] == [(1, 1), (1, 2), (2, 1)]
    assert {(each["disc"], each["song"]) for each in told["findings"] if each["where"] == "release"} == {(None, None)}
    root = ElementTree.fromstring(glassmaster("check", tmp_path, "--format", "junit", code=None).stdout.encode())
    suites: dict[str | None, list[int]] = {suite.get("name"): [] for suite in root}
    for suite in root:
        suites[suite.get("name")].append(sum("song-short" in str(case.get("name")) for case in suite))
    assert suites == {"release": [0], "01 By": [1, 1], "02 By": [1]}


def test_a_waiver_needs_a_reason_and_a_refusal_is_annotated(tmp_path: Path) -> None:
    tail = '\n[qc]\n[[qc.waive]]\ncode = "mix-clipped"\nreason = "  "\n'
    write_manifest(tmp_path, ['title = "One"\nmixdown = "1.wav"'], tail)
    told = glassmaster("check", tmp_path, "--format", "github", code=2).stdout
    _, place, text = read_back(told.splitlines()[0])
    assert "without a reason" in text
    assert place["file"].endswith("release.toml")
    lines = (tmp_path / "release.toml").read_text("utf-8").splitlines()
    assert lines[int(place["line"]) - 1].startswith("reason")
