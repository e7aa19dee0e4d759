"""`make bench`: how long our work takes beside other people's, as ratios from one run, into RESULTS.md.

Plays on the folder of mixdowns that GLASSMASTER_REAL_ALBUM names, or on songs made here. Peers that are not installed
are named and left out. A quarter of an hour of music is enough, so that a run takes less than ten minutes.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from glassmaster.listening import hear
from tests.flow_support import music, write_manifest, write_mix

from .contests import Contest, album, build, limiter, song
from .quality import table
from .race import Result, race

RESULTS = Path(__file__).with_name("RESULTS.md")
SECONDS = 1500.0
BUILD_SECONDS = 600.0
LOUD_DBTP = 5.9
TAIL = """
[[deliverable]]
name = "wav"
format = "wav"
bits = 24
[[deliverable]]
name = "flac"
format = "flac"
[[deliverable]]
name = "mp3"
format = "mp3"
bitrate = 320
"""


def main() -> None:
    """All contests into RESULTS.md; where some are named as arguments, only those, to be read and not kept."""
    named = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="glassmaster-bench-") as room:
        folder = Path(room)
        songs, source = _album(folder / "album")
        chosen = [_CONTESTS[name] for name in named] if named else _CONTESTS.values()
        contests = (make(folder, songs) for make in chosen)
        page = _page([(each, _run(each)) for each in contests], songs, source)
    if not named:
        print("the sound of limiters", file=sys.stderr)
        page += "\n".join(["", *table()])
        RESULTS.write_text(page, "utf-8")
    print(page)


def _run(contest: Contest) -> list[Result]:
    print(contest.title, file=sys.stderr)
    return race(contest.contestants, contest.rounds)


def _many(folder: Path, songs: Sequence[Path]) -> Contest:
    return album(_up_to(songs, SECONDS))


def _one(folder: Path, songs: Sequence[Path]) -> Contest:
    return song(max(_up_to(songs, SECONDS), key=_seconds))


def _limiting(folder: Path, songs: Sequence[Path]) -> Contest:
    return limiter(*_loud(folder / "loud.wav", songs[0]))


def _building(folder: Path, songs: Sequence[Path]) -> Contest:
    mixes = _copied(_up_to(sorted(songs, key=_seconds), BUILD_SECONDS), folder / "release")
    return build(_manifest(mixes), mixes)


_CONTESTS: dict[str, Callable[[Path, Sequence[Path]], Contest]] = {
    "album": _many,
    "song": _one,
    "limiter": _limiting,
    "build": _building,
}


def _album(folder: Path) -> tuple[list[Path], str]:
    """Mixdowns, and where they come from."""
    named = os.environ.get("GLASSMASTER_REAL_ALBUM")
    if named:
        return sorted(Path(named).rglob("*.wav")), "real music"
    made = [write_mix(folder / f"{n:02d}.wav", music(150, -3.0 * (n % 4), n)) for n in range(1, 11)]
    return made, "generated music"


def _seconds(path: Path) -> float:
    return float(soundfile.info(path).duration)


def _up_to(paths: Sequence[Path], seconds: float) -> list[Path]:
    """The first of `paths`, as many as are needed for so many seconds of music."""
    kept: list[Path] = []
    for path in paths:
        if sum(map(_seconds, kept)) < seconds:
            kept.append(path)
    return kept


def _loud(target: Path, path: Path) -> tuple[Path, int]:
    """A song as float at a true peak of +5.9 dBTP."""
    peak = hear(path, []).measurement.true_peak_dbtp
    sound, rate = soundfile.read(path, dtype="float32")
    soundfile.write(target, sound * np.float32(10 ** ((LOUD_DBTP - (peak or 0.0)) / 20)), rate, "FLOAT")
    return target, int(rate)


def _copied(paths: Sequence[Path], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return [Path(shutil.copy(path, folder / f"{number:02d}.wav")) for number, path in enumerate(paths, 1)]


def _manifest(mixes: Sequence[Path]) -> Path:
    tables = [f'title = "Song {n}"\nmixdown = "{path.name}"' for n, path in enumerate(mixes, 1)]
    return write_manifest(mixes[0].parent, tables, TAIL, 'type = "album"')


def _page(results: Iterable[tuple[Contest, Sequence[Result]]], songs: Sequence[Path], source: str) -> str:
    head = [
        "# Benchmarks",
        "",
        "Written by `make bench`; never by hand.",
        "",
        f"{_machine()}, Python {platform.python_version()}. {len(songs)} songs of {source}.",
        "Contestants took turns in one run; of each the best turn counts. A ratio is the time of the first line of a",
        "table divided by the other's: below 1, that line is faster; ratio b is that of the second line. Wall time",
        "depends on what else the machine does; processor time (user and system, children included) hardly. MiB: the",
        "most memory that any one process had.",
        "",
    ]
    return "\n".join([*head, *(line for contest, found in results for line in _table(contest, found))])


def _table(contest: Contest, found: Sequence[Result]) -> Iterable[str]:
    ours = found[: contest.ours]
    names = "ratio" if len(ours) == 1 else " | ".join(f"ratio {chr(ord('a') + n)}" for n in range(len(ours)))
    yield from (f"## {contest.title}", "", f"{contest.about} Best of {contest.rounds}.", "")
    yield f"| | wall s | {names} | processor s | {names} | MiB |"
    yield "|---" * (4 + 2 * len(ours)) + "|"
    for each in found:
        if each.missing:
            yield f"| {each.name} | {each.missing} {'| ' * (2 + 2 * len(ours))}|"
        else:
            wall = [f"{each.wall:.2f}", *(f"{one.wall / each.wall:.2f}" for one in ours)]
            cpu = [_figure(each.cpu, 2), *(_figure(one.cpu and each.cpu and one.cpu / each.cpu, 2) for one in ours)]
            yield f"| {' | '.join([each.name, *wall, *cpu, _figure(each.mib, 0)])} |"
    yield ""
    yield from contest.behind


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _machine() -> str:
    names = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    name = next((line.split(":", 1)[1].strip() for line in names if line.startswith("model name")), "")
    return f"{name or platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


if __name__ == "__main__":
    main()
