"""The faults that mixes come with, of a chosen strength and place, put into healthy mixdowns."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
import soxr

from tests.defect_music import MUSIC, REAL, Mixdown, healthy, quantised


@dataclass(frozen=True, eq=False)
class Defect:
    """A kind of fault."""

    code: str
    """What must be found; one of them, where several are."""
    smallest: str
    """The weakest case that is tried."""
    make: Callable[[Mixdown, Any], Mixdown]
    kinds: tuple[str, ...] = tuple(MUSIC)
    rates: tuple[int, ...] = (44_100, 48_000)
    subtypes: tuple[str, ...] = ("PCM_24", "PCM_16", "FLOAT")


def changed(mix: Mixdown, sound: Any, **fields: Any) -> Mixdown:
    return Mixdown(np.asarray(sound), fields.get("rate", mix.rate), fields.get("subtype", mix.subtype))


def middle(mix: Mixdown, rng: Any) -> int:
    """A frame inside the music where it is not quiet: within 3 ms it stands above a fourth of its peak."""
    level = np.abs(mix.sound).max(axis=1)
    width = round(0.003 * mix.rate)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(level, (width, width)), 2 * width + 1)[::width].max(axis=1)
    loud = np.flatnonzero(around > 0.25 * level.max()) * width
    inside = loud[(loud > 1.2 * mix.rate) & (loud < len(level) - 1.2 * mix.rate)]
    return int(rng.choice(inside))


def anywhere(mix: Mixdown, rng: Any) -> int:
    """A frame inside the music."""
    return int(rng.integers(int(1.2 * mix.rate), len(mix.sound) - int(1.2 * mix.rate)))


def clipped(mix: Mixdown, rng: Any) -> Mixdown:
    """Up to 3 to 9 dB over full scale, cut off there."""
    sound = mix.sound / np.abs(mix.sound).max() * 10 ** (rng.uniform(3, 9) / 20)
    return changed(mix, np.clip(sound, -1, 1), subtype=rng.choice(["PCM_24", "PCM_16"]))


def flat_tops(mix: Mixdown, rng: Any) -> Mixdown:
    """Cut off 6 to 10 dB under the highest peak, then turned down."""
    top = np.abs(mix.sound).max()
    return changed(mix, np.clip(mix.sound, *(np.array([-1, 1]) * top * 10 ** (-rng.uniform(6, 10) / 20))))


def intersample(mix: Mixdown, rng: Any) -> Mixdown:
    """A burst at a fourth of the rate whose samples stand 45 degrees beside its peaks: 0.3 to 1.5 dB over."""
    at, length = middle(mix, rng), mix.rate // 50
    n = np.arange(length)
    burst = np.hanning(length) * np.sin(np.pi / 2 * n + np.pi / 4) * np.sqrt(2) * 0.995
    sound = mix.sound / np.abs(mix.sound).max() * 0.3
    fade = 1 - np.hanning(length)[:, None]
    sound[at : at + length] = sound[at : at + length] * fade + (burst * rng.uniform(0.75, 1.0))[:, None]
    return changed(mix, sound, subtype="PCM_24")


def limited(mix: Mixdown, rng: Any) -> Mixdown:
    """Driven 8 to 14 dB into a limiter with 5 ms of look-ahead and 50 to 150 ms of release."""
    drive, top = 10 ** (rng.uniform(8, 14) / 20), 0.9
    sound = mix.sound / np.abs(mix.sound).max() * top * drive
    look = round(0.005 * mix.rate)
    level = np.abs(sound).max(axis=1)
    need = np.log(
        np.maximum(np.lib.stride_tricks.sliding_window_view(np.pad(level, (look, look)), 2 * look + 1).max(1) / top, 1)
    )
    slope = np.arange(len(need)) / (rng.uniform(0.05, 0.15) * mix.rate)
    held = np.maximum.accumulate(need + slope) - slope
    smooth = np.convolve(np.pad(held, (look, look), "edge"), np.ones(2 * look + 1) / (2 * look + 1), "valid")
    return changed(mix, sound * np.exp(-np.maximum(smooth, 0))[:, None])


def cut_head(mix: Mixdown, rng: Any) -> Mixdown:
    at = middle(mix, rng)
    return changed(mix, mix.sound[at:])


def cut_tail(mix: Mixdown, rng: Any) -> Mixdown:
    at = middle(mix, rng)
    return changed(mix, mix.sound[:at])


def offset(mix: Mixdown, rng: Any) -> Mixdown:
    """0.7 to 5 % of full scale, in one channel or both."""
    return changed(mix, mix.sound + rng.uniform(0.007, 0.05) * rng.choice([-1, 1]) * np.array([1, rng.choice([0, 1])]))


def hum(mix: Mixdown, rng: Any) -> Mixdown:
    """50 or 60 Hz and overtones, -50 to -30 dBFS, everywhere in the file, with the mains' own unrest."""
    t = np.arange(len(mix.sound)) / mix.rate
    hz = float(rng.choice([50.0, 60.0])) + rng.uniform(-0.1, 0.1)
    parts = rng.uniform(0.3, 1.0, 5) * np.array([1, 1, 0.6, 0.4, 0.3])
    line = sum(level * np.sin(2 * np.pi * hz * k * t + rng.uniform(0, 6)) for k, level in enumerate(parts, 1))
    level = 10 ** (rng.uniform(-50, -30) / 20) * np.sqrt(2)
    return changed(mix, mix.sound + (line / np.sqrt((parts**2).sum()) * level)[:, None])


