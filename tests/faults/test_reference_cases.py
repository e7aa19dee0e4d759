"""References, artwork and templates as they should not be, through the command line (section R)."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.faults_support import HEAD, WAV, Run, glassmaster, manifest, mixdown, plugin, release, song, tree
from tests.sources_support import RATE, noise, written

REFERENCES: dict[str, Callable[[Path], Any]] = {
    "missing": lambda path: None,
    "silent": lambda path: written(path, np.zeros((RATE, 2), np.float32)),
    "short": lambda path: written(path, noise(RATE)),
    "mono": lambda path: written(path, noise(2 * RATE, 1)),
    "text": lambda path: path.write_text("no sound at all"),
}


def test_r01_references_that_cannot_serve(tmp_path: Path) -> None:
    tables = ""
    for name, make in REFERENCES.items():
        make(tmp_path / f"{name}.wav")
        tables += f'[[reference]]\nname = "{name}"\nfile = "{name}.wav"\n'
    path = release(tmp_path, tables)
    run = glassmaster("build", "--json", "--jobs", 1, path)
    assert run.code == 0, run.said
    answer = json.loads(run.out)
    told = {each["where"]: each["message"] for each in answer["findings"] if each["severity"] == "warning"}
    assert any("missing.wav" in where for where in told)
    assert any("text.wav" in where for where in told)
    assert "no loudness" in told["reference silent"] or "silent" in told["reference silent"]
    known = {each["name"]: each for each in answer["references"]}
    assert known["silent"]["integrated_lufs"] is None
    assert known["mono"]["channels"] == 1
    assert (tmp_path / "dist/report/index.html").stat().st_size


def test_r03_reference_among_what_is_delivered(tmp_path: Path) -> None:
    path = release(tmp_path)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    before = tree(tmp_path / "dist")
    table = '[[reference]]\nname = "own"\nfile = "dist/wav/01 Opening.wav"\n'
    path.write_text(path.read_text("utf-8") + table, "utf-8")
    run = glassmaster("build", "--jobs", 1, path)
    assert run.code == 2
    assert "01 Opening.wav" in run.err
    assert tree(tmp_path / "dist") == before


def test_r03_reference_that_is_a_song(tmp_path: Path) -> None:
    path = release(tmp_path, '[[reference]]\nname = "own"\nfile = "./mix.wav"\n')
    run = glassmaster("check", "--jobs", 1, path)
    assert run.code == 2
    assert "release.toml:16:8" in run.err
    assert "song 1" in run.err
    assert "anchor" in run.err


# ---- artwork


def header(width: int, height: int) -> bytes:
    """A PNG that declares its size and holds nearly nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(bytes(1000))), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def picture(path: Path, size: tuple[int, int] = (1500, 1500), mode: str = "RGB", **how: Any) -> None:
    Image.new(mode, size).save(path, **how)


def heavy(path: Path) -> None:
    picture(path, format="JPEG")
    with path.open("ab") as file:
        file.truncate(17 * 1024 * 1024)


CMYK: dict[str, Any] = {"mode": "CMYK", "format": "JPEG", "progressive": True}
ARTWORK: dict[str, tuple[Callable[[Path], Any], int, tuple[str, ...]]] = {
    "R04 missing": (lambda path: None, 3, ("there is no file",)),
    "R04 empty": (lambda path: path.write_bytes(b""), 3, ("no JPEG or PNG",)),
    "R04 text": (lambda path: path.write_text("this is a picture, honestly"), 3, ("no JPEG or PNG",)),
    "R05 bomb": (lambda path: path.write_bytes(header(30_000, 30_000)), 3, ("50 megapixels",)),
    "R06 SVG": (
        lambda path: path.write_text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        3,
        ("no JPEG or PNG",),
    ),
    "R07 print": (
        lambda path: picture(path, (1500, 1600), **CMYK),
        0,
        ("CMYK", "progressive", "not square (1500 x 1600)"),
    ),
    "R07 tiny": (lambda path: picture(path, (10, 10), format="PNG"), 0, ("10 x 10",)),
    "R07 heavy": (heavy, 3, ("16 MB",)),
}


@pytest.mark.parametrize("case", ARTWORK)
def test_artwork(tmp_path: Path, case: str) -> None:
    make, code, words = ARTWORK[case]
    make(tmp_path / "cover.jpg")
    mixdown(tmp_path / "mix.wav")
    manifest(tmp_path, HEAD + 'artwork = "cover.jpg"\n' + song("Opening") + WAV)
    before = tree(tmp_path)
    run = glassmaster("check", "--jobs", 1, cwd=tmp_path)
    assert run.code == code, run.said
    for each in (*words, "cover.jpg"):
        assert each in run.err
    assert {**tree(tmp_path), **before} == tree(tmp_path)


def test_r07_odd_pictures_are_delivered(tmp_path: Path) -> None:
    picture(tmp_path / "cover.jpg", (300, 310), "CMYK", format="JPEG", progressive=True)
    mixdown(tmp_path / "mix.wav")
    manifest(tmp_path, HEAD + 'artwork = "cover.jpg"\n' + song("Opening") + WAV.replace('"wav"', '"flac"'))
    assert glassmaster("build", "--jobs", 1, cwd=tmp_path).code == 0
    from mutagen.flac import FLAC

    (found,) = FLAC(tmp_path / "dist/flac/01 Opening.flac").pictures
    with Image.open(io.BytesIO(found.data)) as embedded:
        assert (embedded.format, embedded.mode, embedded.size) == ("JPEG", "RGB", (300, 310)), "what every player shows"
        assert "progressive" not in embedded.info
    with Image.open(tmp_path / "cover.jpg") as given, Image.open(tmp_path / "dist/cover.jpg") as whole:
        assert (whole.mode, whole.tobytes()) == ("CMYK", given.tobytes()), "and whole beside the folders"


# ---- templates: somebody's report

TEMPLATE = """
from pathlib import Path
from glassmaster.hooks import Report, hookimpl

def write(outcome, folder):
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    here = Environment(loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True)
    (folder / "mine.html").write_text(here.get_template("mine.html.j2").render(outcome=outcome))

@hookimpl
def glassmaster_reports():
    yield Report("mine", write)
"""


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>\n{% for song in %}\n", "TemplateSyntaxError"),
        ("<p>\n{{ outcome.titel }}\n", "titel"),
    ],
)
def test_r09_broken_template(tmp_path: Path, template: str, words: str) -> None:
    env = plugin(tmp_path / "plugin", TEMPLATE)
    (tmp_path / "plugin/mine.html.j2").write_text(template)
    path = release(tmp_path / "r")
    run: Run = glassmaster("build", "--jobs", 1, path, env=env)
    assert run.code == 1, run.said
    assert words in run.err
    assert "mine.html.j2:2" in run.err
    assert 'report "mine" of hostile (hostile 1.0)' in run.err
    assert (tmp_path / "r/dist/wav/01 Opening.wav").exists()
    assert (tmp_path / "r/dist/report/index.html").exists()
    assert not (tmp_path / "r/dist/report/mine.html").exists()
    if words == "titel":
        again = glassmaster("report", path, env=env)
        assert again.code == 4
        assert "mine.html.j2:2" in again.err
