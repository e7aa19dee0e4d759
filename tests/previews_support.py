"""Reads back, as a browser would, what a report lets one hear."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

Sound = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Heard:
    """One version of a song, whole."""

    kind: str
    sound: Sound
    """frames x 2"""
    rate: int
    loop: tuple[int, int] | None
    """The loudest 20 s, in frames."""
    loop_gain: float

    @property
    def loudest(self) -> Sound:
        return self.sound[slice(*self.loop)] if self.loop else self.sound[:0]


def heard_in(page: Path, *, by_ffmpeg: bool = False, only: str = "") -> dict[str, dict[str, Heard]]:
    """All versions by title and label, from the files beside a page or from the page itself; of one song or of all."""
    decode = _by_ffmpeg if by_ffmpeg else _by_soundfile
    text = page.read_text("utf-8")
    told = re.search(r'id="listening">(.*?)</script>', text)
    assert told, "the page has no player"
    data = json.loads(told[1])
    inside = dict(re.findall(r'id="sound-([^"]+)">([^<]*)</script>', text))
    return {
        song["title"]: {
            each["label"]: _heard(each, data, lambda name: decode(_bytes(name, page, inside)))
            for each in song["voices"] + song["references"]
        }
        for song in data["songs"]
        if only in ("", song["title"])
    }


def _heard(voice: Any, data: Any, piece: Callable[[str], Sound]) -> Heard:
    count = -(-voice["frames"] // data["piece"])
    pieces = [piece(f"{voice['file']}-{number}") for number in range(1, count + 1)]
    sound = np.concatenate(pieces)
    assert len(sound) == voice["frames"]
    assert all(len(each) == data["piece"] for each in pieces[:-1])
    loop = tuple(voice["loop"]) if voice["loop"] else None
    return Heard(voice["kind"], sound, data["rate"], loop, voice["loopGain"])


def _bytes(name: str, page: Path, inside: dict[str, str]) -> bytes:
    if name not in inside:
        file = page.parent / "audio" / f"{name}.js"
        found = re.fullmatch(rf'glassmaster\("{name}","([A-Za-z0-9+/=]+)"\)\n', file.read_text("ascii"))
        assert found, file
        inside = {name: found[1]}
    return base64.b64decode(inside[name])


def _by_soundfile(data: bytes) -> Sound:
    sound, _ = sf.read(io.BytesIO(data), always_2d=True)
    assert sound.shape[1] == 2
    return np.asarray(sound)


def _by_ffmpeg(data: bytes) -> Sound:
    command = ["ffmpeg", "-v", "error", "-f", "flac", "-i", "-", "-f", "f64le", "-ac", "2", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=120)
    return np.frombuffer(done.stdout, "<f8").reshape(-1, 2)


def loudness(sound: Sound, rate: int) -> float:
    """Integrated loudness in LUFS by pyloudnorm."""
    import pyloudnorm

    return float(pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(sound))
