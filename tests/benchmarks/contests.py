"""Who runs against whom: the meter, the limiter, the whole build."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import libebur128_support

from .apart import missing, stranger
from .race import Contestant, environment, python, shared


@dataclass(frozen=True)
class Contest:
    """Contestants for one job; ratios are of the first one's time to each other's."""

    title: str
    about: str
    contestants: tuple[Contestant, ...]
    rounds: int
    behind: tuple[str, ...] = ()
    """Lines of the page behind its table."""
    ours: int = 1
    """How many contestants, the first ones, are ours; a ratio is given for each."""


def _program(title: str, program: str, command: Sequence[str]) -> Contestant:
    return Contestant(title, command, "" if shutil.which(program) else f"{program} is not installed")


def _peer(title: str, name: str, paths: Sequence[Path], missing: str = "") -> Contestant:
    return Contestant(title, python("tests.benchmarks.peers", name, *paths), missing)


def _apart(title: str, name: str, path: Path) -> Contestant:
    return Contestant(title, stranger(name, path), missing(name))


def _ours(paths: Sequence[Path]) -> tuple[Contestant, ...]:
    line = ["glassmaster", "measure", "--jobs", "2", *map(str, paths)]
    return (
        Contestant("glassmaster measure", python(*line)),
        Contestant("glassmaster measure --json, with what all meters tell", python(*line, "--json")),
        _peer("glassmaster's meter alone, no command line", "bare", paths),
    )


def album(paths: Sequence[Path]) -> Contest:
    """The meter on many songs, two at a time."""
    ffmpeg = ("ffmpeg", "-nostdin", "-i", "{}", "-af", "ebur128=peak=true", "-f", "null", "-")
    missing = "" if libebur128_support.available() else libebur128_support.MISSING
    contestants = (
        *_ours(paths),
        _program("ffmpeg ebur128=peak=true, two jobs", "ffmpeg", shared(2, ffmpeg, paths)),
        _program("loudgain, two jobs", "loudgain", shared(2, ("loudgain", "{}"), paths)),
        _peer("libebur128 by ctypes, two threads", "libebur128", paths, missing),
        _peer("pyloudnorm (integrated only), one process", "pyloudnorm", paths),
    )
    return Contest("Metering an album", "Whole processes, start-up included.", contestants, 2, ours=3)


def song(path: Path) -> Contest:
    """The meter on one song: here start-up counts."""
    contestants = (
        *_ours([path]),
        _program("loudgain", "loudgain", ("loudgain", str(path))),
    )
    return Contest("Metering one song", "Whole processes, start-up included.", contestants, 5, ours=3)


def limiter(path: Path, rate: int) -> Contest:
    """True-peak limiting of one loud song to -1 dBTP."""
    limit = f"alimiter=level=false:limit={10 ** (-1 / 20):.6f}:attack=5:release=50"
    chain = f"aresample={4 * rate},{limit},aresample={rate}"
    command = ("ffmpeg", "-nostdin", "-i", str(path), "-af", chain, "-f", "null", "-")
    contestants = (
        _peer("glassmaster's limiter", "limiter", [path]),
        _program("ffmpeg alimiter, 4 times oversampled", "ffmpeg", command),
        _apart("pedalboard Limiter (no true peak)", "pedalboard", path),
        _apart("matchering's limiter (no true peak)", "matchering", path),
    )
    return Contest("Limiting a song that peaks at +5.9 dBTP", "The limited sound is thrown away.", contestants, 3)


@dataclass(frozen=True)
class _Built:
    """What a first build, before the race, told of itself."""

    encoded: tuple[Path, ...]
    """The mixdown behind every MP3 that was really encoded: one that had to be encoded again stands here again."""
    files: tuple[Path, ...]
    """Copies of all that was delivered."""
    budget: dict[str, Any]
    cpu_s: float
    """Processor time of the whole program, to the end of its last process; 0 where the system does not tell."""


def build(manifest: Path, paths: Sequence[Path]) -> Contest:
    """A whole release to WAV, FLAC and MP3, against its encoders alone, and with the proof of what they made."""
    missing = ", ".join(each for each in ("lame", "flac") if not shutil.which(each))
    absent = f"{missing} not installed" if missing else ""

    def clear() -> None:
        for folder in ("dist", ".glassmaster"):
            shutil.rmtree(manifest.parent / folder, ignore_errors=True)
        (manifest.parent / "release.lock").unlink(missing_ok=True)

    built = _once(manifest, paths)
    jobs = [("lame", path) for path in built.encoded] + [("flac", path) for path in paths]
    contestants = (
        Contestant(
            "glassmaster build, every check included",
            python("glassmaster", "build", manifest, "--jobs", 2),
            before=clear,
            fine=(0, 1),
        ),
        _peer("lame and flac alone, each file once, two jobs", "encoders", _line(_each("lame", "flac", paths)), absent),
        _peer("lame and flac for the encodes really made", "encoders", _line(jobs), absent),
        _peer(
            "those, then all delivered files decoded and metered by our meter",
            "encoders",
            _line([*jobs, *(("meter", path) for path in built.files)]),
            absent,
        ),
        _peer(
            "those, then all delivered files decoded and metered by ffmpeg",
            "encoders",
            _line([*jobs, *(("ffmpeg", path) for path in built.files)]),
            absent or ("" if shutil.which("ffmpeg") else "ffmpeg is not installed"),
        ),
    )
    about = "Mixdowns measured, levelled, limited to -1 dBTP, encoded, tagged, decoded again, proven, reported."
    about += f" {len(built.encoded)} MP3s were encoded for {len(paths)} songs."
    title = "Building a release as WAV 24, FLAC and MP3 320"
    return Contest(title, about, contestants, 2, tuple(_budget(built)))


def _once(manifest: Path, paths: Sequence[Path]) -> _Built:
    command = python("glassmaster", "build", manifest, "--jobs", 2, "--json")
    before = sum(os.times()[2:4])
    told = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, encoding="utf-8", env=environment()
    )
    cpu_s = sum(os.times()[2:4]) - before
    document = json.loads(told.stdout)
    numbers = re.findall(r"^encode: (\d+) .* for mp3$", told.stderr, re.MULTILINE)
    dist, kept = manifest.parent / "dist", manifest.parent / "kept"
    shutil.copytree(dist, kept)
    files = tuple(kept / each["path"] for each in document["deliverables"])
    return _Built(tuple(paths[int(number) - 1] for number in numbers), files, document["budget"], cpu_s)


def _each(*names: str | Sequence[Path]) -> list[tuple[str, Path]]:
    *programs, paths = names
    return [(str(program), Path(path)) for program in programs for path in paths]


def _line(jobs: Iterable[tuple[str, Path]]) -> list[Path]:
    """Longest first, as arguments: program, file, program, file ..."""
    longest = sorted(jobs, key=lambda job: -job[1].stat().st_size)
    return [Path(each) for job in longest for each in job]


def _budget(built: _Built) -> Iterable[str]:
    yield from ("Where the time of one build went (`glassmaster build --json`):", "")
    yield "| phase | wall s | main process s | workers s | seconds of audio | errands |"
    yield "|---|---|---|---|---|---|"
    for row in built.budget["phases"]:
        times = " | ".join(f"{row[name]:.2f}" for name in ("wall_s", "main_cpu_s", "workers_cpu_s"))
        yield f"| {row['phase']} | {times} | {row['audio_s']:.0f} | {row['done']} |"
    yield ""
    if built.cpu_s:
        yield f"These are {built.budget['cpu_s']:.2f} s of processor time, of {built.cpu_s:.2f} s in all."
        yield "It was the first build, and none of the turns above."
        yield ""
