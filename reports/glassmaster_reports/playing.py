"""How the release will play: what services do with its first master, in an album and song by song."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from glassmaster.destinations import in_words, playback_rules
from glassmaster.model import Outcome
from glassmaster.playback import Level, Playback, Turned, of

from .compare import pooled
from .sequence import Place
from .tables import Column, Row, Table, number, row
from .takes import Take
from .words import DASH, counted, spanned, tenths

_SERVICES = (
    Column("Service"),
    number("Plays at", "LUFS"),
    Column("Album play: gain", "dB", "number take"),
    number("Loudness", "LUFS"),
    Column("Its limiter", kind="short"),
    Column("Single play: gain", "dB", "number take"),
    number("Loudness", "LUFS"),
    Column("Its limiter", kind="short"),
)
_RULES = (
    Column("Service"),
    Column("What it does", kind="text wide"),
    Column("Read in", kind="text wide"),
    Column("On", kind="short"),
)
_NOTE = (
    "Album play: the release from start to end. Single play: each song among other music, as in a playlist. "
    "Two figures are the lowest and the highest of all songs; a service’s limiter is told by the songs it acts on and "
    "the most it takes off. Simulated from what was measured of the masters; "
    "what a service’s own encoder adds is not part of it."
)
_MARKED = "Gain of each song in single play. An asterisk: the service’s limiter acts."


@dataclass(frozen=True)
class Playing:
    """The section of the page."""

    services: Table
    songs: Table
    rules: Table


def playing(outcome: Outcome, places: Sequence[Place], takes: Sequence[Take]) -> Playing | None:
    """What every service that is known does with the first take; None before there are masters."""
    if not takes:
        return None
    found = of(outcome, outcome.album.profiles.values(), pooled(takes[0]).integrated_lufs)
    if not found:
        return None
    rows = tuple(_service(each, level) for each in found for level in each.levels)
    services = Table(f"How services play {takes[0].goes_to}", _SERVICES, rows, note=_NOTE)
    rules = Table("What the services do, and where that was read", _RULES, tuple(_rule(each) for each in found))
    left_out = len(outcome.album.release.songs) - len(places)
    note = f"{_MARKED} {counted(left_out, 'more song')} in release.json." if left_out else _MARKED
    return Playing(services, _songs(found, places, note), rules)


def _called(playback: Playback, level: Level) -> str:
    return f"{playback.profile.title}, {level.name}" if level.name else playback.profile.title


def _service(playback: Playback, level: Level) -> Row:
    return row(
        _called(playback, level),
        tenths(level.plays_at_lufs),
        *_play(level, level.album),
        *_play(level, level.single),
    )


def _play(level: Level, songs: Sequence[Turned]) -> tuple[str, str, str]:
    gains, loudness = [each.gain_db for each in songs], [each.lufs for each in songs if each.lufs is not None]
    return spanned(gains, signed=True), spanned(loudness), _limiter(level, songs)


def _limiter(level: Level, songs: Sequence[Turned]) -> str:
    if not level.limits:
        return DASH
    limited = [each.limiter_db for each in songs if each.limiter_db]
    return f"{counted(len(limited), 'song')}, {tenths(max(limited))} dB" if limited else "does not act"


def _songs(found: Sequence[Playback], places: Sequence[Place], note: str) -> Table:
    levels = [(each, level) for each in found for level in each.levels]
    columns = (number("No."), Column("Song"), *(number(_called(each, level), "dB") for each, level in levels))
    by_song: dict[int, list[Turned]] = {}
    for _, level in levels:
        for turned in level.single:
            by_song.setdefault(turned.song, []).append(turned)
    rows = tuple(_song(place, by_song.get(place.song, []), len(levels)) for place in places)
    return Table("Song by song", columns, rows, head=1, note=note)


def _song(place: Place, turned: Sequence[Turned], count: int) -> Row:
    title = f"{place.title} · draft" if place.draft else place.title
    cells = [tenths(each.gain_db, signed=True) + ("*" if each.limiter_db else "") for each in turned]
    return row(str(place.number), title, *(cells or [DASH] * count), style="draft" if place.draft else "")


def _rule(playback: Playback) -> Row:
    profile, rules = playback.profile, playback_rules(playback.profile)
    told = [*in_words(profile), *([] if rules.official else ["as told or measured by others"])]
    read = [profile.source, *(f"{rule}: {where}" for rule, where in rules.second_hand.items())]
    return row(profile.title, _typeset("; ".join(told)), "; ".join(read), profile.dated)


def _typeset(words: str) -> str:
    return re.sub(r"(?<![\w-])-(?=\d)", "−", words).replace("'", "’")
