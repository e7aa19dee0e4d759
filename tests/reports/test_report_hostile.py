"""M26: texts of strangers in every field execute nothing and break nothing."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from glassmaster.approvals import given
from glassmaster.model import Finding, Outcome, Reporting, Revision, Step
from glassmaster_reports import write_html, write_json, write_markdown, write_running_sheet, write_text
from tests.browser_support import Tab, browser, needs_chromium
from tests.outcome_support import outcome
from tests.page_support import Seen, read
from tests.screens_support import asked_for, show

PAYLOADS = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\" onmouseover=\"document.title='owned'",
    "' autofocus onfocus='document.title=1",
    "</title><script>document.title='owned'</script>",
    "</style><script>document.title='owned'</script>",
    "</svg><svg onload=\"document.title='owned'\">",
    "<svg><animate onbegin=document.title='owned' attributeName=x dur=1s>",
    "</td></tr></table><h1>owned</h1>",
    "<!-- -->",
    "--><iframe src=javascript:document.title='owned'></iframe>",
    "javascript:document.title='owned'",
    "{{ 7 * 191 }}{% for x in range(9) %}owned{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "${document.title='owned'}",
    "<base href=https://example.invalid/>",
    "<meta http-equiv=refresh content='0;url=https://example.invalid/'>",
    "<link rel=stylesheet href=https://example.invalid/x.css>",
    "<style>body{display:none}</style>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;document.title='owned'&#60;/script&#62;",
    "[click](javascript:document.title='owned')",
    "![x](https://example.invalid/x.png)",
    "| a | b |\n| - | - |\n| c | d |",
    "# owned\n\n<script>document.title='owned'</script>",
    "\u202egnp.exe",
    "\x00\x07\x1b[2J",
    "\ud800",
    "]]>",
    "<svg/onload=document.title='owned'>",
    "<details open ontoggle=document.title='owned'>",
    "<video><source onerror=document.title='owned'>",
    "<input autofocus onfocus=document.title='owned'>",
    "<math><mtext></p><img src onerror=document.title='owned'></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=document.title=1>'>",
    "<template><script>document.title='owned'</script></template>",
    "<object data=data:text/html,<script>document.title=1</script>>",
    "<a href=data:text/html;base64,PHNjcmlwdD4=>click</a>",
    "<form action=https://example.invalid/><button>send</button></form>",
    "<textarea></textarea><plaintext>",
    "\u2028\u2029<script>document.title='owned'</script>",
    "\ufeff\u200b\u2066\u2069\u061c<b>owned</b>",
    "+ADw-script+AD4-document.title=1+ADw-/script+AD4-",
    "%3Cscript%3Edocument.title=1%3C/script%3E",
    "url(https://example.invalid/x.png)",
    "}</style>*{background:url(//example.invalid)}",
    '=HYPERLINK("https://example.invalid","owned")',
    "//example.invalid/x",
    "<dialog open><h1>owned</h1></dialog>",
    "A" * 5000,
    "𝕬" * 400,
    "e" + "\u0301" * 200,
)

_SONGS = 3


def _poisoned(text: str) -> Outcome:
    """The outcome with `text` in every field that a person or a plugin fills."""
    made = outcome()
    songs = tuple(
        replace(
            song,
            title=text,
            artist=text,
            version=text,
            isrc=text,
            notes=text,
            mixdown=Path(text.replace("\0", "0").replace("/", ":")),
            references=None,
        )
        for song in made.album.release.songs[:_SONGS]
    )
    references = tuple(
        replace(each, name=text, file=Path(text.replace("\0", "0"))) for each in made.album.release.references[:1]
    )
    poisoned = replace(
        made.album.release,
        **_texts(made.album.release, text),
        songs=songs,
        references=references,
        report=Reporting(footer=text),
        treatment=(Step(text, {text: text}),),
        deliverables=tuple(replace(each, profile=text) for each in made.album.release.deliverables),
    )
    products = tuple(
        replace(each, path=f"{each.deliverable}/{text}", encoder=text, sha256=text)
        for each in made.products
        if each.song < _SONGS
    )
    masters = {name: tuple(replace(m, stopped=text) for m in each[:_SONGS]) for name, each in made.masters.items()}
    heard = {text: made.album.references["slow-burn"]}
    signed = replace(
        made,
        album=replace(
            made.album,
            release=poisoned,
            references=heard,
            mixdowns=made.album.mixdowns[:_SONGS],
            cuts=made.album.cuts[:_SONGS],
        ),
        products=products,
        masters=masters,
        findings=(
            Finding(text, "error", text, text, text, song=0, at=7.5, cause=text),
            Finding(text, "warning", text, text, text, waived=text),
        ),
        provenance={text: text},
        revised=(Revision(0, text, text, text, (("integrated_lufs", -20.5),), text),),
    )
    return replace(signed, approvals=tuple(given(signed, {0, 1}, "mix", text, "2026-11-20")))


def _texts(record: Any, text: str) -> dict[str, Any]:
    return {each.name: text for each in fields(record) if isinstance(getattr(record, each.name), str)}


def _tags(found: Iterable[str]) -> list[str]:
    """Without the element that keeps directions of writing apart: cells of plain ASCII go without it."""
    return [each for each in found if each != "bdi"]


@cache
def _shape() -> list[str]:
    """The tags of a page whose texts are harmless."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return _tags(tag for tag, _ in _seen(_poisoned("harmless"), Path(folder)).tags)


