"""The errands of a build and what they bring back: all that ever crosses to a worker.

An errand's key is the hash of its fields (those marked `key: False` are only the way to do it, not what is done), so
equal work is done once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

from .model import Blob, Encoder, Finding, Grid, Heard, Measurement, Order, Part, Promise, Stamp, Tags
from .values import key as _key

_WAY = {"key": False}
LEAST_SECONDS = 900.0
"""Time that every errand gets, the machine may be busy; and for each second of audio `TIMES` more."""
TIMES = 30.0
LONGEST_SECONDS = 48 * 3600.0
"""No source is longer than two days; a file that says or decodes to more is a trap."""


@dataclass(frozen=True)
class Errand:
    """One piece of work for one worker."""

    phase: ClassVar[str]
    handler: ClassVar[str]
    """`module:function` that does it, given the errand and the store."""
    lasting: ClassVar[bool] = True
    """Its result is kept for later builds."""
    version: ClassVar[int] = 1
    """Raise it when the handler gives other results for the same errand."""
    reads_sources: ClassVar[bool] = False
    """It opens what other people made: where it fails, the file is at fault, and its length is not known before."""

    what: str = field(metadata=_WAY)
    """In words, for progress: "02 Second Light"."""
    seconds: float = field(metadata=_WAY)
    """Seconds of audio it works on: its weight."""

    @cached_property
    def key(self) -> str:
        """SHA-256 of all that decides the result."""
        return _key(self, self.version)

    @property
    def limit_seconds(self) -> float:
        """After so much time a worker that does it has hung, even if it gives signs of life: the slowest errand needs a
        second for one of audio. Of a source only its size is known, and two days of silence take little room."""
        return LEAST_SECONDS + (LONGEST_SECONDS if self.reads_sources else TIMES * self.seconds)


@dataclass(frozen=True)
class Fingerprint(Errand):
    """Hash a file; known again by its path, size and times without reading it."""

    phase = "read"
    handler = "glassmaster.measure:fingerprint"
    reads_sources = True
    path: Path
    size: int
    changed: tuple[int, int, int]
    """Inode, modification and change time in nanoseconds."""


@dataclass(frozen=True)
class Hear(Errand):
    """Measure a mixdown or a reference."""

    phase = "measure"
    handler = "glassmaster.measure:hear_one"
    reads_sources = True
    version = 2
    path: Path = field(metadata=_WAY)
    sha256: str
    allow_lossy: bool
    reference: bool
    meters: tuple[tuple[str, int], ...]
    """Names and versions of the meters that listen."""
    engine: str


@dataclass(frozen=True)
class Render(Errand):
    """Make the master of one programme."""

    phase = "render"
    handler = "glassmaster.render:master"
    order: Order
    engine: str
    promise: Promise | None = field(default=None, metadata=_WAY)
    """What the plan expects: the first guess of the drive."""


@dataclass(frozen=True)
class Rendered:
    """A programme's finished sound."""

    spool: Blob
    rate_hz: int
    channels: int
    marks: tuple[int, ...]
    """First frame of each song, and the end of the last."""
    measurements: tuple[Measurement, ...]
    gains_db: tuple[float, ...]
    drive_db: float
    reduction: Grid
    stopped: str
    passthrough: bool
    promise: Promise | None


@dataclass(frozen=True)
class Portray(Errand):
    """Let the meters listen to one master, as they did to its mixdown."""

    phase = "portray"
    handler = "glassmaster.portraits:portray"
    spool: Blob
    rate_hz: int
    channels: int
    start: int
    end: int
    meters: tuple[tuple[str, int], ...]
    """Names and versions of the meters that listen."""
    engine: str


@dataclass(frozen=True)
class Portrait:
    """What the meters told, by their names: `Measurement.extra`."""

    told: Mapping[str, Any]


@dataclass(frozen=True)
class Prepare(Errand):
    """Bring a programme's master to a rate and depth: sample-rate conversion, hold, dither, rounding."""

    phase = "prepare"
    handler = "glassmaster.prepare:prepare"
    version = 4
    spool: Blob
    rate_hz: int
    channels: int
    marks: tuple[int, ...]
    to_rate_hz: int
    bits: int | None
    dither: str
    ceiling_dbtp: float | None
    seed: str
    """Of the dither, hexadecimal."""
    engine: str


