"""What plugins offer: named records, asked for once (see `glassmaster.hooks`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from .decided import Made
from .heard import Album
from .outcome import Finding, Outcome, Remedy, Stamp
from .release import Song
from .sound import Audio, Block, Grid, Json, Passage


@dataclass(frozen=True)
class Stage:
    """One kind of step in the treatment.

    `render(audio, value)` yields blocks of the same rate, channels and total length (it compensates its own latency)
    and must give the same samples however the input is cut into blocks. `decide(song, album, settings, made)` returns
    the frozen value that `render` gets; without it `render` gets the settings. `decide` sees no audio.
    """

    name: str
    settings: type[Any]
    """A frozen dataclass with a default for every field; its docstrings become documentation and JSON Schema."""
    render: Callable[[Audio, Any], Iterator[Block]]
    decide: Callable[[Song, Album, Any, Made], Any] | None = None
    version: int = 1
    """Raise it whenever the same value gives other samples."""
    about: str = ""
    """One line for `glassmaster plugins`."""
    aim: str = ""
    """Field of the decided value with the integrated loudness (LUFS or None) that the song shall end with."""
    gain: str = ""
    """Field of the decided value with the gain in dB that it applies to the whole song. A stage with a gain costs next
    to nothing: it runs again with each pass of a driven stage behind it."""
    joint: str = ""
    """Field of the decided value, in dB, that the core sets where the song runs on from the one before without a
    crossfade: how much higher this stage's `gain` is there. The stage goes over from that gain to its own."""
    drive: str = ""
    """Field of the decided value, in dB, that the core may turn to reach the aim; then `render` must `return` the
    gain reduction it made, in dB, as a `Grid` (the most of each 10 ms hop)."""
    allowance: str = ""
    """Field of the decided value with the most gain reduction, in dB, that turning the drive may cause: at work on the
    music (exceeded for more than 150 ms of some 3 s); a single peak may have twice as much."""
    ceiling: str = ""
    """Field of the decided value with the true peak in dBTP that the stage holds; so does what comes after it."""
    forecast: Callable[[Grid, Grid, Any], tuple[Grid, Grid]] | None = None
    """For the plan, without audio: (energies, peaks, decided value) -> (energies after the stage, gain reduction in dB
    as `render` will return it). Grids as in `Measurement`, already at the gain of the stages before."""
    whole: bool = False
    """Runs once over a programme of joined songs, not song by song; so does everything behind it."""


@dataclass(frozen=True)
class Encoder:
    """A program or library that makes a format, as found on this machine."""

    name: str
    version: str


@dataclass(frozen=True)
class Format:
    """A kind of file that can be delivered.

    Lossless formats get blocks that stand exactly on the grid of `bits(settings)` (float32 holds 24 bits exactly) and
    must keep every sample; lossy ones get the float sound. All run in a worker: a crash costs one file.
    """

    name: str
    suffix: str
    """With the dot."""
    settings: type[Any]
    """A frozen dataclass with a default for every field: the format's own keys of `[[deliverable]]`."""
    lossy: bool
    encoders: Callable[[], tuple[Encoder, ...]]
    """What can make it here, the best first; empty: nothing can."""
    install: str
    """The line that makes an encoder available, for people."""
    encode: Callable[[Audio, Path, Any, str], None]
    """(audio, path, settings, encoder's name): writes the file, untagged, the same bytes each time."""
    decode: Callable[[Path], Audio]
    """Float32 without clamping, encoder delay and padding removed."""
    payload_hash: Callable[[Path], str]
    """SHA-256 of the encoded audio without any tags (lossy) or of the decoded PCM (lossless): interleaved, signed
    little-endian integers of `bits`, little-endian float32 without (`codecs.payload` does that)."""
    bits: Callable[[Any], int | None] = lambda settings: None
    """Bits a sample of integer PCM; None for float and lossy."""
    span: Callable[[Path], tuple[int, int]] | None = None
    """(first byte, byte behind the last) of the encoded sound, outside of which all tags lie: where these bytes are the
    same, tagging left the sound alone. Without it, `payload_hash` is asked again."""
    rates: tuple[int, ...] = ()
    """Sample rates it can hold; empty: any."""
    own_gain_db: Callable[[Any, int], float] = lambda settings, rate_hz: 0.0
    """What the encoder turns sound up or down by itself at these settings and this rate, in dB."""
    version: int = 1
    about: str = ""
    integrity: Callable[[Path], tuple[str, ...]] = lambda path: ()
    """What checksums inside the file and its declared sizes say is wrong with it, in words; empty: nothing. It needs no
    record of the file and decodes nothing: the core does that, once, and compares the length. Raises nothing."""
    md5: Callable[[Path], str] = lambda path: ""
    """MD5, in hexadecimal, of the PCM that a lossless file carries in itself: signed little-endian integers of `bits`,
    interleaved. The core compares it with what it decodes; empty: the file carries none."""
    stamp: Callable[[Path, Stamp], None] | None = None
    """(the finished copy, what is known of it): fills in what the container's own header says of the sound."""
    trim: Callable[[Path, float], None] | None = None
    """(path, gain in dB <= 0): turns a finished file down without encoding it again, by no less than that gain.
    Without it, sound that needs a trim is encoded anew."""


