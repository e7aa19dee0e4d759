"""What only several keys together, or a code's own rules, can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.manifest_support import MINIMAL, accepted, headline, only, place, refused, released, songs

# ---- M18: numbers


def test_m18_two_songs_with_the_same_number(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, songs("number = 1", "", "number = 1")), "song-number")
    assert headline(finding) == "songs 1 and 3 both have number 1"
    assert (place(finding), finding.song) == ("18:10", 2)


@pytest.mark.parametrize(
    "lines", [("", "number = 3"), ("number = 2", "number = 1"), ("disc = 1", "disc = 2\nnumber = 2")]
)
def test_m18_holes_and_other_orders(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert {finding.code for finding in refused(tmp_path, songs(*lines))} == {"song-number"}


@pytest.mark.parametrize("lines", [("disc = 2",), ("disc = 1", "disc = 3"), ("", "disc = 2", "disc = 1")])
def test_m18_discs_in_order(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert "cannot come after" in headline(only(refused(tmp_path, songs(*lines)), "song-number"))


def test_m18_right_numbers_are_fine(tmp_path: Path) -> None:
    lines = ("number = 1", "number = 2", "number = 1\ndisc = 2")
    assert accepted(tmp_path, songs(*lines))[1] == ()


# ---- M19: the same audio twice

SAME = 'mixdown = "mixes/live.wav"\n'


@pytest.mark.parametrize(
    ("first", "second"),
    [("", ""), ("end = 100", "start = 99.9"), ("start = 50", 'end = "0:50.5"'), ('end = "auto"', "start = 900")],
)
def test_m19_overlap_is_a_warning(tmp_path: Path, first: str, second: str) -> None:
    _, findings = accepted(tmp_path, songs(SAME + first, SAME.replace("mixes/", "./mixes/x/../") + second))
    finding = only(findings, "repeated-audio")
    assert (finding.severity, finding.song) == ("warning", 1)
    assert "songs 1 and 2" in headline(finding)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("end = 100", "start = 100"),
        ("", "allow_duplicate = true"),
        ("allow_duplicate = true", ""),
        ("start = 50", "end = 50"),
    ],
)
def test_m19_neighbours_and_meant_repetitions_are_fine(tmp_path: Path, first: str, second: str) -> None:
    assert accepted(tmp_path, songs(SAME + first, SAME + second))[1] == ()


def test_m19_a_long_song_is_compared_with_all_that_start_within_it(tmp_path: Path) -> None:
    lines = (SAME + "end = 100", SAME + "start = 10\nend = 20", SAME + "start = 30\nend = 40")
    _, findings = accepted(tmp_path, songs(*lines))
    assert [finding.song for finding in findings] == [1, 2]


# ---- M20, M21: codes


@pytest.mark.parametrize("code", ["GBAAA2600001", "GB-AAA-26-00001", "gb aaa 26 00001"])
def test_m20_isrc_is_stored_without_hyphens_in_capitals(tmp_path: Path, code: str) -> None:
    release, findings = accepted(tmp_path, songs(f'isrc = "{code}"'))
    assert (release.songs[0].isrc, findings) == ("GBAAA2600001", ())


@pytest.mark.parametrize(
    "code", ["GBAAA260001", "GBAAA26000012", "1BAAA2600001", "GB-A.A-26-00001", "GBAAA26A0001", "x"]
)
def test_m20_malformed_isrc(tmp_path: Path, code: str) -> None:
    finding = only(refused(tmp_path, songs("", f'isrc = "{code}"')), "bad-isrc")
    assert (place(finding), finding.song) == ("13:8", 1)


def test_m20_letter_o_for_zero_in_the_digits_is_malformed_with_the_right_one(tmp_path: Path) -> None:
    assert "GBAAA2600001" in only(refused(tmp_path, songs('isrc = "GBAAA26OOOO1"')), "bad-isrc").hint


@pytest.mark.parametrize("code", ["GBA0O2600001", "GBOO12600001", "GB1OA2600001"])
def test_m20_letter_o_among_the_registrants_digits_is_a_warning(tmp_path: Path, code: str) -> None:
    finding = only(accepted(tmp_path, songs(f'isrc = "{code}"'))[1], "doubtful-isrc")
    assert finding.severity == "warning"
    assert "zero" in finding.hint


def test_m20_unknown_prefix_is_a_warning(tmp_path: Path) -> None:
    assert '"XX"' in headline(only(accepted(tmp_path, songs('isrc = "XXAAA2600001"'))[1], "doubtful-isrc"))


def test_m20_duplicate_isrc(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, songs('isrc = "GBAAA2600001"', "", 'isrc = "gb-aaa-26-00001"')), "duplicate-isrc")
    assert headline(finding) == 'ISRC "GBAAA2600001" belongs to song 1 already'
    assert finding.song == 2


# published examples: GS1's own 4006381333931 and 036000291452, ISBN agency's 9780306406157
@pytest.mark.parametrize("code", ["4006381333931", "036000291452", "9780306406157", "4 006381-333931"])
def test_m21_barcodes(tmp_path: Path, code: str) -> None:
    release, findings = accepted(tmp_path, released(f'barcode = "{code}"'))
    assert (release.barcode, findings) == (code.replace(" ", "").replace("-", ""), ())


@pytest.mark.parametrize(("code", "right"), [("4006381333932", "4006381333931"), ("036000291455", "036000291452")])
def test_m21_wrong_check_digit_shows_the_right_one(tmp_path: Path, code: str, right: str) -> None:
    finding = only(refused(tmp_path, released(f'barcode = "{code}"')), "bad-barcode")
    assert f"it is {code[-1]}, it should be {right[-1]}" in headline(finding)
    assert right in finding.hint


@pytest.mark.parametrize("code", ["4006381", "40063813339314", "40063813339x1", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_m21_no_barcode_at_all(tmp_path: Path, code: str) -> None:
    assert "EAN-13 has 13 digits" in headline(only(refused(tmp_path, released(f'barcode = "{code}"')), "bad-barcode"))


# ---- M22: dates


@pytest.mark.parametrize("date", ["2026", "2026-11", "2024-02-29", "1877-11-21"])
def test_m22_dates(tmp_path: Path, date: str) -> None:
    release, findings = accepted(tmp_path, released(f'date = "{date}"'))
    assert (release.date, findings) == (date, ())


@pytest.mark.parametrize(
    ("date", "reason"),
    [
        ('"2026-02-30"', "2026-02 has 28 days"),
        ('"2026-13-01"', "months go from 01 to 12"),
        ('"0000-01-01"', "no year 0"),
        ('"2026-11-00"', "2026-11 has 30 days"),
        ('"20.11.2026"', "write 2026-11-20"),
        ("2026-11-20T10:00:00Z", "without a time of day"),
    ],
)
def test_m22_impossible_dates(tmp_path: Path, date: str, reason: str) -> None:
    finding = only(refused(tmp_path, released(f"date = {date}")), "bad-date")
    assert reason in headline(finding)
    assert place(finding) == "3:8"


def test_m22_a_date_of_the_next_century_is_a_warning(tmp_path: Path) -> None:
    finding = only(accepted(tmp_path, released("date = 2126-11-20"))[1], "distant-date")
    assert (finding.severity, headline(finding)) == ("warning", "the release date 2126-11-20 is 100 years ahead")


@pytest.mark.parametrize("line", ['language = "English"', 'language = "EN"'])
def test_languages_are_codes(tmp_path: Path, line: str) -> None:
    assert only(accepted(tmp_path, released(line))[1], "doubtful-language").severity == "warning"
    assert only(accepted(tmp_path, songs(line))[1], "doubtful-language").song == 0
    assert accepted(tmp_path, released('language = "zxx"'))[1] == ()


# ---- M23 to M33: texts


@pytest.mark.parametrize("title", ["", " ", "\\t\\n", "\u3000"])
def test_m23_empty_titles(tmp_path: Path, title: str) -> None:
    finding = next(each for each in refused(tmp_path, songs("", f'title = "{title}"')) if each.severity == "error")
    assert (finding.code, finding.song, place(finding)) == ("empty-text", 1, "12:9")
    assert {each.code for each in refused(tmp_path, MINIMAL.replace("Night Signals", title))} >= {"empty-text"}


def test_m23_a_missing_title_is_told_at_its_song(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, f'{MINIMAL}[[song]]\nmixdown = "x.wav"'), "empty-text")
    assert (place(finding), headline(finding)) == ("8:3", "the title of song 2 is missing or empty")


def test_m23_ten_thousand_characters_are_a_title(tmp_path: Path) -> None:
    release, findings = accepted(tmp_path, songs(f'title = "{"x" * 10_000}"'))
    assert (len(release.songs[0].title), findings) == (10_000, ())


@pytest.mark.parametrize("text", [MINIMAL.replace("Opening", "Open\\u0000ing"), songs('notes = "\\u0000"')])
def test_m24_nul_is_refused(tmp_path: Path, text: str) -> None:
    finding = refused(tmp_path, text)[0]
    assert finding.code == "nul-character"
    assert "\0" not in finding.message


@pytest.mark.parametrize("char", ["\\n", "\\u0007", "\\u001B", "\\u0085", "\\u2028"])
def test_m24_control_characters_are_kept_and_told_escaped(tmp_path: Path, char: str) -> None:
    release, findings = accepted(tmp_path, songs(f'title = "Open{char}ing"'))
    finding = only(findings, "control-character")
    assert len(release.songs[0].title) == len("Open?ing")
    assert finding.severity == "warning"
    assert all(line.isprintable() for line in finding.message.splitlines())
    assert len(finding.message.splitlines()) == 3


def test_m24_lines_in_notes_and_lyrics_are_fine(tmp_path: Path) -> None:
    assert accepted(tmp_path, songs('notes = "one\\ntwo"\nlyrics = """\none\n\ttwo\n"""'))[1] == ()


def test_m25_bidi_override_is_kept_shown_as_escape_and_told(tmp_path: Path) -> None:
    release, findings = accepted(tmp_path, songs('title = "Open\u202egni"'))
    finding = only(findings, "direction-character")
    assert release.songs[0].title == "Open\u202egni"
    assert finding.severity == "warning"
    assert r'"Open\u202Egni"' in headline(finding)
    assert "\u202e" not in finding.message


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("<script>alert(1)</script>", id="m26"),
        pytest.param("../../etc/passwd", id="m27"),
        pytest.param("C:\\x", id="m27-drive"),
        pytest.param("/etc/passwd", id="m27-absolute"),
        pytest.param("CON", id="m28"),
        pytest.param("aux ", id="m28-space"),
        pytest.param("漢" * 86, id="m31"),
        pytest.param("...", id="m32"),
        pytest.param("-rf", id="m32-dash"),
        pytest.param("=HYPERLINK()", id="m33"),
    ],
)
def test_m26_to_m33_any_printable_title_is_taken_as_it_is(tmp_path: Path, title: str) -> None:
    release, findings = accepted(tmp_path, songs(f"title = '{title}'"))
    assert (release.songs[0].title, findings) == (title, ())


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("Undertow", "UNDERTOW", id="m29"),
        pytest.param("Straße", "STRASSE", id="m29-sharp-s"),
        pytest.param("Cafe\u0301", "Café", id="m30"),
        pytest.param("Undertow", "Undertow ", id="m29-space"),
        pytest.param("Undertow", "Undertow", id="same"),
    ],
)
def test_m29_m30_twins_are_told(tmp_path: Path, first: str, second: str) -> None:
    finding = only(accepted(tmp_path, songs(f'title = "{first}"', "", f'title = "{second}"'))[1], "similar-titles")
    assert (finding.severity, finding.song) == ("warning", 2)
    assert "song 1" in headline(finding)


def test_m29_versions_tell_twins_apart(tmp_path: Path) -> None:
    assert accepted(tmp_path, songs('title = "Undertow"', 'title = "Undertow"\nversion = "Dub"'))[1] == ()


# ---- M34, M35: cuts, fades, joints


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('start = 10\nend = "0:08.5"', 'song 1, "Song 1", ends at 0:08.500, before it starts at 0:10.000'),
        ("start = 10\nend = 10", "ends at 0:10.000, before it starts"),
        ("end = 0", "ends at 0:00.000"),
        ("start = -1", 'start of song 1, "Song 1", is negative: -1 seconds'),
    ],
)
def test_m34_impossible_ranges(tmp_path: Path, line: str, words: str) -> None:
    finding = only(refused(tmp_path, songs(line)), "impossible-range")
    assert words in headline(finding)
    assert finding.song == 0


def test_m34_auto_is_not_judged_here(tmp_path: Path) -> None:
    assert accepted(tmp_path, songs('start = "auto"\nend = 3\nfade_out = 5'))[1] == ()


@pytest.mark.parametrize("lines", ["fade_out = 11", "fade_in = 6\nfade_out = 5", 'fade_in = "0:10.1"'])
def test_m35_fades_longer_than_the_song(tmp_path: Path, lines: str) -> None:
    finding = only(refused(tmp_path, songs(f"start = 2\nend = 12\n{lines}")), "impossible-fade")
    assert "the song only 10 s" in headline(finding)


def test_m35_fades_that_just_fit(tmp_path: Path) -> None:
    assert accepted(tmp_path, songs("start = 2\nend = 12\nfade_in = 5\nfade_out = 5"))[1] == ()


def test_m35_crossfade_longer_than_the_song(tmp_path: Path) -> None:
    assert "crossfade" in headline(only(refused(tmp_path, songs("", "end = 3\ncrossfade = 4")), "impossible-fade"))


@pytest.mark.parametrize("line", ["joined = true", "crossfade = 4"])
def test_nothing_joins_the_first_song_of_a_disc(tmp_path: Path, line: str) -> None:
    assert "the first song:" in headline(only(refused(tmp_path, songs(line)), "impossible-joint"))
    finding = only(refused(tmp_path, songs("", f"disc = 2\n{line}")), "impossible-joint")
    assert "the first song of disc 2" in headline(finding)


@pytest.mark.parametrize("line", ["joined = true", "crossfade = 4"])
def test_a_gap_contradicts_a_joint(tmp_path: Path, line: str) -> None:
    finding = only(refused(tmp_path, songs("", f"gap = 2\n{line}")), "impossible-joint")
    assert line.split()[0] in headline(finding)
    assert accepted(tmp_path, songs("", f"gap = 0\n{line}"))[1] == ()


@pytest.mark.parametrize("lines", [("gap = 2",), ("", "mark = 1")])
def test_keys_without_effect_are_told(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert only(accepted(tmp_path, songs(*lines))[1], "idle-key").severity == "warning"
