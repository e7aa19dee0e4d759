"""Making and reading M4A: AAC and ALAC by ffmpeg, gapless by the edit list, the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..model import Audio, Block, Encoder
from ..sound.blocks import between
from . import ffmpeg, mp4, streams
from .samples import proven, surrounded

_RAW = ["-ignore_editlist", "1", "-flags2", "+skip_manual", "-f", "mov"]
"""Every frame of every packet: the edit list is applied here, for versions of ffmpeg differ at its end."""
AAC = ("aac_at", "libfdk_aac", "aac")
"""Apple's encoder, Fraunhofer's and ffmpeg's own, the best first; each only where this ffmpeg was built with it."""
_PACKET = 1024
_LEAD, _TAIL = 98 * _PACKET, 2 * _PACKET
"""Frames of a joined song's neighbours that the encoder hears: its rate control takes some ninety packets to settle."""
_KEPT = 4 * _PACKET
"""Frames of the lead that stay in the file. A decoder needs one packet before the first that is heard, and a player
that reads no edit list should not play two seconds of the song before."""
_COLD = ("aac",)
"""Encoders that settle on the music only while it plays: the first 50 ms of a song were up to 47 dB worse."""
_WAYS = {"aac": ["-aac_pns", "0"]}
"""Noise substitution is left out: each decoder would make up other noise, and no peak could be proven."""


def aac_encoders() -> tuple[Encoder, ...]:
    """Those of `AAC` that this ffmpeg has."""
    return tuple(found for name in AAC for found in ffmpeg.encoders(name, name))


def aac(audio: Audio, path: Path, kbps: float, encoder: str, install: str) -> None:
    """Write an AAC-LC file at `kbps` in all."""
    how = ["-c:a", encoder, "-b:a", f"{kbps:g}k", *_WAYS.get(encoder, [])]
    drops = ffmpeg.drops_packets()
    warm = replace(audio, before=_rehearsal(audio)) if drops and encoder in _COLD and not audio.before else audio
    whole, lead = surrounded(warm, _LEAD, _TAIL)
    dropped = max(0, lead - _KEPT) // _PACKET if drops else 0
    ffmpeg.encode(whole, path, [*how, *_without(dropped), *_container(audio)], install)
    mp4.settle(path, mp4.track(path).start + lead - dropped * _PACKET, audio.frames)


def _rehearsal(audio: Audio) -> Audio:
    """The song's own opening backwards, then silence: what the encoder settles on before a song that begins alone."""
    frames = min(audio.frames, _LEAD - _KEPT)

    def blocks() -> Iterator[Block]:
        yield np.concatenate([*proven(between(audio, 0, frames))])[::-1]
        yield np.zeros((_KEPT, audio.channels), np.float32)

    return Audio(audio.rate, audio.channels, frames + _KEPT, blocks)


def _without(packets: int) -> list[str]:
    """Leave the first packets out of the file; those behind them begin at the time 0."""
    return ["-bsf:a", rf"noise=drop=lt(n\,{packets}),setts=ts=TS-{packets * _PACKET}"] if packets else []


def alac(audio: Audio, bits: int, path: Path, install: str) -> None:
    """Write an ALAC file of 16 or 24 bits."""
    how = ["-c:a", "alac", "-sample_fmt", "s16p" if bits == 16 else "s32p", "-bits_per_raw_sample", str(bits)]
    ffmpeg.encode_integers(audio, bits, path, [*how, *_container(audio)], install)


def _container(audio: Audio) -> list[str]:
    """Edit list in frames instead of milliseconds, and the boxes in front, so that players can begin at once."""
    return ["-movie_timescale", str(audio.rate), "-movflags", "+faststart", "-f", "ipod"]


def decode(path: Path, install: str) -> Audio:
    """The sound as float32 without clamping, the encoder's delay and padding removed.

    Raises `Refused`: exit 8 for a damaged file, exit 4 without ffmpeg.
    """
    found = mp4.track(path)
    sound = streams.audio_of_integers if found.bits else streams.audio
    return sound(path, found.rate, found.channels, found.frames, lambda: _parts(path, found, install))


def _parts(path: Path, found: mp4.Track, install: str) -> Iterable[bytes]:
    frame = 4 * found.channels
    raw = ffmpeg.decoded(path, _RAW, "s32le" if found.bits else "f32le", install, found.samples / found.rate)
    return streams.cut(raw, found.start * frame, found.frames * frame)


def pcm_hash(path: Path, install: str) -> str:
    """SHA-256 of an ALAC file's PCM."""
    found = mp4.track(path)
    return streams.pcm_hash(_parts(path, found, install), found.bits or 32)
