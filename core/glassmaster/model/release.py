"""What the artist wants: the tables of `release.toml`, checked; no audio touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le

from .sound import Seconds

DEFAULT_GAP_SECONDS = 2.0


@dataclass(frozen=True)
class Step:
    """One line of the treatment."""

    stage: str
    """Name of the stage, as `glassmaster plugins` lists it."""
    settings: Any
    """The stage's own frozen settings class, validated."""


@dataclass(frozen=True)
class Adjust:
    """A song's or deliverable's own settings for one stage of the treatment."""

    stage: str
    changes: tuple[tuple[str, Any], ...] | None
    """Field names of the stage's settings with validated values; None leaves the stage out."""


@dataclass(frozen=True)
class Credit:
    """Somebody who took part, and as what."""

    role: str
    """What they did: "mixer", "engineer", "arranger", "conductor", "remixer" ... or an instrument."""
    name: str
    """Who did it."""


@dataclass(frozen=True)
class Song:
    """One song of the release, in running order."""

    mixdown: Path
    """The finished mixdown, relative to the manifest."""
    title: str = ""
    """Title as published; a single's defaults to the release's."""
    number: Annotated[int, Ge(0)] = 0
    """Track number within its disc; given by the running order when left out."""
    disc: Annotated[int, Ge(1), Le(99)] = 1
    """Disc that the song is on."""
    title_sort: str = ""
    """Title as lists sort it: "Night, The"."""
    artist: str = ""
    """Artist of this song; default: the release's."""
    artist_sort: str = ""
    """The song's artist as lists sort it; default: the release's, where the song names no artist."""
    version: str = ""
    """Version title such as "Radio Edit"; shown in brackets behind the title."""
    status: Literal["draft", "final"] = "final"
    """"draft": measured and counted in the album's levels, but never mastered."""
    isrc: str = ""
    """International Standard Recording Code, with or without hyphens."""
    start: Seconds | Literal["auto"] | None = None
    """Where the song starts in the mixdown: seconds, "m:ss.mmm" or "auto"; default: its first sample."""
    end: Seconds | Literal["auto"] | None = None
    """Where the song ends in the mixdown: seconds, "m:ss.mmm" or "auto"; default: its last sample."""
    fade_in: Annotated[Seconds, Ge(0), Le(60)] | None = None
    """Seconds; default: 5 ms where the start cuts into sound, otherwise none."""
    fade_out: Annotated[Seconds, Ge(0), Le(120)] | None = None
    """Seconds; default: 5 ms where the end cuts into sound, otherwise none."""
    fade_curve: Literal["linear", "equal-power", "cosine", "exponential"] = "cosine"
    """Shape of both fades."""
    gap: Annotated[Seconds, Ge(0), Le(60)] | None = None
    """Silence before this song in seconds, kept at the end of the file before it; default 2.0, none before song 1."""
    joined: bool = False
    """Runs on from the song before without a break: both are rendered as one programme."""
    crossfade: Annotated[Seconds, Ge(0), Le(60)] = 0.0
    """Seconds by which this song overlaps the end of the song before."""
    mark: Annotated[Seconds, Ge(0), Le(60)] = 0.0
    """Where the track mark of a crossfaded song falls, in seconds after the song's first sound."""
    level_db: Annotated[float, Ge(-40), Le(20)] = 0.0
    """Intent: how far this song is meant to sit above (+) or under (-) where the matching would put it, in LU."""
    gain_db: Annotated[float, Ge(-60), Le(60)] | None = None
    """The engineer's own gain for this song; overrides what `level` would decide. It stays outside the others' levels,
    and what runs on with it keeps its gains, too: no loudness is then aimed at."""
    references: tuple[str, ...] | None = None
    """Names of the references this song is compared with; default: all of the release's."""
    adjust: tuple[Adjust, ...] = ()
    """This song's own settings for stages: `{ limit = { release_ms = 200 }, match = false }`."""
    notes: str = ""
    """For the report; changes no audio."""
    explicit: bool = False
    """Explicit lyrics."""
    language: str = ""
    """ISO 639 code of the lyrics; "zxx" for instrumental."""
    composer: str = ""
    """Who wrote the music; several with "; " between. Default of this and the next five: the release's."""
    composer_sort: str = ""
    """The composer as lists sort it."""
    lyricist: str = ""
    """Who wrote the words."""
    producer: str = ""
    """Who produced the recording."""
    mixer: str = ""
    """Who mixed it."""
    engineer: str = ""
    """Who recorded or mastered it."""
    credits: tuple[Credit, ...] = ()
    """Others who took part; a role named here holds instead of the release's."""
    comment: str = ""
    """A remark for listeners; default: the release's."""
    lyrics: str = ""
    """The words, for players that show them."""
    allow_lossy: bool = False
    """Accept a lossy mixdown (MP3, Ogg) for want of a better one."""
    allow_duplicate: bool = False
    """Accept that another song uses the same part of the same mixdown."""

    @property
    def full_title(self) -> str:
        """Title with the version in brackets, as shops show it."""
        return f"{self.title} ({self.version})" if self.version else self.title


