"""One machine in the part of several: libraries told to do without what its processor could do.

Every name stands for what a machine of that kind would use: OpenBLAS' product kernel, numpy's vector loops, the C
library's functions. What a processor cannot do nobody can make it do: kernels for AVX-512 end on one without it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tests.faults_support import environment

_NO_VECTORS = {"NPY_DISABLE_CPU_FEATURES": "X86_V3"}
_NO_FMA = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA"}
MACHINES: Mapping[str, Mapping[str, str]] = {
    "as it is": {},
    "OpenBLAS Prescott": {"OPENBLAS_CORETYPE": "Prescott"},
    "OpenBLAS Nehalem": {"OPENBLAS_CORETYPE": "Nehalem"},
    "OpenBLAS Sandybridge": {"OPENBLAS_CORETYPE": "Sandybridge"},
    "OpenBLAS Haswell": {"OPENBLAS_CORETYPE": "Haswell"},
    "OpenBLAS Zen": {"OPENBLAS_CORETYPE": "Zen"},
    "OpenBLAS SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "numpy without AVX2": _NO_VECTORS,
    "C library without FMA": _NO_FMA,
    "all of 2008": {"OPENBLAS_CORETYPE": "Prescott", **_NO_VECTORS, **_NO_FMA},
}
"""What each machine sets in its environment."""
_FORMATS = """
[[deliverable]]
name = "streaming"
format = "flac"

[[deliverable]]
name = "loud"
format = "wav"
rate_hz = "native"
adjust = { level = { target_lufs = -9.0 }, limit = { max_gain_reduction_db = 8 } }

[[deliverable]]
name = "cd"
format = "wav"
bits = 16
rate_hz = 44100
dither = "shaped"
adjust = { level = { target_lufs = -9.0 }, limit = { max_gain_reduction_db = 8 } }

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


def works(name: str) -> bool:
    """Whether this processor can play that machine."""
    product = "import numpy as np; np.ones((64, 64), 'f4') @ np.ones((64, 64), 'f4')"
    ended = subprocess.run([sys.executable, "-c", product], env=machine(name), capture_output=True, check=False)
    return ended.returncode == 0


@dataclass(frozen=True)
class Difference:
    """How two files of the same sound differ."""

    samples: int
    of: int
    most: float
    """In steps of the depth; of full scale for floating point."""


def difference(one: Path, other: Path) -> Difference:
    """Sample by sample; files of other lengths differ in all samples."""
    depth = soundfile.info(one).subtype
    a, b = (soundfile.read(path, dtype="float64")[0] for path in (one, other))
    if a.shape != b.shape:
        return Difference(max(a.size, b.size), max(a.size, b.size), float("inf"))
    apart = np.abs(a - b) * {"PCM_16": 2.0**15, "PCM_24": 2.0**23}.get(depth, 1.0)
    return Difference(int(np.count_nonzero(apart)), a.size, float(apart.max(initial=0.0)))
