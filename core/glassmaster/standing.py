"""What is done with a build that stands: its report made again, its levels frozen, its songs signed off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from . import again, approvals, history, output, previews, publish, release_lock
from .approvals import Kind
from .covers import covers
from .errors import Exit, Refused, refuse
from .finishing import finishes, products
from .flow import alone, check, load, made
from .freezing import frozen_numbers, whole_runs
from .frozen import Frozen
from .judge import judged
from .masters import keep_settled
from .measure import measure
from .model import Outcome
from .place import Place
from .plan import plan
from .plugins import Offers
from .portraits import portrayed
from .rounds import File
from .songs import songs_named
from .tree import digest, recorded, write_reports, write_single
from .work import Crew

_FROZEN = "/frozen"
"""What a freeze settled is noted under this name, which no deliverable can have."""


def report(place: Place, offers: Offers, crew: Crew, *, reference_audio: bool | None = None, also: str = "") -> Outcome:
    """Write the reports of the last build again, from what is kept; raises `Refused` when there is something to do.

    `also`: a report that is only written when it is asked for.

    Only previews are made where they are missing.
    """
    with alone(place, crew):
        outcome = previews.with_previews(_finished(place, offers, crew, reference_audio), crew)
        outcome = portrayed(judged(previews.proven(outcome, crew), offers), offers, crew)
        with publish.staging(place.output / "report") as folder:
            outcome = write_reports(outcome, folder, offers, also)
            if any(each.code == "report-broken" for each in outcome.findings):
                return outcome  # what stands is better than a part
            publish.swap(place.output / "report", place.journal)
        output.note(place.output, place.state, digest(outcome, offers) if recorded(outcome, place.output) else "")
        return outcome


def single(place: Place, offers: Offers, crew: Crew, *, reference_audio: bool = False) -> Outcome:
    """Write the report of the last build as one file, with excerpts to listen to, beside the output folder."""
    with alone(place, crew):
        outcome = previews.with_previews(_finished(place, offers, crew, reference_audio), crew, excerpts=True)
        outcome = portrayed(judged(previews.proven(outcome, crew, excerpts=True), offers), offers, crew)
        return write_single(outcome, place.single, offers)


def _finished(place: Place, offers: Offers, crew: Crew, reference_audio: bool | None) -> Outcome:
    """The last build with its files as they were published, not judged yet."""
    outcome, files = _kept(place, offers, crew)
    release = outcome.album.release
    if reference_audio is not None:
        release = previews.with_references(release, heard=reference_audio)
    kept = replace(crew, hire=_build_first)
    pictures, _ = covers(release, kept)
    errands = finishes(files, release, offers, pictures)
    finished = products(files, errands, kept.run(errands))
    return replace(
        outcome,
        album=replace(outcome.album, release=release),
        artwork=pictures.artwork,
        revised=history.revised(place.output, outcome.album),
        products=finished,
    )


def freeze(place: Place, offers: Offers, crew: Crew, released: Sequence[str] = ()) -> tuple[Frozen, ...]:
    """Write gains, drives and trims of the last build to release.lock; the songs named in `released` go free."""
    with alone(place, crew):
        outcome, files = _kept(place, offers, crew)
        lock = release_lock.read(place.lock)
        free = whole_runs(songs_named(released, outcome.album.release), outcome.album.release)
        frozen = tuple(frozen_numbers(outcome, files, offers, free))
        orders = plan(outcome.album, offers, {}, frozen)
        again.write(place.asked, keep_settled(outcome.orders, orders, outcome.album, offers, crew), _FROZEN)
        rates = {file.target.deliverable.name: file.target.rate_hz for file in files} if frozen else {}
        release_lock.write(place.lock, replace(lock, rates_hz=rates, frozen=frozen))
        return frozen


def approve(
    place: Place, offers: Offers, crew: Crew, kind: Kind, songs: Sequence[str], by: str, *, withdraw: bool = False
) -> None:
    """Write to release.lock that the songs' mixdowns, or the last build's masters, are approved (or no longer).

    No song named: all of them, but drafts.
    """
    with alone(place, crew):
        outcome = _kept(place, offers, crew)[0] if kind == "master" and not withdraw else check(place, offers, crew)
        release, lock = outcome.album.release, release_lock.read(place.lock)
        finals = {n for n, song in enumerate(release.songs) if song.status == "final"}
        meant = songs_named(songs, release) or finals
        kept = approvals.without(lock.approvals, outcome, meant, kind)
        new = () if withdraw else approvals.given(outcome, meant, kind, by, approvals.today())
        release_lock.write(place.lock, replace(lock, approvals=(*kept, *new)))


def approved(place: Place, offers: Offers, crew: Crew) -> Outcome:
    """What the sign-offs in release.lock are worth now: beside the last build's masters, or before one."""
    try:
        with alone(place, crew):
            return _kept(place, offers, crew)[0]
    except Refused as refusal:
        if refusal.findings[0].code != "not-built":
            raise
    return check(place, offers, crew)


def _kept(place: Place, offers: Offers, crew: Crew) -> tuple[Outcome, tuple[File, ...]]:
    """The last build once more, without making any sound."""
    release, lock, told = load(place, offers)
    album = measure(release, offers, crew)
    return made(album, lock, told, offers, replace(crew, hire=_build_first))


def _build_first() -> NoReturn:
    message = "something changed since the last build, or there was none"
    raise refuse(Exit.USAGE, "not-built", "report", message, "run: glassmaster build")
