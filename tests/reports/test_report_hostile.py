"""M26: texts of strangers in every field execute nothing and break nothing."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from glassmaster.model import Finding, Outcome
from glassmaster_reports import write_html, write_markdown
from tests.outcome_support import outcome
from tests.page_support import Seen, read

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
        deliverables=tuple(replace(each, profile=text) for each in made.album.release.deliverables),
    )
    products = tuple(
        replace(each, path=f"{each.deliverable}/{text}", encoder=text, sha256=text)
        for each in made.products
        if each.song < _SONGS
    )
    masters = {name: tuple(replace(m, stopped=text) for m in each[:_SONGS]) for name, each in made.masters.items()}
    heard = {text: made.album.references["slow-burn"]}
    return replace(
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
            Finding(text, "error", text, text, text, song=0),
            Finding(text, "warning", text, text, text, waived=text),
        ),
        provenance={text: text},
    )


def _texts(record: Any, text: str) -> dict[str, Any]:
    return {each.name: text for each in fields(record) if isinstance(getattr(record, each.name), str)}


@cache
def _shape() -> list[str]:
    """The tags of a page whose texts are harmless."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return [tag for tag, _ in _seen(_poisoned("harmless"), Path(folder)).tags]


def _seen(made: Outcome, folder: Path) -> Seen:
    write_html(made, folder)
    return read((folder / "index.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_a_text_never_becomes_markup(number: int, tmp_path: Path) -> None:
    seen = _seen(_poisoned(PAYLOADS[number]), tmp_path)
    assert [tag for tag, _ in seen.tags] == _shape()
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
        "What was done",
        "Made with",
    ]
    assert [each for each in headings if each] == wanted


@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed: apt-get install chromium")
def test_nothing_runs_in_a_real_browser(tmp_path: Path) -> None:
    made = _poisoned(" ".join(each for each in PAYLOADS if len(each) < 200))
    write_html(made, tmp_path)
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'chrome'}",
        "--dump-dom",
        (tmp_path / "index.html").as_uri(),
    ]
    told = subprocess.run(command, capture_output=True, timeout=120, check=True)
    dom = told.stdout.decode("utf-8", "replace")
    title = dom.partition("<title>")[2].partition("</title>")[0]
    assert title.endswith("· Not ready")
    assert "<script" not in dom
    assert "<h1>owned" not in dom
    console = [line for line in told.stderr.decode("utf-8", "replace").splitlines() if "CONSOLE" in line]
    assert console == []
