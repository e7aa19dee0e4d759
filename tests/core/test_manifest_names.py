"""Names that point at other things, names of folders, and paths."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.manifest_support import MINIMAL, accepted, headline, only, place, refused, released, songs

REFERENCE = '[[reference]]\nname = "{}"\nfile = "references/x.flac"\n'


def test_unknown_reference_suggests(tmp_path: Path) -> None:
    text = songs('references = ["slow-burn", "slow-bum"]') + REFERENCE.format("slow-burn")
    finding = only(refused(tmp_path, text), "unknown-reference")
    assert (finding.hint, place(finding)) == ('did you mean "slow-burn"?', "8:28")
    assert "add a [[reference]]" in only(refused(tmp_path, songs('references = ["x"]')), "unknown-reference").hint


def test_duplicate_reference_names(tmp_path: Path) -> None:
    text = MINIMAL + REFERENCE.format("Slow-Burn") + REFERENCE.format("slow-burn")
    assert place(only(refused(tmp_path, text), "duplicate-name")) == "12:8"


def test_duplicate_deliverable_names(tmp_path: Path) -> None:
    text = MINIMAL + "".join(f'[[deliverable]]\nname = "{name}"\nformat = "wav"\n' for name in ("Café", "CAFE\u0301"))
    assert place(only(refused(tmp_path, text), "duplicate-name")) == "12:8"


UNSAFE = [
    r"report",
    r"Report",
    r"SHA256SUMS",
    r"release.json",
    r"../x",
    r"a/b",
    r"a\\b",
    r"a:b",
    r"CON",
    r"nul.txt",
    r"COM¹",
    r"..",
    r".x",
    r"-x",
    r"x.",
    r"x ",
    r" x",
    r"a\u0007b",
]


@pytest.mark.parametrize("name", [*UNSAFE, "x" * 101])
def test_deliverable_names_are_folders_on_every_system(tmp_path: Path, name: str) -> None:
    findings = refused(tmp_path, f'{MINIMAL}[[deliverable]]\nname = "{name}"\nformat = "wav"\n')
    assert [each.code for each in findings if each.severity == "error"] == ["unsafe-name"]


@pytest.mark.parametrize("name", ["cd-16-44", "Für Anna", "漢字", "console", "reports", "v1.0"])
def test_deliverable_names_that_do(tmp_path: Path, name: str) -> None:
    assert accepted(tmp_path, f'{MINIMAL}[[deliverable]]\nname = "{name}"\nformat = "wav"\n')[1] == ()


def test_unknown_profile_suggests(tmp_path: Path) -> None:
    text = MINIMAL + '[[deliverable]]\nname = "x"\nformat = "wav"\nprofile = "{}"\n'
    assert accepted(tmp_path, text.format("spotify"))[1] == ()
    assert "spotify" in only(refused(tmp_path, text.format("spotfy")), "unknown-profile").hint


ANCHORED = '[[treatment]]\nstage = "level"\nmode = "anchor"\n'


@pytest.mark.parametrize("name", ["Opening", "opening", "1"])
def test_anchor_names_a_song_by_title_or_number(tmp_path: Path, name: str) -> None:
    assert accepted(tmp_path, f'{MINIMAL}{ANCHORED}anchor = "{name}"')[1] == ()


@pytest.mark.parametrize("name", ["Openng", "2", "0"])
def test_anchor_that_names_no_song(tmp_path: Path, name: str) -> None:
    finding = only(refused(tmp_path, f'{MINIMAL}{ANCHORED}anchor = "{name}"'), "unknown-song")
    assert place(finding) == "11:10"
    assert finding.hint == ('did you mean "Opening"?' if name == "Openng" else "")


def test_anchor_that_names_two_songs_needs_a_number(tmp_path: Path) -> None:
    text = songs('title = "Undertow"', 'title = "Undertow"') + ANCHORED
    findings = refused(tmp_path, f'{text}anchor = "Undertow"')
    assert "2 songs" in headline(next(each for each in findings if each.code == "unknown-song"))


def test_anchor_of_a_deliverable(tmp_path: Path) -> None:
    text = '[[deliverable]]\nname = "x"\nformat = "wav"\nadjust = { level = { anchor = "Closing" } }'
    assert place(only(refused(tmp_path, MINIMAL + text), "unknown-song")) == "11:31"


def test_anchor_mode_needs_an_anchor(tmp_path: Path) -> None:
    assert place(only(refused(tmp_path, MINIMAL + ANCHORED), "missing-key")) == "10:8"


def test_target_from_references_needs_references(tmp_path: Path) -> None:
    text = f'{MINIMAL}[[treatment]]\nstage = "level"\ntarget_from = "references"\n'
    assert place(only(refused(tmp_path, text), "unknown-reference")) == "10:15"
    assert accepted(tmp_path, text + REFERENCE.format("x"))[1] == ()


def test_only_one_step_sets_the_levels(tmp_path: Path) -> None:
    text = f'{MINIMAL}[[treatment]]\nstage = "level"\n[[treatment]]\nstage = "loud"\n'
    assert place(only(refused(tmp_path, text), "impossible-treatment")) == "10:3"


def test_waiver_for_a_song_that_does_not_exist(tmp_path: Path) -> None:
    text = f'{MINIMAL}[[qc.waive]]\ncode = "x"\nreason = "y"\nsong = "Closing"\n'
    assert place(only(refused(tmp_path, text), "unknown-song")) == "11:8"
    assert accepted(tmp_path, text.replace("Closing", "Opening"))[0].qc.waive[0].song == "Opening"


# ---- paths


@pytest.mark.parametrize(
    "text",
    [released('artwork = ""'), songs('mixdown = ""'), MINIMAL + REFERENCE.format("x").replace("references/x.flac", "")],
)
def test_empty_paths(tmp_path: Path, text: str) -> None:
    only(refused(tmp_path, text), "empty-text")


def test_home_is_taken_literally_and_told(tmp_path: Path) -> None:
    release, findings = accepted(tmp_path, songs('mixdown = "~/mixes/1.wav"'))
    assert release.songs[0].mixdown == tmp_path / "~" / "mixes" / "1.wav"
    assert only(findings, "doubtful-path").severity == "warning"


def test_files_need_not_exist_yet(tmp_path: Path) -> None:
    assert accepted(tmp_path, songs(f"mixdown = '{tmp_path / 'nowhere.wav'}'"))[1] == ()
