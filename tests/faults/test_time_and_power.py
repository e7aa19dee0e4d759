"""What a power cut leaves, and clocks that are wrong: F07, F14."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults_support import HEAD, LINUX, WAV, environment, glassmaster, manifest, mixdown, song, tree
from tests.torture import shim

FORMATS = '[[deliverable]]\nname = "promo"\nformat = "mp3"\n[[deliverable]]\nname = "stream"\nformat = "opus"\n'

# ---- F07: told by the system calls of all processes

_CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (\d+)(?:<(.*)>)?$")
_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"')
_OPENED = re.compile(r"<(.*?)>")


@dataclass
class Disk:
    """What a disk may have lost at each moment, by what the program asked of it."""

    flushed: set[str] = field(default_factory=set)
    """Paths flushed since they were last written or renamed into."""
    early: list[str] = field(default_factory=list)
    """What got its name before its content was flushed."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Final names, and the name that each had before."""
    unsettled: dict[str, str] = field(default_factory=dict)
    """Final names whose folder was not flushed since."""

    def see(self, call: str, arguments: str) -> None:
        if call in ("fsync", "fdatasync"):
            path = _path(arguments)
            self.flushed.add(path)
            self.unsettled = {name: old for name, old in self.unsettled.items() if str(Path(name).parent) != path}
        elif call in ("write", "pwrite64", "ftruncate", "sendfile", "copy_file_range"):
            self.flushed.discard(_path(arguments))
        elif call.startswith("rename"):
            old, new = _NAME.findall(arguments)
            self.renamed[new] = self.unsettled[new] = old
            inside = {each for each in self.flushed if each == old or each.startswith(f"{old}/")}
            if old not in self.flushed:
                self.early.append(new)
            self.flushed |= {new + each[len(old) :] for each in inside}
            self.flushed -= inside


def _path(arguments: str) -> str:
    found = _OPENED.search(arguments)
    return found[1] if found else ""


def calls(log: Path) -> Iterator[tuple[str, str]]:
    """Calls that succeeded, in the order in which they ended; those that were interrupted put together."""
    begun: dict[str, str] = {}
    for line in log.read_text("utf-8", "replace").splitlines():
        process, _, rest = line.partition(" ")
        if rest.endswith(" <unfinished ...>"):
            begun[process] = rest.removesuffix(" <unfinished ...>").strip()
            continue
        if again := re.match(r" *<\.\.\. \w+ resumed>(.*)", rest):
            rest = begun.pop(process, "") + again[1]
        if found := _CALL.match(rest.strip()):
            yield found[1], found[2]


@pytest.mark.skipif(not LINUX or not shutil.which("strace"), reason="strace is not installed: apt-get install strace")
def test_f07_everything_is_on_the_disk_before_its_name_is(tmp_path: Path) -> None:
    mixdown(tmp_path / "r/mix.wav")
    path = manifest(tmp_path / "r", HEAD + song("Opening") + WAV + FORMATS)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    mixdown(tmp_path / "r/mix.wav", seed=8)
    traced = "trace=fsync,fdatasync,rename,renameat,renameat2,write,pwrite64,ftruncate,sendfile,copy_file_range"
    before = ["strace", "-f", "-y", "-s", "4096", "-o", str(tmp_path / "log"), "-e", traced, "-e", "signal=none"]
    run = glassmaster("build", "--jobs", 1, path, before=before, timeout=400)
    if "ptrace" in run.err and run.code:
        pytest.skip("processes may not be traced here")
    assert run.code == 0, run.said
    disk, final = Disk(), tmp_path / "r/dist"
    published: set[str] = set()
    for call, arguments in calls(tmp_path / "log"):
        disk.see(call, arguments)
        if call.startswith("rename") and _NAME.findall(arguments)[1] == str(final):
            published = {each for each in disk.flushed if each.startswith(f"{final}/")}
    room = tmp_path / "r/.glassmaster"
    names = {name for name in disk.renamed if not Path(name).parent.name.startswith(".") or name.startswith(str(room))}
    assert {str(final), str(room / "publish.json"), str(room / "published.json")} <= names
    assert {str(each) for each in final.rglob("*")} <= published, "every file and folder of the tree"
    spools = {str(room / "blobs" / sha[:2] / sha) for sha in _spools(room)}
    lost = {name for name in disk.early if name.startswith(str(room))} - spools
    assert lost == set(), "of a spool a power cut may leave half: it is told by its hash"
    assert str(final) not in disk.early
    assert {name for name in disk.unsettled if name.startswith(str(room)) or name == str(final)} <= spools
    assert len([name for name in names if "/ledger/" in name]) > 5
    assert spools
    assert len([name for name in names if "/blobs/" in name and name not in spools]) >= 3, "the encoded files"


