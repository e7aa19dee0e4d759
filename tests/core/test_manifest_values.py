"""Keys, types, ranges and defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmaster.errors import Refused
from glassmaster.manifest import load
from glassmaster.model import Finding, Step
from glassmaster.plugins import Offers
from tests.manifest_support import (
    MINIMAL,
    OFFERS,
    STAGES,
    Band,
    Level,
    Limit,
    Mp3,
    Pcm,
    Tone,
    accepted,
    headline,
    only,
    place,
    refused,
    written,
)


def stepped(line: str) -> str:
    return f'{MINIMAL}\n[[treatment]]\nstage = "tone"\n{line}\n'


# ---- what is left out


def test_ten_lines_will_do(tmp_path: Path) -> None:
    release, findings = accepted(tmp_path, MINIMAL)
    assert findings == ()
    assert release.treatment == (Step("level", Level()), Step("limit", Limit()))
    assert [(each.name, each.format, each.settings) for each in release.deliverables] == [
        ("wav", "wav", Pcm(24)),
        ("flac", "flac", Pcm(24)),
        ("mp3", "mp3", Mp3(320)),
    ]
    assert (release.songs[0].number, release.songs[0].status, release.songs[0].gap) == (1, "final", None)


def test_paths_are_absolute_and_relative_to_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "else where.wav"
    text = f"{MINIMAL}[[reference]]\nname = 'r'\nfile = '{elsewhere}'\n".replace("artist", "artwork='c.png'\nartist")
    written(tmp_path, text)
    monkeypatch.chdir(tmp_path)
    release, _ = load(Path("release.toml"), OFFERS)
    assert release.manifest == tmp_path / "release.toml"
    assert release.songs[0].mixdown == tmp_path / "mixes" / "01_Opening_Mix3_48k_24b.wav"
    assert (release.artwork, release.references[0].file) == (tmp_path / "c.png", elsewhere)


def test_places_are_named_as_the_user_named_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, MINIMAL + "disc = 'one'\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refused) as refusal:
        load(Path("release.toml"), OFFERS)
    assert [finding.where for finding in refusal.value.findings] == ["release.toml:8:8"]


def test_a_singles_songs_are_called_like_the_release(tmp_path: Path) -> None:
    text = MINIMAL.replace('title = "Opening"\n', "").replace("artist", 'type = "single"\nartist')
    release, _ = accepted(tmp_path, f'{text}[[song]]\nversion = "Dub"\nmixdown = "dub.wav"')
    assert [song.title for song in release.songs] == ["Night Signals", "Night Signals"]


def test_numbers_count_within_each_disc(tmp_path: Path) -> None:
    songs = "".join(f'[[song]]\ntitle="{i}"\nmixdown="{i}.wav"\ndisc={disc}\n' for i, disc in enumerate((1, 2, 2)))
    release, _ = accepted(tmp_path, MINIMAL + songs)
    assert [(song.disc, song.number) for song in release.songs] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_toml_dates_and_quoted_dates_are_the_same(tmp_path: Path) -> None:
    for line in ("date = 2026-11-20\n", 'date = "2026-11-20"\n'):
        assert accepted(tmp_path, MINIMAL.replace("artist", f"{line}artist"))[0].date == "2026-11-20"


@pytest.mark.parametrize("line", ["treatment = []\n", ""])
def test_no_treatment_only_when_asked_for(tmp_path: Path, line: str) -> None:
    release, _ = accepted(tmp_path, line + MINIMAL)
    assert len(release.treatment) == (0 if line else 2)


def test_plugins_stand_at_the_top_or_in_the_release(tmp_path: Path) -> None:
    text = 'plugins = ["./a.py"]\n' + MINIMAL.replace("artist", 'plugins = ["b/c.py"]\nartist')
    assert accepted(tmp_path, text)[0].plugins == ("./a.py", "b/c.py")


@pytest.mark.parametrize("name", ["../a.py", "/a.py", "C:\\a.py", "a.txt", "b/../../a.py"])
def test_plugins_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    finding = only(refused(tmp_path, f"plugins = ['x.py', '{name}']\n{MINIMAL}"), "plugin-path")
    assert place(finding) == "1:20"


# ---- M09, M10


def test_m09_unknown_key_suggests(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL.replace('title = "Opening"', 'titel = "Opening"'))
    with pytest.raises(Refused) as refusal:
        load(path, OFFERS)
    assert refusal.value.findings == (
        Finding(
            "unknown-key",
            "error",
            f"{path}:6:1",
            'unknown key "titel"\n    6 | titel = "Opening"\n      | ^',
            'did you mean "title"?',
            song=0,
        ),
    )


@pytest.mark.parametrize(
    ("text", "spot", "hint"),
    [
        (MINIMAL.replace("[[song]]", "[[songs]]"), "5:3", 'did you mean "song"?'),
        ("title = 'x'\n" + MINIMAL, "1:1", "belongs under [release]"),
        ("mixdown = 'x'\n" + MINIMAL, "1:1", "belongs under a [[song]]"),
        (MINIMAL.replace("artist", "treatment = []\nartist"), "3:1", "top of the file"),
        (MINIMAL.replace("artist", "isrc = ''\nartist"), "3:1", "belongs under a [[song]]"),
        (MINIMAL + "settings = {}\n", "8:1", "known here: "),
        (MINIMAL + '[[deliverable]]\nname = "x"\nformat = "wav"\nsettings = {}', "11:1", "known here: "),
        (MINIMAL + '[[deliverable]]\nname = "x"\nformat = "wav"\nbitrate = 3', "11:1", 'format = "mp3"'),
        (MINIMAL + '[[deliverable]]\nname = "x"\nformat = "mp3"\nbitrat = 320', "11:1", 'did you mean "bitrate"?'),
        (stepped("ceiling_dbtp = -1"), "11:1", 'stage = "limit" or stage = "loud"'),
        (stepped("bands = [{ hz = 3 }, { herz = 3 }]"), "11:24", 'did you mean "hz"?'),
        (MINIMAL + "adjust = { limit = { relase_ms = 3 } }", "8:22", 'did you mean "release_ms"?'),
        (MINIMAL + "[[qc.waive]]\ncode = 'x'\nreason = 'y'\nsongs = 'Opening'", "11:1", 'did you mean "song"?'),
    ],
)
def test_m09_unknown_key_in_every_table(tmp_path: Path, text: str, spot: str, hint: str) -> None:
    finding = next(each for each in refused(tmp_path, text) if each.code == "unknown-key")
    assert place(finding) == spot
    assert hint in finding.hint


@pytest.mark.parametrize(
    ("line", "words", "hint"),
    [
        ("barcode = 5012345678900", "text in quotes, not the number 5012345678900", 'barcode = "5012345678900"'),
        ('revision = "2"', 'a whole number of at least 1, not the text "2"', "revision = 2"),
        ("revision = true", "a whole number of at least 1, not true", ""),
        ("revision = 1.5", "a whole number of at least 1, not the number 1.5", ""),
        ('type = "albm"', '"single", "ep", "album" or "compilation", not the text "albm"', 'did you mean "album"?'),
        ("type = 3", '"single", "ep", "album" or "compilation", not the number 3', ""),
        ("genre = []", "genre must be text in quotes, not a list", ""),
        ("artwork = { file = 'x' }", "artwork must be a path in quotes, not a table", ""),
        ("plugins = 'x.py'", 'plugins must be a list: [text in quotes, ...], not the text "x.py"', '["x.py"]'),
        ("plugins = ['x.py', 3]", "plugins, entry 2, must be text in quotes, not the number 3", ""),
        ("label = 10:00:00", "time of day", "quotes"),
    ],
)
def test_m10_wrong_type_in_the_release(tmp_path: Path, line: str, words: str, hint: str) -> None:
    finding = only(refused(tmp_path, MINIMAL.replace("artist", f"{line}\nartist")), "wrong-value")
    assert words in headline(finding)
    assert hint in finding.hint
    assert place(finding).startswith("3:")


@pytest.mark.parametrize(
    ("line", "words", "hint"),
    [
        ('joined = "yes"', "true or false", "joined = true"),
        ("explicit = 1", "true or false, not the number 1", ""),
        ('level_db = "-1.5"', "a number from -40 to 20", "level_db = -1.5"),
        ('level_db = "-1.5 dB"', "a number from -40 to 20", "without its unit"),
        ('start = "soon"', 'a time (seconds or "m:ss.mmm") or "auto", not the text "soon"', ""),
        ("start = true", 'a time (seconds or "m:ss.mmm") or "auto", not true', ""),
        ('gap = "auto"', 'a time (seconds or "m:ss.mmm") from 0 to 60, not the text "auto"', ""),
        ('fade_in = "2:00"', "from 0 to 60, not the number 120.0", ""),
        ('references = "slow-burn"', "a list", '["slow-burn"]'),
        ("disc = 0", "a whole number from 1 to 99, not the number 0", ""),
        ("adjust = 3", "a table: { limit = { ... } }, not the number 3", ""),
        ("adjust = { limit = true }", "a table of settings, or false to leave the stage out, not true", ""),
    ],
)
def test_m10_wrong_type_in_a_song(tmp_path: Path, line: str, words: str, hint: str) -> None:
    finding = only(refused(tmp_path, f"{MINIMAL}{line}\n"), "wrong-value")
    assert words in headline(finding)
    assert hint in finding.hint
    assert finding.song == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("song = 'a'\n" + MINIMAL.partition("[[song]]")[0], 'song must be a table [[song]], not the text "a"'),
        ("song = ['a']\n" + MINIMAL.partition("[[song]]")[0], 'must be a table [[song]], not the text "a"'),
        (MINIMAL.replace("[[song]]", "[song]"), "write [[song]], not [song]"),
        (MINIMAL.replace("[release]", "[[release]]"), "write [release], not [[release]]"),
        ("qc = 3\n" + MINIMAL, "qc must be a table [qc], not the number 3"),
        (MINIMAL.replace("[[song]]", "[[song]]\nadjust.limit = 3\n[[song]]"), "not the number 3"),
    ],
)
def test_m10_wrong_kind_of_table(tmp_path: Path, text: str, words: str) -> None:
    assert words in "; ".join(headline(finding) for finding in refused(tmp_path, text))


def test_m10_all_errors_come_in_one_run_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = """\
[release]
titel = "Night Signals"
artist = ""
barcode = "5012345678901"
[[song]]
title = "Opening"
isrc = "nonsense"
start = 10
end = "0:08.5"
[[song]]
mixdown = 3
[[treatment]]
stage = "limt"
[[treatment]]
stage = "level"
target_lufs = 3
[[deliverable]]
name = "report"
format = "wav"
bits = 20
[qc]
fail_on = "never"
"""
    findings = refused(tmp_path, text)
    assert [(place(finding), finding.code) for finding in findings] == [
        ("2:1", "unknown-key"),
        ("3:10", "empty-text"),
        ("4:11", "bad-barcode"),
        ("5:3", "missing-key"),
        ("7:8", "bad-isrc"),
        ("9:7", "impossible-range"),
        ("10:3", "empty-text"),
        ("11:11", "wrong-value"),
        ("13:9", "unknown-stage"),
        ("16:15", "wrong-value"),
        ("18:8", "unsafe-name"),
        ("20:8", "wrong-value"),
        ("22:11", "wrong-value"),
    ]


def test_m11_no_songs(tmp_path: Path) -> None:
    for text in (MINIMAL.partition("[[song]]")[0], "song = []\n" + MINIMAL.partition("[[song]]")[0]):
        assert "[[song]]" in only(refused(tmp_path, text), "no-songs").hint


def test_nothing_to_deliver_is_refused(tmp_path: Path) -> None:
    assert place(only(refused(tmp_path, "deliverable = []\n" + MINIMAL), "no-deliverables")) == "1:15"


def test_m12_ten_thousand_songs(tmp_path: Path) -> None:
    song = '[[song]]\ntitle = "Song {0}"\nmixdown = "mixes/{0}.wav"\nisrc = "GBAAA26{0:05d}"\nstart = "0:01.5"\n'
    release, findings = accepted(
        tmp_path, MINIMAL.partition("[[song]]")[0] + "".join(song.format(index) for index in range(10_000))
    )
    assert (len(release.songs), release.songs[-1].number, findings) == (10_000, 10_000, ())


# ---- M15, M16, M17: numbers


@pytest.mark.parametrize("number", ["nan", "-nan", "inf", "-inf", "1e400", "-1e999"])
def test_m15_numbers_must_be_finite(tmp_path: Path, number: str) -> None:
    for text in (f"{MINIMAL}level_db = {number}\n", stepped(f"low_hz = {number}")):
        assert "must be finite" in headline(only(refused(tmp_path, text), "wrong-value"))


def test_m15_whole_numbers_have_an_end(tmp_path: Path) -> None:
    assert "too large" in headline(only(refused(tmp_path, f"{MINIMAL}disc = {'9' * 400}\n"), "wrong-value"))


@pytest.mark.parametrize("number", ["3", "-200", "0.001"])
def test_m16_loudness_target_out_of_range(tmp_path: Path, number: str) -> None:
    finding = only(refused(tmp_path, f'{MINIMAL}[[treatment]]\nstage="level"\ntarget_lufs = {number}'), "wrong-value")
    assert headline(finding) == f"target_lufs must be a number from -60 to 0, not the number {number}"


def test_m17_ceiling_above_full_scale(tmp_path: Path) -> None:
    text = MINIMAL + '[[deliverable]]\nname="x"\nformat="wav"\nadjust = { limit = { ceiling_dbtp = 0.5 } }'
    finding = only(refused(tmp_path, text), "wrong-value")
    assert headline(finding) == "ceiling_dbtp must be a number from -20 to 0, not the number 0.5"
    assert place(finding) == "11:37"


# ---- M36, M37: stages and formats


def test_m36_unknown_stage_lists_the_known(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, f'{MINIMAL}[[treatment]]\nstage = "limitt"'), "unknown-stage")
    assert headline(finding) == 'there is no stage "limitt"'
    assert finding.hint == 'did you mean "limit"?; known: faulty, level, limit, loud, tone'


def test_m36_unknown_stage_mentions_broken_plugins(tmp_path: Path) -> None:
    broken = Finding("plugin-broken", "warning", "plugin tape (tape-machine 1.0)", "could not be loaded: ImportError")
    finding = refused(tmp_path, f'{MINIMAL}[[treatment]]\nstage = "tape"', Offers(stages=STAGES, broken=(broken,)))[0]
    assert "plugin tape (tape-machine 1.0) could not be loaded: ImportError" in finding.hint


@pytest.mark.parametrize("name", ['"wave"', "3", '""'])
def test_m36_unknown_format(tmp_path: Path, name: str) -> None:
    (finding,) = refused(tmp_path, f'{MINIMAL}[[deliverable]]\nname = "x"\nbits = 16\nformat = {name}')
    assert (finding.code, place(finding)) == ("wrong-value" if name == "3" else "unknown-format", "11:10")


def test_m36_missing_stage_and_format(tmp_path: Path) -> None:
    findings = refused(tmp_path, f'{MINIMAL}[[treatment]]\n[[deliverable]]\nname = "x"')
    assert [headline(each) for each in findings] == [
        "stage is missing in [[treatment]]",
        "format is missing in [[deliverable]]",
    ]


def test_m36_defaults_that_are_not_installed_are_named(tmp_path: Path) -> None:
    findings = refused(tmp_path, MINIMAL, Offers())
    assert {headline(each) for each in findings} >= {'there is no stage "level"', 'there is no format "wav"'}


def test_m36_a_package_needs_no_format(tmp_path: Path) -> None:
    release, _ = accepted(tmp_path, f'{MINIMAL}[[deliverable]]\nname = "disc"\npackage = "cd"')
    assert (release.deliverables[0].package, release.deliverables[0].settings) == ("cd", None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("order = 1.5", 'order must be a whole number or "auto", not the number 1.5'),
        ('order = "aut"', 'order must be a whole number or "auto", not the text "aut"'),
        ("bands = [{ hz = 0 }]", "hz must be a number above 0, not the number 0"),
        ("bands = [3]", "bands, entry 1, must be a table: { ... }, not the number 3"),
        ("bands = [{}, {}, {}, {}]", "of at most 3"),
        ("low_hz = 30000", "low_hz must be under high_hz"),
    ],
)
def test_m37_stage_settings(tmp_path: Path, line: str, words: str) -> None:
    assert words in headline(only(refused(tmp_path, stepped(line)), "wrong-value"))


def test_m37_right_settings_become_the_plugins_own_class(tmp_path: Path) -> None:
    release, _ = accepted(tmp_path, stepped('bands = [{ hz = 3 }, {}]\norder = "auto"\nlow_hz = 30'))
    assert release.treatment == (Step("tone", Tone((Band(3.0), Band()), 30.0)),)


def test_m37_a_faulty_settings_class_is_the_plugins_fault(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, f'{MINIMAL}[[treatment]]\nstage = "faulty"'), "plugin-settings")
    assert "NoSuchType" in finding.message


def test_m38_nothing_is_interpolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "gold")
    texts = ["${SECRET}", "$SECRET", "%SECRET%", "{{ SECRET }}", "!ENV SECRET", "%(SECRET)s", "`echo SECRET`"]
    for text in texts:
        release, _ = accepted(tmp_path, MINIMAL.replace("Opening", text).replace("Night Signals", text))
        assert (release.title, release.songs[0].title) == (text, text)
        assert release.songs[0].mixdown.name.endswith(f"{text}_Mix3_48k_24b.wav")
