"""What a service does with a finished release when it is played, as an album and song by song.

All of it follows from the songs' measured loudness and peaks and from the rules of the service's profile; what the
service's own encoder adds is not part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from .destinations import PlaybackRules, playback_rules
from .model import Master, Outcome, Profile

_UNHEARD_DB = 0.05
"""Less than any meter shows."""


@dataclass(frozen=True)
class Played:
    """One song as a service receives it; None: the value does not exist (silence, too short)."""

    song: int
    """Index in `release.songs`."""
    lufs: float | None
    """Integrated loudness."""
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None


@dataclass(frozen=True)
class Turned:
    """One song as a listener gets it."""

    song: int
    gain_db: float
    lufs: float | None
    """Integrated loudness at that gain, before any limiter of the service."""
    true_peak_dbtp: float | None
    """True peak at that gain, before any limiter of the service."""
    limiter_db: float = 0.0
    """The most that the service's limiter takes off; 0 where it does not act."""

    @property
    def moved(self) -> Literal["up", "down", ""]:
        """What the service does with the song; empty: leaves it as it is."""
        return "" if abs(self.gain_db) < _UNHEARD_DB else "up" if self.gain_db > 0 else "down"


@dataclass(frozen=True)
class Level:
    """One loudness that a service plays at."""

    name: str
    """ "normal" and what a listener can choose instead; empty where there is no choice."""
    plays_at_lufs: float
    limits: bool
    """Whether a limiter of the service stands ready at this level."""
    album: tuple[Turned, ...]
    """The songs when the release is played as an album."""
    single: tuple[Turned, ...]
    """The songs when each is played among other music."""


@dataclass(frozen=True)
class Playback:
    """What one service does with a release."""

    profile: Profile
    levels: tuple[Level, ...]
    """The usual one first."""


def simulate(profile: Profile, songs: Sequence[Played], pooled_lufs: float | None = None) -> Playback:
    """What the service of a playback profile does with songs.

    `pooled_lufs` is the integrated loudness of all songs together (BS.1770-5 gating over all blocks): only services
    that set an album by it need it, and without it they leave the album as it is. Raises `ValueError` for a profile
    that names no level or has a rule that cannot be.
    """
    rules = playback_rules(profile)
    if profile.plays_at_lufs is None:
        raise ValueError(f"{profile.name} does not say where it plays")
    usual = ("normal" if rules.other_levels else "", profile.plays_at_lufs)
    named = (usual, *rules.other_levels.items())
    return Playback(profile, tuple(_level(name, lufs, rules, songs, pooled_lufs) for name, lufs in named))


def _level(name: str, lufs: float, rules: PlaybackRules, songs: Sequence[Played], pooled: float | None) -> Level:
    limit = rules.limits_at_dbfs if name in rules.limits_levels else None
    single = tuple(_turned(song, _gain(song.lufs, song.true_peak_dbtp, lufs, rules, limit), limit) for song in songs)
    album = single
    if rules.album != "none":
        whole = pooled if rules.album == "pooled" else _highest(song.lufs for song in songs)
        aim = lufs if rules.album_lufs is None else rules.album_lufs
        gain = _gain(whole, _highest(song.true_peak_dbtp for song in songs), aim, rules, limit)
        album = tuple(_turned(song, gain, limit) for song in songs)
    return Level(name, lufs, limit is not None, album, single)


def _gain(lufs: float | None, peak: float | None, aim: float, rules: PlaybackRules, limit: float | None) -> float:
    if lufs is None:
        return 0.0
    gain = aim - lufs
    if gain <= 0 or limit is not None:
        return gain
    if not rules.raises:
        return 0.0
    if rules.raises_to_dbtp is None or peak is None:
        return gain
    return min(gain, max(0.0, rules.raises_to_dbtp - peak))


def _turned(song: Played, gain: float, limit: float | None) -> Turned:
    over = 0.0 if limit is None or song.sample_peak_dbfs is None else song.sample_peak_dbfs + gain - limit
    lufs = None if song.lufs is None else song.lufs + gain
    peak = None if song.true_peak_dbtp is None else song.true_peak_dbtp + gain
    return Turned(song.song, gain, lufs, peak, over if over >= _UNHEARD_DB else 0.0)


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def of(outcome: Outcome, profiles: Iterable[Profile], pooled_lufs: float | None = None) -> tuple[Playback, ...]:
    """What each service that names a level does with the first deliverable's masters; nothing before there are any.

    `pooled_lufs` is the integrated loudness of those masters together, for who knows it already.
    """
    masters = _first(outcome)
    services = [each for each in profiles if each.kind == "playback" and each.plays_at_lufs is not None]
    if not masters or not services:
        return ()
    pooled = _pooled(masters) if pooled_lufs is None else pooled_lufs
    songs = [played(master) for master in masters]
    return tuple(simulate(profile, songs, pooled) for profile in services)


def played(master: Master) -> Played:
    """A master as a service receives it."""
    told = master.measurement
    return Played(master.song, told.integrated_lufs, told.true_peak_dbtp, told.sample_peak_dbfs)


def _first(outcome: Outcome) -> tuple[Master, ...]:
    made = (outcome.masters.get(each.name, ()) for each in outcome.album.release.deliverables)
    return next((masters for masters in made if masters), ())


def _pooled(masters: Sequence[Master]) -> float | None:
    from .loudness.gating import integrated, whole_hops

    return integrated([whole_hops(master.measurement) for master in masters])
