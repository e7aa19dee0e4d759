"""The manifest as a file: missing, no file, wrong encoding, no TOML."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from glassmaster.errors import Exit, Refused
from glassmaster.manifest import load, plugin_files
from glassmaster.model import Finding
from tests.manifest_support import MINIMAL, OFFERS, accepted, headline, only, place, refused, written


def unread(path: Path) -> Finding:
    with pytest.raises(Refused) as refusal:
        load(path, OFFERS)
    assert refusal.value.exit == Exit.USAGE
    (finding,) = refusal.value.findings
    return finding


def test_m01_missing_file_names_init(tmp_path: Path) -> None:
    finding = unread(tmp_path / "release.toml")
    assert finding.message == "release.toml not found"
    assert "glassmaster init" in finding.hint


def test_m01_impossible_name_is_missing(tmp_path: Path) -> None:
    assert unread(tmp_path / "re\0lease.toml").code == "manifest-missing"


def test_m02_directory_is_refused_and_its_manifest_named(tmp_path: Path) -> None:
    assert "folder" in unread(tmp_path).message
    written(tmp_path, MINIMAL)
    assert str(tmp_path / "release.toml") in unread(tmp_path).hint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_m02_fifo_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "release.toml")
    assert "not a regular file" in unread(tmp_path / "release.toml").message


@pytest.mark.skipif(sys.platform == "win32", reason="no device files on this system")
def test_m02_device_and_socket_are_refused(tmp_path: Path) -> None:
    assert "not a regular file" in unread(Path("/dev/zero")).message
    before = Path.cwd()
    os.chdir(tmp_path)  # a socket's path must be short
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind("s.toml")
            assert "not a regular file" in unread(Path("s.toml")).message
    finally:
        os.chdir(before)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_m02_unreadable_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL)
    path.chmod(0)
    assert unread(path).code == "manifest-unreadable"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a remark\n", b"\xef\xbb\xbf"])
def test_m03_empty_file_lists_what_is_required(tmp_path: Path, text: str | bytes) -> None:
    finding = only(refused(tmp_path, text), "manifest-empty")
    for word in ("[release]", "title", "artist", "[[song]]", "mixdown"):
        assert word in finding.message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_m04_utf16_is_named(tmp_path: Path, encoding: str) -> None:
    finding = only(refused(tmp_path, MINIMAL.encode(encoding)), "manifest-encoding")
    assert encoding[:6].upper() in finding.message
    assert "byte" in finding.message


def test_m04_utf16_with_a_big_endian_mark(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, b"\xfe\xff" + MINIMAL.encode("utf-16-be")), "manifest-encoding")
    assert "UTF-16 (byte 0)" in finding.message


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_m04_not_utf8_names_byte_and_line(tmp_path: Path, mark: bytes) -> None:
    raw = mark + MINIMAL.replace("Opening", "Öffnung").encode("latin-1")
    finding = only(refused(tmp_path, raw), "manifest-encoding")
    assert f"byte {raw.index(0xD6)} " in finding.message
    assert finding.where.endswith("release.toml:6")


def test_m05_bom_is_stripped(tmp_path: Path) -> None:
    release, findings = accepted(tmp_path, b"\xef\xbb\xbf" + MINIMAL.encode())
    assert release.title == "Night Signals"
    assert findings == ()


def test_m05_bom_moves_no_column(tmp_path: Path) -> None:
    assert place(refused(tmp_path, b"\xef\xbb\xbfx = 1\n" + MINIMAL.encode())[0]) == "1:1"


def test_m06_crlf_is_fine_and_counts_lines_right(tmp_path: Path) -> None:
    release, findings = accepted(tmp_path, MINIMAL.replace("\n", "\r\n"))
    assert (release.songs[0].title, findings) == ("Opening", ())
    (finding,) = refused(tmp_path, MINIMAL.replace("\n", "\r\n") + "isrc = 3\r\n")
    assert place(finding) == "8:8"


def test_m06_lone_cr_is_an_error_with_its_line(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, MINIMAL.replace("\n\n", "\n\r")), "manifest-encoding")
    assert finding.where.endswith("release.toml:4")


def test_m07_syntax_error_has_place_line_and_caret(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL.replace('"Opening"', "Opening"))
    finding = unread(path)
    assert finding.where == f"{path}:6:9"
    assert finding.message.splitlines()[1:] == ["    6 | title = Opening", "      |         ^"]
    assert 'title = "Opening"' in finding.hint


@pytest.mark.parametrize(
    ("line", "spot", "words"),
    [
        ('title = "Opening', "6:17", "not closed"),
        ('title = """Opening', "6:9", "never closed"),
        ('title = "mixes\\01.wav"', "6:15", "backslash"),
        ('title = "a\\xzz"', "6:13", "backslash"),
        ("title", "6:6", '"=" is missing'),
        ("[[song]", "6:7", "bracket"),
        ("= 3", "6:1", "neither a key"),
        ("references = ['a' 'b']", "6:19", "comma"),
        ("adjust = { a = 1 b = 2 }", "6:18", "comma"),
        ("date = 2026-02-30", "6:8", "no such date"),
        ("end = 3:58.2", "6:8", "more on this line"),
        ("title = “Opening”", "6:9", "curly"),
        ("tit\u00adle = 3", "6:4", '"=" is missing'),
        ("title = 'a\x07'", "6:11", "unprintable"),
        ("a.!=1", "6:3", "key cannot start"),
    ],
)
def test_m07_says_what_is_wrong_with_the_line(tmp_path: Path, line: str, spot: str, words: str) -> None:
    finding = only(refused(tmp_path, MINIMAL.replace('title = "Opening"', line)), "manifest-syntax")
    assert words in headline(finding)
    assert place(finding) == spot


