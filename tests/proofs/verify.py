"""Does `glassmaster verify` find every damage? Small releases in every format, damaged in five ways, 20 seeds each.

Each case is tried twice: as an accident leaves it, and as somebody would leave it who writes the lists anew to fit
(`forge`: the file's hashes, figures and tags in release.json, and SHA256SUMS). `make proof PROOF=verify`.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import mutagen

from glassmaster import plugins
from glassmaster.errands import Prove, Proved
from glassmaster.errors import Refused
from glassmaster.loudness import measure
from glassmaster.model import Finding
from glassmaster.prove import prove
from glassmaster.record import figures
from glassmaster.store import Store, replace, sha256_of
from glassmaster.verify import verify
from tests.release_support import glassmaster, mixdown

SEEDS = range(20)
WORKERS = 2
SONGS = 3
_HEAD = """
[release]
title = "Damage"
artist = "The Testers"
type = "ep"
"""


@cache
def formats() -> tuple[str, ...]:
    """What can be made here."""
    return tuple(name for name, each in sorted(plugins.load().formats.items()) if each.encoders())


def built(folder: Path, names: Sequence[str], **keys: str) -> Path:
    """A delivery of three short songs in these formats; `keys` are further lines of each deliverable."""
    lines = [_HEAD]
    for number in range(1, SONGS + 1):
        mixdown(folder / f"{number}.wav", 1 + number / 2, seed=number)
        isrc = f"GBAAA26{number:05}"
        lines.append(f'[[song]]\ntitle = "Song {number}"\nmixdown = "{number}.wav"\nisrc = "{isrc}"\ngap = 0\n')
    more = "".join(f"{key} = {value}\n" for key, value in keys.items())
    lines += [f'[[deliverable]]\nname = "{name}"\nformat = "{name}"\n{more}' for name in names]
    (folder / "release.toml").write_text("\n".join(lines), "utf-8")
    done = glassmaster("build", folder, timeout=600)
    assert done.code in (0, 1), done.err
    return folder / "dist"


# ---- damage


def _audio(path: Path, form: str) -> tuple[int, int]:
    """Bytes that hold sound and nothing else, by looking for the container's own marks."""
    data = path.read_bytes()
    if form in ("wav", "aiff"):
        mark = b"data" if form == "wav" else b"SSND"
        at = data.index(mark)
        size = int.from_bytes(data[at + 4 : at + 8], "little" if form == "wav" else "big")
        return at + 16, at + 8 + size
    if form == "mp3":
        start = 10 + sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
        return (start if data[:3] == b"ID3" else 0) + 2_000, len(data)
    if form in ("aac", "alac"):
        at = data.index(b"mdat")
        return at + 4, at + int.from_bytes(data[at - 4 : at], "big") - 4
    if form == "flac":
        return data.index(b"\xff\xf8", 4 + 38) + 16, len(data)
    end = data.rfind(b"APETAGEX", 0, len(data) - 40)
    return len(data) // 2, end if form == "wavpack" and end > 0 else len(data)


def flip(folder: Path, paths: Sequence[str], form: str, chance: random.Random) -> list[str]:
    """One bit of the sound."""
    path = folder / paths[0]
    data, (start, end) = bytearray(path.read_bytes()), _audio(path, form)
    data[chance.randrange(start, end)] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return [paths[0]]


def cut(folder: Path, paths: Sequence[str], form: str, chance: random.Random) -> list[str]:
    """The end is missing."""
    path = folder / paths[0]
    os.truncate(path, int(path.stat().st_size * chance.uniform(0.1, 0.999)))
    return [paths[0]]


def swap(folder: Path, paths: Sequence[str], form: str, chance: random.Random) -> list[str]:
    """Two songs under each other's names."""
    one, other = chance.sample(list(paths), 2)
    (folder / one).rename(folder / "aside")
    (folder / other).rename(folder / one)
    (folder / "aside").rename(folder / other)
    return [one, other]


