"""Takes from a finished build what release.lock keeps of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .frozen import Frozen
from .model import Encoder, Master, Order, Outcome, Part, Release
from .plugins import Offers
from .roles import role
from .rounds import File
from .songs import names_of


def encoders_of(files: Sequence[File]) -> dict[str, Encoder]:
    """Which encoder made each deliverable."""
    return {file.target.deliverable.name: file.target.encoder for file in files}


def whole_runs(songs: Collection[int], release: Release) -> set[int]:
    """Songs with all that they run on with: a run is limited as one, so it is let go as one."""
    from .levels import programmes

    return {song for run in programmes(release.songs) if {*run} & {*songs} for song in run}


def frozen_numbers(outcome: Outcome, files: Sequence[File], offers: Offers, free: Collection[int]) -> Iterable[Frozen]:
    """The numbers of every song in every deliverable, but of the songs that go free."""
    masters = {(name, master.song): master for name, each in outcome.masters.items() for master in each}
    parts = {(name, part.song): part for name, each in outcome.orders.items() for part in _parts(each)}
    names = names_of(outcome.album.release.songs)
    for file in files:
        place = file.target.deliverable.name, file.song
        if file.song not in free:
            yield _numbers(names[file.song], file, parts[place], masters[place], offers)


def _parts(orders: Iterable[Order]) -> Iterable[Part]:
    return (part for order in orders for part in order.parts)


def _numbers(name: str, file: File, part: Part, master: Master, offers: Offers) -> Frozen:
    gains = ((step.stage, role(step, offers, "gain")) for step in part.steps)
    return Frozen(
        song=name,
        deliverable=file.target.deliverable.name,
        gains_db=tuple((stage, float(gain)) for stage, gain in gains if gain is not None),
        drive_db=master.drive_db,
        trim_db=file.encode.trim_db,
        silence_s=file.encode.silence / file.encode.rate_hz,
    )
