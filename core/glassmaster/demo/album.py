"""The demo album on disk: mixdowns, references, a cover and the manifest that masters them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from . import score
from .cover import draw
from .manifest import MANIFEST
from .play import bar_at, play
from .sounds import Sound


def make_demo(folder: Path) -> Path:
    """Write the demo album into `folder` and return the path of its release.toml; the same bytes on every run.

    Four mixdowns (WAV, 24 bit, one of them at 44.1 kHz, the last two run together), two references (FLAC) and a cover.
    """
    for room in ("mixes", "references", "art"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    _mixdowns(folder / "mixes")
    _references(folder / "references")
    draw(folder / "art" / "cover.png")
    manifest = folder / "release.toml"
    manifest.write_text(MANIFEST, encoding="utf-8", newline="\n")
    return manifest


def _mixdowns(room: Path) -> None:
    first = _peaking(play(score.FIRST_LIGHT, 48_000), -15.0)
    _write(room / "01_FirstLight_Mix2_48k_24b.wav", _with_silence(first, 48_000, 1.5, 2.0), 48_000)
    second = _peaking(_glued(play(score.NIGHT_BUS, 44_100), 1.2), -3.0)
    _write(room / "02_NightBus_Mix4_44.1k_24b.wav", _with_silence(second, 44_100, 1.2, 2.0), 44_100)
    both = _peaking(play(score.GLASS_STAIRS, 48_000), -7.0)
    turn = bar_at(score.GLASS_STAIRS, score.STAIRS_TURN, 48_000)
    _write(room / "03_GlassStairs_Mix1_48k_24b.wav", _with_silence(both[:turn], 48_000, 1.5, 0.0), 48_000)
    _write(room / "04_DownAgain_Mix1_48k_24b.wav", _with_silence(both[turn:], 48_000, 0.0, 2.0), 48_000)


def _references(room: Path) -> None:
    """Two records as loud as records are: driven hard into a soft limiter."""
    for name, piece, drive in (("Northern Line", score.NORTHERN_LINE, 2.6), ("Paper Moons", score.PAPER_MOONS, 1.8)):
        loud = _peaking(_glued(play(piece, 44_100), drive), -1.5)
        _write(room / f"{name}.flac", loud, 44_100)


def _glued(sound: Sound, drive: float) -> Sound:
    """Rounds the peaks off: the more drive, the denser."""
    return np.asarray(np.tanh(drive / np.abs(sound).max() * sound))


def _peaking(sound: Sound, dbfs: float) -> Sound:
    return np.asarray(sound * (10 ** (dbfs / 20) / np.abs(sound).max()))


def _with_silence(sound: Sound, rate: int, before: float, after: float) -> Sound:
    ends = [np.zeros((round(seconds * rate), 2), np.float32) for seconds in (before, after)]
    return np.concatenate([ends[0], sound, ends[1]])


def _write(path: Path, sound: Sound, rate: int) -> None:
    """24-bit integers, rounded by us: libsndfile takes the upper 24 of 32 bits."""
    whole = np.rint(sound * np.float32(2**23)).astype(np.int32) << 8
    soundfile.write(path, whole, rate, subtype="PCM_24")
