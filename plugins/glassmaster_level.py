"""Puts the songs at their levels: `[[treatment]] stage = "level"`.

Two decisions: what is made equal between the songs (`match`), and where the release then sits (`mode`, `target_lufs`).
Songs that run on (joined, crossfade) are one programme: its loudness is pooled over its songs and one gain places it,
while each song's `level_db` moves that song. Where a joined song sits at another gain than the song before, the gain
goes over within `ramp_ms`. A song with a `gain_db`, or with `level` left out, neither counts in the others' levels nor
follows them; songs that run on with it are placed, but keep their gains and have no loudness to end with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING, Annotated, Literal

from annotated_types import Ge, Le

from glassmaster.errors import Exit, Refused, refuse
from glassmaster.hooks import hookimpl
from glassmaster.model import Album, Audio, Block, Made, Song, Stage

if TYPE_CHECKING:
    from glassmaster.levels import Programme

_AIM_TOLERANCE_LU = 0.1
_DIGITS = 3  # of a decided value: far below what is heard, far above what differs between processors
_MATCHED = {"short-term": "loudest passages matched", "integrated": "whole-song loudness matched"}


@dataclass(frozen=True)
class Level:
    """Settings of `level`."""

    match: Literal["short-term", "integrated", "none"] = "short-term"
    """What is made equal between songs: their loudest passages, their whole-song loudness, or nothing."""
    amount: Annotated[float, Ge(0), Le(1)] = 1.0
    """How much of the difference `match` takes away: 1 all of it, 0.5 half of it, 0 nothing."""
    mode: Literal["album", "loudest", "anchor", "song"] = "album"
    """What sits at the target: all songs together, the loudest song, the song named by `anchor`, or every song."""
    target_lufs: Annotated[float, Ge(-60), Le(0)] = -14.0
    """Integrated loudness in LUFS to reach. -14 is where services play, not a goal of mastering."""
    target_from: str = ""
    """Where the target comes from instead of `target_lufs`: "references", for the median of their integrated loudness,
    or the name of a profile that plays at a level, as `glassmaster profiles` lists them."""
    anchor: str = ""
    """Title or number of the song that `mode = "anchor"` puts at the target."""
    shortfall: Literal["song", "album"] = "song"
    """When a song cannot get as loud as wanted: it stays behind alone, or the whole release is lowered with it."""
    ceiling_dbtp: Annotated[float, Ge(-20), Le(0)] = -1.0
    """Where no stage limits: highest true peak in dBTP, at which the gain stops."""
    ramp_ms: Annotated[float, Ge(0), Le(3000)] = 500.0
    """Joined songs with different level_db or gain_db: the time, from this song's first sample on, in which the gain
    goes over from that of the song before. 0 is a step. In a crossfade the fades do it."""


@dataclass(frozen=True)
class Levelled:
    """What is decided for one song."""

    gain_db: float
    aim_lufs: float | None
    """Integrated loudness that the song, or the programme that it is part of, shall end with; None: no aim."""
    why: str = field(default="", metadata={"key": False})
    ramp_ms: float = 0.0
    """Time in which the gain goes over from that of the song before ..."""
    joint_db: float = 0.0
    """... which is higher by so much where the songs meet."""


def decide(song: Song, album: Album, settings: Level, made: Made) -> Levelled:
    """The song's gain within its release.

    Raises `Refused` when the anchor or the references that the settings ask for do not exist.
    """
    places = _places(album, settings, made.driven)
    place = places.of(song)
    if settings.shortfall == "song" or place.aim_lufs is None:
        return place
    by = _shortfall(places, made)
    if by == 0:
        return place
    why = f"{place.why}, the release lowered by {by:.1f} because a song fell short"
    return replace(place, gain_db=_figure(place.gain_db - by), aim_lufs=_figure(place.aim_lufs - by), why=why)


def render(audio: Audio, value: Levelled) -> Iterator[Block]:
    """The song at its gain; at 0 dB its very samples."""
    if value.gain_db == 0 and value.joint_db == 0:
        yield from audio
        return
    from glassmaster.peaks.decibels import amplitude

    factor = amplitude(value.gain_db)
    start, frames, at = amplitude(value.gain_db + value.joint_db), round(value.ramp_ms * audio.rate / 1000), 0
    for block in audio:
        if value.joint_db and at < frames:
            yield block * _ramp(start, factor, frames, at, len(block))
        else:
            yield block * factor
        at += len(block)


def _ramp(start: float, end: float, frames: int, at: int, count: int) -> Block:
    """Factors of `count` frames from `at` on: from `start` to `end` over the first `frames`, without a corner.

    3t^2 - 2t^3, because a cosine differs in its last bit between processors.
    """
    import numpy as np

    t = np.minimum((np.arange(at, at + count) + 0.5) / frames, 1.0)
    return (start + (end - start) * (t * t * (3.0 - 2.0 * t))).astype(np.float32)[:, None]


@hookimpl
def glassmaster_stages() -> Iterable[Stage]:
    about = "Matches the songs' levels and puts the release at its loudness."
    yield Stage(
        "level", Level, render, decide, about=about, aim="aim_lufs", gain="gain_db", joint="joint_db", version=2
    )


@dataclass(frozen=True)
class _Unit:
    """A programme on its way to its level."""

    programme: Programme
    name: str
    lufs: float
    """Integrated loudness before any gain."""
    intents: Mapping[int, float]
    """By song, in dB, as `matched` and `release`: the three together are its gain."""
    matched: float = 0.0
    release: float = 0.0
    stopped: str = ""

    @property
    def gains(self) -> Mapping[int, float]:
        """By song, in dB."""
        return {song: self.matched + intent + self.release for song, intent in self.intents.items()}

    @property
    def excess(self) -> float:
        """dB by which its true peak would stand above 0 dBTP."""
        peaks, gains = self.programme.true_peaks_dbtp, self.gains
        return max((peak + gains[song] for song, peak in peaks.items()), default=-100.0)

    def loudness(self, song: int) -> float:
        """Integrated loudness in LUFS of one of its songs at its gain; of all of it where that song has none."""
        gains = self.gains
        alone = self.programme.integrated_of((song,), gains)
        found = self.programme.integrated_of(self.programme.songs, gains) if alone is None else alone
        return -70.0 if found is None else found


@dataclass(frozen=True, eq=False)
class _Places:
    """Every song's level within its release."""

    songs: tuple[Song, ...]
    levels: tuple[Levelled, ...]
    together: tuple[tuple[int, ...], ...]
    """Songs that are mastered in one go, with one aim."""
    by_identity: Mapping[int, int]
    """Titles need not be unique, and comparing thousands of songs takes long."""

    def of(self, song: Song) -> Levelled:
        known = self.by_identity.get(id(song))
        return self.levels[self.songs.index(song) if known is None else known]


