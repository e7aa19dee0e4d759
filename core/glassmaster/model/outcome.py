"""What comes out: masters, files, findings, and all of it together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from .decided import Order, Promise
from .heard import Album, Measurement
from .sound import Grid, Json, Seconds

PIECE_SECONDS = 30
"""Of a preview: what is loaded and decoded in one go."""
LOUDEST_SECONDS = 20
"""What is played over and over to compare."""
Remedy: TypeAlias = Literal["", "mix", "mastering", "manifest", "file", "approval", "machine", "plugin", "call"]
REMEDIES: Mapping[str, str] = {
    "mix": "fix it in the mix",
    "mastering": "mastering handles it",
    "manifest": "put it right in release.toml",
    "file": "supply another file",
    "approval": "have it signed off",
    "machine": "put it right on this computer",
    "plugin": "update the plugin or report it",
    "call": "call the program another way",
}
"""Whose turn it is, in words."""


@dataclass(frozen=True)
class Blob:
    """A file in the store, named by its content."""

    sha256: str
    size: int


@dataclass(frozen=True, eq=False)
class Master:
    """One song's finished sound: float32 at the mixdown's rate, a stretch of its programme's spool."""

    song: int
    """Index in `release.songs`."""
    spool: Blob
    rate_hz: int
    channels: int
    start: int
    """First frame within the spool."""
    frames: int
    aim_lufs: float | None
    measurement: Measurement
    gain_db: float
    """Gain applied before the limiter's drive."""
    drive_db: float
    max_gain_reduction_db: float
    """Of the song's highest peak."""
    reduction: Grid
    """Limiter's gain reduction in dB (>= 0), the most of each 10 ms hop."""
    stopped: str = ""
    """Which rule stopped the song short of its aim; empty when it got there."""
    passthrough: bool = False
    """Nothing touched the samples: they are the mixdown's own."""
    promise: Promise | None = None
    """What the plan expected of its programme before it was rendered."""
    sustained_gain_reduction_db: float = 0.0
    """At work on the music: exceeded for no more than 150 ms of any 3 s."""


@dataclass(frozen=True, eq=False)
class Product:
    """One finished file of a deliverable."""

    deliverable: str
    song: int
    path: str
    """Relative to the output folder, with forward slashes."""
    sha256: str
    size: int
    payload_sha256: str
    """Of the decoded PCM (lossless) or of the audio payload without tags (lossy)."""
    measured: Measurement
    rate_hz: int
    bits: int | None
    encoder: str
    trim_db: float
    tags: Mapping[str, str]
    """Read back from the file."""
    untrimmed_dbtp: float | None = None
    """True peak that it decodes to untrimmed: of the whole file where that was made, else of its loudest passages, else
    what follows from its trim; None for lossless files."""
    encodes: float = 1.0
    """How often it was encoded to hold its ceiling; a probe counts as the part of the song that it encoded."""
    silence_frames: int = 0
    """Behind the song: the gap before the next one, as far as it is in this file."""


@dataclass(frozen=True)
class Finding:
    """Something that a person should know, with what to do about it."""

    code: str
    """Stable lower-case name with hyphens; `glassmaster explain CODE` tells more."""
    severity: Literal["error", "warning", "note"]
    where: str
    """File, line or song (with time) that it is about."""
    message: str
    hint: str = ""
    song: int | None = None
    """Index in `release.songs`."""
    at: Seconds | None = None
    """Time within the song."""
    waived: str = ""
    """Reason, when `[qc] waive` accepts it."""
    exit: int | None = None
    """Exit code that it leads to by itself, whatever the verdict."""
    confidence: float | None = None
    """How sure a detector is, 0 to 1; None where the finding states a fact."""
    cause: str = ""
    """What most likely brought it about; by default its code's."""
    remedy: Remedy = ""
    """Whose turn it is (a key of `REMEDIES`); by default its code's."""


@dataclass(frozen=True)
class Approval:
    """A sign-off, as release.lock keeps it."""

    song: str
    """Disc and title, so that a new running order takes none away."""
    kind: Literal["mix", "master"]
    by: str
    date: str
    """YYYY-MM-DD, in UTC."""
    sound: str
    """SHA-256 of the mixdown's file, or of the master's samples (with its first frame where songs run on)."""
    deliverable: str = ""
    """That the master is for; empty for a mixdown."""
    facts: tuple[tuple[str, Json], ...] = ()
    """What was measured and decided then, to tell what changed."""


@dataclass(frozen=True)
class Revision:
    """A mixdown that is another one than in the delivery before."""

    song: int
    """Index in `release.songs`."""
    file: str
    """Name of the mixdown before."""
    sha256: str
    """Of the mixdown before."""
    now_sha256: str
    figures: tuple[tuple[str, Json], ...]
    """Of the mixdown before, by the names that all our JSON uses."""
    changed: str
    """What a listener or editor would notice, in words."""


