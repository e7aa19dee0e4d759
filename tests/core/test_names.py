"""File names that every file system takes (cases M23-M33), and text that is safe to show."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassmaster.names import (
    csv_safe,
    graphemes,
    inert_json,
    inert_xml,
    printable,
    printables,
    safe_title,
    shortened,
    unlike,
)
from glassmaster.templates import BadTemplate, fields, fill

RESERVED = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
FORBIDDEN = set('<>:"/\\|?*')


def file_name(number: int, total: int, title: str, suffix: str, taken: set[str]) -> str:
    [stem] = fill("{number:02} {title}", {"number": number, "title": title}, {"number": total})
    return unlike(taken, stem, suffix)


def name(title: str, taken: set[str] | None = None, suffix: str = ".wav") -> str:
    return file_name(1, 12, title, suffix, set() if taken is None else taken)


def test_number_and_title() -> None:
    assert file_name(1, 9, "Opening", ".wav", set()) == "01 Opening.wav"
    assert file_name(7, 120, "Opening", ".flac", set()) == "007 Opening.flac"
    assert name("Señor Ålesund & Co. – (Live)") == "01 Señor Ålesund & Co. – (Live).wav"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("", "01 Untitled.wav"),  # M23
        ("   ", "01 Untitled.wav"),
        ("a\0b\tc\nd\x1b[31m", "01 ab c d[31m.wav"),  # M24
        ("night\u202egnp", "01 nightgnp.wav"),  # M25
        ("../../etc/passwd", "01 etc-passwd.wav"),  # M27
        ("C:\\x", "01 C--x.wav"),
        ("/absolute", "01 absolute.wav"),
        ("AC/DC?", "01 AC-DC.wav"),
        ("end. . ", "01 end.wav"),  # M32
        (".hidden", "01 hidden.wav"),
        ("-rf", "01 rf.wav"),
        ("A\u030angstrom", "01 \u00c5ngstrom.wav"),  # M30
    ],
)
def test_m23_to_m32_titles(title: str, expected: str) -> None:
    assert name(title) == expected


@pytest.mark.parametrize("title", ["CON", "nul", "NUL.txt", "COM1", "COM¹", "lpt³", "aux ", "Prn . x"])
def test_m28_reserved_names(title: str) -> None:
    assert RESERVED.match(title)
    assert not RESERVED.match(safe_title(title))
    assert safe_title("Connie") == "Connie"


def test_m29_m30_twins_get_a_number() -> None:
    taken: set[str] = set()
    names = [name(title, taken) for title in ("Opening", "OPENING", "opening", "Caf\u00e9", "Cafe\u0301")]
    assert names == ["01 Opening.wav", "01 OPENING-2.wav", "01 opening-3.wav", "01 Café.wav", "01 Café-2.wav"]


def test_m29_a_made_up_number_may_be_taken_too() -> None:
    taken: set[str] = set()
    assert [name(title, taken) for title in ("a-2", "a", "A")] == ["01 a-2.wav", "01 a.wav", "01 A-3.wav"]


@pytest.mark.parametrize(
    "title", ["宇" * 86, "x" * 10_000, "👨‍👩‍👧‍👦" * 40, "🇩🇪" * 70, "e\u0302\u0323" * 90, "👍🏽" * 40, "각" * 90]
)
def test_m31_long_titles_end_at_a_whole_character(title: str) -> None:
    found = name(unicodedata.normalize("NFD", title), suffix=".flac")
    assert len(found.encode()) <= 255
    assert found.startswith("01 ")
    assert found.endswith(".flac")
    kept = found.removeprefix("01 ").removesuffix(".flac")
    one = unicodedata.normalize("NFC", graphemes(title)[0])
    assert kept == one * (len(kept) // len(one))
    assert len((kept + one).encode()) + len("01 .flac") > 255


def test_m31_long_twins_still_differ() -> None:
    taken: set[str] = set()
    names = [name("宇" * 100, taken) for _ in range(11)]
    assert len(set(names)) == 11
    assert all(len(each.encode()) <= 255 for each in names)


@pytest.mark.parametrize(
    ("text", "room", "expected"),
    [("abc", 3, "abc"), ("abc", 2, "ab"), ("a宇b", 3, "a"), ("", 0, ""), ("ab. c", 4, "ab"), ("e\u0302a", 2, "")],
)
def test_shortened_is_the_longest_start_that_fits(text: str, room: int, expected: str) -> None:
    assert shortened(text, room) == expected


@pytest.mark.parametrize(
    "one",
    [
        "a", "é", "e\u0302\u0323", "\u0ba8\u0bbf",
        "👍\U0001f3fb", "👍\U0001f3ff", "👨\u200d👩\u200d👧",
        "🏴\U000e0067\U000e0062\U000e007f", "🏴\U000e0020", "🇦🇿", "🇿🇦", "🇩🇪",
        "\u1100\u1160", "\u1112\u1161\u11ff", "\u11ff\u1160", "\u1160\u11a8",
    ],
)  # fmt: skip
def test_a_written_character_is_never_cut(one: str) -> None:
    """Unicode Standard Annex 29, section 3.1.1, at the first and the last character of each range."""
    assert graphemes(one) == [one]
    assert graphemes(f"x{one}y") == ["x", one, "y"]
    assert graphemes(one * 3) == [one] * 3 or "\u1160" <= one[0] <= "\u11ff"  # vowels join on to vowels


@pytest.mark.parametrize(
    "parts",
    [
        ("a", "b"), ("👍", "👍"), ("👍", "\U0001f3fa"), ("👍", "\U0001f400"), ("🏴", "\U000e001f"),
        ("🏴", "\U000e0080"),
        ("🇦", "\U0001f1e5"), ("\U0001f1e5", "🇦"), ("🇦", "\U0001f200"), ("\U0001f200", "🇦"), ("🇩🇪", "🇫"), ("a", "🇫"),
        ("\u10ff", "\u1160"), ("\u1100", "\u115f"), ("\u1100", "\u1200"), ("\u1200", "\u1160"), ("a", "\u1161"),
        ("\u1100\u0302", "\u1161"),
    ],
)  # fmt: skip
def test_two_written_characters_are_two(parts: tuple[str, str]) -> None:
    assert graphemes("".join(parts)) == list(parts)


@given(st.lists(st.text(max_size=120), max_size=6))
def test_any_title_gives_a_name_for_every_system(titles: list[str]) -> None:
    taken: set[str] = set()
    names = [file_name(number, len(titles), title, ".mp3", taken) for number, title in enumerate(titles, 1)]
    assert len({each.casefold() for each in names}) == len(titles)
    for each in names:
        stem = each.removesuffix(".mp3")
        assert len(each.encode()) <= 255
        assert not FORBIDDEN & set(each)
        assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in each)
        assert stem == stem.rstrip(" .")
        assert each[0] not in "-. ~"
        assert unicodedata.is_normalized("NFC", each)


def test_m24_m25_printable_shows_escapes() -> None:
    assert printable("Ça va – 宇宙 👍") == "Ça va – 宇宙 👍"
    assert printable("\x1b[31mred\n") == "\\x1b[31mred\\x0a"
    assert printable("a\u202eb\u2028\u2029\U000e0001") == "a\\u202eb\\u2028\\u2029\\U000e0001"
    assert printable("\xad\uffff") == "\\xad\\uffff"
    assert printable("👩\u200d🎤\n") == "👩\u200d🎤\\x0a"  # the joiner belongs to the singer


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_m33_formulas_are_quoted(start: str) -> None:
    assert csv_safe(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"
    assert csv_safe(f"a{start}") == f"a{start}"


@pytest.mark.parametrize(("start", "told"), [("\t", "\\x09"), ("\r", "\\x0d"), ("\n", "\\x0a"), ("\0", "\\x00")])
def test_m33_controls_are_quoted_and_shown(start: str, told: str) -> None:
    assert csv_safe(f"{start}=1") == f"'{told}=1"
    assert csv_safe(f"a{start}=1") == f"a{told}=1"


def test_m33_plain_cells_stay() -> None:
    assert csv_safe("Opening") == "Opening"
    assert csv_safe("") == ""


# ---- templates

VALUES: dict[str, str | int] = {
    "number": 7,
    "disc": 2,
    "title": "Second Light",
    "version": "",
    "artist": "AC/DC",
    "album": "Night: Signals",
    "album_artist": "The Example",
    "isrc": "GBAAA2600007",
    "date": "2026-11-20",
    "year": "2026",
    "label": "",
    "catalog_number": "EX001",
    "barcode": "",
}
MOST = {"number": 12, "disc": 2}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{number} {title}", "7 Second Light"),
        ("{number:02} {title}", "07 Second Light"),
        ("{number:3}_{title}", "007_Second Light"),
        ("{disc}-{number:02} {artist} - {title}", "2-07 AC-DC - Second Light"),
        ("{title} ({version}) [{label}]", "Second Light"),
        ("{isrc}", "GBAAA2600007"),
        ("{{{catalog_number}}} {title}", "{EX001} Second Light"),
        ("{album_artist}/{year} {album}/{number:02} {title}", "The Example/2026 Night- Signals/07 Second Light"),
        ("{label}", "Untitled"),
    ],
)
def test_a_template_is_filled(template: str, expected: str) -> None:
    assert "/".join(fill(template, VALUES, MOST)) == expected


def test_numbers_get_as_many_digits_as_the_last_one_needs() -> None:
    assert fill("{number:02}", {"number": 7}, {"number": 120}) == ("007",)
    assert fill("{number}", {"number": 7}, {"number": 120}) == ("7",)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{titel}", 'no field "titel"'),
        ("{title.__class__}", "no field"),
        ("{title[0]}", "no field"),
        ("{0}", "no field"),
        ("{}", "no field"),
        ("{title!r}", "no field"),
        ("{number:>999999999}", "no field"),
        ("{number:99}", "no field"),
        ("{number:{disc}}", "no field|lone"),
        ("{title:02}", "title is no number"),
        ("{title", 'lone "{"'),
        ("title}", 'lone "}"'),
        ("", "no name"),
        ("../{title}", "no name"),
        ("/{title}", "no name"),
        ("{title}/", "no name"),
        ("a//{title}", "no name"),
    ],
)
def test_a_bad_template_is_told(template: str, words: str) -> None:
    with pytest.raises(BadTemplate, match=words):
        fields(template)


@pytest.mark.parametrize("value", ["../..", "/etc/passwd", "..", "{number}", "a/b", "CON", "\0", "a\\b"])
def test_no_value_makes_folders_or_fields(value: str) -> None:
    [found] = fill("{title}", {"title": value}, {})
    assert "/" not in found
    assert found.strip(".") == found != ""
    assert not RESERVED.match(found)
    assert found == "{number}" or "{" not in value


@given(st.text(max_size=60), st.text(max_size=300))
def test_any_template_is_refused_or_gives_safe_names(template: str, title: str) -> None:
    try:
        way = fill(template, {**VALUES, "title": title}, MOST)
    except BadTemplate:
        return
    for each in way:
        assert each
        assert each not in (".", "..")
        assert not FORBIDDEN & set(each)
        assert len(unlike(set(), each, ".flac").encode()) <= 255
    assert all(len(each.encode()) <= 255 for each in way[:-1])


# ---- texts that only show, in JSON, XML and logs

_DOCUMENT = {"title": "é \u202egnp.exe", "notes": "one\u2028two\x85", "credit": "漢字\U000e0041"}


def test_json_shows_only_and_says_the_same() -> None:
    text = json.dumps(_DOCUMENT, ensure_ascii=False, indent=1)
    shown = inert_json(text)
    assert json.loads(shown) == _DOCUMENT
    assert shown.count("\n") == text.count("\n") > 3
    assert not [each for each in shown if each != "\n" and unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")]
    assert "é \\u202egnp.exe" in shown
    assert "漢字\\udb40\\udc41" in shown
    assert inert_json('{"a": [1, 2]}') == '{"a": [1, 2]}'


@pytest.mark.parametrize(
    ("text", "json_", "xml"),
    [
        ("::error::x", "\\u003a:error::x", "&#58;:error::x"),
        ("a\n  ::set-output::x", "a\n  \\u003a:set-output::x", "a\n  &#58;:set-output::x"),
        ("a ::b", "a ::b", "a ::b"),
        ("##[group]x ##vso[y]", "\\u0023#[group]x \\u0023#vso[y]", "&#35;#[group]x &#35;#vso[y]"),
        ("##teamcity[z", "\\u0023#teamcity[z", "&#35;#teamcity[z"),
        ("# head", "# head", "# head"),
    ],
)
def test_what_a_ci_server_takes_for_an_order_is_none(text: str, json_: str, xml: str) -> None:
    """GitHub's workflow commands, Azure's logging commands, TeamCity's service messages, as their manuals tell."""
    assert (inert_json(text), inert_xml(text)) == (json_, xml)


def test_several_lines_stay_so() -> None:
    assert printables("a\x07\n\nb\u202e") == "a\\x07\n\nb\\u202e"
