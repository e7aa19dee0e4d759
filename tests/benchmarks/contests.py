"""Who runs against whom: the meter, the limiter, the whole build."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests import libebur128_support

from .apart import missing, stranger
from .race import Contestant, python, shared


@dataclass(frozen=True)
class Contest:
    """Contestants for one job; ratios are of the first one's time to each other's."""

    title: str
    about: str
    contestants: tuple[Contestant, ...]
    rounds: int
    ours: int = 1
    """How many contestants, the first ones, are ours; a ratio is given for each."""


def _program(title: str, program: str, command: Sequence[str]) -> Contestant:
    return Contestant(title, command, "" if shutil.which(program) else f"{program} is not installed")


def _peer(title: str, name: str, paths: Sequence[Path], missing: str = "") -> Contestant:
    return Contestant(title, python("tests.benchmarks.peers", name, *paths), missing)


def _apart(title: str, name: str, path: Path) -> Contestant:
    return Contestant(title, stranger(name, path), missing(name))


def _ours(paths: Sequence[Path]) -> Contestant:
    return Contestant("glassmaster measure, all meters", python("glassmaster", "measure", "--jobs", 2, *paths))


def album(paths: Sequence[Path]) -> Contest:
    """The meter on many songs, two at a time."""
    ffmpeg = ("ffmpeg", "-nostdin", "-i", "{}", "-af", "ebur128=peak=true", "-f", "null", "-")
    missing = "" if libebur128_support.available() else libebur128_support.MISSING
    contestants = (
        _ours(paths),
        _peer("glassmaster without the meters of plugins", "bare", paths),
        _program("ffmpeg ebur128=peak=true, two jobs", "ffmpeg", shared(2, ffmpeg, paths)),
        _program("loudgain, two jobs", "loudgain", shared(2, ("loudgain", "{}"), paths)),
        _peer("libebur128 by ctypes, two threads", "libebur128", paths, missing),
        _peer("pyloudnorm (integrated only), one process", "pyloudnorm", paths),
    )
    return Contest("Metering an album", "Whole processes, start-up included.", contestants, 2, ours=2)


def song(path: Path) -> Contest:
    """The meter on one song: here start-up counts."""
    contestants = (
        _ours([path]),
        _peer("glassmaster without the meters of plugins", "bare", [path]),
        _program("loudgain", "loudgain", ("loudgain", str(path))),
    )
    return Contest("Metering one song", "Whole processes, start-up included.", contestants, 5, ours=2)


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


def build(manifest: Path, paths: Sequence[Path]) -> Contest:
    """A whole release to WAV, FLAC and MP3, against its encoders alone."""
    lame = ("lame", "--quiet", "-b", "320", "{}", "{}.mp3")
    flac = ("flac", "--silent", "--force", "{}", "-o", "{}.flac")
    both = ("sh", "-c", " ".join(_quoted(lame)) + " && " + " ".join(_quoted(flac)))
    missing = [each for each in ("lame", "flac") if not shutil.which(each)]

    def clear() -> None:
        for folder in ("dist", ".glassmaster"):
            shutil.rmtree(manifest.parent / folder, ignore_errors=True)
        (manifest.parent / "release.lock").unlink(missing_ok=True)

    contestants = (
        Contestant(
            "glassmaster build, every check included",
            python("glassmaster", "build", manifest, "--jobs", 2),
            before=clear,
            fine=(0, 1),
        ),
        Contestant(
            "lame and flac alone, two jobs",
            shared(2, both, paths),
            f"{', '.join(missing)} not installed" if missing else "",
        ),
    )
    about = "Mixdowns measured, levelled, limited to -1 dBTP, encoded, tagged, decoded again, proven, reported."
    return Contest("Building a release as WAV 24, FLAC and MP3 320", about, contestants, 2)


def _quoted(line: Iterable[str]) -> Iterable[str]:
    return (f'"{each}"' for each in line)
