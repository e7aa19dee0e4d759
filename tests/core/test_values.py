"""Values as text: what is written can be read back, and keys follow every field that matters and no other."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from glassmaster import errands
from glassmaster.errands import (
    Cue,
    Cued,
    Encode,
    Encoded,
    Errand,
    Fingerprint,
    Finish,
    Finished,
    Hear,
    Paint,
    Painted,
    Portrait,
    Portray,
    Prepare,
    Prepared,
    Probe,
    Probed,
    Prove,
    Proved,
    Render,
    Rendered,
)
from glassmaster.model import (
    Blob,
    Cut,
    Decided,
    Encoder,
    Finding,
    Heard,
    Measurement,
    Order,
    Part,
    Promise,
    Source,
    Tags,
)
from glassmaster.values import key, plain, revive
from tests.work_support import Job

BLOB = Blob("ab" * 32, 12_345)
GRID = np.array([0.0, 1e-30, 0.1, 1e30], np.float32)
SOURCE = Source(Path("mixes/Grüße 1.wav"), "cd" * 32, "WAV", "PCM_24", 48_000, 2, 480_000, 24, False)
MEASURED = Measurement(
    48_000, 2, 480_000, -14.25, None, -10.0, -11.0, -1.0, -1.5, 13.25, None, 9, 3.21, GRID, GRID * 2,
    {"crest": {"left": [1, 2.5, None], "loud": True}, "words": "ü\u0000"},
)  # fmt: skip
FINDING = Finding("clipped", "warning", "song 1", "clips", "fix it in the mix", song=0, at=1.25, exit=3)
STEP = Decided("level", "1", Cut(1, 2), Cut(0, 10, 3, 4, "linear"))
ORDER = Order((Part(3, SOURCE, Cut(0, 100, 5), (STEP,), 7, 8),), (STEP,), -14.0, -1.0)
PROMISE = Promise(-14.0, 1.5, 3.0, 2.25, "stops")
RESULTS: tuple[Any, ...] = (
    "a hash",
    Heard(SOURCE, MEASURED, (FINDING,)),
    Rendered(BLOB, 48_000, 2, (0, 5, 9), (MEASURED, MEASURED), (1.0, -2.5), 0.25, GRID, "stopped", True, PROMISE),
    Prepared(BLOB, 44_100, 1, (0, 9)),
    Probed(-0.5, None, 0.25, 3.5),
    Encoded(BLOB, "ef" * 32, MEASURED),
    Painted(BLOB, ".jpg", 600, 600),
    Portrait({"rms": {"crest_db": 12.5}, "stereo": None}),
    Cued(BLOB, (100, 200), 48_000),
    Finished("01" * 32, 7, {"title": "Grüße", "isrc": ""}),
    Proved((FINDING, replace(FINDING, song=None))),
)
TAGS = Tags("Title", "Artist", "Album", "Artist", 1, 2, 1, 1, artwork=Path("cover.png"), artwork_sha256="aa")
ENCODE = Encode(
    "01 Song", 1.5, BLOB, 48_000, 2, 0, 9, 5, "wav", "1", Cut(1, 2), Encoder("lame", "3.100"), -0.5, "numpy 2"
)
ERRANDS: tuple[Errand, ...] = (
    Fingerprint("01 Song", 1.5, Path("mixes/a.wav"), 100, (1, 2, 3)),
    Hear("01 Song", 1.5, Path("mixes/a.wav"), "ab", False, False, (("crest", 1),), "numpy 2"),
    Render("01 Song", 1.5, ORDER, "numpy 2", PROMISE),
    Portray("01 Song", 1.5, BLOB, 48_000, 2, 5, 9, (("crest", 1),), "numpy 2"),
    Cue("01 Song", 1.5, ORDER.parts, BLOB, 48_000, 2, 0, 9, 4, -3.5, 44_100, "flac", "numpy 2"),
    Prepare("01 Song", 1.5, BLOB, 48_000, 2, (0, 9), 44_100, 16, "tpdf", -1.0, "5eed", "numpy 2"),
    Probe("01 Song", 1.5, ENCODE),
    ENCODE,
    Paint("01 Song", 1.5, Path("art/cover.png"), "ab", 600, "pillow 12"),
    Finish("01 Song", 1.5, BLOB, "ab", "wav", TAGS, "tags 1", "wav/a.wav", Path("out/a.wav")),
    Prove("01 Song", 1.5, Path("a.wav"), "wav", {"sha256": "ab", "measured": {"frames": 9}}),
)


def same(one: Any, other: Any) -> bool:
    """Equality to the last bit, also of grids and of what compares by identity."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return bool(one.dtype == other.dtype and one.tobytes() == other.tobytes())
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in dataclasses.fields(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    return bool(one == other)


def listed(value: Any) -> Any:
    """With sequences as `revive` gives them back."""
    if isinstance(value, list):
        return tuple(listed(each) for each in value)
    return {name: listed(each) for name, each in value.items()} if isinstance(value, dict) else value


def test_the_samples_cover_every_result_and_every_errand() -> None:
    assert {type(each) for each in RESULTS} == set(get_args(errands.Result))
    known = {each for each in Errand.__subclasses__() if each.__module__ == errands.__name__}
    assert {type(each) for each in ERRANDS} == known


@pytest.mark.parametrize("apart", [None, bytearray(b"four")])
@pytest.mark.parametrize("result", RESULTS, ids=lambda each: type(each).__name__)
def test_results_come_back_from_text_as_they_were(result: Any, apart: bytearray | None) -> None:
    text = json.dumps(plain(result, apart=apart), allow_nan=False)
    back = revive(json.loads(text), bytes(apart or b""))
    if isinstance(result, Heard):
        result = replace(result, measurement=replace(MEASURED, extra=listed(MEASURED.extra)))
    if isinstance(result, Rendered):
        result = replace(result, measurements=(replace(MEASURED, extra=listed(MEASURED.extra)),) * 2)
    if isinstance(result, Encoded):
        result = replace(result, measured=replace(MEASURED, extra=listed(MEASURED.extra)))
    assert same(back, result)


def test_a_revived_grid_cannot_be_written_into() -> None:
    back = revive(plain(RESULTS[1]))
    with pytest.raises(ValueError, match="read-only"):
        back.measurement.energies[0] = 1.0


def changed(value: Any) -> Iterator[tuple[str, Any, bool]]:
    """(which field, the value with only that changed, whether it belongs to the key), at every depth."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for each in dataclasses.fields(value):
            keyed = each.metadata.get("key") is not False
            for name, other, inside in changed(getattr(value, each.name)):
                whole = replace(value, **{each.name: other})
                yield f"{type(value).__name__}.{each.name}{name}", whole, keyed and inside
    elif isinstance(value, tuple) and value:
        for name, other, inside in changed(value[0]):
            yield f"[0]{name}", (other, *value[1:]), inside
        yield "[more]", (*value, value[0]), True
    elif isinstance(value, Mapping):
        for name, each in value.items():
            for more, other, inside in changed(each):
                yield f"[{name}]{more}", {**value, name: other}, inside
    else:
        yield "", _other(value), True


def _other(value: Any) -> Any:
    if value is None:
        return 0
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return value / "x" if isinstance(value, Path) else f"{value}x"


@pytest.mark.parametrize("errand", ERRANDS, ids=lambda each: type(each).__name__)
def test_keys_follow_every_field_that_is_not_only_the_way(errand: Errand) -> None:
    seen = {errand.key: "unchanged"}
    for name, other, keyed in changed(errand):
        if keyed:
            assert other.key not in seen, f"{name} and {seen.get(other.key)} have one key"
            seen[other.key] = name
        else:
            assert other.key == errand.key, f"{name} counts in the key"
    assert len(seen) > 3


def test_what_names_and_places_work_is_no_part_of_its_key() -> None:
    for errand in ERRANDS:
        assert replace(errand, what="other", seconds=99.0).key == errand.key


def test_a_new_version_of_an_errand_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {each.key for each in ERRANDS}
    for each in ERRANDS:
        monkeypatch.setattr(type(each), "version", 99)
    assert before.isdisjoint(replace(each).key for each in ERRANDS)


def test_classes_of_one_name_and_other_homes_differ() -> None:
    @dataclass(frozen=True)
    class Blob:
        sha256: str
        size: int

    assert key(Blob(BLOB.sha256, BLOB.size)) != key(BLOB)


def test_equal_values_have_one_key() -> None:
    assert key({"a": 1, "b": 2}) == key({"b": 2, "a": 1})
    assert key(0.0) == key(-0.0)
    assert key((1, 2)) == key([1, 2])
    assert key(np.float64(0.1)) == key(0.1)


def test_unequal_values_do_not() -> None:
    found = [key(each) for each in ("1", 1, 1.5, None, True, "", (), {}, ("1",), {"1": 1}, Path("1"))]
    assert len(set(found)) == len(found)
    assert key("a", "b") != key("ab") != key(("a", "b"))


@pytest.mark.parametrize(
    "value",
    [{1, 2}, b"bytes", object(), lambda: None, np.float32(1), np.zeros(3), np.zeros((2, 2), np.float32), Blob],
    ids=lambda each: type(each).__name__,
)
def test_what_is_no_frozen_value_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        key(value)
    with pytest.raises(TypeError):
        json.dumps(plain({"inside": (value,)}))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_has_no_key(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        key(Blob("ab", value))  # type: ignore[arg-type]


SCRIPT = """
from pathlib import Path
from glassmaster.values import key
from tests.work_support import Job
print(key({name: number for number, name in enumerate("abcdefgh")}, Job("x", 1.0, "y", "ü"), 0.1, Path("a/b")))
"""


def test_keys_are_the_same_in_every_process() -> None:
    here = key({name: n for n, name in enumerate("abcdefgh")}, Job("x", 1.0, "y", "ü"), 0.1, Path("a/b"))
    for seed in ("0", "1", "4242"):
        told = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        )
        assert told.stdout.strip() == here
