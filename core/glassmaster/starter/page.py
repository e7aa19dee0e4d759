"""The text of a first release.toml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ..cuts import clock, suggest_ends
from ..errors import Exit, Refused, refuse
from ..model import Measurement, Source
from ..names import printable
from .folder import Folder, Take, look
from .naming import Named, read_names
from .toml import heading, line, remark, string

Measure = Callable[[Path], tuple[Source, Measurement]]

_UNKNOWN = (
    ("date", "2026-11-20", "of the release"),
    ("label", '"Example Records"', ""),
    ("catalog_number", '"EX001"', ""),
    ("barcode", '"5012345678900"', "EAN-13 or UPC-A, from your distributor"),
    ("genre", '"Electronic"', ""),
    ("copyright", '"2026 Your Name"', "the (C) line"),
    ("phonogram", '"2026 Your Name"', "the (P) line"),
)
_PLAIN_ROOMS = frozenset({"mixes", "mixdowns", "mixdown", "bounces", "exports", "audio", "wav", "wavs", "music"})
_EP_SONGS, _EP_SECONDS = 6, 30 * 60
_FULL_SOUND = 0.01  # of the song's peak: 40 dB under it
_ALIKE = 4.0  # 12 dB


@dataclass(frozen=True, eq=False)
class _Song:
    take: Take
    source: Source
    measurement: Measurement

    @property
    def seconds(self) -> float:
        return self.source.frames / self.source.rate_hz


def starter(folder: Path, measure: Measure) -> str:
    """Text of a commented release.toml for the mixdowns in `folder`; it loads and builds as it is.

    `measure` is asked for each path that `mixdowns` lists; what it raises goes through. Raises `Refused` (exit 3) if
    there are no mixdowns. Nothing is written.
    """
    found = look(folder)
    if not found.takes:
        raise _no_mixdowns(folder, found)
    songs = [_Song(take, *measure(take.path)) for take in found.takes]
    references = [(path, *measure(path)) for path in found.references]
    parts = (
        _head(found, songs),
        _release(folder, found, songs),
        _songs(folder, songs),
        _references(folder, references),
        _treatment([each.integrated_lufs for _, _, each in references]),
        _deliverables(songs),
        _aside(folder, found),
    )
    return "\n".join(each for part in parts for each in part).rstrip() + "\n"


def _no_mixdowns(folder: Path, found: Folder) -> Refused:
    heard = [f"{path.name} ({why})" for path, why in found.aside[:5]]
    seen = f"only {', '.join(heard)}" if heard else "no WAV, AIFF, CAF or FLAC file"
    hint = "put the finished mixdowns into it, or name the folder that holds them"
    return refuse(Exit.SOURCE, "no-mixdowns", folder, f"there are no mixdowns in this folder: {seen}", hint)


def _head(found: Folder, songs: Sequence[_Song]) -> Iterator[str]:
    what = f"{len(songs)} mixdown{'s' * (len(songs) != 1)}"
    if found.references:
        what += f" and {len(found.references)} reference{'s' * (len(found.references) != 1)}"
    yield from remark(
        f"A first sketch from {what}. Titles and order come from the file names, starts and ends were measured: read it"
        " through, listen to the ends, and put in what only you know. `glassmaster plan` shows what would be done."
    )
    formats = Counter(_format(song.source) for song in songs)
    told = ", ".join(f"{name} ({count})" if len(formats) > 1 else name for name, count in formats.most_common())
    yield from remark(f"Formats found: {told}.")


def _format(source: Source) -> str:
    depth = f"{source.bits}-bit" if source.bits else "float" if not source.lossy else "lossy"
    width = {1: "mono", 2: "stereo"}.get(source.channels, f"{source.channels} channels")
    return f"{source.container} {depth} {source.rate_hz / 1000:g} kHz {width}"


def _release(folder: Path, found: Folder, songs: Sequence[_Song]) -> Iterator[str]:
    named = _release_name(folder)
    albums, artists = ({getattr(song.take.named, key) for song in songs} for key in ("album", "artist"))
    title = next(iter(albums)) if len(albums) == 1 and any(albums) else named.title
    yield from heading("release")
    yield line("title", string(title), "from the name of the folder" if title == named.title else "from the file names")
    yield _artist(named, sorted(artists))
    yield line("type", string(_kind(songs, artists)), "single | ep | album | compilation")
    for key, value, comment in _UNKNOWN:
        yield line(f"# {key}", value, comment)
    if found.artwork:
        yield line("artwork", string(_relative(found.artwork, folder)))
        return
    for picture in found.pictures[:3]:
        yield line("# artwork", string(_relative(picture, folder)), "if this is the front cover")
    if not found.pictures:
        yield line("# artwork", string("cover.png"), "front cover, JPEG or PNG; none was found here")


def _release_name(folder: Path) -> Named:
    here = folder.resolve()
    if here.name.lower() in _PLAIN_ROOMS and here.parent.name:
        here = here.parent
    return read_names([here.name or "Untitled"])[0]


def _artist(named: Named, artists: Sequence[str]) -> str:
    if len(artists) > 1:
        return line("artist", string("Various Artists"), "the songs name their own")
    known = (artists[0] if artists else "") or named.artist
    return line("artist", string(known or "Your Name"), "" if known else "<- who made it")


def _kind(songs: Sequence[_Song], artists: Iterable[str]) -> str:
    if len(set(artists)) > 1:
        return "compilation"
    if len(songs) == 1:
        return "single"
    short = sum(song.seconds for song in songs) < _EP_SECONDS
    return "ep" if len(songs) <= _EP_SONGS and short else "album"


def _songs(folder: Path, songs: Sequence[_Song]) -> Iterator[str]:
    yield ""
    yield from remark(
        "The songs, in running order. Two seconds of silence stand between them unless `gap` says otherwise."
    )
    several = len({song.take.named.artist for song in songs}) > 1
    for number, (before, song) in enumerate(zip((None, *songs), songs, strict=False), 1):
        yield from _song(folder, before, song, several)
        yield f"# isrc = {string(f'GBAAA26{number:05d}')}"


def _song(folder: Path, before: _Song | None, song: _Song, artist: bool) -> Iterator[str]:
    named, lufs = song.take.named, song.measurement.integrated_lufs
    yield from heading("[song]")
    yield line("title", string(named.title))
    if artist:
        yield line("artist", string(named.artist))
    loudness = "too quiet or short to measure" if lufs is None else f"{lufs:.1f} LUFS"
    told = (named.revision, _format(song.source), clock(song.seconds), loudness)
    yield line("mixdown", string(_relative(song.take.path, folder)), ", ".join(filter(None, told)))
    for older in song.take.older:
        yield f"# not taken, an older revision: {_relative(older, folder)}"
    if named.disc > 1:
        yield line("disc", str(named.disc))
    yield from _ends(song)
    if before and _runs_on(before, song):
        yield line("joined", "true", "the song before ends in full sound and this one starts in it")


def _ends(song: _Song) -> Iterator[str]:
    start, end, why_start, why_end = suggest_ends(song.measurement)
    yield line("start", _time(start), why_start) if start > 0 else f"# start: {why_start}"
    yield line("end", _time(end), why_end) if end < song.seconds else f"# end: {why_end}"


def _time(seconds: float) -> str:
    return string(clock(seconds)) if seconds >= 60 else f"{seconds:g}"


def _runs_on(before: _Song, song: _Song) -> bool:
    """Whether sound stands at full level on both sides of the border, much alike, in the same format."""
    same = (before.source.rate_hz, before.source.channels) == (song.source.rate_hz, song.source.channels)
    last, first = float(before.measurement.peaks[-3:].max()), float(song.measurement.peaks[:3].max())
    highest = max(float(before.measurement.peaks.max()), float(song.measurement.peaks.max()))
    loud = min(last, first) > _FULL_SOUND * highest
    return same and before.take.named.disc == song.take.named.disc and loud and 1 / _ALIKE < last / first < _ALIKE


def _references(folder: Path, references: Sequence[tuple[Path, Source, Measurement]]) -> Iterator[str]:
    yield ""
    yield from remark("Records to compare with; they are never copied into a delivery.")
    if not references:
        yield from ("", "# [[reference]]", '# name = "slow-burn"', '# file = "references/Slow Burn.flac"')
    taken: set[str] = set()
    for path, source, measurement in references:
        lufs = measurement.integrated_lufs
        yield from heading("[reference]")
        yield line("name", string(_short_name(path.stem, taken)))
        told = [_format(source), clock(source.frames / source.rate_hz), *([f"{lufs:.1f} LUFS"] if lufs else [])]
        yield line("file", string(_relative(path, folder)), ", ".join(told))


def _short_name(stem: str, taken: set[str]) -> str:
    words = "".join(each if each.isalnum() else " " for each in stem.lower()).split()
    name = plain = "-".join(words) or "reference"
    while name in taken:
        name = f"{plain}-{len(taken) + 1}"
    taken.add(name)
    return name


def _treatment(references: Sequence[float | None]) -> Iterator[str]:
    heard = [each for each in references if each is not None]
    yield ""
    yield from remark(
        "What is done to every song, in this order. `treatment = []` in the first line leaves the sound alone."
    )
    yield from heading("[treatment]")
    yield line("stage", string("level"))
    yield line("match", string("short-term"), "the loudest passages of all songs become equally loud")
    yield line("mode", string("album"), "then one gain for all brings the album to the target")
    yield line("target_lufs", "-14.0", "where streaming services play; masters are often louder")
    if heard:
        told = f"the references' {median(heard):.1f} LUFS instead"
        yield line("# target_from", string("references"), told)
    yield from heading("[treatment]")
    yield line("stage", string("limit"))
    yield line("ceiling_dbtp", "-1.0", "highest true peak, also between the samples")


def _deliverables(songs: Sequence[_Song]) -> Iterator[str]:
    rates = sorted({song.source.rate_hz for song in songs})
    yield ""
    yield from remark("What is delivered, one folder each.")
    for name, kind, *keys in (
        ("distributor", "wav", ("bits", "24", "")),
        ("archive", "flac", ("bits", "24", "")),
        ("promo", "mp3", ("bitrate", "320", "kbit/s")),
    ):
        yield from heading("[deliverable]")
        yield line("name", string(name))
        yield line("format", string(kind))
        yield from (line(*each) for each in keys)
        if len(rates) > 1:
            every = " and ".join(f"{rate / 1000:g}" for rate in rates)
            yield line(
                "rate_hz", str(rates[0]), f"the mixdowns have {every} kHz; the lowest, so that nothing is made up"
            )


def _aside(folder: Path, found: Folder) -> Iterator[str]:
    if not found.aside:
        return
    yield ""
    yield from remark("Left out:")
    yield from (f"# {printable(_relative(path, folder))}: {why}" for path, why in found.aside)


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
