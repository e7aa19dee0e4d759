"""Deliveries that keep a destination's rules to the letter, each figure at its very limit, for tests that break one."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from glassmaster import plugins
from glassmaster.model import Deliverable, Outcome, Profile
from tests.level_support import album, heard, master, outcome, product, silence, song, stretches

HOP = 0.01


@dataclass(frozen=True)
class Cover:
    width: int = 3000
    height: int = 3000
    kind: str = "JPEG"
    mode: str = "RGB"
    megabytes: float = 0.0
    """At least; 0: as it comes."""


@dataclass(frozen=True)
class Delivery:
    """One deliverable as its destination gets it."""

    format: str = "wav"
    bits: int = 24
    rate_hz: int = 48_000
    mixdown_rate_hz: int = 48_000
    channels: int = 2
    metadata: Any = "none"
    bext: bool = False
    name: str = "{}_Song-{}"
    """Of files: number, number."""
    megabytes: float = 1.0
    peak_dbtp: float = -3.0
    lufs: float = -14.0
    seconds: tuple[float, ...] = (60.0, 60.0)
    silence: float = 0.0
    """At the end of each file."""
    isrc: str = "GBAAA2600001"
    barcode: str = "5012345678900"
    cover: Cover = Cover()


def fitting(profile: Profile) -> Delivery:
    """A delivery with nothing to complain of; what has a limit stands at it."""
    rules = profile.rules
    bits = (profile.bits or (24,))[0]
    rates = profile.rates_hz or tuple(rules.get("rates_of_bits", {}).get(str(bits), ()))
    rate = rates[0] if rates else rules.get("min_rate_hz", 44_100)
    return Delivery(
        format=rules.get("formats", ["wav"])[0],
        bits=bits,
        rate_hz=rate,
        mixdown_rate_hz=rate,
        megabytes=rules.get("max_file_mb", 1.0),
        peak_dbtp=profile.true_peak_dbtp or 0.0,
        lufs=rules.get("lufs", -14.0) + rules.get("within_lu", 0.0),
        seconds=_seconds(profile),
        silence=rules.get("max_silence_seconds", 0.0),
        cover=_cover(profile),
    )


def _seconds(profile: Profile) -> tuple[float, ...]:
    rules = profile.rules
    if "half_song_seconds" in rules:
        return rules["half_song_seconds"] + 0.1, 1.0
    if "max_total_seconds" in rules:
        return rules["min_song_seconds"], rules["max_total_seconds"] - rules["min_song_seconds"]
    least, most = (
        rules.get("min_song_seconds", 60.0),
        rules.get("max_song_seconds", rules.get("max_side_seconds", 60.0)),
    )
    return least, most


def _cover(profile: Profile) -> Cover:
    side = profile.rules.get("min_artwork_px", 3000)
    return Cover(side, side, megabytes=profile.rules.get("max_artwork_mb", 0.0))


@functools.cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="glassmaster-covers-"))


@functools.cache
def picture(cover: Cover) -> Path:
    """The cover as a file; bytes behind its end make it as large as asked."""
    path = _folder() / f"{len(list(_folder().iterdir()))}.{cover.kind.lower()}"
    Image.new(cover.mode, (cover.width, cover.height)).save(path, cover.kind)
    size = round(cover.megabytes * 1e6)
    if size > path.stat().st_size:
        with path.open("r+b") as file:
            file.truncate(size)
    return path


def delivered(delivery: Delivery, profile: Profile, *, built: bool = True, discs: Sequence[int] = ()) -> Outcome:
    """The outcome of a release with this one deliverable; before a build only what is planned."""
    offers = plugins.load()
    told: dict[str, Any] = {"bits": delivery.bits} if not offers.formats[delivery.format].lossy else {}
    if delivery.bext:
        told["bext"] = True
    deliverable = Deliverable(
        "main",
        delivery.format,
        offers.formats[delivery.format].settings(**told),
        rate_hz=delivery.rate_hz,
        allow_upsampling=True,
        profile=profile.name,
        filename="{number}_{title}" if delivery.name == Delivery.name else "{number} {title}",
        metadata=delivery.metadata,
    )
    songs = [
        song(f"Song-{n + 1}", isrc=delivery.isrc, gap=0.0, disc=[*discs, *[1] * 999][n])
        for n in range(len(delivery.seconds))
    ]
    sound = stretches((3, delivery.lufs))
    mixdown = heard(sound, rate=delivery.mixdown_rate_hz, channels=delivery.channels)
    mixdowns = [
        replace(mixdown, measurement=replace(mixdown.measurement, frames=round(seconds * delivery.mixdown_rate_hz)))
        for seconds in delivery.seconds
    ]
    release = album(
        mixdowns, songs, deliverables=(deliverable,), artwork=picture(delivery.cover), barcode=delivery.barcode
    )
    release = replace(release, profiles={profile.name: profile})
    return outcome(release, products=_products(delivery, sound) if built else ())


def _products(delivery: Delivery, sound: Any) -> list[Any]:
    import numpy as np

    whole = np.concatenate([sound, silence(delivery.silence)])
    one = product("main", master(0, whole), delivery.peak_dbtp)
    rate = delivery.rate_hz
    return [
        replace(
            one,
            song=index,
            path=f"main/{delivery.name.format(index + 1, index + 1)}{plugins.load().formats[delivery.format].suffix}",
            size=round(delivery.megabytes * 1e6),
            rate_hz=rate,
            bits=delivery.bits,
            measured=replace(
                one.measured,
                rate_hz=rate,
                channels=delivery.channels,
                frames=round(seconds * rate),
                integrated_lufs=delivery.lufs,
            ),
        )
        for index, seconds in enumerate(delivery.seconds)
    ]