def test_m07_excerpt_is_safe_and_aligned(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, "\ttitle = '\u202e漢字' x"), "manifest-syntax")
    line, caret = finding.message.splitlines()[1:]
    assert line == r"    1 |  title = '\u202E漢字' x"
    assert caret == "      | " + " " * len(r" title = '\u202E____' ") + "^"


def test_m07_long_lines_are_cut_around_the_place(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, f"title = '{'x' * 5000}' y # {'z' * 5000}"), "manifest-syntax")
    line, caret = finding.message.splitlines()[1:]
    assert len(line) < 120
    assert line[caret.index("^")] == "y"


@pytest.mark.parametrize(
    ("text", "what", "lines"),
    [
        (MINIMAL + 'title = "Second"\n', "song.title", (6, 8)),
        (MINIMAL + '[release]\nlabel = "x"\n', "release", (1, 8)),
        (MINIMAL.replace("[[song]]", "[song]") + '[song]\ntitle = "x"\n', "song", (5, 8)),
        (MINIMAL + '[song]\ntitle = "x"\n', "song", (5, 8)),
        (MINIMAL + "adjust = { limit = false, limit = false }\n", "song.adjust.limit", (8, 8)),
    ],
)
def test_m08_duplicates_name_both_lines(tmp_path: Path, text: str, what: str, lines: tuple[int, int]) -> None:
    finding = only(refused(tmp_path, text), "manifest-duplicate")
    assert headline(finding) == f"{what} stands here and on line {lines[0]} already"
    shown = [int(line.split("|")[0]) for line in finding.message.splitlines()[1::2]]
    assert shown == [lines[1], lines[0]]
    assert place(finding).startswith(f"{lines[1]}:")


def test_m08_second_song_table_asks_for_double_brackets(tmp_path: Path) -> None:
    assert "[[song]]" in only(refused(tmp_path, MINIMAL + "[song]\n"), "manifest-duplicate").hint


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 100_000,
        "x = " + "{a=" * 100_000,
        "a." * 100_000 + "a = 1",
        f"[{'a.' * 100_000}a]",
        "".join(f"{'a.' * 990}b{i} = 1\n" for i in range(1000)),
        MINIMAL + "disc = " + "1" * 5000,
    ],
)
def test_m13_too_deep_or_too_large(tmp_path: Path, text: str) -> None:
    began = time.process_time()
    finding = only(refused(tmp_path, text), "manifest-too-large")
    assert time.process_time() - began < 5
    assert headline(finding).startswith(("too deep", "too large"))


def test_m14_hundred_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "release.toml"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)  # sparse: reading it whole would still take memory and time
    finding = unread(path)
    assert finding.code == "manifest-too-large"
    assert "4 MiB" in finding.message


def test_m14_just_under_the_limit_is_read(tmp_path: Path) -> None:
    assert accepted(tmp_path, MINIMAL + "#" * (4 * 1024 * 1024 - len(MINIMAL)))[1] == ()


def test_plugin_files_are_told_before_the_rest_is_understood(tmp_path: Path) -> None:
    path = written(tmp_path, 'plugins = ["./tape.py"]\nnonsense = 3\n')
    assert plugin_files(path) == ("./tape.py",)
    assert plugin_files(written(tmp_path, '[release]\nplugins = ["./tape.py"]\n')) == ("./tape.py",)
    assert plugin_files(written(tmp_path, 'plugins = "tape.py"')) == ()
    assert plugin_files(written(tmp_path, "plugins = [")) == ()
    assert plugin_files(tmp_path / "none.toml") == ()
