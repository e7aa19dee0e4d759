"""No one gets in: texts of strangers in every field of a release obey nobody in terminals, logs, tables and paths."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from glassmaster.cli import run
from tests.faults_support import HEAD, PROGRAM, WAV, Run, basic, glassmaster, manifest, mixdown, song
from tests.payloads_support import PAYLOADS, tame

_TEXTS = ("label", "catalog_number", "genre", "copyright", "phonogram", "composer", "producer", "comment")
"""Fields of a release that take any text."""


def _release(folder: Path, deliverables: str = WAV) -> Path:
    """A song for each payload, and the payloads in turn in every other field."""
    mixdown(folder / "mix.wav")
    head = HEAD + "".join(f"{name} = {basic(PAYLOADS[n])}\n" for n, name in enumerate(_TEXTS))
    return manifest(folder, "treatment = []\n" + head + "".join(map(_song, range(len(PAYLOADS)))) + deliverables)


def _song(number: int) -> str:
    texts = [basic(PAYLOADS[(number + more) % len(PAYLOADS)]) for more in (7, 14, 21, 28)]
    more = f"allow_duplicate = true\nnotes = {texts[0]}\nartist = {texts[1]}\nversion = {texts[2]}\n"
    role = basic(re.sub(r"[][();]", "", PAYLOADS[number - 7]) or "mixer")
    return song(PAYLOADS[number], more=f"{more}credits = [{{ name = {texts[3]}, role = {role} }}]")


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _release(tmp_path_factory.mktemp("payloads")).parent


def test_the_manifest_is_allowed_to_hold_them_all(album: Path) -> None:
    told = glassmaster("check", "--jobs", 1, cwd=album)
    assert told.code in (0, 1), told.said
    tame(told.said)
    for number in range(1, len(PAYLOADS) + 1):
        assert re.search(rf"^(error|warning|note): {number:02d} ", told.err, re.MULTILINE)


def test_a_plan_shows_them_as_they_are_and_obeys_none(album: Path) -> None:
    told = glassmaster("plan", "--jobs", 1, cwd=album)
    tame(told.said)
    assert len([line for line in told.out.splitlines() if line.endswith("to do")]) == len(PAYLOADS)


@pytest.fixture(scope="module")
def as_json(album: Path) -> Run:
    return glassmaster("check", "--json", "--jobs", 1, cwd=album)


def test_json_is_the_same_document_and_yet_tame(as_json: Run) -> None:
    tame(as_json.said)
    assert [each["title"] for each in json.loads(as_json.out)["songs"]] == list(PAYLOADS)


def test_annotations_are_ours_and_one_a_line(album: Path, as_json: Run) -> None:
    """As GitHub's runner reads a log: an order is a line that starts with ::, or has ##[ in it."""
    told = glassmaster("check", "--format", "github", "--jobs", 1, cwd=album)
    findings = json.loads(as_json.out)["findings"]
    ours = re.compile(r"::(error|warning|notice) file=[^:,]+,(line=\d+,col=\d+,)?title=[^:,]+::\S.*")
    *lines, verdict = told.out.splitlines()
    assert len(lines) == len(findings)
    assert [line for line in lines if not ours.fullmatch(line)] == []
    assert re.fullmatch(r"glassmaster: (not )?ready", verdict)
    tame("\n".join(line.replace("##", "") for line in told.out.splitlines() if not line.startswith("::")))
    tame(told.err)


def test_sarif_and_junit_hold_them_as_text(album: Path) -> None:
    told = glassmaster("check", "--format", "sarif", "--jobs", 1, cwd=album)
    tame(told.said)
    assert json.loads(told.out)["version"] == "2.1.0"
    told = glassmaster("check", "--format", "junit", "--jobs", 1, cwd=album)
    tame(told.said)
    root = ET.fromstring(told.out)
    assert {each.tag for each in root.iter()} <= {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "skipped",
        "system-out",
    }
    assert len(root) == len(PAYLOADS) + 1


