"""Whatever stands in the file, the answer is a release or a refusal."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glassmaster.errors import Exit, Refused
from glassmaster.manifest import CODES, load
from glassmaster.model import Release
from tests.manifest_support import MINIMAL, OFFERS, TODAY

SEED = (
    MINIMAL
    + """start = "0:01.5"
end = 238.2
isrc = "GBAAA2600001"
adjust = { limit = { release_ms = 200 }, level = false }
references = ["slow-burn"]
[[song]]
title = "Second Light"
mixdown = 'mixes/02.wav'
joined = true
lyrics = \"\"\"one
two\"\"\"
[[reference]]
name = "slow-burn"
file = "references/x.flac"
[[treatment]]
stage = "level"
mode = "anchor"
anchor = "Opening"
[[treatment]]
stage = "tone"
bands = [{ hz = 30 }, { gain_db = -3.5 }]
[[deliverable]]
name = "cd"
format = "wav"
bits = 16
rate_hz = 44100
[qc]
fail_on = "error"
[[qc.waive]]
code = "x"
reason = "y"
"""
)
PIECES = st.sampled_from(
    [
        *"[]{}=,.#\"'\n\r\\ \ufeff\u202e漢\x07",
        "[[",
        "]]",
        '""' + '"',
        "''" + "'",
        "\\u0000",
        "\\u202e",
        "true",
        "nan",
        "0x",
        "-1",
    ]
)
WORDS = st.sampled_from(
    ["1e400", "-inf", "9" * 30, "2026-11-20", "a.b.c", "[song]", "[[song]]", "[[deliverable]]\n", "[qc]\n"]
)
VALUES = st.sampled_from(
    [
        r"0",
        r"-1",
        r"1.5",
        r"true",
        r"nan",
        r'""',
        r'" "',
        r'"x"',
        r"'CON'",
        r'"٣"',
        r'"auto"',
        r'"\u0000"',
        r"[]",
        r"[[]]",
        r"{}",
        r"[{}]",
        r"{ a = {} }",
        r"2026-11-20",
        r"10:00:00",
    ]
)
ODD = st.sampled_from(["99999999999999999999", "[1, 'a', [], {}]", "{ limit = { ceiling_dbtp = nan } }"])
KINDS = st.sampled_from(["insert", "delete", "repeat", "value"])
EDIT = st.tuples(KINDS, st.floats(0, 1), st.integers(1, 40), PIECES | WORDS, VALUES | ODD)


def edited(text: str, kind: str, where: float, length: int, piece: str, value: str) -> str:
    at = int(where * len(text))
    if kind == "insert":
        return text[:at] + piece + text[at:]
    if kind == "delete":
        return text[:at] + text[at + length :]
    if kind == "repeat":
        return text[: at + length] + text[at:]
    start = text.find(" = ", at)
    end = text.find("\n", start)
    return text if start < 0 else f"{text[:start]} = {value}{text[end:]}"


def answer(raw: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "release.toml"
        path.write_bytes(raw)
        try:
            release, findings = load(path, OFFERS, TODAY)
            assert isinstance(release, Release)
            assert all(finding.severity != "error" for finding in findings)
        except Refused as refusal:
            findings = refusal.findings
            assert (refusal.exit, bool(findings)) == (Exit.USAGE, True)  # noqa: PT017 - either answer will do
        assert {finding.code for finding in findings} <= {code.code for code in CODES}
        assert all(line.isprintable() for finding in findings for line in finding.message.split("\n"))
        assert all(finding.where.startswith(str(path)) for finding in findings)


def test_the_seed_is_a_release() -> None:
    answer(SEED.encode())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EDIT, min_size=1, max_size=6))
def test_a_damaged_manifest_is_a_release_or_a_refusal(edits: list[tuple[str, float, int, str, str]]) -> None:
    text = SEED
    for edit in edits:
        text = edited(text, *edit)
    answer(text.encode())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_refusal_or_a_release(raw: bytes) -> None:
    answer(raw)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_as_a_title_is_a_release_or_a_refusal(title: str) -> None:
    written = "".join(f"\\U{ord(char):08X}" for char in title if not 0xD800 <= ord(char) < 0xE000)
    answer(MINIMAL.replace("Opening", written).encode())
