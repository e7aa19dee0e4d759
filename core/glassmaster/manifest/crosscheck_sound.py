"""Numbers, cuts, joints and levels: whatever can be seen to be wrong without hearing anything."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..destinations import nearest_target
from ..model import Deliverable, Release, Song
from .page import Trouble, quoted
from .scan import Keys
from .times import clock
from .words import not_offered

if TYPE_CHECKING:
    from ..plugins import Offers


def numbers(release: Release) -> Iterator[Trouble]:
    """Discs and track numbers follow the running order, without holes or repetitions."""
    disc, place = 1, 0
    for index, song in enumerate(release.songs):
        if song.disc not in (disc, disc + 1) or (index == 0 and song.disc != 1):
            after = f"disc {disc}" if index else "nothing"
            message = f"disc {song.disc} cannot come after {after}"
            hint = "songs stand in running order, disc 1 first, no disc left out"
            yield Trouble(("song", index, "disc"), "song-number", message, hint)
        place = 1 if song.disc != disc else place + 1
        disc = song.disc
        if song.number not in (0, place):
            yield _misnumbered(release, index, place)


def cuts(release: Release) -> Iterator[Trouble]:
    """Starts before ends, and fades that fit between them."""
    for index, song in enumerate(release.songs):
        start, end = _time(song.start), _time(song.end)
        for name, value in (("start", start), ("end", end)):
            if value is not None and value < 0:
                message = f"{name} of {_called(song, index)} is negative: {value:g} seconds"
                yield Trouble(("song", index, name), "impossible-range", message, "0 is the mixdown's first sample")
        if end is None:
            continue
        length = end - (start or 0.0)
        if length <= 0:
            message = f"{_called(song, index)} ends at {clock(end)}, before it starts at {clock(start or 0.0)}"
            yield Trouble(("song", index, "end"), "impossible-range", message, "times count from the mixdown's start")
        elif song.start != "auto":
            yield from _fades(song, index, length)


def joints(release: Release) -> Iterator[Trouble]:
    """Gaps, joined songs and crossfades that contradict each other or have nothing before them."""
    for index, song in enumerate(release.songs):
        first = index == 0 or release.songs[index - 1].disc != song.disc
        yield from _opening(song, index) if first else _joint(song, index)
        if song.mark and not song.crossfade:
            message = "mark says where in a crossfade the track starts, but there is no crossfade"
            yield Trouble(("song", index, "mark"), "idle-key", message, "add crossfade = ..., or delete it", "warning")


def repeats(release: Release) -> Iterator[Trouble]:
    """Songs that use the same stretch of the same mixdown, and references that are mixdowns."""
    users: dict[str, list[int]] = defaultdict(list)
    for index, song in enumerate(release.songs):
        if song.mixdown.name:
            users[_located(release, song.mixdown)].append(index)
    for indices in users.values():
        yield from _overlaps(release, sorted(indices, key=lambda index: _range(release.songs[index])[0]))
    for index, reference in enumerate(release.references):
        if songs := users.get(_located(release, reference.file)):
            message = f"reference {quoted(reference.name)} is the mixdown of song {songs[0] + 1}"
            hint = 'name a published record; to level all songs by one of them: mode = "anchor" in level'
            yield Trouble(("reference", index, "file"), "reference-is-song", message, hint)


def _located(release: Release, path: Path) -> str:
    return os.path.normcase(os.path.normpath(release.manifest.parent / path))


def levels(release: Release, offers: Offers) -> Iterator[Trouble]:
    """A treatment that contradicts itself."""
    aims = [index for index, step in enumerate(release.treatment) if offers.stages[step.stage].aim]
    for index in aims[1:]:
        message = f"step {aims[0] + 1} of the treatment sets the songs' levels already"
        yield Trouble(("treatment", index), "impossible-treatment", message, "keep one of the two")
    for index, step in enumerate(release.treatment):
        keys = ("treatment", index)
        if getattr(step.settings, "mode", "") == "anchor" and not getattr(step.settings, "anchor", "-"):
            yield Trouble((*keys, "mode"), "missing-key", "which song is the anchor?", 'add anchor = "TITLE"')
    for place, name in _targets(release):
        yield from _target(place, name, release, offers)
    yield from _idle_targets(release)


def _targets(release: Release) -> Iterator[tuple[Keys, str]]:
    for index, step in enumerate(release.treatment):
        yield (("treatment", index, "target_from"), getattr(step.settings, "target_from", ""))
    for keys, _, changes in _adjusted(release):
        yield ((*keys, "target_from"), changes.get("target_from", ""))


def _adjusted(release: Release) -> Iterator[tuple[Keys, str, dict[str, Any]]]:
    """Where an `adjust` stands, of which stage, and what it changes."""
    owners: list[tuple[Keys, Song | Deliverable]] = [(("song", i), each) for i, each in enumerate(release.songs)]
    owners += [(("deliverable", i), each) for i, each in enumerate(release.deliverables)]
    for keys, owner in owners:
        for adjust in owner.adjust:
            yield (*keys, "adjust", adjust.stage), adjust.stage, dict(adjust.changes or ())


def _idle_targets(release: Release) -> Iterator[Trouble]:
    """A target in LUFS that the treatment's `target_from` would silently overrule."""
    taken = {step.stage: name for step in release.treatment if (name := getattr(step.settings, "target_from", ""))}
    for keys, stage, changes in _adjusted(release):
        if stage in taken and "target_lufs" in changes and "target_from" not in changes:
            message = f"target_lufs does nothing here: the treatment says target_from = {quoted(taken[stage])}"
            hint = 'add target_from = "" beside it, or delete it'
            yield Trouble((*keys, "target_lufs"), "idle-key", message, hint)
    for index, step in enumerate(release.treatment):
        settings = step.settings
        if step.stage in taken and getattr(settings, "target_lufs", None) != getattr(
            type(settings), "target_lufs", None
        ):
            message = f"target_lufs does nothing beside target_from = {quoted(taken[step.stage])}"
            yield Trouble(("treatment", index, "target_lufs"), "idle-key", message, "keep one of the two", "warning")