@dataclass(frozen=True)
class Reference:
    """A published record to compare with; never copied into a delivery."""

    name: str
    """Short name that songs refer to."""
    file: Path
    """The record's file, lossless or lossy, relative to the manifest."""


@dataclass(frozen=True)
class Deliverable:
    """One kind of file to deliver: a folder with every song in it."""

    name: str
    """Name of the folder inside the output folder."""
    format: str = ""
    """wav, aiff, flac, alac, wavpack, mp3, aac, opus, vorbis ... as `glassmaster plugins` lists them."""
    settings: Any = None
    """The format's own frozen settings class; its keys (bits, bitrate, quality ...) stand beside these."""
    package: Literal["cd", "vinyl", "cassette"] | None = None
    """A whole instead of single files; not available yet."""
    rate_hz: Annotated[int, Ge(8000), Le(384000)] | Literal["native"] = "native"
    """Sample rate of the files; "native" keeps the mixdowns' own."""
    dither: Literal["tpdf", "shaped", "none"] = "tpdf"
    """Dither where the depth is reduced."""
    allow_upsampling: bool = False
    """Permit a rate above a mixdown's own."""
    decoded_ceiling_dbtp: Annotated[float, Ge(-20), Le(20)] | Literal["profile"] = 0.0
    """Lossy formats: highest true peak that the decoded file may reach; "profile": what the destination asks for."""
    trim: Literal["album", "song"] = "album"
    """Lossy formats: whether all songs share the gain that holds the decoded ceiling."""
    max_trim_db: Annotated[float, Ge(0), Le(12)] = 1.0
    """Lossy formats: the most that all songs are turned down for one song's sake."""
    profile: str = ""
    """Destination whose rules apply, as `glassmaster profiles` lists them."""
    encoder: str = ""
    """Pin an encoder by name, as `glassmaster doctor` lists them; default: the one that release.lock keeps from the
    last build, else the fastest present."""
    filename: str = "{number:02} {title}"
    """Names of the files, without suffix; a slash makes folders. Songs of several discs get a folder for each, unless
    {disc} is named. Known: {number}, {title}, {version}, {artist}, {album}, {album_artist}, {disc}, {isrc}, {date},
    {year}, {label}, {catalog_number}, {barcode}."""
    metadata: Literal["full", "none"] = "full"
    """"none": files without any tags or cover, for distributors who refuse them."""
    id3: Literal["2.3", "2.4"] = "2.3"
    """Version of ID3 tags (MP3, WAV, AIFF); 2.3 is what players everywhere read."""
    cover_px: Annotated[int, Ge(0), Le(5000)] = 1400
    """Side of the cover inside the files, in pixels at most; 0: none."""
    adjust: tuple[Adjust, ...] = ()
    """This deliverable's own settings for stages; a song's own come after them."""


@dataclass(frozen=True)
class Waiver:
    """A finding that is accepted, with the reason."""

    code: str
    """Code of the finding, as `glassmaster explain` lists them."""
    reason: str
    """Why it is accepted: shown wherever findings are."""
    song: str = ""
    """Title or number of the only song it holds for; default: all."""


