"""From orders to masters, by one errand a programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from .engine import engine
from .errands import Failure, Render, Rendered
from .forecast import expected, promised
from .model import Album, Decided, Master, Order, Release
from .phrases import where
from .plugins import Offers
from .roles import driven
from .work import Crew

Orders: TypeAlias = Mapping[str, tuple[Order, ...]]
"""By the deliverable's name."""
Sounds: TypeAlias = Mapping[Order, tuple[Render, Rendered]]
"""What became of each order; orders that failed are absent."""


def render(orders: Orders, album: Album, offers: Offers, crew: Crew) -> tuple[Sounds, tuple[Failure, ...]]:
    """Render every order once, however many deliverables share it; a failing programme stops no other."""
    wanted = list(dict.fromkeys(order for each in orders.values() for order in each))
    errands = [errand_for(order, album.release) for order in wanted]
    known = crew.kept(errands)
    errands = [
        errand if kept else replace(errand, promise=promised(errand.order, album, offers))
        for errand, kept in zip(errands, known, strict=True)
    ]
    results = crew.run(errands)
    pairs = list(zip(wanted, errands, results, strict=True))
    sounds = {order: (errand, result) for order, errand, result in pairs if isinstance(result, Rendered)}
    return sounds, tuple(result for _, _, result in pairs if isinstance(result, Failure))


def errand_for(order: Order, release: Release) -> Render:
    """The errand that renders one order."""
    names = [where(release.songs[part.song]) for part in order.parts]
    seconds = sum(part.cut.frames / part.source.rate_hz for part in order.parts)
    return Render(what=" + ".join(names), seconds=seconds, order=order, engine=engine())


def keep_settled(before: Orders, after: Orders, album: Album, offers: Offers, crew: Crew) -> list[Render]:
    """Keep what was rendered for the orders `before` for those `after` that ask for the very same samples.

    That is so where the drive that was searched for is now given, as `freeze` does: nothing need be rendered again.
    Gives the errands whose results are kept now.
    """
    settled = []
    pairs = {new: old for name, each in after.items() for old, new in zip(before[name], each, strict=True)}
    known = crew.kept([errand_for(old, album.release) for old in pairs.values()])
    for (new, old), made in zip(pairs.items(), known, strict=True):
        if old != new and isinstance(made, Rendered) and _settled(old, made.drive_db, offers) == new:
            made = replace(made, stopped="", promise=promised(new, album, offers))
            settled.append(errand := errand_for(new, album.release))
            crew.store.keep(errand.key, made)
    return settled


def _settled(order: Order, drive_db: float, offers: Offers) -> Order:
    """The order with the drive that was found for it, and nothing left to aim at."""
    turned = driven(order.steps, offers)
    steps = [
        _with(step, {offers.stages[step.stage].drive: drive_db} if number == turned else {}, offers)
        for number, step in enumerate(order.steps)
    ]
    parts = [replace(part, steps=tuple(_with(step, {}, offers) for step in part.steps)) for part in order.parts]
    return replace(order, parts=tuple(parts), steps=tuple(steps), aim_lufs=None)


def _with(step: Decided, changes: Mapping[str, Any], offers: Offers) -> Decided:
    aim = offers.stages[step.stage].aim
    changes = {**changes, aim: None} if aim else changes
    return replace(step, value=replace(step.value, **changes)) if changes else step


def foreseen(orders: Orders, album: Album, offers: Offers, crew: Crew) -> dict[str, tuple[Master, ...]]:
    """The masters that these orders will lead to: as they are kept already, else as they are to be expected."""
    wanted = list(dict.fromkeys(order for each in orders.values() for order in each))
    kept = crew.kept([errand_for(order, album.release) for order in wanted])
    found = {
        order: tuple(_masters(order, made)) if isinstance(made, Rendered) else tuple(expected(order, album, offers))
        for order, made in zip(wanted, kept, strict=True)
    }
    return {name: tuple(master for order in each for master in found[order]) for name, each in orders.items()}


def masters(orders: Orders, sounds: Sounds) -> dict[str, tuple[Master, ...]]:
    """Each deliverable's masters, song by song in running order."""
    made = {order: tuple(_masters(order, sound)) for order, (_, sound) in sounds.items()}  # deliverables share them
    return {
        name: tuple(master for order in each if order in made for master in made[order])
        for name, each in orders.items()
    }


def _masters(order: Order, made: Rendered) -> Iterable[Master]:
    from .peaks import sustained

    for number, part in enumerate(order.parts):
        start, end = made.marks[number : number + 2]
        hops = slice(start * 100 // made.rate_hz, -(-end * 100 // made.rate_hz))
        reduction = made.reduction[hops]
        yield Master(
            song=part.song,
            spool=made.spool,
            rate_hz=made.rate_hz,
            channels=made.channels,
            start=start,
            frames=end - start,
            aim_lufs=order.aim_lufs,
            measurement=made.measurements[number],
            gain_db=made.gains_db[number],
            drive_db=made.drive_db,
            max_gain_reduction_db=float(reduction.max(initial=0.0)),
            reduction=reduction,
            stopped=made.stopped,
            passthrough=made.passthrough,
            promise=made.promise,
            sustained_gain_reduction_db=sustained(reduction),
        )