@lru_cache(maxsize=4)
def _programmes(album: Album) -> tuple[Programme, ...]:
    """Kept, so that deliverables with settings of their own need not measure again."""
    from glassmaster.levels import gather

    return tuple(gather(album, [not _left_out(song) and song.gain_db is None for song in album.release.songs]))


@lru_cache(maxsize=32)
def _places(album: Album, settings: Level, driven: bool) -> _Places:
    from glassmaster.levels import masters_together

    songs, programmes = album.release.songs, _programmes(album)
    target, target_name = _target(album, settings)
    units = _matched([unit for each in programmes if (unit := _unit(each, songs)) is not None], settings)
    units = _released(units, target, settings, album)
    units = units if driven else _under_ceiling(units, settings)
    found = {unit.programme.songs[0]: unit for unit in units}
    levels: list[Levelled] = []
    together: list[tuple[int, ...]] = []
    for programme in programmes:
        unit = found.get(programme.songs[0])
        for run in masters_together(programme.songs, album.release):
            together.append(tuple(run))
            levels += _run(unit, run, songs, settings, target_name)
    return _Places(songs, tuple(levels), tuple(together), {id(song): i for i, song in enumerate(songs)})


def _left_out(song: Song) -> bool:
    return any(each.stage == "level" and each.changes is None for each in song.adjust)


def _unit(programme: Programme, songs: Sequence[Song]) -> _Unit | None:
    if programme.integrated is None:
        return None
    first = next(iter(programme.energies))
    intents = {song: songs[song].level_db for song in programme.energies}
    return _Unit(programme, songs[first].title or f"song {first + 1}", programme.integrated, intents)


def _matched(units: Sequence[_Unit], settings: Level) -> list[_Unit]:
    """Each moved towards the figure of the one in the middle; a song alone has nothing to match."""
    if settings.match == "none" or settings.mode == "song" or len(units) < 2:
        return list(units)
    whole = settings.match == "integrated"
    figures = [unit.lufs if whole else unit.programme.loudest_passages or unit.lufs for unit in units]
    middle = median(figures)
    pairs = zip(units, figures, strict=True)
    return [replace(unit, matched=settings.amount * (middle - figure)) for unit, figure in pairs]


def _target(album: Album, settings: Level) -> tuple[float, str]:
    """The target in LUFS and what to call it."""
    if settings.target_from == "":
        return settings.target_lufs, f"{settings.target_lufs:.1f} LUFS"
    if settings.target_from != "references":
        return _destination(album, settings)
    from glassmaster.levels import references_loudness

    found = references_loudness(album)
    if found is None:
        lost = ", ".join(f'"{each.name}" ({each.file.name})' for each in album.release.references)
        message = f'target_from = "references", but no reference could be measured{": " * bool(lost)}{lost}'
        raise _refused("target-unknown", message, "add a [[reference]], or say target_lufs instead")
    return found, f"the references' {found:.1f} LUFS"


def _destination(album: Album, settings: Level) -> tuple[float, str]:
    from glassmaster.destinations import nearest_target, target_lufs

    profile = album.profiles.get(settings.target_from)
    found = None if profile is None else target_lufs(profile, settings.mode)
    if profile is None or found is None:
        message = f'target_from = "{settings.target_from}", but no profile of that name plays at a level'
        raise _refused("target-unknown", message, nearest_target(settings.target_from, album.profiles))
    return found, f"{profile.title}'s {found:.1f} LUFS"


