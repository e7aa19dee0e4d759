"""Two deliveries beside each other, and mixdowns that changed since: from release.json, whoever wrote it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster.builds import changes, delivery
from glassmaster.changes import decided_changes, measured_changes
from glassmaster.errors import Refused
from glassmaster.history import read, revised
from glassmaster.record import release_json
from glassmaster.release_lock import read as read_lock
from tests import outcome_support


@pytest.fixture
def document() -> Any:
    return json.loads(release_json(outcome_support.outcome()))


def told(old: Any, new: Any) -> dict[str, str]:
    return {each.where: each.what for each in changes(old, new)}


def test_equal_deliveries_differ_nowhere(document: Any) -> None:
    assert changes(document, json.loads(json.dumps(document))) == []


def test_each_change_is_told_at_its_place(document: Any) -> None:
    old = json.loads(json.dumps(document))
    document["revision"] = 3
    document["provenance"]["numpy"] = "2.5.0"
    document["findings"] = document["findings"][1:]
    song, file = document["songs"][0], document["deliverables"][0]
    song["mixdown"] |= {"sha256": "ab", "integrated_lufs": song["mixdown"]["integrated_lufs"] + 1.2}
    for master in song["masters"][:2]:
        master["gain_db"] += 0.3
    file |= {"sha256": "cd", "tags": {"title": "Opening (Live)"}}
    found = told(old, document)
    assert found["release"] == "revision 2 -> 3"
    assert found["made with"] == "numpy 2.4.6 -> 2.5.0"
    assert found[old["findings"][0]["where"]] == "no longer found: draft"
    assert next(what for where, what in found.items() if where.endswith("Opening, mixdown")) == "1.2 dB louder"
    [where] = [where for where in found if "master for distributor, promo" in where]
    assert found[where].startswith("gain_db ")
    assert found["distributor: Opening"] == "the sound is the same; tag title Opening -> Opening (Live)"
    assert len(found) == 6


def test_songs_and_files_that_come_and_go(document: Any) -> None:
    old = json.loads(json.dumps(document))
    gone = document["songs"].pop(3)
    document["deliverables"] = [each for each in document["deliverables"] if each["title"] != gone["title"]]
    assert set(told(old, document).values()) == {"this song is gone", "this file is gone"}
    assert set(told(document, old).values()) == {"this song is new", "this file is new"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"songs": 3}', "\x00", '{"songs": [' * 3000])
def test_what_is_no_record_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "release.json").write_text(text, "utf-8")
    with pytest.raises(Refused):
        delivery(tmp_path)


def test_a_forged_record_leads_nothing_astray(tmp_path: Path, document: Any) -> None:
    document["songs"][0]["mixdown"] |= {"sha256": "x", "integrated_lufs": "loud", "frames": [], "rate_hz": {}}
    document["songs"][1] = {"disc": [], "title": {}, "mixdown": 7, "masters": "none"}
    text = json.dumps({**document, "deliverables": 5, "provenance": None, "revised": [1, {"before": 2}]})
    text = text.replace(": 48000", ": 1e999", 5).replace(": 2,", f": {'9' * 400},", 5)
    (tmp_path / "release.json").write_text(text, "utf-8")
    made = outcome_support.outcome()
    found = revised(tmp_path, made.album)
    release_json(replace(made, revised=found))  # writes no number that JSON does not know
    assert changes(delivery(tmp_path), document)
    assert read(tmp_path / "nowhere.json") is None


def test_a_lock_with_impossible_facts_is_damaged(tmp_path: Path) -> None:
    row = {"song": "1. One", "kind": "mix", "by": "X", "date": "2026-01-01", "sound": "ab", "deliverable": ""}
    lock = {"schema": 1, "encoders": {}, "rates_hz": {}, "frozen": []}
    damages: tuple[dict[str, object], ...] = (
        {"facts": {"x": float("nan")}},
        {"facts": {"x": []}},
        {"facts": {}, "kind": "mood"},
    )
    for wrong in damages:
        (tmp_path / "release.lock").write_text(json.dumps({**lock, "approvals": [{**row, **wrong}]}), "utf-8")
        with pytest.raises(Refused):
            read_lock(tmp_path / "release.lock")


def test_a_mixdown_that_changed_is_told_for_as_long_as_it_stays(tmp_path: Path, document: Any) -> None:
    made = outcome_support.outcome()
    assert revised(tmp_path, made.album) == ()
    then = document["songs"][4]["mixdown"]
    then |= {"sha256": "before", "file": "old.wav", "true_peak_dbtp": then["true_peak_dbtp"] - 0.8}
    (tmp_path / "release.json").write_text(json.dumps(document), "utf-8")
    [found] = revised(tmp_path, made.album)
    assert (found.song, found.file, found.sha256, found.changed) == (4, "old.wav", "before", "true peak 0.8 dB higher")
    (tmp_path / "release.json").write_bytes(release_json(replace(made, revised=(found,))))
    assert revised(tmp_path, made.album) == (found,)


def test_measurements_and_decisions_in_words() -> None:
    then = {"rate_hz": 48_000, "bits": 24, "channels": 2, "frames": 48_000 * 10, "integrated_lufs": -20.0}
    now = {"rate_hz": 44_100, "bits": None, "channels": 1, "frames": 44_100 * 10 - 441, "integrated_lufs": None}
    assert measured_changes(then, now) == [
        "44100 Hz instead of 48000 Hz",
        "float instead of 24 bits",
        "1 channels instead of 2 channels",
        "0.010 s shorter",
        "silent now",
    ]
    assert measured_changes(then, then) == []
    assert decided_changes({"a": 2.1, "b": "x", "c": 1.0, "d": None}, {"a": 2.4, "b": "y", "c": 1.004, "d": 3}) == [
        "a 2.1 -> 2.4",
        "b x -> y",
        "d none -> 3",
    ]