def test_complaints_about_a_manifest_quote_and_obey_nothing(tmp_path: Path) -> None:
    rows = "".join(f"{basic(text)} = {basic(text)}\n" for text in PAYLOADS)
    text = f"{rows}{HEAD}{rows}{song('One', more=rows)}[[treatment]]\nstage = {basic(PAYLOADS[0])}\n{rows}"
    text += f"[[deliverable]]\nname = {basic(PAYLOADS[38])}\nformat = {basic(PAYLOADS[2])}\n"
    text += f"filename = {basic(PAYLOADS[33])}\n"
    manifest(tmp_path, text)
    for how in ((), ("--format", "sarif"), ("--format", "junit")):
        told = glassmaster("check", *how, cwd=tmp_path)
        assert told.code == 2
        tame(told.said)
    assert "unknown key" in glassmaster("plan", cwd=tmp_path).err
    for text in PAYLOADS[:14]:
        raw = text.encode()
        manifest(tmp_path, b"[release]\ntitle = " + raw + b"\n")
    told = glassmaster("check", cwd=tmp_path)
    assert told.code == 2
    tame(told.said)


@pytest.mark.parametrize("verb", ["check", "measure", "verify", "diff", "approve", "explain", "owned"])
def test_what_click_complains_about_is_quoted_tame(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    for text in PAYLOADS:
        assert run([verb, f"--{text}"]) == 2
        assert run([f"{verb}{text}" if verb == "owned" else verb, text, text, text]) != 9
    told = capsys.readouterr()
    tame(told.out + told.err)


# ---- what is published


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """One build of them all, in three formats whose tags have nothing in common."""
    formats = "".join(f'\n[[deliverable]]\nname = "{each}"\nformat = "{each}"\n' for each in ("wav", "mp3", "vorbis"))
    folder = _release(tmp_path_factory.mktemp("published"), formats).parent
    told = glassmaster("build", "--jobs", 2, cwd=folder, timeout=300)
    return folder, told


def test_a_build_tells_and_names_them_tame(built: tuple[Path, Run]) -> None:
    folder, told = built
    assert told.code in (0, 1), told.said
    tame(told.said)
    files = [path.relative_to(folder).as_posix() for path in (folder / "dist").rglob("*") if path.is_file()]
    assert len([each for each in files if each.startswith(("dist/wav/", "dist/mp3/", "dist/vorbis/"))]) == 3 * len(
        PAYLOADS
    )
    tame("\n".join(files), log=False)
    assert not [each for each in files if re.search(r'[\\:*?"<>|]|/[-. ]|[. ]/', each.replace("/._", ""))]
    assert sorted(path.name for path in folder.iterdir()) == [
        ".glassmaster",
        "dist",
        "mix.wav",
        "release.lock",
        "release.toml",
    ]


def test_records_and_checksums_hold_them_tame_and_whole(built: tuple[Path, Run]) -> None:
    dist = built[0] / "dist"
    for name in ("release.json", "provenance.json", "README.txt", "SHA256SUMS"):
        tame((dist / name).read_text("utf-8"), log=name != "SHA256SUMS")
    songs = json.loads((dist / "release.json").read_bytes())["songs"]
    assert [each["title"] for each in songs] == list(PAYLOADS)
    if shutil.which("sha256sum"):
        told = subprocess.run(["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=dist, capture_output=True, check=False)
        assert told.returncode == 0, told.stderr
        assert told.stdout.count(b": OK\n") == 3 * len(PAYLOADS) + 3


def test_reports_as_answers_are_tame(built: tuple[Path, Run]) -> None:
    for form in ("text", "json"):
        told = glassmaster("report", "--format", form, cwd=built[0])
        assert told.code == 0, told.said
        tame(told.said)


def test_a_strangers_record_is_quoted_tame(built: tuple[Path, Run], tmp_path: Path) -> None:
    """verify, diff and doctor on a record whose every text but paths and hashes is somebody's payload."""
    dist = built[0] / "dist"
    document = _poisoned(json.loads((dist / "release.json").read_bytes()))
    document["provenance"] |= {text: text for text in PAYLOADS}
    document["deliverables"] = document["deliverables"][:4]
    stranger = tmp_path / "\x1b[31m##[error]"
    shutil.copytree(dist / "wav", stranger / "wav")
    (stranger / "release.json").write_text(json.dumps(document), "utf-8")
    for name in ("provenance.json", "SHA256SUMS"):
        shutil.copy(dist / name, stranger)
    told = glassmaster("verify", stranger, "--jobs", 1)
    assert told.code == 8
    tame(told.said)
    for line in (("verify", stranger, "--json"), ("diff", dist, stranger), ("diff", dist, stranger, "--json")):
        told = glassmaster(*line)
        assert told.code in (0, 8), told.said
        tame(told.said)
    tame(glassmaster("doctor", stranger).said)


def _poisoned(value: Any, number: int = 0) -> Any:
    if isinstance(value, dict):
        kept = ("path", "sha256", "payload_sha256", "format", "deliverable", "name")
        return {
            name: each if name in kept else _poisoned(each, number + n) for n, (name, each) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [_poisoned(each, number + n) for n, each in enumerate(value)]
    return PAYLOADS[number % len(PAYLOADS)] if isinstance(value, str) else value


# ---- names of files


def _named(folder: Path) -> list[str]:
    """Mixdowns that are called like the payloads, and one whose name is no text at all."""
    made = mixdown(folder / "plain.wav")
    names = [each.replace("/", ":") for each in PAYLOADS if len(each.encode()) < 200]
    raw = [os.fsencode(f"{name}.wav") for name in names] + ([b"half\xff\xfe.wav"] if sys.platform == "linux" else [])
    for name in raw:
        (folder / os.fsdecode(name)).hardlink_to(made)
    made.unlink()
    return [os.fsdecode(name) for name in raw]


posix = pytest.mark.skipif(sys.platform == "win32", reason="its file systems take none of these names")


@posix
def test_measure_shows_any_name_and_obeys_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    names = _named(tmp_path)
    monkeypatch.chdir(tmp_path)
    for how in ((), ("--json",), ("--csv",), ("--curve", "-")):
        assert run(["measure", ".", *how, "--jobs", "1"]) == 0
        told = Run(0, *(each.decode("utf-8") for each in capfdbinary.readouterr()))
        tame(told.said)
        if how == ("--json",):
            assert sorted(each["path"] for each in json.loads(told.out)["files"]) == sorted(names)
        if how == ("--csv",):
            rows = [*csv.reader(told.out.splitlines())]
            assert len(rows) == len(names) + 1
            assert not [row[0] for row in rows if row[0].startswith(("=", "+", "-", "@", "\uff1d"))]


@posix
def test_init_writes_a_manifest_and_nothing_else_into_it(tmp_path: Path) -> None:
    names = _named(tmp_path / "mixes")
    told = glassmaster("init", tmp_path, "--jobs", 1)
    assert told.code == 0, told.said
    tame(told.said)
    text = (tmp_path / "release.toml").read_text("utf-8")
    tame(text, log=False)
    found = tomllib.loads(text)
    assert set(found) == {"release", "song", "treatment", "deliverable"}
    taken = {each["mixdown"].removeprefix("mixes/") for each in found["song"]}
    assert taken <= set(names)
    aside = [name for name in names if not name.isprintable()]
    assert len([line for line in text.splitlines() if line.endswith("should hold: rename it")]) == len(aside)
    told = glassmaster("check", "--jobs", 1, cwd=tmp_path)
    assert told.code in (0, 1), told.said
    tame(told.said)


@posix
def test_a_terminal_with_bars_is_moved_by_no_title(album: Path) -> None:
    """rich reads [..] as markup, and fails at what closes nothing: the bars must show titles as they are."""
    import pty

    master, slave = pty.openpty()
    shutil.rmtree(album / ".glassmaster", ignore_errors=True)
    with os.fdopen(slave, "wb") as terminal:
        started = subprocess.Popen(
            [str(PROGRAM), "check", "--jobs", "1"],
            cwd=album,
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=terminal,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
        )
    said = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part
    os.close(master)
    assert started.wait(60) in (0, 1), said
    text = said.decode("utf-8")
    assert "Traceback" not in text
    allowed = re.sub(r"\x1b\[[0-9;?]*[mKABhlJG]|\r", "", text)
    tame(allowed)
    assert "\x1b[2J" not in text
