"""Puts the songs at their levels: `[[treatment]] stage = "level"`.

Two decisions: what is made equal between the songs (`match`), and where the release then sits (`mode`, `target_lufs`).
Songs that run on (joined, crossfade) are one programme with one gain: its loudness is pooled over its songs, and the
`level_db` or `gain_db` of its first song counts for all of it. A song with a `gain_db`, or with `level` left out,
neither counts in the others' levels nor follows them.
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


@dataclass(frozen=True)
class Levelled:
    """What is decided for one song."""

    gain_db: float
    aim_lufs: float | None
    """Integrated loudness that the song, or the programme that it is part of, shall end with; None: no aim."""
    why: str = field(default="", metadata={"key": False})


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
    return _levelled(place.gain_db - by, place.aim_lufs - by, why)


def render(audio: Audio, value: Levelled) -> Iterator[Block]:
    """The song at its gain; at 0 dB its very samples."""
    if value.gain_db == 0:
        yield from audio
        return
    factor = 10 ** (value.gain_db / 20)
    for block in audio:
        yield block * factor


@hookimpl
def glassmaster_stages() -> Iterable[Stage]:
    about = "Matches the songs' levels and puts the release at its loudness."
    yield Stage("level", Level, render, decide, about=about, aim="aim_lufs", gain="gain_db")


@dataclass(frozen=True)
class _Unit:
    """A programme on its way to its level."""

    programme: Programme
    name: str
    lufs: float
    """Integrated loudness before any gain."""
    intent: float
    """dB, as `matched` and `release`: the three together are the gain."""
    matched: float = 0.0
    release: float = 0.0
    stopped: str = ""

    @property
    def gain(self) -> float:
        return self.matched + self.intent + self.release

    @property
    def excess(self) -> float:
        """dB by which its true peak would stand above 0 dBTP."""
        peak = self.programme.true_peak_dbtp
        return -100.0 if peak is None else peak + self.gain


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

    return tuple(gather(album, [not _left_out(song) for song in album.release.songs]))


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
        unit, first = found.get(programme.songs[0]), songs[programme.songs[0]]
        for run in masters_together(programme.songs, album.release):
            together.append(tuple(run))
            levels += [_finished(unit, run, settings, target_name) if unit else _kept(first)] * len(run)
    return _Places(songs, tuple(levels), tuple(together), {id(song): i for i, song in enumerate(songs)})


def _left_out(song: Song) -> bool:
    return any(each.stage == "level" and each.changes is None for each in song.adjust)


def _unit(programme: Programme, songs: Sequence[Song]) -> _Unit | None:
    first = songs[programme.songs[0]]
    if first.gain_db is not None or programme.integrated is None:
        return None
    return _Unit(programme, first.title or f"song {programme.songs[0] + 1}", programme.integrated, first.level_db)


def _kept(first: Song) -> Levelled:
    if first.gain_db is not None:
        return _levelled(first.gain_db, None, "the engineer's own gain")
    return Levelled(0.0, None, "nothing to measure, left as it is")


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
        message = 'target_from = "references", but no reference could be measured'
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
        anchor = _anchor(units, settings, album)
        release = target - anchor.lufs - anchor.gain
    elif settings.mode == "loudest":
        release = target - max((unit.lufs + unit.gain for unit in units), default=target)
    else:
        release = pooled_gain([(unit.programme, unit.gain) for unit in units], target)
    return [replace(unit, release=release) for unit in units]


def _anchor(units: Sequence[_Unit], settings: Level, album: Album) -> _Unit:
    songs = album.release.songs
    named = [i for i, song in enumerate(songs) if song.title == settings.anchor]
    named = named or [i for i, _ in enumerate(songs) if str(i + 1) == settings.anchor]
    if len(named) != 1:
        how_many = (
            f'{len(named)} songs are called "{settings.anchor}"' if named else f'no song is called "{settings.anchor}"'
        )
        raise _refused("anchor-unknown", f'mode = "anchor", but {how_many}', "name one song by its title or number")
    found = next((unit for unit in units if named[0] in unit.programme.songs), None)
    if found is None:
        message = (
            f'"{settings.anchor}" cannot be the anchor: it is silent, could not be heard, or has a gain_db of its own'
        )
        raise _refused("anchor-unknown", message, "name another song, or take its gain_db away")
    return found


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


def _finished(unit: _Unit, run: Sequence[int], settings: Level, target_name: str) -> Levelled:
    what = {"anchor": f'"{settings.anchor}"', "loudest": "loudest song"}.get(settings.mode, settings.mode)
    matching = _MATCHED.get(settings.match, "")
    matching += f" to {settings.amount:.0%}" if settings.amount < 1 else ""
    parts = [
        f"{matching} ({unit.matched:+.1f})" if unit.matched else "",
        f"{what} at {target_name} ({unit.release:+.1f})",
        unit.stopped,
        f"intent {unit.intent:+.1f}" if unit.intent else "",
    ]
    lufs = unit.programme.integrated_of(run)
    why = ", ".join(part for part in parts if part)
    return _levelled(unit.gain, None if lufs is None else lufs + unit.gain, why)


def _levelled(gain: float, aim: float | None, why: str) -> Levelled:
    # + 0.0 makes -0.0 plain zero, which would be another key
    return Levelled(round(gain, _DIGITS) + 0.0, None if aim is None else round(aim, _DIGITS) + 0.0, why)


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
