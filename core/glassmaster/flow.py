"""The way of a release, from the manifest to the published folder. `build` reads like the list of what happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from . import artwork, manifest, publish
from .errands import Failure
from .errors import Exit, Refused, refuse
from .files import File, encode
from .finishing import finishes, products, staged
from .judge import judged
from .lock import held
from .masters import Orders, Sounds, masters, render
from .measure import measure, song_name, unchanged
from .model import Album, Finding, Outcome, Release
from .place import Place
from .plan import plan
from .plugins import Offers
from .provenance import provenance
from .record import findings_by_exit
from .room import check_room
from .targets import available, targets
from .tree import digest, write_reports, write_tree
from .work import Crew

ROUNDS = 3


def build(place: Place, offers: Offers, crew: Crew, only: str = "") -> Outcome:
    """Make a whole release and publish it.

    What can be made is made and kept even where a song fails, but then nothing is published and the outcome's
    findings carry the exit code. Raises `Refused` when the work cannot even begin.
    """
    with _alone(place, crew):
        release, told = load(place, offers, only)
        place = place.only(only) if only else place
        publish.check_target(place.output, _files(release), place.state)
        album = measure(release, offers, crew)
        aims = targets(album, offers)
        check_room(place.room, album, aims)
        orders, sounds, failed = _mastered(album, offers, crew)
        files, unmade = encode(aims, orders, sounds, release, offers, crew)
        outcome = _outcome(album, orders, sounds, files, told, (*failed, *unmade), offers)
        if findings_by_exit(outcome.findings) is not None:
            return judged(outcome, offers)
        return _published(outcome, files, place, offers, crew)


def check(place: Place, offers: Offers, crew: Crew) -> Outcome:
    """Look over the manifest, the files and the plan that follows; no audio is made."""
    release, told = load(place, offers)
    album = measure(release, offers, crew)
    targets(album, offers)
    return judged(_outcome(album, plan(album, offers, {}), {}, (), told, (), offers), offers)


def report(place: Place, offers: Offers, crew: Crew) -> Outcome:
    """Write the reports of the last build again, from what is kept; raises `Refused` when there is something to do."""
    with _alone(place, crew):
        kept = replace(crew, hire=_build_first)
        release, told = load(place, offers)
        album = measure(release, offers, kept)
        orders, sounds, failed = _mastered(album, offers, kept)
        files, unmade = encode(targets(album, offers), orders, sounds, release, offers, kept)
        outcome = _outcome(album, orders, sounds, files, told, (*failed, *unmade), offers)
        errands = finishes(files, release, offers)
        outcome = judged(replace(outcome, products=products(files, errands, kept.run(errands))), offers)
        with publish.staging(place.output / "report") as folder:
            outcome = write_reports(outcome, folder, offers)
            publish.swap(place.output / "report", place.journal)
        publish.note(place.output, place.state, digest(outcome, offers))
        return outcome


def _build_first() -> NoReturn:
    message = "something changed since the last build, or there was none"
    raise refuse(Exit.USAGE, "not-built", "report", message, "run: glassmaster build")


def load(place: Place, offers: Offers, only: str = "") -> tuple[Release, tuple[Finding, ...]]:
    """Read the manifest and refuse, before any work, what this machine cannot make or may not write."""
    release, told = manifest.load(place.manifest, offers)
    if only:
        _known(only, release)
        kept = tuple(each for each in release.deliverables if each.name == only)
        release = replace(release, deliverables=kept)
    available(release, offers)
    return release, (*told, *artwork.look_over(release.artwork))


def _known(only: str, release: Release) -> None:
    names = [each.name for each in release.deliverables]
    if only not in names:
        message = f'there is no deliverable named "{only}"'
        raise refuse(Exit.USAGE, "only", "--only", message, f"there are: {', '.join(names)}")


@contextmanager
def _alone(place: Place, crew: Crew) -> Iterator[None]:
    """Nobody else builds here meanwhile, and what a killed build left is put in order."""
    with held(place.room):
        publish.recover(place.journal)
        crew.store.sweep()
        yield


def _mastered(album: Album, offers: Offers, crew: Crew) -> tuple[Orders, Sounds, tuple[Failure, ...]]:
    """Plan and render; again while what was heard of the masters changes what is decided."""
    orders = plan(album, offers, {})
    for _ in range(ROUNDS):
        sounds, failed = render(orders, album, offers, crew)
        again = plan(album, offers, masters(orders, sounds))
        if failed or again == orders:
            break
        orders = again
    return orders, sounds, failed


def _outcome(
    album: Album,
    orders: Orders,
    sounds: Sounds,
    files: Iterable[File],
    told: Iterable[Finding],
    failures: Iterable[Failure],
    offers: Offers,
) -> Outcome:
    faults = [replace(each, exit=failure.exit) for failure in failures for each in failure.findings]
    return Outcome(
        album=album,
        orders=orders,
        masters=masters(orders, sounds),
        products=(),
        findings=(*told, *album.findings, *faults, *offers.broken),
        verdict="not ready",
        provenance=provenance(offers, files),
    )


def _published(outcome: Outcome, files: tuple[File, ...], place: Place, offers: Offers, crew: Crew) -> Outcome:
    """Tag, prove, judge, report and publish; nothing is touched where the same tree stands already."""
    release = outcome.album.release
    errands = finishes(files, release, offers)
    known = [each for each in crew.kept(errands) if each is not None]
    if len(known) == len(errands):
        outcome = judged(replace(outcome, products=products(files, errands, known)), offers)
        if publish.stands(place.output, place.state, digest(outcome, offers)):
            return outcome
    with publish.staging(place.output) as folder:
        done = crew.run(staged(errands, folder), anew=True)
        failures = [each for each in done if isinstance(each, Failure)]
        if failures:
            faults = [replace(each, exit=failure.exit) for failure in failures for each in failure.findings]
            return judged(replace(outcome, findings=(*outcome.findings, *faults)), offers)
        made = products(files, errands, done)
        outcome = judged(replace(outcome, products=made), offers)
        tree = digest(outcome, offers)
        outcome = write_tree(outcome, folder, offers)
        if changed := unchanged(_sources(outcome.album), crew):
            raise Refused(Exit.CHANGED, *changed)
        publish.swap(place.output, place.journal)
        publish.note(place.output, place.state, tree)
    return outcome


def _files(release: Release) -> list[Path]:
    """Every file that the manifest names as a source."""
    artwork_files = [release.artwork] if release.artwork else []
    return [*(song.mixdown for song in release.songs), *(each.file for each in release.references), *artwork_files]


def _sources(album: Album) -> list[tuple[str, Path, str]]:
    """All files that were heard: what to call them, where they are, what they were."""
    songs = zip(album.release.songs, album.mixdowns, strict=True)
    heard = [(song_name(song), each.source) for song, each in songs if each is not None]
    records = [(f"reference {name}", each.source) for name, each in album.references.items()]
    return [(what, source.path, source.sha256) for what, source in (*heard, *records)]
