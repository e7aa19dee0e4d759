"""What limiters do to the sound, side by side: ours, and those that the field knows."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from glassmaster.peaks import Limiting
from tests.peaks_support import Sound, limited
from tests.quality_support import CEILING_DBTP, FIGURES, RATE, Limiter

from .apart import missing, stranger

_ALIMITER = f"alimiter=level=false:limit={10 ** (CEILING_DBTP / 20):.6f}:attack=5:release=50:latency=true"


def table() -> Iterator[str]:
    """A part of the page of results."""
    here, absent = _limiters()
    yield from ("## The sound of limiters", "")
    yield "Made signals at 48 kHz, held to -1 dBTP (pedalboard's and matchering's limiters know sample peaks),"
    yield "each at its default times. In every line, lower is better. Distortion, side bands, movement and change are"
    yield "powers against the tone or the music; -240 dB is not one bit changed. All figures: tests/quality_support.py."
    yield ""
    yield f"| | {' | '.join(here)} |"
    yield "|---" * (len(here) + 1) + "|"
    for figure in FIGURES:
        print(f"  {figure.title}", file=sys.stderr)
        yield f"| {figure.title}, {figure.unit} | {' | '.join(f'{figure.of(each):.2f}' for each in here.values())} |"
    yield from ("", *(f"- {name}: {why}" for name, why in absent.items()), "")


def _limiters() -> tuple[dict[str, Limiter], dict[str, str]]:
    """Those that can run here, and why the others cannot."""
    here: dict[str, Limiter] = {"glassmaster": lambda sound: limited(sound, RATE, Limiting(CEILING_DBTP))[0]}
    absent: dict[str, str] = {}
    if shutil.which("ffmpeg"):
        here["ffmpeg alimiter, 4 times oversampled"] = _by(_ffmpeg)
    else:
        absent["ffmpeg alimiter"] = "ffmpeg is not installed"
    for name in ("pedalboard", "matchering"):
        if why := missing(name):
            absent[name] = why
        else:
            here[name] = _by(partial(stranger, name))
    return here, absent


def _ffmpeg(source: Path, target: Path) -> list[str]:
    chain = f"aresample={4 * RATE},{_ALIMITER},aresample={RATE}"
    return ["ffmpeg", "-nostdin", "-i", str(source), "-af", chain, "-c:a", "pcm_f32le", str(target)]


def _by(command: Callable[[Path, Path], Sequence[str]]) -> Limiter:
    def run(sound: Sound) -> Sound:
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder) / "in.wav", Path(folder) / "out.wav"
            soundfile.write(source, sound, RATE, "FLOAT")
            subprocess.run(command(source, target), capture_output=True, check=True)
            made, _ = soundfile.read(target, dtype="float32", always_2d=True)
        return _in_time(made, sound)

    return run


def _in_time(made: Sound, sound: Sound) -> Sound:
    """Without the delay that some limiters leave in, and as long as what went in."""
    size = 1 << (2 * max(len(made), len(sound)) - 1).bit_length()
    spectrum = np.fft.rfft(made[:, 0], size) * np.conj(np.fft.rfft(sound[:, 0], size))
    late = int(np.argmax(np.fft.irfft(spectrum)[: RATE // 20]))
    fitted = np.zeros_like(sound)
    part = made[late : late + len(sound)]
    fitted[: len(part)] = part
    return fitted
