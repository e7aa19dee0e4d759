"""provenance.json: the form that in-toto and SLSA ask for, with every file, source and version in it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster.home import at_home, path_at_home
from glassmaster.model import Finding
from glassmaster.statement import statement, subjects
from tests import outcome_support

RECORD = b"the record"


@pytest.fixture(scope="module")
def told() -> Any:
    return json.loads(statement(outcome_support.outcome(), RECORD))


def test_it_is_an_in_toto_statement_with_slsa_provenance(told: Any) -> None:
    """https://in-toto.io/Statement/v1 and https://slsa.dev/spec/v1.0/provenance: the fields that they require."""
    assert set(told) == {"_type", "subject", "predicateType", "predicate"}
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://slsa.dev/provenance/v1"
    for each in told["subject"]:
        assert each["name"]
        assert set(each["digest"]) == {"sha256"}
    definition, details = (told["predicate"][name] for name in ("buildDefinition", "runDetails"))
    assert re.fullmatch(r"[a-z]+:[^ ]+", definition["buildType"])
    assert definition["externalParameters"]["deliverables"]
    assert re.fullmatch(r"[a-z]+:[^ ]+", details["builder"]["id"])
    assert "metadata" not in details, "a time would make every build another file"


def test_it_names_every_file_that_is_published(told: Any) -> None:
    outcome = outcome_support.outcome()
    found = {each["name"]: each["digest"]["sha256"] for each in told["subject"]}
    wanted = {each.path: each.sha256 for each in outcome.products}
    assert found == {**wanted, "release.json": hashlib.sha256(RECORD).hexdigest()}
    assert subjects(statement(outcome, RECORD)) == found


def test_it_names_what_it_was_made_of_and_by_what(told: Any) -> None:
    outcome = outcome_support.outcome()
    found = told["predicate"]["buildDefinition"]["resolvedDependencies"]
    hashes = {each["digest"]["sha256"] for each in found if "digest" in each}
    assert hashes == {
        each.source.sha256 for each in (*outcome.album.mixdowns, *outcome.album.references.values()) if each
    }
    numpy = outcome.provenance["numpy"]
    assert {"name": "numpy", "uri": f"pkg:pypi/numpy@{numpy}"} in found


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b'{"_type": "x", "predicateType": "y", "subject": []}'])
def test_what_is_no_statement_is_refused(text: bytes) -> None:
    with pytest.raises((ValueError, LookupError, TypeError)):
        subjects(text)


def test_findings_name_files_from_the_manifests_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = outcome_support.outcome()
    songs = list(outcome.album.release.songs)
    home, away = tmp_path / "album", tmp_path / "other"
    songs[0] = replace(songs[0], mixdown=home / "mixes" / "1.wav")
    songs[1] = replace(songs[1], mixdown=away / "2.wav")
    release = replace(outcome.album.release, songs=tuple(songs), manifest=home / "release.toml", artwork=None)
    monkeypatch.chdir(tmp_path)
    wheres = [
        str(home / "mixes/1.wav"),
        str(Path("album/mixes/../mixes/1.wav")),
        str(Path("album/release.toml")) + ":3:14",
        str(away / "2.wav"),
        "deliverable wav",
        "03:04 a song\0",
        "",
    ]
    message = f"what is read is {home / 'mixes' / '9.wav'}"
    findings = tuple(Finding("x", "note", where, message, "") for where in wheres)
    told = at_home(replace(outcome, album=replace(outcome.album, release=release), findings=findings)).findings
    expected = ["mixes/1.wav", "mixes/1.wav", "release.toml:3:14", "2.wav", "deliverable wav", "03:04 a song\0", ""]
    assert [each.where for each in told] == expected
    assert {each.message for each in told} == {f"what is read is {Path('mixes/9.wav')}"}
    assert path_at_home(home / "mixes" / "1.wav", release) == "mixes/1.wav"
