"""From masters to encoded files, with the decoded ceiling of lossy ones held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from .errands import Encode, Failure, Prepare, Prepared, Render, Rendered
from .frozen import Frozen, by_song
from .masters import Orders, Sounds
from .model import Order, Release
from .phrases import where
from .plugins import Offers
from .prepare import errand_for
from .rounds import File, Wanted, settled
from .targets import Target
from .work import Crew


def encode(
    targets: Mapping[str, Target],
    orders: Orders,
    sounds: Sounds,
    release: Release,
    offers: Offers,
    crew: Crew,
    frozen: Sequence[Frozen] = (),
) -> tuple[tuple[File, ...], tuple[Failure, ...]]:
    """Make every file; lossy ones that decode above their ceiling again with a trim, at most three rounds."""
    ready, failures = _prepared(targets, orders, sounds, crew)
    kept = {name: by_song(frozen, release, name) for name in targets}
    wanted = [
        Wanted(
            target,
            song,
            errand,
            heard.true_peak_dbtp,
            song in kept[target.deliverable.name],
            together=tuple(part.song for part in order.parts),
        )
        for target, order, render, sound in ready
        for (_, song, errand), heard in zip(
            encodes(target, order, render, sound, release, offers, kept[target.deliverable.name]),
            sounds[order][1].measurements,
            strict=True,
        )
    ]
    files, unmade = settled(wanted, offers, crew)
    return files, (*failures, *unmade)


def _prepared(
    targets: Mapping[str, Target], orders: Orders, sounds: Sounds, crew: Crew
) -> tuple[list[tuple[Target, Order, Render, Rendered | Prepared]], tuple[Failure, ...]]:
    """What each target's files are cut from: the master, or the master brought to its rate and depth."""
    asked = [
        (target, order, *sounds[order])
        for target in targets.values()
        for order in orders[target.deliverable.name]
        if order in sounds
    ]
    errands = [
        errand_for(sound, render, target.rate_hz, target.bits, target.deliverable.dither)
        for target, _, render, sound in asked
    ]
    needed: list[Prepare] = [each for each in errands if each is not None]
    made = dict(zip(needed, crew.run(needed), strict=True))
    sources = [sound if errand is None else made[errand] for (*_, sound), errand in zip(asked, errands, strict=True)]
    ready = [
        (target, order, render, source)
        for (target, order, render, _), source in zip(asked, sources, strict=True)
        if not isinstance(source, Failure)
    ]
    return ready, tuple(each for each in made.values() if isinstance(each, Failure))


def encodes(
    target: Target,
    order: Order,
    render: Render,
    sound: Rendered | Prepared,
    release: Release,
    offers: Offers,
    kept: Mapping[int, Frozen],
) -> Iterable[tuple[Target, int, Encode]]:
    """The files that one target's songs become, with the song of each; frozen ones (`kept`) as they are out."""
    for part, errand in zip(order.parts, _errands(target, order, render, sound, release, offers), strict=True):
        yield target, part.song, _as_published(errand, kept.get(part.song))


def _errands(
    target: Target, order: Order, render: Render, sound: Rendered | Prepared, release: Release, offers: Offers
) -> Iterable[Encode]:
    offer = offers.formats[target.deliverable.format]
    origin = offers.origins["format", offer.name]
    for number, part in enumerate(order.parts):
        yield Encode(
            what=f"{where(release.songs[part.song])} for {target.deliverable.name}",
            seconds=part.cut.frames / part.source.rate_hz,
            spool=sound.spool,
            rate_hz=sound.rate_hz,
            channels=sound.channels,
            start=sound.marks[number],
            end=sound.marks[number + 1],
            silence=round(release.gap_after(part.song) * sound.rate_hz),
            format=offer.name,
            format_version=f"{offer.version}{origin.edition or ' glassmaster'}",
            settings=target.deliverable.settings,
            encoder=target.encoder,
            trim_db=0.0,
            engine=render.engine,
        )


def _as_published(errand: Encode, frozen: Frozen | None) -> Encode:
    if frozen is None:
        return errand
    return replace(errand, trim_db=frozen.trim_db, silence=round(frozen.silence_s * errand.rate_hz))