def _released(units: list[_Unit], target: float, settings: Level, album: Album) -> list[_Unit]:
    """With the gain that puts the release - in mode "song", each song - at the target."""
    from glassmaster.levels import pooled_gain

    if settings.mode == "song":
        return [replace(unit, release=target - unit.lufs) for unit in units]
    if settings.mode == "anchor":
        release = target - _anchor(units, settings, album)
    elif settings.mode == "loudest":
        release = target - max((unit.loudness(song) for unit in units for song in unit.intents), default=target)
    else:
        release = pooled_gain([(unit.programme, unit.gains) for unit in units], target)
    return [replace(unit, release=release) for unit in units]


def _anchor(units: Sequence[_Unit], settings: Level, album: Album) -> float:
    """Loudness in LUFS of the song that shall sit at the target."""
    songs = album.release.songs
    named = [i for i, song in enumerate(songs) if song.title == settings.anchor]
    named = named or [i for i, _ in enumerate(songs) if str(i + 1) == settings.anchor]
    if len(named) != 1:
        how_many = (
            f'{len(named)} songs are called "{settings.anchor}"' if named else f'no song is called "{settings.anchor}"'
        )
        raise _refused("anchor-unknown", f'mode = "anchor", but {how_many}', "name one song by its title or number")
    found = next((unit for unit in units if named[0] in unit.intents), None)
    if found is None:
        why = "it is silent, could not be heard, leaves level out, or has a gain_db of its own"
        message = f'"{settings.anchor}" cannot be the anchor: {why}'
        raise _refused("anchor-unknown", message, "name another song, or take its gain_db away")
    return found.loudness(named[0])


def _refused(code: str, message: str, hint: str) -> Refused:
    return refuse(Exit.USAGE, code, "treatment: level", message, hint)


def _under_ceiling(units: list[_Unit], settings: Level) -> list[_Unit]:
    """The release's gain - in mode "song", each song's own - stopped where the true peak meets the ceiling."""
    ceiling = settings.ceiling_dbtp
    if settings.mode == "song" or not units:
        return [_held_back(unit, unit, ceiling) for unit in units]
    highest = max(units, key=lambda unit: unit.excess)
    return [_held_back(unit, highest, ceiling) for unit in units]


def _held_back(unit: _Unit, highest: _Unit, ceiling: float) -> _Unit:
    short = highest.excess - ceiling
    if short <= 0:
        return unit
    stopped = f'{short:.1f} short of that: the true peak of "{highest.name}" meets {ceiling:.1f} dBTP'
    return replace(unit, release=unit.release - short, stopped=stopped)


def _run(
    unit: _Unit | None, run: Sequence[int], songs: Sequence[Song], settings: Level, target_name: str
) -> Iterable[Levelled]:
    """The songs of one run: each at its own gain, all with the loudness that they shall end with together."""
    by_hand = [song for song in run if songs[song].gain_db is not None]
    aim = unit.programme.integrated_of(run, unit.gains) if unit and not by_hand else None
    for song in run:
        own, ramp_ms = songs[song].gain_db, settings.ramp_ms if songs[song].joined else 0.0
        if own is not None:
            yield Levelled(_figure(own), None, "the engineer's own gain", ramp_ms)
        elif unit is None:
            yield Levelled(0.0, None, "nothing to measure, left as it is", ramp_ms)
        else:
            gain = unit.matched + unit.release + songs[song].level_db
            why = _why(unit, songs[song].level_db, settings, target_name)
            why += ", no loudness to end with: it runs on with a song that has a gain_db" if by_hand else ""
            yield Levelled(_figure(gain), None if aim is None else _figure(aim), why, ramp_ms)


def _why(unit: _Unit, intent: float, settings: Level, target_name: str) -> str:
    what = {"anchor": f'"{settings.anchor}"', "loudest": "loudest song"}.get(settings.mode, settings.mode)
    matching = _MATCHED.get(settings.match, "")
    matching += f" to {settings.amount:.0%}" if settings.amount < 1 else ""
    parts = [
        f"{matching} ({unit.matched:+.1f})" if unit.matched else "",
        f"{what} at {target_name} ({unit.release:+.1f})",
        unit.stopped,
        f"intent {intent:+.1f}" if intent else "",
    ]
    return ", ".join(part for part in parts if part)


def _figure(value: float) -> float:
    return round(value, _DIGITS) + 0.0  # + 0.0 makes -0.0 plain zero, which would be another key


def _shortfall(places: _Places, made: Made) -> float:
    """The most by which a song ended under the aim of the first round; what was taken already stays taken."""
    from glassmaster.levels import ended_at

    found = [0.0]
    for songs in places.together:
        masters = [made.heard[i] for i in songs if i in made.heard]
        aim = places.levels[songs[0]].aim_lufs
        ended = ended_at(masters) if masters else None
        if aim is None or ended is None or masters[0].aim_lufs is None:
            continue
        fell_short = masters[0].aim_lufs - ended > _AIM_TOLERANCE_LU
        found.append(aim - (ended if fell_short else masters[0].aim_lufs))
    return round(max(found), _DIGITS)