def _spools(room: Path) -> Iterator[str]:
    """Hashes of the sound on the way to others, by what the ledger says."""
    for path in (room / "ledger").rglob("*.json"):
        text = path.read_bytes().partition(b"\n")[2].decode("utf-8", "replace")  # grids stand raw behind
        if '"Encoded"' not in text and '"Painted"' not in text and '"Cued"' not in text:
            yield from re.findall(r'"sha256": "([0-9a-f]{64})"', text)


# ---- F14

CLOCKS = {"1970": 86_400, "2038": 2_147_483_700}
"""Seconds since 1970."""


@pytest.mark.skipif(bool(shim.missing()), reason=shim.missing() or "not here")
def test_f14_no_clock_changes_a_byte(tmp_path: Path) -> None:
    """One folder lives through all times, each a jump, and is never made again; another is made new in each."""
    library = shim.library(tmp_path, Path(__file__).with_name("clock.c"))
    mixdown(tmp_path / "one/mix.wav")
    text = HEAD + "date = 2026-11-20\n" + song("Opening") + WAV + FORMATS
    path = manifest(tmp_path / "one", text)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    made = tree(tmp_path / "one/dist")
    for year in (*CLOCKS, "1970"):
        env = environment(LD_PRELOAD=str(library), CLOCK_OFFSET=str(CLOCKS[year] - round(time.time())), CLOCK_BACK="1")
        again = glassmaster("build", "--json", "--jobs", 1, path, env=env)
        assert again.code == 0, again.said
        done = {row["phase"]: row["done"] for row in json.loads(again.out)["budget"]["phases"] if row["done"]}
        assert done == {}, (year, done)
        assert ("distant-date" in again.out) == (year == "1970"), "told, but no part of what is published"
        if not (folder := tmp_path / year).exists():
            mixdown(folder / "mix.wav")
            run = glassmaster("build", "--jobs", 1, manifest(folder, text), env=env)
            assert run.code == 0, run.said
            assert tree(folder / "dist") == made, year
    assert tree(tmp_path / "one/dist") == made
    assert glassmaster("verify", "--jobs", 1, tmp_path / "one/dist").code == 0


def test_f14_a_mixdown_from_before_all_time_is_another_all_the_same(tmp_path: Path) -> None:
    """Files are known again by their times, whatever these are; then by their content."""
    mix = mixdown(tmp_path / "r/mix.wav")
    path = manifest(tmp_path / "r", HEAD + song("Opening") + WAV)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    before = tree(tmp_path / "r/dist")
    mixdown(mix, seed=8)
    os.utime(mix, (0, 0))
    run = glassmaster("build", "--jobs", 1, path)
    assert run.code == 0, run.said
    assert "render: 01 Opening" in run.err
    assert (after := tree(tmp_path / "r/dist")) != before
    os.utime(mix, (4_102_444_800, 4_102_444_800))
    again = glassmaster("build", "--jobs", 1, path)
    assert (again.code, "render" in again.err) == (0, False), "the same sound, from the year 2100"
    assert tree(tmp_path / "r/dist") == after