@dataclass(frozen=True)
class Qc:
    """What the release must hold to be called ready."""

    fail_on: Literal["error", "warning"] = "error"
    """The least severity that makes the verdict "not ready"."""
    loudness_spread_lu: Annotated[float, Ge(0), Le(40)] = 4.0
    """How far songs may sit apart against the declared intent before it is a finding."""
    require_approval: Literal["none", "mix", "master"] = "none"
    """Which sign-offs each song must have, as `glassmaster approve` gives them."""
    waive: tuple[Waiver, ...] = ()


@dataclass(frozen=True)
class Reporting:
    """What the report holds."""

    previews: bool = True
    """Mixdowns, masters and references can be heard in the report, level-matched."""
    reference_audio: bool = True
    """Excerpts of the references, 30 s at most, are among what can be heard."""
    templates: Path | None = None
    """Folder inside the release folder whose templates and style.css take the place of ours of the same name."""
    logo: Path | None = None
    """The label's logo for the head of the page, PNG or JPEG, relative to the manifest."""
    accent: str = ""
    """The label's colour as "#rrggbb"; it is darkened or lightened until it can be read."""
    footer: str = ""
    """A line of the label's at the end of the page: address, contact."""


@dataclass(frozen=True)
class Release:
    """Everything that `release.toml` says, checked; no audio touched."""

    title: str
    """Title as published."""
    artist: str
    """Main artist; "Various Artists" for a compilation of several."""
    title_sort: str = ""
    """Title as lists sort it: "Night, The"."""
    artist_sort: str = ""
    """Main artist as lists sort it: "Example, The"."""
    type: Literal["single", "ep", "album", "compilation"] = "album"
    date: str = ""
    """Release date, YYYY-MM-DD (YYYY or YYYY-MM will do)."""
    label: str = ""
    """Record label."""
    catalog_number: str = ""
    """The label's number for this release."""
    barcode: str = ""
    """EAN-13 or UPC-A; the check digit is verified."""
    genre: str = ""
    """Main genre, as shops list it."""
    language: str = ""
    """ISO 639 code of the lyrics, for all songs that name none."""
    copyright: str = ""
    """The (C) line: year and owner."""
    phonogram: str = ""
    """The (P) line: year and owner."""
    composer: str = ""
    """Who wrote the music, for all songs that name nobody; likewise the next five."""
    composer_sort: str = ""
    """The composer as lists sort it."""
    lyricist: str = ""
    """Who wrote the words."""
    producer: str = ""
    """Who produced the recordings."""
    mixer: str = ""
    """Who mixed them."""
    engineer: str = ""
    """Who recorded or mastered them."""
    credits: tuple[Credit, ...] = ()
    """Others who took part in all songs."""
    comment: str = ""
    """A remark for listeners, in every file."""
    artwork: Path | None = None
    """Front cover, JPEG or PNG, relative to the manifest."""
    revision: Annotated[int, Ge(1)] = 1
    """Revision of this release's masters."""
    songs: tuple[Song, ...] = ()
    references: tuple[Reference, ...] = ()
    treatment: tuple[Step, ...] = ()
    deliverables: tuple[Deliverable, ...] = ()
    qc: Qc = Qc()
    report: Reporting = Reporting()
    plugins: tuple[str, ...] = ()
    """Plugin files inside the release folder; each runs only once it is trusted."""
    manifest: Path = Path("release.toml")
    """Where all this was read; paths inside are absolute already."""
    manifest_sha256: str = ""
    """Of the manifest's bytes as they were read."""

    @property
    def folder(self) -> Path:
        return self.manifest.parent

    @cached_property
    def songs_on(self) -> Mapping[int, int]:
        """How many songs each disc has: counted once, as every name and tag asks for it."""
        return Counter(song.disc for song in self.songs)

    def gap_after(self, song: int) -> Seconds:
        """Silence at the end of a song's file: the gap before the next song of its disc; none where that runs on."""
        following = self.songs[song + 1 : song + 2]
        if not following or following[0].disc != self.songs[song].disc:
            return 0.0
        if following[0].joined or following[0].crossfade:
            return 0.0
        return DEFAULT_GAP_SECONDS if following[0].gap is None else following[0].gap