@dataclass(frozen=True)
class Artwork:
    """The front cover as it stands in the delivery, whole."""

    path: str
    """Relative to the output folder."""
    sha256: str
    size: int
    width: int
    height: int


@dataclass(frozen=True)
class Preview:
    """One sound of a song as the report lets it be heard: stereo, and level-matched with the song's other previews."""

    song: int
    """Index in `release.songs`."""
    kind: Literal["mixdown", "master", "reference"]
    name: str
    """Of the reference, or of the first deliverable that has this master; empty for the mixdown."""
    file: Path = field(metadata={"key": False})
    """In the store: pieces of sound, each a whole file of its own, one behind the other."""
    sha256: str
    """Of that file; previews that sound the same have the same."""
    form: Literal["flac", "mp3"]
    """Of each piece: FLAC with 16 bits, or MP3."""
    pieces: tuple[int, ...]
    """Bytes of each; all but the last hold `PIECE_SECONDS`."""
    rate_hz: int
    frames: int
    """The same for all previews of a song but its references."""
    start: Seconds
    """Where it begins in the song, or in the reference."""
    gain_db: float
    """Baked in, never more than 0."""
    lufs: float | None
    """Integrated loudness of the whole preview, the same for all of a song; None where it is silent."""
    loudest_at: Seconds
    """Where its loudest `LOUDEST_SECONDS` begin, counted from its own start: the same for a mixdown and its masters."""
    loudest_lufs: float | None
    """Integrated loudness of these; None where they are silent."""


@dataclass(frozen=True)
class Tags:
    """What is written into a file, in the manifest's words; empty means absent.

    Fields of people hold several with "; " between.
    """

    title: str
    artist: str
    album: str
    album_artist: str
    track: int
    tracks: int
    disc: int
    discs: int
    title_sort: str = ""
    artist_sort: str = ""
    album_sort: str = ""
    album_artist_sort: str = ""
    composer_sort: str = ""
    release_type: str = ""
    """single, ep, album or compilation."""
    date: str = ""
    isrc: str = ""
    barcode: str = ""
    catalog_number: str = ""
    label: str = ""
    genre: str = ""
    language: str = ""
    composer: str = ""
    lyricist: str = ""
    producer: str = ""
    mixer: str = ""
    engineer: str = ""
    arranger: str = ""
    conductor: str = ""
    remixer: str = ""
    performer: str = ""
    """Each as "name (role)"."""
    copyright: str = ""
    phonogram: str = ""
    comment: str = ""
    lyrics: str = ""
    explicit: bool = False
    compilation: bool = False
    track_gain_lufs: float | None = None
    """Integrated loudness of this encoded file."""
    album_gain_lufs: float | None = None
    """Integrated loudness of the deliverable's files pooled."""
    track_peak: float | None = None
    """True peak, linear; may exceed 1.0."""
    album_peak: float | None = None
    artwork: Path | None = field(default=None, metadata={"key": False})
    """The picture to embed, JPEG or PNG."""
    artwork_sha256: str = ""
    id3: Literal["2.3", "2.4"] = "2.3"
    """Version of ID3, for files that have such tags."""

    @property
    def any(self) -> bool:
        """Whether there is something to write; a file with none of it carries no tags at all."""
        return bool(self.title)


@dataclass(frozen=True)
class Stamp:
    """What a container's own header says of a finished file (WAV's broadcast extension)."""

    title: str
    originator: str
    """The label, else the artist."""
    reference: str
    """ISRC."""
    date: str
    """Of the release, YYYY-MM-DD; empty or shorter where it is not known to the day."""
    integrated_lufs: float | None
    loudness_range_lu: float | None
    true_peak_dbtp: float | None
    max_momentary_lufs: float | None
    max_short_term_lufs: float | None


@dataclass(frozen=True)
class Input:
    """A file that had a say in a release and is no sound."""

    role: Literal["manifest", "lock", "artwork", "logo", "template"]
    path: Path
    sha256: str


@dataclass(frozen=True, eq=False)
class Outcome:
    """All that checks and reports may see of a build, or of a `check` before one (then without masters)."""

    album: Album
    orders: Mapping[str, tuple[Order, ...]]
    """By the deliverable's name; deliverables that sound the same have equal orders."""
    masters: Mapping[str, tuple[Master, ...]]
    """By the deliverable's name, in running order; songs without a master (drafts) are absent."""
    products: tuple[Product, ...]
    findings: tuple[Finding, ...]
    verdict: Literal["ready", "not ready"]
    provenance: Mapping[str, str]
    """Versions of glassmaster, plugins, libraries and encoders."""
    approvals: tuple[Approval, ...] = ()
    """All sign-offs that release.lock holds."""
    revised: tuple[Revision, ...] = ()
    """Mixdowns that changed since the delivery before, in running order."""
    artwork: Artwork | None = None
    inputs: tuple[Input, ...] = ()
    """What it was made of besides sound."""
    previews: tuple[Preview, ...] = ()
    """In running order, of each song the mixdown, the masters, the references."""