@dataclass(frozen=True)
class Prepared:
    """Sound as it will stand in the files, float32 (on the grid of the depth, if there is one)."""

    spool: Blob
    rate_hz: int
    channels: int
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Encode(Errand):
    """Make one song's file, untagged, and prove it: decode it whole, measure it, count its frames."""

    phase = "encode"
    handler = "glassmaster.encode:encode"
    spool: Blob
    rate_hz: int
    channels: int
    start: int
    end: int
    silence: int
    """Frames of silence behind the song (the gap before the next one)."""
    format: str
    format_version: str
    settings: Any
    encoder: Encoder
    trim_db: float
    engine: str
    twin: Encoded | None = field(default=None, metadata=_WAY)
    """A proven lossless file of the same samples: what was measured of it holds for this one, too."""


@dataclass(frozen=True)
class Encoded:
    """One untagged file with the proof that it is whole."""

    blob: Blob
    payload_sha256: str
    measured: Measurement


@dataclass(frozen=True)
class Paint(Errand):
    """Make a picture of the artwork: as it is delivered, or as it is embedded."""

    phase = "artwork"
    handler = "glassmaster.paint:paint"
    reads_sources = True
    path: Path = field(metadata=_WAY)
    sha256: str
    side: int
    """Most pixels of a side of a cover to embed; 0 for the whole picture."""
    engine: str


@dataclass(frozen=True)
class Painted:
    """A picture, with the suffix that belongs to its kind."""

    blob: Blob
    suffix: str
    width: int
    height: int


@dataclass(frozen=True)
class Probe(Errand):
    """Foretell what a lossy file will decode to, from its loudest passages alone."""

    phase = "probe"
    handler = "glassmaster.probe:probe"
    encode: Encode
    """The file in question, untrimmed."""


@dataclass(frozen=True)
class Probed:
    """What the loudest passages of a song decoded to, and what follows for the whole; None: silence."""

    true_peak_dbtp: float | None
    """Highest of the passages."""
    expected_dbtp: float | None
    """What the whole file is expected to reach."""
    spread_db: float
    """How far such an expectation may be off (see `tails`)."""
    seconds: float
    """Of sound that was encoded for it."""


@dataclass(frozen=True)
class Finish(Errand):
    """Copy one encoded file to the staging folder, tag it, and prove that tagging left the audio alone."""

    phase = "finish"
    handler = "glassmaster.finish:finish"
    blob: Blob
    payload_sha256: str
    format: str
    tags: Tags
    tagger: str
    """Versions of what writes the tags."""
    path: str
    """In the published tree: deliverables that hold the same sound and tags are still files of their own."""
    destination: Path = field(metadata=_WAY)
    stamp: Stamp | None = None
    """For the container's own header; None where the format has no place for it."""


@dataclass(frozen=True)
class Finished:
    """What stands at the destination."""

    sha256: str
    size: int
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Cue(Errand):
    """Cut a preview for the report: a stretch of mixdowns as they are, of a reference, or of a master."""

    phase = "preview"
    handler = "glassmaster.previews_cut:cut"
    parts: tuple[Part, ...]
    """The programme that it is a stretch of; empty for a master."""
    spool: Blob | None
    """Of the master."""
    rate_hz: int
    channels: int
    start: int
    """First frame within programme or spool, at `rate_hz`."""
    end: int
    fade: int
    """Frames at both ends, for a stretch that is torn out of its song."""
    gain_db: float
    to_rate_hz: int
    form: str
    """flac or mp3."""
    engine: str


@dataclass(frozen=True)
class Cued:
    """A preview: pieces of sound, each a whole file of its own, one behind the other in one blob."""

    blob: Blob
    pieces: tuple[int, ...]
    """Bytes of each."""
    frames: int
    """Of all, at the preview's rate."""


@dataclass(frozen=True)
class Prove(Errand):
    """Prove a delivered file again: checksum, full decode, length, loudness, peak, tags."""

    phase = "verify"
    handler = "glassmaster.prove:prove"
    lasting = False
    path: Path
    format: str
    recorded: Mapping[str, Any]


@dataclass(frozen=True)
class Proved:
    """What is wrong with a delivered file, and what was found of it."""

    findings: tuple[Finding, ...]
    """Nothing is the proof."""
    payload_sha256: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """As in release.json; empty where it could not be decoded."""
    tags: Mapping[str, str] = field(default_factory=dict)
    proven: tuple[str, ...] = ()
    """What was looked at and is as it should be, by the names of `prove.CHECKS`."""


@dataclass(frozen=True)
class Failure:
    """An errand that could not be done: why, and the exit code that follows from it."""

    errand: Errand
    exit: int
    findings: tuple[Finding, ...]


Result: TypeAlias = str | Heard | Rendered | Portrait | Prepared | Probed | Encoded | Painted | Cued | Finished | Proved
