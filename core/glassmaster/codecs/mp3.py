"""Making MP3: the `lame` or `ffmpeg` command, or the LAME inside soundfile."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from ..model import Audio
from . import ffmpeg, libsndfile, mpeg, program
from .samples import MOST, finite, surrounded

_NOT_THE_BEST = "4"
"""LAME's noise-shaping effort; 0 to 3 of LAME 3.100 harm stereo."""
_HIGHEST = 2**31
_BELOW = np.float32(_HIGHEST - 128)
"""The largest float32 that 32-bit integers can hold."""
_PART = 1 << 14
"""Frames at a time that stay in the cache."""
_SCALES = ((256, 1.0), (224, 0.98), (192, 0.97), (0, 0.95))
"""(from this bitrate on, LAME's own factor)."""
_LEAD, _TAIL = 2 * 1152, 1152
"""Frames of a joined song's neighbours that the encoder hears; delay and padding in the LAME tag end at 4,095."""


def own_gain_db(kbps: int | None) -> float:
    """What LAME turns sound down by itself at a constant bitrate, against clipping; nothing in VBR (None).

    LAME 3.100, `abr_switch_map` in libmp3lame/presets.c, the column "scale"; constant bitrates use it, too.
    """
    if kbps is None:
        return 0.0
    return 20 * math.log10(next(scale for least, scale in _SCALES if kbps >= least))


def encode(audio: Audio, path: Path, kbps: int | None, vbr: int, encoder: str, install: str) -> None:
    """Encode at constant `kbps` or else at VBR quality `vbr`, gapless by the LAME tag."""
    whole, lead = surrounded(audio, _LEAD, _TAIL)
    if encoder == "lame":
        _lame(whole, path, kbps, vbr, install)
    elif encoder == "ffmpeg":
        _ffmpeg(whole, path, kbps, vbr, install)
    else:
        _embedded(whole, path, kbps, vbr)
    if whole is not audio or encoder == "ffmpeg":
        mpeg.settle_gapless(path, audio.frames, lead)


def _lame(audio: Audio, path: Path, kbps: int | None, vbr: int, install: str) -> None:
    """The program writes the file itself, for its gapless header comes last.

    It would bring floating point to full scale, so it gets 32-bit integers, with room above full scale only where that
    is needed: its VBR does not like to be scaled. They stand in a file beside `path`: a pipe it reads in pieces of some
    5 KB, each of which can wake up whoever writes.
    """
    raw = path.with_name(f"{path.name}.s32")
    try:
        room = next(room for room in (1.0, MOST) if _written(audio, raw, room))
        khz = f"{audio.rate / 1000:g}"
        arguments = ["--quiet", "-r", "-s", khz, "--bitwidth", "32", "--signed", "--little-endian"]
        arguments += ["-m", "m" if audio.channels == 1 else "j", "--resample", khz, "--scale", f"{room:g}"]
        arguments += ["-V", str(vbr)] if kbps is None else ["--cbr", "-b", str(kbps)]
        arguments += ["-q", _NOT_THE_BEST, "--noreplaygain", str(raw.resolve()), str(path.resolve())]
        program.feed("lame", arguments, (), install, audio.frames / audio.rate, path)
    finally:
        raw.unlink(missing_ok=True)


def _written(audio: Audio, raw: Path, room: float) -> bool:
    """Write samples as integers with so much room above full scale; False as soon as one does not fit in.

    Full scale and room are powers of two: float32 stays exact, and is several times as fast as float64.
    """
    with raw.open("wb") as file:
        for _, block in finite(audio):
            if max(block.max(), -block.min()) > room:
                return False
            for at in range(0, len(block), _PART):
                scaled = block[at : at + _PART] * np.float32(_HIGHEST / room)
                np.rint(scaled, out=scaled)
                file.write(np.minimum(scaled, _BELOW, out=scaled).astype("<i4").data)
    return True


def _ffmpeg(audio: Audio, path: Path, kbps: int | None, vbr: int, install: str) -> None:
    """By ffmpeg and its libmp3lame."""
    how = ["-c:a", "libmp3lame", "-compression_level", _NOT_THE_BEST]
    how += ["-q:a", str(vbr)] if kbps is None else ["-b:a", f"{kbps}k"]
    how += ["-id3v2_version", "0", "-write_id3v1", "0", "-write_xing", "1", "-f", "mp3"]
    ffmpeg.encode(audio, path, how, install)


def _embedded(audio: Audio, path: Path, kbps: int | None, vbr: int) -> None:
    """By soundfile, which takes a bitrate as a place on the line from the highest to the lowest."""
    if kbps is None:
        level, mode = vbr / 10, "VARIABLE"
    else:
        high = mpeg.held_bitrate(mpeg.BITRATES[-1], audio.rate)
        low = mpeg.held_bitrate(0, audio.rate)
        level, mode = max(0.0, (high - kbps - 0.5) / (high - low)), "CONSTANT"  # 0.5: it rounds down
    libsndfile.write(audio, path, "MP3", "MPEG_LAYER_III", compression_level=level, bitrate_mode=mode)