def retag(folder: Path, paths: Sequence[str], form: str, chance: random.Random) -> list[str]:
    """Another title, artist or ISRC."""
    from mutagen import id3

    frames: Mapping[str, Any] = {"title": id3.TIT2, "artist": id3.TPE1, "isrc": id3.TSRC}
    name = chance.choice(["title", "artist", "isrc"])
    text = f"Somebody else's {chance.randrange(1000)}"
    file: Any = mutagen.File(folder / paths[0])
    if isinstance(file.tags, id3.ID3):
        file.tags.add(frames[name](encoding=3, text=text))
    elif form in ("aac", "alac"):
        key = {"title": "\xa9nam", "artist": "\xa9ART", "isrc": "----:com.apple.iTunes:ISRC"}[name]
        file.tags[key] = [text.encode() if name == "isrc" else text]
    else:
        file.tags[name] = text
    file.save()
    return [paths[0]]


def add(folder: Path, paths: Sequence[str], form: str, chance: random.Random) -> list[str]:
    """Bytes behind the end, or another bit in the first bytes, in turn."""
    path = folder / paths[0]
    data = bytearray(path.read_bytes())
    if chance.random() < 0.5:
        data += chance.randbytes(chance.randrange(1, 4096))
    else:
        data[chance.randrange(4, 44)] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return [paths[0]]


DAMAGES: Mapping[str, Callable[[Path, Sequence[str], str, random.Random], list[str]]] = {
    "bit flip": flip,
    "truncation": cut,
    "swapped files": swap,
    "tag edit": retag,
    "garbage or header edit": add,
}


