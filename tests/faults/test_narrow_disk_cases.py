"""Disks that take less than ours, as sticks and cards do: F11."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.faults_support import HEAD, Run, glassmaster, manifest, mixdown, release, song, tree

_FORBIDDEN = set('<>:"\\|?*') | {chr(code) for code in range(32)} | {"\x7f"}
"""In names on FAT, exFAT and NTFS (Microsoft, "Naming Files, Paths, and Namespaces")."""
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}
TITLES = ("Seven: Thirty", "SEVEN: THIRTY", "What? <Why> | \"Because\" *", "AUX", "con.fused", "Dots ...", "Ångström",
          "A\u030angstro\u0308m", "ﬁne", "fine", "漢" * 120)  # fmt: skip


def wrong(path: str, parts: int = 255) -> Iterator[str]:
    """What FAT32 (long names), exFAT or NTFS would not take of a path: 255 UTF-16 units, and 255 bytes elsewhere."""
    for name in PurePosixPath(path).parts:
        if _FORBIDDEN & set(name):
            yield f"{name!r} holds {sorted(_FORBIDDEN & set(name))}"
        if name.endswith((" ", ".")) or name.startswith(" "):
            yield f"{name!r} begins or ends with what is dropped there"
        if name.partition(".")[0].strip().upper() in _DEVICES:
            yield f"{name!r} is a device"
        if len(name.encode("utf-16-le")) > 2 * parts or len(name.encode()) > parts:
            yield f"{name!r} is too long"


def test_f11_names_can_be_copied_to_any_disk(tmp_path: Path) -> None:
    """All of them, those of the report and of packages included, and no two are one where case does not count."""
    mixdown(tmp_path / "mix.wav")
    songs = "".join(song(title, more="allow_duplicate = true\ngap = 0\n") for title in TITLES)
    made = '[[deliverable]]\nname = "web"\nformat = "flac"\n'
    path = manifest(tmp_path, "treatment = []\n" + HEAD + songs + made)
    run = glassmaster("build", "--jobs", 2, path, timeout=200)
    assert run.code in (0, 1), run.said
    names = [*tree(tmp_path / "dist")]
    assert len([each for each in names if each.startswith("web/")]) == len(TITLES)
    assert [found for name in names for found in wrong(name)] == []
    loose = {unicodedata.normalize("NFC", name.upper()) for name in names}
    assert len(loose) == len(names), "a disk that holds one of two names that differ by case"
    assert glassmaster("verify", "--jobs", 2, tmp_path / "dist").code == 0


def test_f11_a_copy_whose_names_came_back_in_another_case_is_told(tmp_path: Path) -> None:
    """As from FAT by an old player: the sound is proven nevertheless, and what is wrong is the name alone."""
    path = release(tmp_path)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    (tmp_path / "dist/wav/01 Opening.wav").rename(tmp_path / "dist/wav/01 OPENING.WAV")
    run = glassmaster("verify", "--jobs", 1, "--json", tmp_path / "dist")
    assert run.code == 8
    (told,) = json.loads(run.out)["findings"]
    assert told["message"] == "it stands here as wav/01 OPENING.WAV: capitals changed on the way"


NOWHERE = ("CON", "a:b", "nul.txt", "x.", "up/../down", "report", "Wav")


def test_f11_folders_of_deliverables_can_be_made_anywhere_or_are_refused(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav")
    names = ("wav", *NOWHERE)
    tables = "".join(f'\n[[deliverable]]\nname = "{name}"\nformat = "wav"\n' for name in names)
    run = glassmaster("check", manifest(tmp_path, HEAD + song("Opening") + tables))
    assert run.code == 2, run.said
    lines = [line for line in run.err.splitlines() if line.startswith("error:")]
    assert len(lines) == len(NOWHERE), run.err
    for name in NOWHERE:
        assert f'"{name}"' in run.err
    assert run.err.count("-> ") >= len(NOWHERE)


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes are limited by POSIX's rlimit")
@pytest.mark.skipif("COVERAGE_PROCESS_START" in os.environ, reason="notes of coverage are larger than what is allowed")
def test_f11_a_disk_that_holds_no_large_files(tmp_path: Path) -> None:
    """FAT32 ends at 4 GiB: shown with a limit of 200 kB, which the system answers in the same way (EFBIG)."""
    path = release(tmp_path, seconds=0.5)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    before, sound = tree(tmp_path / "dist"), (tmp_path / "mix.wav").read_bytes()
    mixdown(tmp_path / "mix.wav", 1.5)
    sound = (tmp_path / "mix.wav").read_bytes()
    run = limited(path, 200)
    assert run.code == 5, run.said
    assert "File too large" in run.err
    assert "-> the file system there holds no file of this size (FAT32: 4 GiB)" in run.err
    assert "exFAT" in run.err
    assert tree(tmp_path / "dist") == before
    assert (tmp_path / "mix.wav").read_bytes() == sound
    assert not [*tmp_path.glob(".dist*")]
    again = glassmaster("build", "--json", "--jobs", 1, path)
    assert again.code == 0, again.said
    assert "measure: 01 Opening" not in again.err, "what was finished is kept"
    assert json.loads(again.out)["verdict"] == "ready"


def limited(path: Path, kilobytes: int) -> Run:
    """A build none of whose files may be larger; Python ignores the signal that comes with it."""
    return glassmaster("build", "--jobs", 1, path, before=["bash", "-c", f'ulimit -f {kilobytes}; exec "$@"', "limit"])
