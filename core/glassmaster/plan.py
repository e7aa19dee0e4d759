"""Decides every number of every song before any audio is rendered: pure, from the album's measurements alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from .errors import Exit, refuse
from .frozen import Frozen, by_song, honoured
from .joints import smoothed
from .model import Album, Decided, Deliverable, Heard, Made, Master, Order, Part, Release, Song, Step
from .plugins import Offers, asked
from .roles import last
from .values import key

Masters = Mapping[str, tuple[Master, ...]]


def plan(album: Album, offers: Offers, heard: Masters, frozen: Sequence[Frozen] = ()) -> dict[str, tuple[Order, ...]]:
    """One order for each programme of each deliverable; `heard` are the masters of the round before, if any.

    Deliverables that ask for the same sound get equal orders, which are rendered once. Drafts and songs that could
    not be heard get none. Frozen songs keep their numbers. Raises `Refused` when the settings contradict what was
    heard.
    """
    found = {}
    for deliverable in album.release.deliverables:
        masters = {master.song: master for master in heard.get(deliverable.name, ())}
        kept = by_song(frozen, album.release, deliverable.name)
        decided = honoured(dict(_all_decided(album, deliverable, offers, masters)), kept, offers)
        found[deliverable.name] = tuple(
            _order(album, programme, [decided[song] for song in programme], offers) for programme in _programmes(album)
        )
    return found


def ready_songs(album: Album) -> tuple[int, ...]:
    """Indices of the songs that can be mastered now."""
    found = zip(album.release.songs, album.mixdowns, album.cuts, strict=True)
    return tuple(index for index, (song, heard, cut) in enumerate(found) if song.status == "final" and heard and cut)


def chain(release: Release, song: Song, deliverable: Deliverable) -> tuple[Step, ...]:
    """The treatment of one song in one deliverable: the deliverable's own settings first, then the song's."""
    steps = list(release.treatment)
    for adjust in (*deliverable.adjust, *song.adjust):
        steps = [
            step if step.stage != adjust.stage else replace(step, settings=_changed(step.settings, adjust.changes))
            for step in steps
            if step.stage != adjust.stage or adjust.changes is not None
        ]
    return tuple(steps)


def _changed(settings: Any, changes: Iterable[tuple[str, Any]] | None) -> Any:
    return replace(settings, **dict(changes or ()))


def _all_decided(
    album: Album, deliverable: Deliverable, offers: Offers, masters: Mapping[int, Master]
) -> Iterable[tuple[int, tuple[Decided, ...]]]:
    for index in ready_songs(album):
        steps = chain(album.release, album.release.songs[index], deliverable)
        yield index, _decided(album, index, steps, offers, masters)


def _programmes(album: Album) -> Iterable[tuple[int, ...]]:
    """Indices of songs that are rendered as one: a song that is left out ends a programme."""
    together: list[int] = []
    for index in ready_songs(album):
        song = album.release.songs[index]
        runs_on = song.joined or song.crossfade > 0
        if together and not (runs_on and together[-1] == index - 1 and _same_layout(album, index - 1, index)):
            yield tuple(together)
            together = []
        together.append(index)
    if together:
        yield tuple(together)


def _same_layout(album: Album, before: int, index: int) -> bool:
    one, other = album.mixdowns[before], album.mixdowns[index]
    assert one is not None, "only heard songs are ready"
    assert other is not None, "only heard songs are ready"
    if (one.source.rate_hz, one.source.channels) == (other.source.rate_hz, other.source.channels):
        return True
    title = album.release.songs[index].title
    message = f"runs on from the song before, but has {_layout(other)} where that has {_layout(one)}"
    raise refuse(Exit.USAGE, "joined-layout", f'song "{title}"', message, "ask for both mixdowns in one format")


def _layout(heard: Heard) -> str:
    return f"{heard.source.channels} channels at {heard.source.rate_hz} Hz"


def _decided(
    album: Album, index: int, steps: tuple[Step, ...], offers: Offers, masters: Mapping[int, Master]
) -> tuple[Decided, ...]:
    decided: tuple[Decided, ...] = ()
    for step in steps:
        stage = offers.stages[step.stage]
        driven = any(offers.stages[each.stage].drive for each in steps)
        made = Made(steps, decided, masters, driven)
        value = step.settings
        if stage.decide is not None:
            value = _asked(stage.decide, album, index, step, made, offers)
        decided = (*decided, Decided(step.stage, stage_version(step.stage, offers), step.settings, value))
    return decided


def _asked(decide: Any, album: Album, index: int, step: Step, made: Made, offers: Offers) -> Any:
    song = album.release.songs[index]

    def decided() -> Any:
        value = decide(song, album, step.settings, made)
        hash(value), key(value)  # what is no frozen value can be no errand
        return value

    who = f'stage "{step.stage}" of {offers.origins["stage", step.stage]} could not decide'
    return asked(decided, who, f'song "{song.title}"')


def stage_version(name: str, offers: Offers) -> str:
    """Part of the key: the stage's own version and, for a stranger's stage, its distribution's."""
    return f"{offers.stages[name].version}{offers.origins['stage', name].edition}"


def _order(album: Album, programme: tuple[int, ...], decided: Sequence[tuple[Decided, ...]], offers: Offers) -> Order:
    """The songs' own steps, then - from the first stage that works on the whole - the first song's for all."""
    split = [_first_whole(steps, offers) for steps in decided]
    own = [steps[:at] for steps, at in zip(decided, split, strict=True)]
    pairs = enumerate(zip(programme, own, strict=True))
    parts = smoothed([_part(album, index, steps, n == 0) for n, (index, steps) in pairs], offers)
    _check_crossfades(parts, album.release)
    return Order(
        parts=parts,
        steps=decided[0][split[0] :],
        aim_lufs=last(decided[0], offers, "aim"),
        ceiling_dbtp=last(decided[0], offers, "ceiling"),
    )


def _first_whole(steps: Sequence[Decided], offers: Offers) -> int:
    return next((n for n, step in enumerate(steps) if offers.stages[step.stage].whole), len(steps))


def _check_crossfades(parts: Sequence[Part], release: Release) -> None:
    """Crossfades lie within their songs and never meet, and every track is longer than nothing."""
    for before, part in pairwise(parts):
        room = min(before.cut.frames - before.overlap, part.cut.frames)
        track = before.cut.frames - before.mark + part.mark - part.overlap
        if part.overlap > room or track <= 0 or part.mark >= part.cut.frames:
            song, rate = release.songs[part.song], part.source.rate_hz
            lengths = f"{before.cut.frames / rate:.2f} and {part.cut.frames / rate:.2f} s"
            message = (
                f"its crossfade of {song.crossfade:g} s, marked at {song.mark:g} s, does not fit songs of {lengths}"
            )
            raise refuse(Exit.USAGE, "impossible-fade", f'song "{song.title}"', message, "shorten crossfade or mark")


def _part(album: Album, index: int, steps: tuple[Decided, ...], first: bool) -> Part:
    song, heard, cut = album.release.songs[index], album.mixdowns[index], album.cuts[index]
    assert heard is not None, "only heard songs are ready"
    assert cut is not None, "only heard songs are ready"
    rate = heard.source.rate_hz
    return Part(
        index,
        heard.source,
        cut,
        steps,
        overlap=0 if first else round(song.crossfade * rate),
        mark=0 if first else round(song.mark * rate),
    )
