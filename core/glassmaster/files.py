"""From masters to encoded files, with the decoded ceiling of lossy ones held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .errands import Encode, Encoded, Failure, Prepare, Prepared, Render, Rendered
from .frozen import Frozen, by_song
from .masters import Orders, Sounds
from .measure import song_name
from .model import Order, Release
from .plugins import Offers
from .prepare import errand_for
from .targets import Target
from .trims import Decoded, trims
from .twins import Twins, paired
from .work import Crew

ROUNDS = 3


@dataclass(frozen=True, eq=False)
class File:
    """One song's encoded file, still untagged and in the store."""

    target: Target
    song: int
    encode: Encode
    encoded: Encoded


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
        each
        for target, order, render, sound in ready
        for each in encodes(target, order, render, sound, release, offers, kept[target.deliverable.name])
    ]
    files: list[File] = []
    for _ in range(ROUNDS):
        results = _made([errand for _, _, errand in wanted], offers, crew)
        files = [File(*each, made) for each, made in zip(wanted, results, strict=True) if isinstance(made, Encoded)]
        failures += tuple(each for each in results if isinstance(each, Failure))
        again = _trimmed(files, kept, offers)
        if again == wanted or failures:
            break
        wanted = again
    return tuple(files), failures


def _made(errands: Sequence[Encode], offers: Offers, crew: Crew) -> list[Encoded | Failure]:
    """Of the lossless files of one sound one is made and measured first; the others follow as soon as it is proven."""
    twins = Twins(offers)
    first = twins.first(errands)
    made = dict(zip(first, replace(crew, ahead=twins).run(first), strict=True))
    others = [each for each in errands if each not in made]
    done = {**made, **dict(zip(others, crew.run(paired(others, made, offers)), strict=True))}
    return [done[each] for each in errands]


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
            what=f"{song_name(release.songs[part.song])} for {target.deliverable.name}",
            seconds=part.cut.frames / part.source.rate_hz,
            spool=sound.spool,
            rate_hz=sound.rate_hz,
            channels=sound.channels,
            start=sound.marks[number],
            end=sound.marks[number + 1],
            silence=round(release.gap_after(part.song) * sound.rate_hz),
            format=offer.name,
            format_version=f"{offer.version} {origin.distribution}",
            settings=target.deliverable.settings,
            encoder=target.encoder,
            trim_db=0.0,
            engine=render.engine,
        )


def _as_published(errand: Encode, frozen: Frozen | None) -> Encode:
    if frozen is None:
        return errand
    return replace(errand, trim_db=frozen.trim_db, silence=round(frozen.silence_s * errand.rate_hz))


def _trimmed(
    files: Sequence[File], kept: Mapping[str, Mapping[int, Frozen]], offers: Offers
) -> list[tuple[Target, int, Encode]]:
    """The same files with the trims that their decoded peaks ask for."""
    found: dict[str, dict[int, float]] = {}
    for target in {file.target.deliverable.name: file.target for file in files}.values():
        if offers.formats[target.deliverable.format].lossy:
            found[target.deliverable.name] = trims(
                target.deliverable, _decoded(files, target), kept[target.deliverable.name]
            )
    return [(f.target, f.song, replace(f.encode, trim_db=_trim(f, found))) for f in files]


def _decoded(files: Sequence[File], target: Target) -> dict[int, Decoded]:
    return {
        file.song: Decoded(file.encode.trim_db, file.encoded.measured.true_peak_dbtp)
        for file in files
        if file.target == target
    }


def _trim(file: File, found: Mapping[str, Mapping[int, float]]) -> float:
    return found.get(file.target.deliverable.name, {}).get(file.song, file.encode.trim_db)