def forge(folder: Path, changed: Iterable[str]) -> None:
    """Write release.json and SHA256SUMS anew, so that they say of the changed files what these are now."""
    offers = plugins.load()
    document = json.loads((folder / "release.json").read_text("utf-8"))
    for each in document["deliverables"]:
        if each["path"] in changed:
            path, form = folder / each["path"], offers.formats[each["format"]]
            each |= {"sha256": sha256_of(path), "size": path.stat().st_size}
            try:
                each["payload_sha256"] = form.payload_hash(path)
                each["measured"] = figures(measure(form.decode(path)))
                each["tags"] = dict(offers.hook.glassmaster_read_tags(path=path, format=each["format"]))
            except Exception:  # what cannot be read cannot be forged either
                continue
    replace(folder / "release.json", json.dumps(document).encode())
    told = [line.split("  ", 1) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
    anew = {*changed, "release.json"}
    lines = [f"{sha256_of(folder / name) if name in anew else kept}  {name}\n" for kept, name in told]
    replace(folder / "SHA256SUMS", "".join(lines).encode())


# ---- trying


@dataclass
class Memory:
    """Does the errands of a proving, those of files that stand as they were only once."""

    known: dict[str, Proved] = field(default_factory=dict)

    def run(self, errands: Sequence[Prove], *, anew: bool = False) -> list[Any]:
        return [self._one(errand) for errand in errands]

    def _one(self, errand: Prove) -> Proved:
        there = errand.path.stat() if errand.path.is_file() else None
        file = (there.st_ino, there.st_size, there.st_mtime_ns) if there else None
        key = f"{errand.what} {file} {json.dumps(errand.recorded, sort_keys=True)}"
        if key not in self.known:
            self.known[key] = prove(errand, Store(Path()))
        return self.known[key]


def findings(folder: Path, memory: Memory) -> tuple[Finding, ...]:
    """What `glassmaster verify` says of the folder."""
    try:
        return verify(folder, plugins.load(), memory).findings  # type: ignore[arg-type]
    except Refused as refused:
        return refused.findings


@dataclass(frozen=True)
class Case:
    """One damage to one copy of a delivery."""

    form: str
    damage: str
    seed: int
    forged: bool

    def found(self, delivery: Path, memory: Memory) -> bool:
        """Whether verify names one of the changed files, or the record."""
        with tempfile.TemporaryDirectory(dir=delivery.parent) as room:
            folder = self._copy(delivery, Path(room, "copy"))
            entries = json.loads((folder / "release.json").read_text("utf-8"))["deliverables"]
            paths = [each["path"] for each in entries if each["format"] == self.form]
            chance = random.Random(f"{self.form} {self.damage} {self.seed}")
            chance.shuffle(paths)
            changed = DAMAGES[self.damage](folder, paths, self.form, chance)
            if self.forged:
                forge(folder, changed)
            named = {each.where for each in findings(folder, memory)}
            wanted = {*changed} if not self.forged else {each["path"] for each in entries}
            return bool(named & wanted)

    def _copy(self, delivery: Path, folder: Path) -> Path:
        """Its own files are copied, the others linked: nothing writes into these."""

        def put(source: str, target: str) -> None:
            (shutil.copyfile if Path(source).parent.name == self.form else os.link)(source, target)

        skipped = shutil.ignore_patterns("report")
        return Path(shutil.copytree(delivery, folder, ignore=skipped, copy_function=put))


def cases(names: Iterable[str], seeds: Iterable[int], damages: Iterable[str] = DAMAGES) -> Iterator[Case]:
    for form in names:
        for damage in damages:
            for seed in seeds:
                yield from (Case(form, damage, seed, forged) for forged in (False, True))


def untouched(delivery: Path, memory: Memory) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    """What happens to a delivery without harm: what is said must be nothing."""
    yield "where it was built", findings(delivery, memory)
    with tempfile.TemporaryDirectory() as room:
        moved = Path(shutil.copytree(delivery, Path(room, "Über alle Berge", "dist")))
        yield "moved to another folder", findings(moved, memory)
        (moved / ".DS_Store").write_bytes(b"\0")
        (moved / "wav" / "Thumbs.db").write_bytes(b"\0") if (moved / "wav").is_dir() else None
        yield "looked at with Finder and Explorer", findings(moved, memory)
        shutil.rmtree(moved / "report")
        yield "without its report", findings(moved, memory)


# ---- the page


def page() -> str:
    """Every format, damage and seed, as it lies and forged; the counts of what was found."""
    with tempfile.TemporaryDirectory() as room:
        memory = Memory()
        every = built(Path(room, "every"), formats())
        alone = built(Path(room, "alone"), ("wav",), metadata='"none"')
        lines = [*_INTRODUCTION, *_table(every, formats(), list(DAMAGES))]
        without = [name for name in DAMAGES if name != "tag edit"]
        lines += ["", *_ALONE, "", *_table(alone, ("wav",), without), "", *_HARMLESS, ""]
        for place in (every, alone):
            files = len(json.loads((place / "release.json").read_text("utf-8"))["deliverables"])
            told = untouched(place, memory)
            lines += [f"- {files} files, {what}: {len(found)} findings" for what, found in told]
    return "\n".join(lines) + "\n"


def _table(delivery: Path, names: Iterable[str], damages: Sequence[str]) -> Iterator[str]:
    yield "| format | " + " | ".join(f"{each}: as it lies | forged" for each in damages) + " |"
    yield "|---" * (1 + 2 * len(damages)) + "|"
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        yield from pool.map(_row, [delivery for _ in names], names, [damages for _ in names])


def _row(delivery: Path, form: str, damages: Sequence[str]) -> str:
    memory, cells = Memory(), []
    for damage in damages:
        for forged in (False, True):
            tried = [Case(form, damage, seed, forged) for seed in SEEDS]
            cells.append(f"{sum(each.found(delivery, memory) for each in tried)} of {len(tried)}")
    print(form, *cells, sep="; ", file=sys.stderr, flush=True)
    return f"| {form} | " + " | ".join(cells) + " |"


_INTRODUCTION = (
    "# What `glassmaster verify` finds",
    "",
    "Written by `make proof PROOF=verify`. Three songs in every format that can be made here; each damage is done to a",
    "copy of the delivery, 20 seeds each, and counts as found when verify names the file. *Forged*: release.json and",
    "SHA256SUMS were then written anew, with the hashes, figures and tags of the damaged file as our own tools read",
    "them, so that only what is inside the files and what they say of one another can tell.",
    "",
)
_ALONE = (
    "A delivery of WAV files alone, without metadata, has the least to tell by: nothing inside a WAV proves its",
    "samples.",
)
_HARMLESS = ("And without harm:",)