def clicks(mix: Mixdown, rng: Any) -> Mixdown:
    """One to five: single wrong samples, 0.2 to 0.5 of full scale, or steps of twice that."""
    sound = mix.sound.copy()
    for _ in range(rng.integers(1, 6)):
        at, size = anywhere(mix, rng), rng.uniform(0.2, 0.5) * rng.choice([-1, 1])
        if rng.random() < 0.5:
            sound[at] += size
        else:
            sound[at : at + mix.rate // 20] += (2 * size * np.linspace(1, 0, mix.rate // 20) ** 2)[:, None]
    return changed(mix, sound)


def dropout(mix: Mixdown, rng: Any) -> Mixdown:
    """2 to 100 ms of nothing, in one channel or both, with the unrest of dither or without."""
    at, length = middle(mix, rng), round(rng.uniform(0.002, 0.1) * mix.rate)
    sound = mix.sound.copy()
    both = rng.random() < 0.5
    sound[at : at + length, slice(None) if both else int(rng.integers(2))] = rng.choice([0.0, 1e-5])
    return changed(mix, sound, subtype="PCM_24")


def silence(mix: Mixdown, rng: Any) -> Mixdown:
    """0.6 to 2 s of digital silence."""
    at, length = middle(mix, rng), round(rng.uniform(0.6, 2.0) * mix.rate)
    rest = np.zeros((length, 2))
    return changed(mix, np.concatenate([mix.sound[:at], rest, mix.sound[at:]]), subtype="PCM_24")


def dead(mix: Mixdown, rng: Any) -> Mixdown:
    """One channel at zero, or 60 dB down."""
    return changed(mix, mix.sound * rng.permutation([1.0, rng.choice([0.0, 0.001])]))


def doubled(mix: Mixdown, rng: Any) -> Mixdown:
    return changed(mix, np.repeat(mix.sound[:, :1], 2, axis=1))


def inverted(mix: Mixdown, rng: Any) -> Mixdown:
    return changed(mix, mix.sound * rng.permutation([1.0, -1.0]))


def cancelling(mix: Mixdown, rng: Any) -> Mixdown:
    """Sides 8 to 20 dB over the middle, but for the low end."""
    mid, side = mix.sound.mean(axis=1), np.roll(mix.sound[:, 0], mix.rate // 90)
    side = side - _low(side, mix.rate, 150)
    share = 10 ** (-rng.uniform(8, 20) / 20)
    return changed(mix, np.stack([share * mid + side, share * mid - side], axis=1))


def low_phase(mix: Mixdown, rng: Any) -> Mixdown:
    """What lies under 150 Hz turned by 120 to 180 degrees between the channels; a bass note under everything."""
    low = _low(mix.sound.mean(axis=1), mix.rate, 150)
    t = np.arange(len(low)) / mix.rate
    playing = np.clip(np.minimum(t - 1, t[::-1] - 1), 0, 0.3) / 0.3
    low = low + 0.1 * np.abs(mix.sound).max() * playing * np.sin(2 * np.pi * rng.uniform(40, 90) * t)
    turned = np.real(np.fft.ifft(_analytic(low) * np.exp(1j * rng.uniform(2 * np.pi / 3, np.pi))))
    high = mix.sound - np.stack([_low(channel, mix.rate, 150) for channel in mix.sound.T], axis=1)
    return changed(mix, high + np.stack([low, turned], axis=1))


def _analytic(sound: Any) -> Any:
    spectrum = np.fft.fft(sound)
    spectrum[len(sound) // 2 :] = 0
    return 2 * spectrum


def _low(sound: Any, rate: int, hz: float) -> Any:
    spectrum = np.fft.rfft(sound)
    lines = np.fft.rfftfreq(len(sound), 1 / rate)
    return np.fft.irfft(spectrum / (1 + (lines / hz) ** 12), len(sound))


def leaning(mix: Mixdown, rng: Any) -> Mixdown:
    """One channel 9 to 20 dB down."""
    return changed(mix, mix.sound * rng.permutation([1.0, 10 ** (-rng.uniform(9, 20) / 20)]))


ENCODERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("mp3", ("-c:a", "libmp3lame", "-b:a", "128k")),
    ("mp3", ("-c:a", "libmp3lame", "-b:a", "192k")),
    ("mp3", ("-c:a", "libmp3lame", "-b:a", "256k")),
    ("mp3", ("-c:a", "libmp3lame", "-b:a", "320k")),
    ("m4a", ("-c:a", "aac", "-b:a", "128k")),
    ("m4a", ("-c:a", "aac", "-b:a", "256k")),
    ("opus", ("-c:a", "libopus", "-b:a", "96k")),
    ("opus", ("-c:a", "libopus", "-b:a", "160k")),
    ("ogg", ("-c:a", "libvorbis", "-q:a", "3")),
    ("ogg", ("-c:a", "libvorbis", "-q:a", "6")),
)


def lossy(mix: Mixdown, rng: Any) -> Mixdown:
    """Through MP3 128 to 320, AAC 128 to 256, Opus 96 to 160 or Vorbis q3 to q6, and back."""
    return through(mix, *ENCODERS[int(rng.integers(len(ENCODERS)))], rng)


def through(mix: Mixdown, suffix: str, options: tuple[str, ...], rng: Any) -> Mixdown:
    """Encoded by ffmpeg and decoded again, its first 0 to 2000 frames cut off."""
    with tempfile.TemporaryDirectory() as room:
        source, coded, back = (Path(room) / name for name in ("in.wav", f"coded.{suffix}", "out.wav"))
        Mixdown(mix.sound, mix.rate, "FLOAT").write(source)
        quiet = ("ffmpeg", "-nostdin", "-v", "error", "-y")
        subprocess.run([*quiet, "-i", source, *options, coded], check=True, timeout=60)
        subprocess.run([*quiet, "-i", coded, "-c:a", "pcm_f32le", back], check=True, timeout=60)
        sound, rate = sf.read(back)
    return changed(mix, sound[int(rng.integers(2000)) :], rate=rate, subtype=rng.choice(["PCM_24", "PCM_16"]))


def upsampled(mix: Mixdown, rng: Any) -> Mixdown:
    """From 44.1 or 48 kHz to a rate above."""
    rates = {44_100: [48_000, 88_200, 96_000], 48_000: [88_200, 96_000]}
    rate = int(rng.choice(rates[mix.rate]))
    return changed(mix, soxr.resample(mix.sound, mix.rate, rate, quality="VHQ"), rate=rate, subtype="PCM_24")


def padded(mix: Mixdown, rng: Any) -> Mixdown:
    """16 bits, dithered or not, in 24 or float."""
    rounded = quantised(mix.sound, "PCM_16") / 2**31
    return changed(mix, rounded, subtype=rng.choice(["PCM_24", "FLOAT"]))


def noisy(mix: Mixdown, rng: Any) -> Mixdown:
    """Hiss of -60 to -54 dBFS, white or falling, that also fills the pauses; a second more of them."""
    rest = np.zeros((mix.rate, 2))
    sound = np.concatenate([rest, mix.sound / np.abs(mix.sound).max() * 0.5, rest])
    hiss = rng.standard_normal(sound.shape)
    if rng.random() < 0.5:
        hiss = hiss + np.roll(hiss, 1, axis=0)
    return changed(mix, sound + hiss / hiss.std() * 10 ** (rng.uniform(-60, -54) / 20))


def edge(mix: Mixdown, rng: Any) -> Mixdown:
    """First or last sample 0.2 to 0.8 % of full scale away from zero: a residue that a gate or an edit left."""
    sound, size = mix.sound.copy(), rng.uniform(0.002, 0.008) * rng.choice([-1, 1])
    ramp = size * np.linspace(1, 0, mix.rate // 20)[:, None]
    if rng.random() < 0.5:
        sound[: len(ramp)] += ramp
    else:
        sound[-len(ramp) :] += ramp[::-1]
    return changed(mix, sound)


_NO_BASS = ("drums", "pad", "chords", "speech", "band")
_BRIGHT = ("drums", "bass", "pad", "chords", "band")
"""With sound up to half the sample rate: where there is none, no cut is seen."""

DEFECTS: Mapping[str, Defect] = {
    "clipped": Defect("mix-clipped", "3 dB over full scale", clipped),
    "clipped below full scale": Defect("mix-flat-tops mix-limited", "6 dB cut off", flat_tops),
    "inter-sample overs": Defect("mix-inter-sample", "+0.3 dBTP", intersample),
    "already limited": Defect("mix-limited", "8 dB into a limiter", limited),
    "truncated head": Defect("mix-hard-edge", "-12 dB under the peak", cut_head),
    "truncated tail": Defect("mix-hard-edge", "-12 dB under the peak", cut_tail),
    "DC offset": Defect("mix-dc-offset", "0.7 % of full scale", offset),
    "hum": Defect("mix-hum", "-50 dBFS in all", hum),
    "clicks": Defect("mix-clicks", "one sample of 0.2, one step of 0.4 of full scale", clicks),
    "dropout": Defect("mix-dropouts", "2 ms", dropout),
    "digital silence inside": Defect("mix-silence-inside", "0.6 s", silence),
    "dead channel": Defect("mix-dead-channel", "60 dB down", dead),
    "duplicate channels": Defect("mix-mono-in-stereo", "the same samples", doubled),
    "inverted channel": Defect("mix-inverted mix-out-of-phase", "any", inverted),
    "mono compatibility": Defect(
        "mix-mono-loss mix-out-of-phase", "middle 8 dB under the sides", cancelling, kinds=_NO_BASS
    ),
    "low end out of phase": Defect("mix-low-phase", "120 degrees", low_phase),
    "balance": Defect("mix-one-sided", "9 dB", leaning),
    "lossy source": Defect("mix-lossy-source", "MP3 320, AAC 256, Opus 160, Vorbis q6", lossy, kinds=_BRIGHT),
    "upsampled": Defect("mix-upsampled", "44.1 to 48 kHz", upsampled, kinds=_BRIGHT),
    "padded bit depth": Defect("mix-padded", "16 in 24", padded),
    "noise floor": Defect("mix-noise", "-60 dBFS", noisy),
    "non-zero edges": Defect("mix-edge-click", "0.2 % of full scale", edge),
}


def case(name: str, number: int) -> Mixdown:
    """The numbered case of a class: music, rate, depth and strength follow from the number."""
    rng = np.random.default_rng([number, *name.encode()])
    defect = DEFECTS[name]
    kinds = (*defect.kinds, "real") if REAL and defect.kinds != _BRIGHT else defect.kinds
    kind = kinds[number % len(kinds)]
    mix = healthy(kind, rng, int(rng.choice(defect.rates)), str(rng.choice(defect.subtypes)))
    return defect.make(mix, rng)


def pair(name: str, number: int) -> tuple[Mixdown, Mixdown]:
    """The numbered case of a class that takes two songs."""
    rng = np.random.default_rng([number, *name.encode()])
    kinds = rng.permutation([*MUSIC])
    one = healthy(str(kinds[0]), rng, 48_000)
    return one, PAIRS[name][1](one, str(kinds[1]), rng)


def other_rate(one: Mixdown, kind: str, rng: Any) -> Mixdown:
    """Other music at 44.1 or 96 kHz beside 48 kHz."""
    return healthy(kind, rng, int(rng.choice([44_100, 96_000])))


def other_level(one: Mixdown, kind: str, rng: Any) -> Mixdown:
    """The same at another gain (up to 12 dB less), rate, depth or with more silence in front, or all of it."""
    sound, rate = one.sound * 10 ** (-rng.uniform(1, 12) / 20), one.rate
    if rng.random() < 0.5:
        sound, rate = soxr.resample(sound, rate, 44_100, quality="HQ"), 44_100
    head = np.zeros((int(rng.uniform(0, 1) * rate), 2))
    return Mixdown(np.concatenate([head, sound]), rate, str(rng.choice(["PCM_16", "PCM_24", "FLOAT"])))


def copied(one: Mixdown, kind: str, rng: Any) -> Mixdown:
    return one


PAIRS: Mapping[str, tuple[str, Callable[[Mixdown, str, Any], Mixdown], str]] = {
    "wrong rate among songs": ("mix-rates", other_rate, "any"),
    "same mixdown twice": ("mix-same", copied, "a copy under another name"),
    "same music at another level or format": ("mix-same-music", other_level, "1 dB"),
}
