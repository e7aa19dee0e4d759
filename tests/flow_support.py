"""Small releases of generated music, built through the command line as a user would."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from tests.warm import ran, said

RATE = 44_100


def music(seconds: float, level_db: float, seed: int, rate: int = RATE) -> Any:
    """Stereo chords with a beat and noise: enough dynamics for meters and limiters to have something to do."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * pitch * time + rng.uniform(0, 6)) for pitch in rng.uniform(80, 900, 5))
    beat = np.exp(-12 * (time % 0.5)) * rng.standard_normal(len(time))
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * time / 7)
    mono = (0.12 * chord * swell + 0.5 * beat) * 10 ** (level_db / 20)
    return np.stack([mono, np.roll(mono, 37)], axis=1) * 0.5


def write_mix(path: Path, audio: Any, rate: int = RATE) -> Path:
    """A 24-bit mixdown."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sf.write(path, audio, rate, subtype="PCM_24")
    return path


def write_manifest(
    folder: Path, songs: Sequence[str], tail: str = "", release: str = "", previews: bool = False
) -> Path:
    """A manifest from the bodies of its `[[song]]` tables.

    Without previews, which are a third of a small build: tests that are about them, or about all there is, say so.
    """
    tail += "" if previews or "[report]" in tail else "\n[report]\npreviews = false\n"
    head = f'[release]\ntitle = "Small Hours"\nartist = "Nobody"\ndate = 2026-11-20\n{release}\n'
    path = folder / "release.toml"
    path.write_text(head + "".join(f"\n[[song]]\n{song}\n" for song in songs) + tail, "utf-8")
    return path


def glassmaster(*arguments: str | Path, code: int | None = 0, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """Run the real program; `code` is the exit code it must leave with (None: any)."""
    line = [*map(str, arguments)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        ended = ran(line, out, err, timeout)
        done = subprocess.CompletedProcess(line, ended, said(out), said(err))
    assert "Traceback" not in done.stderr, done.stderr
    assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def published(folder: Path) -> Any:
    """release.json of a published folder."""
    return json.loads((folder / "release.json").read_bytes())


def payloads(folder: Path) -> dict[str, str]:
    """Hash of the audio in every published file, by its path."""
    return {each["path"]: each["payload_sha256"] for each in published(folder)["deliverables"]}
