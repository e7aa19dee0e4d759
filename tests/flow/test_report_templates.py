"""A label's own report through the command line: templates, style, logo, colour.

What hostile templates come to: tests/faults/test_template_cases.py.
"""

from __future__ import annotations

import base64
import io
import shutil
from pathlib import Path

import pytest
from PIL import Image

from glassmaster.errors import Exit
from glassmaster_reports.colours import contrast
from tests.flow_support import glassmaster, music, published, write_manifest, write_mix
from tests.page_support import read

FILES = '\n[[deliverable]]\nname = "wav"\nformat = "wav"\n'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("single")
    write_mix(folder / "one.wav", music(5, -12, 1))
    _manifest(folder, "")
    glassmaster("build", folder)
    return folder


@pytest.fixture
def album(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "album"))


def _manifest(folder: Path, report: str) -> None:
    song = 'title = "One <b>"\nmixdown = "one.wav"'
    write_manifest(folder, [song], f"{FILES}\n[report]\npreviews = false\n{report}", 'label = "Example Records"')


def _page(folder: Path) -> str:
    return (folder / "dist/report/index.html").read_text("utf-8")


def _own(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = (
            folder / "looks" / name.replace("_html_j2", ".html.j2").replace("_css", ".css").replace("_md_j2", ".md.j2")
        )
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    _manifest(folder, 'templates = "looks"')


def test_a_template_takes_the_place_of_ours_and_may_use_ours(album: Path) -> None:
    _own(
        album,
        index_html_j2='{% from "parts.html.j2" import table %}<!doctype html><title>Mine</title><style>{{ style|safe }}'
        "</style><h1>{{ page.release.title }}: {{ page.songs[0].place.title }}</h1>{{ table(page.overview) }}"
        "{% for group in page.groups %}{{ group.count }}{% endfor %}",
        style_css="h1 { color: teal }",
    )
    glassmaster("report", album)
    text = _page(album)
    assert "<title>Mine</title><style>h1 { color: teal }" in text
    assert "</style><h1>Small Hours: One &lt;b&gt;</h1>" in text
    assert read(text).tables["All songs"][1][1] == "One <b>"
    assert (album / "dist/report/report.md").read_text("utf-8").startswith("# Nobody: Small Hours")  # ours, apart


def test_our_own_templates_give_the_same_page_apart(album: Path) -> None:
    """What a process of its own reads back from JSON leads to the same bytes."""
    glassmaster("report", album)
    before = [(album / "dist/report" / name).read_bytes() for name in ("index.html", "report.md")]
    _own(album, note_md_j2="nothing uses this")
    glassmaster("report", album)
    assert [(album / "dist/report" / name).read_bytes() for name in ("index.html", "report.md")] == before


def test_a_build_with_a_broken_template_publishes_the_files_and_is_not_ready(album: Path) -> None:
    _own(album, index_html_j2="{{ nothing }}")
    shutil.rmtree(album / "dist")
    told = glassmaster("build", album, code=1)
    assert "'nothing' is undefined" in told.stderr
    assert (published(album / "dist")["verdict"], len(published(album / "dist")["deliverables"])) == ("not ready", 1)
    assert (album / "dist/report/report.md").is_file()


def test_a_template_that_broke_leaves_the_report_as_it_stood(album: Path) -> None:
    glassmaster("report", album)
    before = {each.name: each.read_bytes() for each in (album / "dist/report").glob("*.*")}
    assert "index.html" in before
    _own(album, index_html_j2="{{ nothing }}")
    assert "'nothing' is undefined" in glassmaster("report", album, code=Exit.STAGE).stderr
    assert {each.name: each.read_bytes() for each in (album / "dist/report").glob("*.*")} == before


def test_a_style_sheet_cannot_end_its_element(album: Path) -> None:
    _own(album, style_css="</style><script>alert(1)</script>")
    assert '"</" has no place in a style sheet (style.css)' in glassmaster("report", album, code=Exit.STAGE).stderr


def test_templates_lie_inside_the_release_folder(album: Path, tmp_path: Path) -> None:
    _manifest(album, 'templates = "../looks"')
    assert "does not lie inside the release folder" in glassmaster("report", album, code=Exit.USAGE).stderr
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret").write_text("secret")
    _own(album, index_html_j2='{% include "secret" %}')
    (album / "looks/secret").symlink_to(tmp_path / "elsewhere/secret")
    glassmaster("report", album)
    seen = read(_page(album))
    assert "leads out of the release folder by a link: our own templates are taken" in seen.text
    assert seen.headings[0] == "Small Hours"


def test_what_report_names_and_the_disk_does_not_have_is_told(album: Path) -> None:
    _manifest(album, 'templates = "nowhere"\nlogo = "nowhere.png"')
    told = glassmaster("check", album).stderr
    assert "there is no such folder of templates: ours are taken" in told
    assert "there is no such logo: the page goes without" in told


@pytest.mark.parametrize("kind", ["words", "svg", "bomb"])
def test_a_logo_that_cannot_be_shown_is_told(album: Path, kind: str) -> None:
    if kind == "bomb":
        Image.new("1", (8_000, 8_000)).save(album / "label.png")
    else:
        (album / "label.png").write_text(
            {"words": "no picture", "svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}[kind]
        )
    _manifest(album, 'logo = "label.png"')
    told = glassmaster("check", album).stderr
    assert "is no JPEG or PNG of at most 50 megapixels: the page goes without" in told
    assert "export the logo again as PNG" in told
    glassmaster("report", album)
    assert not [tag for tag, _ in read(_page(album)).tags if tag == "img"]


def test_a_label_can_brand_the_page(album: Path) -> None:
    Image.new("RGBA", (900, 300), (200, 30, 90, 128)).save(album / "label.png")
    _manifest(album, 'logo = "label.png"\naccent = "#ffd400"\nfooter = "Example Records <desk@example.com>"')
    glassmaster("report", album)
    text = _page(album)
    seen = read(text)
    (image,) = (a for tag, a in seen.tags if tag == "img")
    assert image["alt"] == "Example Records"
    data = base64.b64decode(str(image["src"]).removeprefix("data:image/png;base64,"))
    with Image.open(io.BytesIO(data)) as logo:
        assert (logo.size, logo.mode) == ((480, 160), "RGBA")
    assert "Example Records <desk@example.com>" in seen.text
    light, dark = (part.partition(";")[0].strip() for part in text.split("--accent:")[1:3])
    assert contrast(light, "#ffffff") >= 4.5
    assert dark == "#ffd400"  # on the dark paper it can be read as it is


def test_a_colour_that_is_none_is_refused(album: Path) -> None:
    _manifest(album, 'accent = "teal; } body { display: none"')
    assert "is no colour" in glassmaster("report", album, code=Exit.USAGE).stderr


def test_a_changed_template_is_published(album: Path) -> None:
    _own(album, index_html_j2="<title>one</title>")
    glassmaster("build", album)
    assert _page(album) == "<title>one</title>"
    _own(album, index_html_j2="<title>two</title>")
    glassmaster("build", album)
    assert _page(album) == "<title>two</title>"