class Listener(Protocol):
    """A meter at work on one file."""

    def hear(self, passage: Passage) -> None: ...

    def done(self) -> Json: ...


@dataclass(frozen=True)
class Meter:
    """Something else to learn from every file, in the same pass as loudness; kept in `Measurement.extra`."""

    name: str
    listen: Callable[[int, int], Listener]
    """(rate in Hz, channels)"""
    version: int = 1
    about: str = ""
    masters: bool = False
    """It listens to finished masters, too: for what reports show of both. Faults are looked for in mixdowns alone."""


@dataclass(frozen=True)
class Code:
    """A kind of finding, for `glassmaster explain`."""

    code: str
    title: str
    explain: str
    """What it means, why it matters, what to do, and whether it is fixed in the mix or by mastering."""
    cause: str = ""
    """What most likely brought it about, in a few words; for findings that name no cause of their own."""
    remedy: Remedy = ""
    """Whose turn it is, likewise."""
    built: bool = False
    """Only a build can find it: before one, a waiver of it is not idle."""
    planned: bool = False
    """It tells of what is decided: `plan` shows it, too."""


@dataclass(frozen=True)
class Check:
    """Looks an outcome over."""

    name: str
    codes: tuple[Code, ...]
    look: Callable[[Outcome], Iterable[Finding]]


@dataclass(frozen=True)
class Profile:
    """A destination: where a release is played or delivered, and what holds there. Data, with source and date."""

    name: str
    title: str
    kind: Literal["playback", "delivery"]
    source: str
    """Where the figures come from."""
    dated: str
    """When they were read there, YYYY-MM-DD."""
    plays_at_lufs: float | None = None
    true_peak_dbtp: float | None = None
    """Highest true peak asked for."""
    rates_hz: tuple[int, ...] = ()
    bits: tuple[int, ...] = ()
    rules: Mapping[str, Json] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True)
class Report:
    """A way to show an outcome."""

    name: str
    write: Callable[[Outcome, Path], None]
    """(outcome, the report's folder, which exists): same outcome, same bytes."""
    version: int = 1
    about: str = ""
    file: str = ""
    """Name of what it writes, where that is one file."""
    asked: bool = False
    """Only written when it is asked for by name: `glassmaster report --format NAME`."""
    single: Callable[[Outcome, Path], None] | None = None
    """(outcome whose previews are excerpts in MP3, file): the whole report as one HTML file, previews inside."""


@dataclass(frozen=True)
class PackageKind:
    """A whole made of all songs (a CD image, a vinyl side)."""

    name: str
    about: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened to an errand, for progress and logs."""

    kind: Literal["planned", "began", "ended", "kept", "failed"]
    phase: str
    """measure, render, encode, finish ..."""
    what: str
    """The errand in words: "master 02 Second Light"."""
    seconds: float = 0.0
    """Weight: seconds of audio it works on."""
    message: str = ""
