"""What was heard: files as they were found and what one hearing of them told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .release import Release
from .sound import Grid, Json, Seconds

if TYPE_CHECKING:
    from .offers import Profile
    from .outcome import Finding


@dataclass(frozen=True, eq=False)
class Measurement:
    """What one hearing of a file told. None: the value does not exist (silence, too short) - never NaN or inf."""

    rate_hz: int
    channels: int
    frames: int
    integrated_lufs: float | None
    """ITU-R BS.1770-5 gated loudness; a mono file counts as played on two speakers (dual mono)."""
    loudness_range_lu: float | None
    """EBU Tech 3342."""
    max_momentary_lufs: float | None
    max_short_term_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    plr_lu: float | None
    """True peak minus integrated loudness."""
    min_psr_lu: float | None
    dr: int | None
    true_peak_at: Seconds | None
    """Time of the highest true peak."""
    max_momentary_at: Seconds | None = field(default=None, kw_only=True)
    """Where the loudest 400 ms begin."""
    max_short_term_at: Seconds | None = field(default=None, kw_only=True)
    """Where the loudest 3 s begin."""
    min_psr_at: Seconds | None = field(default=None, kw_only=True)
    """Where the 3 s with the lowest peak to short-term loudness ratio begin."""
    energies: Grid
    """K-weighted, channel-weighted mean square of each hop; an incomplete last hop is averaged over a whole one."""
    peaks: Grid
    """Highest sample magnitude over all channels of each hop."""
    extra: Mapping[str, Json] = field(default_factory=dict)
    """What Meter plugins told, by the meter's name."""


@dataclass(frozen=True)
class Source:
    """A mixdown or reference file as it was found."""

    path: Path = field(metadata={"key": False})
    sha256: str
    container: str
    """WAV, RF64, W64, AIFF, CAF, FLAC, MP3, OGG: told by the content, never by the name."""
    codec: str
    """PCM_16, PCM_24, FLOAT, VORBIS ... in libsndfile's words."""
    rate_hz: int
    channels: int
    frames: int
    bits: int | None
    """Bits a sample of integer PCM (also inside FLAC); None for float and lossy."""
    lossy: bool


@dataclass(frozen=True)
class Cut:
    """The part of a mixdown that is the song, in frames at the mixdown's rate."""

    start: int
    end: int
    """One past the last frame."""
    fade_in: int = 0
    fade_out: int = 0
    curve: str = "cosine"

    @property
    def frames(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, eq=False)
class Heard:
    """A file with what it measured."""

    source: Source
    measurement: Measurement
    findings: tuple[Finding, ...] = ()
    """Peculiarities of the file that are worth knowing."""


@dataclass(frozen=True, eq=False)
class Album:
    """The release with its mixdowns and references heard: all that stages may know when they decide."""

    release: Release
    mixdowns: tuple[Heard | None, ...]
    """As `release.songs`; None where a mixdown could not be heard (there is a finding then)."""
    cuts: tuple[Cut | None, ...]
    """As `release.songs`."""
    references: Mapping[str, Heard]
    """By name; the ones that could not be heard are left out."""
    findings: tuple[Finding, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """By name: the destinations that plugins know; the ones whose rules cannot be read are left out."""
