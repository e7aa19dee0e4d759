"""Peak memory of a worker for a long song and a short one: `python -m tests.benchmarks.memory [MINUTES ...]`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import soundfile as sf

from tests.flow_support import music

RATE = 48_000
MANIFEST = """[release]
title = "Long"
artist = "Nobody"
type = "single"
[[song]]
mixdown = "long.wav"
start = 1.0
fade_out = 5.0
[[deliverable]]
name = "wav"
format = "wav"
[[deliverable]]
name = "flac"
format = "flac"
rate_hz = 44100
"""
CHILD = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "glassmaster", "build", sys.argv[1], "--jobs", "2"], check=False,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def peak_mib(minutes: float) -> float:
    """The largest resident size that the program or any of its workers had while it built a song of this length."""
    minute = music(60, -12, 1, RATE)
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        with sf.SoundFile(folder / "long.wav", "w", RATE, 2, subtype="PCM_24", format="RF64") as file:
            for number in range(int(minutes)):
                file.write(minute * 10 ** (-(number % 7) / 20))
        (folder / "release.toml").write_text(MANIFEST)
        told = subprocess.run([sys.executable, "-c", CHILD, room], capture_output=True, text=True, check=True)
        assert (folder / "dist" / "release.json").exists(), "the build failed"
        return float(told.stdout)


def main() -> None:
    """Print one line a length."""
    for minutes in [float(each) for each in sys.argv[1:]] or [1.0, 10.0]:
        print(f"{minutes:g} min: {peak_mib(minutes):.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
