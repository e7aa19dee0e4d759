"""How a song sounds beside its references, all at the same loudness: spectrum, dynamics, stereo image."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glassmaster.model import Album, Measurement

from .figures import reference_names
from .sequence import Place
from .takes import Take

Levels = tuple[float | None, ...]


@dataclass(frozen=True)
class Tone:
    """One sound; all that is compared of it. None: it was not measured, or does not exist."""

    label: str
    style: str
    bands_db: Levels
    """Third octaves from 20 Hz to 20 kHz in dB over the integrated loudness, so that loud and quiet records compare."""
    figures: Mapping[str, float | None]
    """PLR, least PSR and loudness range in LU, crest factor in dB, correlation, width."""


@dataclass(frozen=True)
class Region:
    """A part of the spectrum by the third octaves in it, first and one past the last."""

    title: str
    first: int
    last: int

    @property
    def top_khz(self) -> float:
        """Upper edge of the last band (IEC 61260-1: base ten, half a third octave above its middle)."""
        return float(10 ** ((self.last - 1 - 17 + 0.5) / 10))


REGIONS = (
    Region("below 60 Hz", 0, 5),
    Region("from 60 to 250 Hz", 5, 11),
    Region("from 250 Hz to 2 kHz", 11, 20),
    Region("from 2 to 6 kHz", 20, 25),
    Region("above 6 kHz", 25, 30),
)
DYNAMICS = (("plr_lu", "PLR"), ("min_psr_lu", "Least PSR"), ("loudness_range_lu", "LRA"), ("crest_db", "Crest"))
IMAGE = (("correlation", "Correlation"), ("width", "Width"))


@dataclass(frozen=True)
class Tones:
    """A song's own sounds, the mixdown first, and its references."""

    own: tuple[Tone, ...]
    references: tuple[Tone, ...]

    @property
    def spectra(self) -> bool:
        """Whether there is a spectrum to draw."""
        return any(any(each is not None for each in tone.bands_db) for tone in self.own)


def tones(album: Album, place: Place, takes: Sequence[Take]) -> Tones:
    """Everything to compare of one song."""
    heard = album.mixdowns[place.song]
    own = [_tone("Mixdown", "mixdown", heard.measurement)] if heard else []
    own += [
        _tone(take.label, take.style, master.measurement) for take in takes if (master := take.masters.get(place.song))
    ]
    named = [(name, album.references.get(name)) for name in reference_names(album, place.song)]
    return Tones(tuple(own), tuple(_tone(name, "reference", each.measurement) for name, each in named if each))


def _tone(label: str, style: str, measured: Measurement) -> Tone:
    spectrum: Any = measured.extra.get("spectrum") or {}
    rms: Any = measured.extra.get("rms") or {}
    stereo: Any = measured.extra.get("stereo") or {}
    figures = {name: getattr(measured, name) for name in ("plr_lu", "min_psr_lu", "loudness_range_lu")}
    figures |= {"crest_db": rms.get("crest_db"), **{name: stereo.get(name) for name, _ in IMAGE}}
    loudness = measured.integrated_lufs
    levels = spectrum.get("levels_dbfs", ())
    matched = () if loudness is None else tuple(None if each is None else each - loudness for each in levels)
    return Tone(label, style, matched, figures)


def shared(found: Iterable[Tone]) -> int:
    """How many third octaves, from 20 Hz on, exist in all of the sounds: up to half the lowest sample rate."""
    return min((_reach(each.bands_db) for each in found), default=0)


def _reach(bands: Levels) -> int:
    return next((at for at in range(len(bands), 0, -1) if bands[at - 1] is not None), 0)


def regions(reach: int) -> tuple[Region, ...]:
    """The regions that lie below a third octave, the highest one cut there and named so; less than half of one is not
    worth a name."""
    found = []
    for region in REGIONS:
        last = min(region.last, reach)
        if last == region.last:
            found.append(region)
        elif 2 * (last - region.first) > region.last - region.first:
            cut = Region(region.title, region.first, last)
            found.append(Region(f"{_opening(region.title)} to {cut.top_khz:.0f} kHz", region.first, last))
    return tuple(found)


def _opening(title: str) -> str:
    """ "above 6 kHz" -> "from 6"; "from 2 to 6 kHz" -> "from 2"."""
    return f"from {title.split()[1]}"


def level(tone: Tone, region: Region) -> float | None:
    """Level of a region in dB over the integrated loudness; None where there is none."""
    known = [each for each in tone.bands_db[region.first : region.last] if each is not None]
    return 10 * math.log10(sum(10 ** (each / 10) for each in known)) if known else None
