"""Faults put into varied music, strong and weak, and how many are found; healthy mixdowns, and what is said of them."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import soundfile as sf

from glassmaster.model import Finding
from glassmaster.threads import one_thread
from tests.defect_judging import found, judged
from tests.defect_music import ALBUM, REAL, Mixdown, clean
from tests.defect_support import DEFECTS, PAIRS, case, pair

CASES = 50
CLEAN = 60
LOSSY = "mix-lossy-source"
_EXCERPTS = 8
_EXCERPT_SECONDS = 10.0
_AT_A_CUT = {"mix-hard-edge", "mix-edge-click", "mix-silence-around"}
"""What an excerpt has because it was cut out, and what the album's songs really have."""
_REALLY_THERE = {"mix-dc-offset", LOSSY}


@dataclass(frozen=True)
class Tally:
    """What came of one class."""

    name: str
    codes: str
    smallest: str
    cases: int
    hits: int
    errors: int
    """Cases with an error that is not the class's own."""


def page() -> str:
    """Everything, in one page."""
    one_thread()
    jobs = int(os.environ.get("GLASSMASTER_PROOF_JOBS", "2"))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        tallies = list(pool.map(tally, [*DEFECTS, *PAIRS]))
        healthy = list(pool.map(_healthy, range(CLEAN), chunksize=10))
        songs = list(pool.map(_song, REAL))
        excerpts = [each for some in pool.map(_excerpts, [*REAL, *_references()]) for each in some]
    return "\n".join([*_classes(tallies), *_alarms(healthy, songs, excerpts), ""])


def tally(name: str) -> Tally:
    """All cases of one class."""
    code, _, smallest = PAIRS.get(name) or (DEFECTS[name].code, None, DEFECTS[name].smallest)
    hits = errors = 0
    with tempfile.TemporaryDirectory() as room:
        for number in range(CASES):
            told = _told(name, number, Path(room))
            hits += any(each.code in code.split() for each in told)
            errors += any(each.severity == "error" and each.code not in code.split() for each in told)
    print(json.dumps([name, hits, errors]), file=sys.stderr, flush=True)
    return Tally(name, code, smallest, CASES, hits, errors)


def _told(name: str, number: int, room: Path) -> list[Finding]:
    if name in DEFECTS:
        return found(case(name, number), room)
    one, other = pair(name, number)
    return judged(one.write(room / "one.wav"), other.write(room / "other.wav"))


def _healthy(number: int) -> list[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as room:
        return _names(found(clean(number), Path(room)))


def _song(path: Path) -> list[tuple[str, str]]:
    return _names(judged(path))


def _excerpts(path: Path) -> list[list[tuple[str, str]]]:
    with tempfile.TemporaryDirectory() as room:
        return [_names(found(each, Path(room))) for each in _cut(path)]


def _cut(path: Path) -> Iterator[Mixdown]:
    info = sf.info(path)
    frames = int(_EXCERPT_SECONDS * info.samplerate)
    for place in range(_EXCERPTS):
        start = int((info.frames - frames) * (place + 0.5) / _EXCERPTS)
        sound, rate = sf.read(path, start=start, frames=frames, always_2d=True)
        yield Mixdown(sound, rate, "FLOAT")


def _names(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in findings]


def _references() -> list[Path]:
    return sorted((Path(ALBUM) / "references").glob("*.mp3")) if ALBUM else []


def _classes(tallies: Sequence[Tally]) -> list[str]:
    lines = [
        "# Faults in mixdowns",
        "",
        _HEAD,
        "",
        "| fault | code | smallest | cases | found | recall | other errors |",
    ]
    lines.append("|---|---|---|--:|--:|--:|--:|")
    for each in tallies:
        codes = " or ".join(f"`{code}`" for code in each.codes.split())
        lines.append(
            f"| {each.name} | {codes} | {each.smallest} | {each.cases} | {each.hits} | "
            f"{each.hits / each.cases:.0%} | {each.errors} |"
        )
    lowest = min(each.hits / each.cases for each in tallies)
    lines += [
        "",
        f"{len(tallies)} classes, {sum(each.cases for each in tallies)} cases; the lowest recall: {lowest:.0%}.",
    ]
    return lines


_HEAD = (
    "Each case is a healthy mixdown (drums, bass, pads, chords, speech, all at once, and where the album is there an "
    "excerpt of it; 44.1 and 48 kHz; 16, 24 bits, float) with one fault of a strength drawn down to the smallest. "
    "It counts as found when the finding is there; *other errors* are cases with an error of another class."
)

_Said = Sequence[Sequence[tuple[str, str]]]


def _alarms(healthy: _Said, songs: _Said, excerpts: _Said) -> list[str]:
    lines = ["", "## Where nothing is wrong", ""]
    lines.append(f"{CLEAN} healthy mixdowns: {_counted(healthy, set())}.")
    if not songs:
        return [*lines, "", "GLASSMASTER_REAL_ALBUM names no folder: no real music was looked at."]
    lossy = sum(any(code == LOSSY for code, _ in each) for each in songs)
    lines += [
        "",
        f"{len(songs)} songs of a real album, whole: `{LOSSY}` in {lossy} of them, and all were really made from "
        f"Ogg Vorbis. Else: {_counted(songs, {LOSSY})}.",
        "",
        f"{len(excerpts)} excerpts of {_EXCERPT_SECONDS:.0f} s of these songs and of {len(_references())} MP3 "
        f"references, but for what comes of cutting them out ({', '.join(sorted(_AT_A_CUT))}) and what they really "
        f"have ({', '.join(sorted(_REALLY_THERE))}): {_counted(excerpts, _AT_A_CUT | _REALLY_THERE)}.",
    ]
    return lines


def _counted(said: _Said, leave: set[str]) -> str:
    counts = Counter(pair for each in said for pair in set(each) if pair[0] not in leave)
    told = ", ".join(f"{code} ({severity}) {count}" for (code, severity), count in sorted(counts.items()))
    errors = sum(count for (_, severity), count in counts.items() if severity == "error")
    return f"{errors} errors; {told or 'nothing'}"
