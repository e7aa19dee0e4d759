"""What the manifest says of delivered files and of people: templates, versions of tags, credits."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmaster import plugins
from glassmaster.errors import Refused
from glassmaster.manifest import load
from glassmaster.model import Credit, Finding, Release

HEAD = '[release]\ntitle = "A"\nartist = "B"\n{release}\n[[song]]\ntitle = "C"\nmixdown = "c.wav"\n{song}\n'
TAIL = '[[deliverable]]\nname = "d"\nformat = "{form}"\n{how}\n'


def loaded(
    folder: Path, how: str = "", release: str = "", song: str = "", form: str = "mp3"
) -> tuple[Release, tuple[Finding, ...]]:
    path = folder / "release.toml"
    path.write_text(HEAD.format(release=release, song=song) + TAIL.format(form=form, how=how), "utf-8")
    return load(path, plugins.load())


def refused(folder: Path, **what: str) -> Finding:
    with pytest.raises(Refused) as caught:
        loaded(folder, **what)
    [finding] = caught.value.findings
    assert finding.where.startswith(str(folder / "release.toml:"))
    return finding


@pytest.mark.parametrize(
    ("template", "message", "hint"),
    [
        ("{titel}", 'there is no field "titel"', 'did you mean "title"?'),
        ("{numbr:02}", 'there is no field "numbr"', 'did you mean "number"?'),
        ("{title.__init__}", "is no field", "known: number, title"),
        ("{number:1000000000}", "is no field", "known:"),
        ("{title", 'a lone "{"', "known:"),
        ("../{title}", "would have no name", "known:"),
    ],
)
def test_a_bad_template_is_refused_at_its_place(tmp_path: Path, template: str, message: str, hint: str) -> None:
    finding = refused(tmp_path, how=f'filename = "{template}"')
    assert finding.code == "bad-filename"
    assert message in finding.message
    assert finding.hint.startswith(hint)
    assert "filename" in finding.message.splitlines()[1]


@pytest.mark.parametrize(
    ("template", "words"),
    [("{album}", "one name"), ("{title}.mp3", "added to every name"), ("{isrc}", "1 songs do not have")],
)
def test_a_doubtful_template_is_a_warning(tmp_path: Path, template: str, words: str) -> None:
    _, [finding] = loaded(tmp_path, how=f'filename = "{template}"')
    assert (finding.code, finding.severity) == ("doubtful-filename", "warning")
    assert words in finding.message


def test_keys_of_files_have_their_values(tmp_path: Path) -> None:
    how = 'filename = "{disc}-{number:02} {title}"\nmetadata = "none"\nid3 = "2.4"\ncover_px = 600'
    release, findings = loaded(tmp_path, how)
    made = release.deliverables[0]
    assert (made.filename, made.metadata, made.id3, made.cover_px) == ("{disc}-{number:02} {title}", "none", "2.4", 600)
    assert findings == ()
    assert refused(tmp_path, how='id3 = "2.2"').code == "wrong-value"
    assert refused(tmp_path, how="cover_px = 9000").code == "wrong-value"
    assert "none" in refused(tmp_path, how='metadata = "non"').hint


def test_a_version_of_id3_where_there_is_none_does_nothing(tmp_path: Path) -> None:
    _, [finding] = loaded(tmp_path, 'id3 = "2.4"', form="flac")
    assert (finding.code, finding.severity) == ("idle-key", "warning")


def test_credits_are_roles_and_names(tmp_path: Path) -> None:
    release, _ = loaded(tmp_path, song='credits = [{ role = "vocals", name = "D" }, { role = "mixer", name = "E" }]')
    assert release.songs[0].credits == (Credit("vocals", "D"), Credit("mixer", "E"))


@pytest.mark.parametrize(
    ("credit", "code", "words"),
    [
        ('{ role = "", name = "D" }', "bad-credit", "role is empty"),
        ('{ role = "a (b)", name = "D" }', "bad-credit", "no brackets"),
        ('{ role = "vocals", name = " " }', "bad-credit", "name is empty"),
        ('{ role = "vocals" }', "missing-key", "name is missing"),
        ('{ rol = "vocals", role = "x", name = "D" }', "unknown-key", 'unknown key "rol"'),
    ],
)
@pytest.mark.parametrize("where", ["release", "song"])
def test_a_credit_that_no_tag_could_hold(tmp_path: Path, where: str, credit: str, code: str, words: str) -> None:
    finding = refused(tmp_path, **{where: f"credits = [{credit}]"})
    assert finding.code == code
    assert words in finding.message


def test_no_deliverable_takes_the_cover_s_name(tmp_path: Path) -> None:
    path = tmp_path / "release.toml"
    path.write_text(HEAD.format(release="", song="") + '[[deliverable]]\nname = "Cover.jpg"\nformat = "mp3"\n', "utf-8")
    with pytest.raises(Refused, match="something else of that name"):
        load(path, plugins.load())
