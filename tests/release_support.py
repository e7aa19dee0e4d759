"""Small real releases for tests of the whole way: generated songs, a manifest, the command line."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.warm import ran, said

RATE = 44_100


def music(seconds: float, seed: int = 0, hum_hz: float = 0.0) -> Any:
    """A few seconds of something with beats, silence around it, and perhaps mains hum under it."""
    time = np.arange(round(seconds * RATE)) / RATE
    beats = 0.35 * np.sin(2 * np.pi * (330 + 40 * seed) * time) * np.exp(-3 * (time % 0.5))
    noise = 0.02 * np.random.default_rng(seed).standard_normal((len(time), 2))
    sound = beats[:, None] * np.array([1.0, 0.8]) + noise
    sound[: RATE // 20] = sound[-RATE // 20 :] = 0
    if hum_hz:
        sound += 0.03 * np.sin(2 * np.pi * hum_hz * time)[:, None]
    return sound


def mixdown(path: Path, seconds: float = 5.0, seed: int = 0, hum_hz: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, music(seconds, seed, hum_hz), RATE, subtype="PCM_24")
    return path


def manifest(folder: Path, *songs: str, treatment: Iterable[str] = (), formats: Iterable[str] = ("wav",)) -> Path:
    """A release.toml; `songs` are the bodies of its [[song]] tables, `treatment` of its [[treatment]] tables."""
    lines = ['[release]\ntitle = "Test Record"\nartist = "The Testers"\ntype = "ep"\n']
    lines += [f"[[song]]\n{body}\n" for body in songs]
    lines += [f"[[treatment]]\n{body}\n" for body in treatment]
    lines += [f'[[deliverable]]\nname = "{name}"\nformat = "{name}"\n' for name in formats]
    path = folder / "release.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


@dataclass(frozen=True)
class Run:
    """What came of a command line."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def glassmaster(*arguments: str | Path, site: Path | None = None, timeout: float = 120) -> Run:
    """Run the command line in a process of its own, with the plugins installed in `site` besides the built-ins."""
    path = os.pathsep.join(filter(None, [str(site) if site else "", os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "NO_COLOR": "1", **({"PYTHONPATH": path} if path else {})}
    if sys.platform == "win32":
        env["PYTHONUTF8"] = "1"
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        return Run(ran([*map(str, arguments)], out, err, timeout, env), said(out), said(err))
