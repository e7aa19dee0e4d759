"""Figures, times and texts as they are written."""

from __future__ import annotations

import pytest

from glassmaster_reports.safe import for_html, for_markdown
from glassmaster_reports.treatment import as_text
from glassmaster_reports.words import clock, counted, exact_clock, kilohertz, listed, megabytes, tenths


@pytest.mark.parametrize(
    ("value", "text"),
    [(-14.04, "−14.0"), (-14.05, "−14.1"), (0.3, "0.3"), (-0.04, "0.0"), (9.96, "10.0"), (-0.05, "−0.1"), (None, "—")],
)
def test_decibels_have_one_decimal_and_a_true_minus(value: float | None, text: str) -> None:
    assert tenths(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(10.04, "+10.0"), (-1.0, "−1.0"), (0.0, "0.0"), (0.02, "0.0"), (None, "—")]
)
def test_gains_show_their_sign_unless_they_are_nothing(value: float | None, text: str) -> None:
    assert tenths(value, signed=True) == text


def test_infinity_and_nan_are_absent_values() -> None:
    assert [tenths(float(name)) for name in ("inf", "-inf", "nan")] == ["—", "—", "—"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00.0"), (59.96, "1:00.0"), (258.44, "4:18.4"), (3599.95, "1:00:00.0"), (5025.3, "1:23:45.3"), (None, "—")],
)
def test_times_carry_over_before_they_are_written(seconds: float | None, text: str) -> None:
    assert clock(seconds) == text


def test_times_for_machines_have_milliseconds() -> None:
    assert exact_clock(62.0625) == "1:02.063"
    assert exact_clock(None) == ""


def test_small_words() -> None:
    assert (kilohertz(44_100), kilohertz(48_000), kilohertz(88_200)) == ("44.1 kHz", "48 kHz", "88.2 kHz")
    assert (megabytes(1_550), megabytes(48_140_000), megabytes(1_500_000_000)) == ("1.6 kB", "48.1 MB", "1.5 GB")
    assert (counted(1, "song"), counted(0, "song"), counted(12, "song")) == ("1 song", "0 songs", "12 songs")
    assert (listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == ("a", "a and b", "a, b and c")


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a|b", "a\\|b"),
        ("<img src=x>", "&lt;img src=x\\>"),
        ("*loud* _soft_ `code`", "\\*loud\\* \\_soft\\_ \\`code\\`"),
        ("03_Segue_Mix2.wav", "03_Segue_Mix2.wav"),
        ("# not a heading", "\\# not a heading"),
        ("- not a list", "\\- not a list"),
        ("1. not a list", "1\\. not a list"),
        ("---", "\\---"),
        ("2.4 LU", "2.4 LU"),
        ("two\n\nparagraphs", "two paragraphs"),
        ("[link](javascript:x)", "\\[link\\](javascript:x)"),
        ("AT&amp;T & you", "AT&amp;amp;T & you"),
    ],
)
def test_markdown_marks_are_only_letters(text: str, markdown: str) -> None:
    assert for_markdown(text) == markdown


def test_control_characters_are_shown_not_obeyed() -> None:
    assert for_html("a\x00b\x1b[31mc\ud800d") == "a�b�[31mc�d"
    assert for_html("two\nlines\tand a tab") == "two\nlines\tand a tab"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("target_lufs", -14, "−14.0"),
        ("release_ms", 120.0, "120"),
        ("amount", 0.55, "0.55"),
        ("drive_db", -0.25, "−0.3"),
        ("offset", -2.0, "−2"),
        ("linked", True, "yes"),
        ("anchor", None, "—"),
        ("notes", "x" * 200, "x" * 160 + "…"),
    ],
)
def test_settings_are_told_in_their_units(name: str, value: object, text: str) -> None:
    assert as_text(name, value) == text