def _seen(made: Outcome, folder: Path) -> Seen:
    write_html(made, folder)
    return read((folder / "index.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_text_never_becomes_markup(number: int, tmp_path: Path) -> None:
    seen = _seen(_poisoned(PAYLOADS[number]), tmp_path)
    assert _tags(tag for tag, _ in seen.tags) == _shape()
    assert not [name for _, attributes in seen.tags for name in attributes if name.startswith("on")]


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_text_never_becomes_markdown(number: int, tmp_path: Path) -> None:
    write_markdown(_poisoned(PAYLOADS[number]), tmp_path)
    tokens = MarkdownIt("commonmark").enable("table").parse((tmp_path / "report.md").read_text(encoding="utf-8"))
    kinds = {token.type for token in tokens} | {each.type for token in tokens for each in token.children or ()}
    assert not kinds & {
        "html_block",
        "html_inline",
        "image",
        "link_open",
        "code_inline",
        "fence",
        "code_block",
        "em_open",
    }
    headings = [following.content for token, following in pairwise(tokens) if token.tag == "h2"]
    wanted = [
        "Findings",
        "The release at a glance",
        "Songs",
        "Running sheet",
        "Deliverables",
        "Beside the references",
        "Approvals",
        "Mixdowns that changed",
        "What was done",
        "Made with",
    ]
    assert [each for each in headings if each] == wanted


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("browser")) as made:
        yield made


_LOOK = """(() => {
  const all = [...document.querySelectorAll('*')];
  const names = all.flatMap(each => [...each.attributes].map(one => one.name));
  const acting = names.filter(name => /^on|^style$/.test(name));
  return {title: document.title, tags: all.map(each => each.localName), acting};
})()"""


def _looked_at(tab: Tab, made: Outcome, folder: Path) -> Any:
    write_html(made, folder)
    show(tab, folder / "index.html")
    found = tab.run(_LOOK)
    assert tab.complaints == []
    assert asked_for(tab) == []
    return found


@needs_chromium
def test_in_a_real_browser_nothing_runs_and_nothing_is_there_that_we_did_not_write(tab: Tab, tmp_path: Path) -> None:
    assert len(PAYLOADS) >= 50
    harmless = _tags(_looked_at(tab, _poisoned("harmless"), tmp_path)["tags"])
    for payload in PAYLOADS:
        found = _looked_at(tab, _poisoned(payload), tmp_path)
        assert _tags(found["tags"]) == harmless, payload
        assert found["acting"] == [], payload
        assert found["title"].endswith("· Not ready"), payload
        assert not found["title"].startswith("owned"), payload


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_text_never_moves_a_terminal_nor_a_spreadsheet(number: int, tmp_path: Path) -> None:
    made = _poisoned(PAYLOADS[number])
    for report in (write_text, write_json, write_running_sheet):
        report(made, tmp_path)
    shown = (tmp_path / "report.txt").read_text(encoding="utf-8")
    assert not [each for each in shown if each != "\n" and unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp", "Cs")]
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert told["verdict"]["word"] == "Not ready"
    with (tmp_path / "running-sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {15}
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
