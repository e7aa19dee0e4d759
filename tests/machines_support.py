"""One machine in the part of several: libraries told to do without what its processor could do.

Each name stands for what a machine of that kind would use: OpenBLAS' product kernel, numpy's vector loops, the C
library's functions. What a processor cannot do nobody can make it do: kernels for AVX-512 end on one without it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from glassmaster.loudness import loudest_passages, measure
from glassmaster.model import Audio
from tests.faults_support import environment, glassmaster
from tests.flow_support import music, published, write_manifest, write_mix

_NO_VECTORS = {"NPY_DISABLE_CPU_FEATURES": "X86_V3"}
_NO_FMA = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA"}
HERE, OLDEST = "as it is", "all of 2008"
MACHINES: Mapping[str, Mapping[str, str]] = {
    HERE: {},
    "OpenBLAS for Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "OpenBLAS for Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"},
    "OpenBLAS for Sandybridge": {"OPENBLAS_CORETYPE": "Sandybridge"},
    "OpenBLAS for Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "OpenBLAS for Zen": {"OPENBLAS_CORETYPE": "Zen"},
    "OpenBLAS for SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "OpenBLAS for Cooperlake": {"OPENBLAS_CORETYPE": "Cooperlake"},
    "numpy without AVX2 and FMA": _NO_VECTORS,
    "C library without AVX2 and FMA": _NO_FMA,
    OLDEST: {"OPENBLAS_CORETYPE": "Prescott", **_NO_VECTORS, **_NO_FMA},
}
"""What each sets in its environment; OpenBLAS may be linked elsewhere, and GLIBC_TUNABLES means nothing there."""
_LIMIT = "limit = { max_gain_reduction_db = 8 }"
_LOUD = f"adjust = {{ level = {{ target_lufs = -9.0 }}, {_LIMIT} }}"
FORMATS = f"""
[report]
previews = false

[[deliverable]]
name = "streaming"
format = "flac"

[[deliverable]]
name = "loud"
format = "wav"
{_LOUD}

[[deliverable]]
name = "cd"
format = "wav"
bits = 16
rate_hz = 44100
dither = "shaped"
{_LOUD}

[[deliverable]]
name = "float"
format = "wav"
bits = 32
rate_hz = 48000
allow_upsampling = true
"""


def machine(name: str) -> dict[str, str]:
    """The environment of one of `MACHINES`."""
    return environment(**MACHINES[name])


_TRIED = """
import numpy as np
from glassmaster.engine import engine
np.ones((64, 64), "f4") @ np.ones((64, 64), "f4")
print(engine())
"""


def engine(name: str) -> str:
    """What that machine says that it uses; empty where this processor cannot play it."""
    ended = subprocess.run([sys.executable, "-c", _TRIED], env=machine(name), capture_output=True, check=False)
    return "" if ended.returncode else ended.stdout.decode().strip()


def release(folder: Path, seconds: float, more: Sequence[str] = ()) -> Path:
    """Generated music at three rates: a song alone, two that run on at other levels, a crossfade, long fades; and
    whatever `more` songs there are in the folder."""
    ends = {0: "fade_in = 0.5", 2: "joined = true\nlevel_db = -1.0", 3: "crossfade = 0.5"}
    ends[4] = 'fade_out = 1.0\nfade_curve = "equal-power"'
    songs = []
    for number, rate in enumerate((96_000, 48_000, 48_000, 48_000, 44_100)):
        write_mix(folder / f"{number}.wav", music(seconds, -12.0, number, rate), rate)
        songs.append(f'title = "Song {number}"\nmixdown = "{number}.wav"\n{ends.get(number, "")}')
    return write_manifest(folder, [*songs, *more], FORMATS)


def built(source: Path, name: str, folder: Path) -> Any:
    """The release in `source` as that machine makes it, in `folder`, with nothing kept from others: release.json."""
    shutil.copytree(source, folder)
    told = glassmaster("build", folder, timeout=1200, env=machine(name))
    assert told.code in (0, 1), told.said
    return published(folder / "dist")


def decided(document: Any) -> dict[tuple[str, str], tuple[float, float]]:
    """Gain and drive in dB by song and deliverable."""
    rows = ((song["title"], each) for song in document["songs"] for each in song["masters"])
    return {(title, each["deliverable"]): (each["gain_db"], each["drive_db"]) for title, each in rows}


@dataclass(frozen=True)
class Difference:
    """How two files of one sound differ."""

    samples: int
    of: int
    most: float
    """In steps of the depth; of 24 bits for floating point."""


def difference(one: Path, other: Path) -> Difference:
    """Sample by sample; files of other lengths differ in all samples."""
    steps = 2.0**15 if soundfile.info(one).subtype == "PCM_16" else 2.0**23
    a, b = (soundfile.read(path, dtype="float64")[0] for path in (one, other))
    if a.shape != b.shape:
        return Difference(max(a.size, b.size), max(a.size, b.size), float("inf"))
    apart = np.abs(a - b) * steps
    return Difference(int(np.count_nonzero(apart)), a.size, float(apart.max(initial=0.0)))


def figures(files: Sequence[Path], name: str) -> list[list[float]]:
    """Integrated loudness, that of the loudest passages, and true peak of files, all digits, as that machine has it."""
    command = [sys.executable, "-m", "tests.machines_support", *map(str, files)]
    told = subprocess.run(command, env=machine(name), capture_output=True, check=True).stdout
    return [[float(value) for value in row] for row in json.loads(told)]


def _figures(path: Path) -> Iterator[float | None]:
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    found = measure(Audio(rate, sound.shape[1], len(sound), lambda: iter([sound])))
    yield from (found.integrated_lufs, loudest_passages(found.energies), found.true_peak_dbtp)


if __name__ == "__main__":
    print(json.dumps([[*_figures(Path(path))] for path in sys.argv[1:]]))