def _target(keys: Keys, name: str, release: Release, offers: Offers) -> Iterator[Trouble]:
    profile = offers.profiles.get(name)
    if name == "references" and not release.references:
        hint = 'add [[reference]] name = "..." file = "..."'
        yield Trouble(keys, "unknown-reference", "there are no references to take it from", hint)
    elif name not in ("", "references") and (profile is None or profile.plays_at_lufs is None):
        told = f"there is no profile {quoted(name)}" if profile is None else f"{quoted(name)} names no loudness"
        missing = offers.broken if profile is None else ()
        yield not_offered(keys, "unknown-profile", told, nearest_target(name, offers.profiles), missing)


def _misnumbered(release: Release, index: int, place: int) -> Trouble:
    song = release.songs[index]
    message = f"{_called(song, index)} has number {song.number}, but it is track {place} of disc {song.disc}"
    twin = next((i for i, each in enumerate(release.songs[:index]) if _numbered(each, song)), None)
    if twin is not None:
        message = f"songs {twin + 1} and {index + 1} both have number {song.number}"
    hint = "leave number out: the running order of this file gives it"
    return Trouble(("song", index, "number"), "song-number", message, hint)


def _numbered(song: Song, other: Song) -> bool:
    return song.disc == other.disc and song.number == other.number


def _fades(song: Song, index: int, length: float) -> Iterator[Trouble]:
    fade_in, fade_out = song.fade_in or 0.0, song.fade_out or 0.0
    if fade_in + fade_out > length:
        name = "fade_out" if fade_out >= fade_in else "fade_in"
        message = f"the fades of {_called(song, index)} take {fade_in + fade_out:g} s, the song only {length:g} s"
        yield Trouble(("song", index, name), "impossible-fade", message, "shorten them, or move start and end")
    if song.crossfade > length:
        message = f"the crossfade into {_called(song, index)} takes {song.crossfade:g} s, the song only {length:g} s"
        yield Trouble(("song", index, "crossfade"), "impossible-fade", message, "shorten it")


def _opening(song: Song, index: int) -> Iterator[Trouble]:
    what = "the first song" if index == 0 else f"the first song of disc {song.disc}"
    for name, value in (("joined", song.joined), ("crossfade", song.crossfade)):
        if value:
            message = f"{name} on {what}: there is none before it"
            yield Trouble(("song", index, name), "impossible-joint", message, "delete it, or move the song")
    if song.gap:
        message = f"gap before {what}: there is no file before it to keep the silence"
        yield Trouble(("song", index, "gap"), "idle-key", message, "delete it", "warning")


def _joint(song: Song, index: int) -> Iterator[Trouble]:
    name = "crossfade" if song.crossfade else "joined"
    if song.gap and (song.joined or song.crossfade):
        message = f"{_called(song, index)} cannot have both {name} and a gap of {song.gap:g} s"
        hint = "keep gap for silence, joined for none, crossfade for an overlap"
        yield Trouble(("song", index, "gap"), "impossible-joint", message, hint)


def _overlaps(release: Release, indices: list[int]) -> Iterator[Trouble]:
    songs = release.songs
    before = indices[0]
    for index in indices[1:]:
        song, other = songs[index], songs[before]
        if _range(song)[0] < _range(other)[1] and not (song.allow_duplicate or other.allow_duplicate):
            late, early = max(index, before), min(index, before)
            message = f"songs {early + 1} and {late + 1} use the same part of {quoted(song.mixdown.name)}"
            hint = "set start and end, or allow_duplicate = true if it is meant"
            yield Trouble(("song", late, "mixdown"), "repeated-audio", message, hint, "warning")
        before = max(before, index, key=lambda each: _range(songs[each])[1])


def _range(song: Song) -> tuple[float, float]:
    start, end = _time(song.start), _time(song.end)
    return start or 0.0, math.inf if end is None else end


def _time(value: Any) -> float | None:
    return None if isinstance(value, str) else value


def _called(song: Song, index: int) -> str:
    return f"song {index + 1}, {quoted(song.title)}," if song.title else f"song {index + 1}"
