"""A tiny release that is out already and is about to be built anew, and what must hold of it whatever happens."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from glassmaster.publish import staging_for
from tests.faults_support import HEAD, PROGRAM, environment, manifest, song, tree
from tests.flow_support import music, write_mix
from tests.warm import ran

JOBS = 2
PATIENCE = 600.0
FORMATS = ("wav", "flac", "mp3", "opus")
_OURS = (".glassmaster/", "dist/", ".dist.", "release.lock")


@dataclass(frozen=True)
class Album:
    """A release whose first state is published and whose second is in the manifest."""

    base: Path
    """Never built in: copied for every run."""
    old: Mapping[str, str]
    """What is out, by path: SHA-256."""
    new: Mapping[str, str]
    """What an undisturbed build of the manifest makes."""
    sources: Mapping[str, str]
    seconds: float
    """What that build took."""


def album(folder: Path, songs: int = 2, formats: tuple[str, ...] = FORMATS) -> Album:
    """Make it in `folder`: published once, then with another manifest and an empty store."""
    base, calm = folder / "base", folder / "calm"
    text = _manifest(songs, formats)
    for number in range(songs):
        write_mix(base / f"{number}.wav", music(0.8 + number / 4, -18, number))
    path = manifest(base, text)
    _built(path)
    for name in ("ledger", "blobs"):
        shutil.rmtree(base / ".glassmaster" / name)
    path.write_text(text.replace("-14.0", "-16.0").replace("Small", "Smaller"), "utf-8")
    shutil.copytree(base, calm)
    seconds = _built(calm / "release.toml")
    return Album(base, tree(base / "dist"), tree(calm / "dist"), sources(base), seconds)


def _manifest(songs: int, formats: tuple[str, ...]) -> str:
    deliverables = "".join(f'\n[[deliverable]]\nname = "{each}"\nformat = "{each}"\n' for each in formats)
    treatment = '\n[[treatment]]\nstage = "level"\ntarget_lufs = -14.0\n\n[[treatment]]\nstage = "limit"\n'
    return HEAD + "".join(song(f"Small {n}", f"{n}.wav") for n in range(songs)) + treatment + deliverables


def _built(path: Path) -> float:
    began = monotonic()
    ended = run(path.parent)
    assert ended.code == 0, ended.said
    return monotonic() - began


@dataclass(frozen=True)
class Ended:
    """How a build ended."""

    code: int
    said: str


def start(folder: Path, log: Path, jobs: int = JOBS, **variables: str) -> subprocess.Popen[bytes]:
    """Begin a build in a process group of its own; what it says goes to `log`."""
    line = [str(PROGRAM), "build", "--jobs", str(jobs), str(folder / "release.toml")]
    with log.open("wb") as file:
        return subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment(**variables),
            start_new_session=True,
        )


def run(folder: Path, jobs: int = JOBS, **variables: str) -> Ended:
    """Build to the end."""
    log = folder.with_name(f"{folder.name}.log")
    if not variables:
        with log.open("wb") as file:
            code = ran(["build", "--jobs", str(jobs), str(folder / "release.toml")], file, file, PATIENCE)
        return Ended(code, log.read_text("utf-8", "replace"))
    process = start(folder, log, jobs, **variables)
    try:
        code = process.wait(PATIENCE)
    finally:
        process.kill()
    return Ended(code, log.read_text("utf-8", "replace"))


def sources(folder: Path) -> dict[str, str]:
    """What is the user's."""
    return {name: told for name, told in tree(folder).items() if not name.startswith(_OURS)}


def wrongs(folder: Path, made: Album) -> list[str]:
    """What a build that did not end well must not have done."""
    found = []
    if sources(folder) != made.sources:
        found.append("a source was touched")
    out = _out(folder)
    if out not in (made.old, made.new):
        found.append(f"at the final name stands neither the old release nor the new one: {_difference(out, made.new)}")
    return [*found, *_store(folder / ".glassmaster")]


def _out(folder: Path) -> Mapping[str, str]:
    """What stands at the final name; where nothing does, what the next start would put there."""
    target, journal = folder / "dist", folder / ".glassmaster" / "publish.json"
    if target.exists() or not journal.exists():
        return tree(target)
    told = json.loads(journal.read_bytes())
    assert Path(told["target"]) == target
    whole = next((each for each in (staging_for(target), target.with_name(".dist.old")) if each.exists()), target)
    return tree(whole)


def _store(room: Path) -> list[str]:
    """No file of the store may bear a name that its content does not have."""
    blobs = [each for each in (room / "blobs").rglob("*") if each.is_file()]
    false = [each.name for each in blobs if hashlib.sha256(each.read_bytes()).hexdigest() != each.name]
    for entry in (room / "ledger").rglob("*.json"):
        seal, text = entry.read_bytes().split(b"\n", 1)
        if hashlib.sha256(entry.stem.encode() + b"\n" + text).hexdigest().encode() != seal:
            false.append(entry.name)
    return [f"half a file in the store: {', '.join(false)}"] if false else []


def unlike(folder: Path, made: Album) -> list[str]:
    """What a resumed build has left otherwise than an undisturbed one."""
    found = []
    if (out := tree(folder / "dist")) != made.new:
        found.append(f"resumed to another release: {_difference(out, made.new)}")
    if litter := sorted(each.name for each in folder.iterdir() if each.name.startswith(".dist")):
        found.append(f"left beside it: {', '.join(litter)}")
    if [*(folder / ".glassmaster" / "scratch").glob("*")]:
        found.append("left in scratch")
    if sources(folder) != made.sources:
        found.append("a source was touched")
    return found


def _difference(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    return ", ".join(sorted(name for name in {**one, **other} if one.get(name) != other.get(name))[:4]) or "nothing"


def copied(made: Album, folder: Path) -> Path:
    """A fresh copy of the release to be built."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(made.base, folder)
    return folder
