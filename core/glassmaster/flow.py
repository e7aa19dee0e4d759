"""The way of a release, from the manifest to the published folder. `build` reads like the list of what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from . import again, artwork, dressing, history, manifest, output, previews, publish, release_lock, room
from .ahead import following
from .covers import covers, put
from .errands import Errand, Failure
from .errors import Exit, Refused, refuse
from .files import encode
from .finishing import finishes, products, staged
from .freezing import encoders_of
from .frozen import Frozen
from .judge import judged
from .lock import held
from .masters import Orders, Sounds, foreseen, masters, render
from .measure import measure, unchanged
from .model import Album, Event, Finding, Outcome, Release
from .phrases import where
from .place import Place
from .plan import plan
from .plugins import Offers
from .portraits import portrayed
from .provenance import provenance
from .record import findings_by_exit
from .release_lock import ReleaseLock
from .rounds import File
from .store import Store
from .targets import Target, available, encoders_changed, targets
from .tree import digest, write_tree
from .work import Crew, Idle

ROUNDS = 3


def build(
    place: Place,
    offers: Offers,
    crew: Crew,
    only: str = "",
    *,
    upgrade: bool = False,
    reference_audio: bool = True,
) -> Outcome:
    """Make a whole release and publish it; without `reference_audio` the report plays no references.

    What can be made is made and kept even where a song fails, but then nothing is published and the outcome's
    findings carry the exit code. `upgrade`: the best encoders there are now, whatever release.lock says. Raises
    `Refused` when the work cannot even begin.
    """
    with alone(place, crew) as text:
        release, lock, told = load(place, offers, only, upgrade=upgrade)
        told, passing = _parted(told)
        passing += encoders_changed(release, offers, lock)
        release = release if reference_audio else previews.with_references(release, heard=False)
        place = place.only(only) if only else place
        output.check_target(place.output, _files(release), place.state)
        before = again.read(place.asked)
        crew = replace(crew, reason=_reasons(before, crew.store))
        album = measure(release, offers, crew)
        wanted = room.needed(album, targets(album, offers, lock))
        crew = replace(crew, hire=room.checked(crew.hire, place.room, wanted))
        with room.told(place.room, wanted):
            outcome, files = _mended(lambda: _built(album, lock, told, place, offers, crew))
            if findings_by_exit(outcome.findings) is not None:
                outcome = replace(outcome, findings=(*outcome.findings, *passing))
                return room.figured(outcome, place.room, wanted)
            release_lock.write(place.lock, replace(lock, encoders={**lock.encoders, **encoders_of(files)}))
            again.write(place.asked, crew.asked(), only)
        passing += (*_misses(crew.store), *manifest.changed(place.manifest, text))
        return replace(outcome, findings=(*outcome.findings, *passing))


def _built(
    album: Album, lock: ReleaseLock, told: Iterable[Finding], place: Place, offers: Offers, crew: Crew
) -> tuple[Outcome, tuple[File, ...]]:
    """All files, and the whole published where nothing stood in the way."""
    outcome, files = made(album, lock, told, offers, crew)
    outcome = replace(outcome, revised=history.revised(place.output, album))
    if findings_by_exit(outcome.findings) is not None:
        return judged(outcome, offers), files
    return _published(outcome, files, place, offers, crew), files


def _mended(make: Callable[[], tuple[Outcome, tuple[File, ...]]]) -> tuple[Outcome, tuple[File, ...]]:
    """`make`, and again for as long as it meets other damaged files in the store: they are gone now, and made anew."""
    met: dict[Finding, None] = {}
    while True:
        outcome, files = make()
        damaged = [each for each in outcome.findings if each.code == "store-damaged"]
        if all(each in met for each in damaged):
            again = [replace(each, severity="warning", hint="it was made anew", exit=None) for each in met]
            return (outcome if damaged else replace(outcome, findings=(*outcome.findings, *again))), files
        met.update(dict.fromkeys(damaged))


def _parted(told: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(What is published, what is told on the terminal alone: by the calendar, which must not change any byte)."""
    found = tuple(told)
    return (
        tuple(each for each in found if each.code != "distant-date"),
        tuple(each for each in found if each.code == "distant-date"),
    )


def _misses(store: Store) -> list[Finding]:
    """Told on the terminal alone: what is published is the same whatever became of the store."""
    count = len(store.damaged)
    message = f"{count} of the things kept for the next build were damaged, and made anew"
    hint = "if this happens again, look after the disk"
    return [Finding("store-damaged", "warning", str(store.root), message, hint)] if count else []


def check(place: Place, offers: Offers, crew: Crew, *, foresee: bool = False) -> Outcome:
    """Look over the manifest, the files and the plan that follows; no audio is made.

    `foresee`: with what the masters to come, or those that are kept, will change of the plan.
    """
    release, lock, told = load(place, offers)
    album = measure(release, offers, crew)
    targets(album, offers, lock)
    orders = plan(album, offers, {}, lock.frozen)
    for _ in range(ROUNDS if foresee else 0):
        again = plan(album, offers, foreseen(orders, album, offers, crew), lock.frozen)
        if again == orders:
            break
        orders = again
    outcome = _outcome(album, orders, {}, (), told, (), offers)
    return judged(replace(outcome, approvals=lock.approvals), offers)


def left(place: Place, offers: Offers, crew: Crew) -> tuple[Event, ...]:
    """What a build would begin with, phase by phase, and why; nothing is done. What follows from these is not told."""
    found: list[Event] = []
    release, lock, told = load(place, offers)
    album = measure(release, offers, crew)
    reasons = _reasons(again.read(place.asked), crew.store)
    idle = Crew(crew.store, Idle, found.append, reason=reasons)
    outcome, files = made(album, lock, told, offers, idle)
    if findings_by_exit(outcome.findings) is None:
        pictures, spoilt = covers(release, idle)
        idle.run([] if spoilt else finishes(files, release, offers, pictures))
    return tuple(each for each in found if each.kind == "planned")


def _reasons(before: again.Asked, store: Store) -> Callable[[Errand], str]:
    def reason(errand: Errand) -> str:
        return "the folder is made anew" if store.find(errand.key) is not None else again.why(errand, before)

    return reason


def made(
    album: Album, lock: ReleaseLock, told: Iterable[Finding], offers: Offers, crew: Crew
) -> tuple[Outcome, tuple[File, ...]]:
    """From what was heard to encoded files in the store."""
    aims = targets(album, offers, lock)
    orders, sounds, failed = _mastered(album, aims, lock.frozen, offers, crew)
    files, unmade = encode(aims, orders, sounds, album.release, offers, crew, lock.frozen)
    outcome = _outcome(album, orders, sounds, files, told, (*failed, *unmade), offers)
    return replace(outcome, approvals=lock.approvals), files


def load(
    place: Place, offers: Offers, only: str = "", *, upgrade: bool = False
) -> tuple[Release, ReleaseLock, tuple[Finding, ...]]:
    """Read manifest and release.lock, and refuse, before any work, what this machine cannot make."""
    release, told = manifest.load(place.manifest, offers)
    if only:
        _known(only, release)
        kept = tuple(each for each in release.deliverables if each.name == only)
        release = replace(release, deliverables=kept)
    lock = release_lock.read(place.lock)
    if upgrade:
        staying = {name: each for name, each in lock.encoders.items() if only and name != only}
        lock = replace(lock, encoders=staying)
    available(release, offers, lock)
    return release, lock, (*told, *artwork.look_over(release.artwork), *dressing.look_over(release))


def _known(only: str, release: Release) -> None:
    names = [each.name for each in release.deliverables]
    if only not in names:
        message = f'there is no deliverable named "{only}"'
        raise refuse(Exit.USAGE, "only", "--only", message, f"there are: {', '.join(names)}")


@contextmanager
def alone(place: Place, crew: Crew) -> Iterator[str]:
    """Nobody else builds here meanwhile, and what a killed build left is put in order; gives the manifest's text."""
    text = manifest.text_of(place.manifest)  # no folder is made beside a manifest that is not there
    with held(place.room):
        publish.recover(place.journal)
        crew.store.sweep()
        yield text


def _mastered(
    album: Album, aims: Mapping[str, Target], frozen: Sequence[Frozen], offers: Offers, crew: Crew
) -> tuple[Orders, Sounds, tuple[Failure, ...]]:
    """Plan and render; again while what was heard of the masters changes what is decided.

    What stands after the last round was rendered, even where the next plan would decide something else again.
    """
    orders = plan(album, offers, {}, frozen)
    for left in reversed(range(ROUNDS)):
        busy = replace(crew, ahead=following(aims, orders, album.release, offers, frozen))
        sounds, failed = render(orders, album, offers, busy)
        again = plan(album, offers, masters(orders, sounds), frozen)
        if failed or again == orders or not left:
            break
        crew.forget()
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
    return Outcome(
        album=album,
        orders=orders,
        masters=masters(orders, sounds),
        products=(),
        findings=(*told, *album.findings, *_faults(failures), *offers.broken),
        verdict="not ready",
        provenance=provenance(offers, files),
    )


def _failed(outcome: Outcome, failures: Iterable[Failure]) -> Outcome:
    return replace(outcome, findings=(*outcome.findings, *_faults(failures)))


def _faults(failures: Iterable[Failure]) -> list[Finding]:
    """What failed, with the exit code that it leads to."""
    return [replace(each, exit=failure.exit) for failure in failures for each in failure.findings]


def _published(outcome: Outcome, files: tuple[File, ...], place: Place, offers: Offers, crew: Crew) -> Outcome:
    """Tag, prove, judge, report and publish; nothing is touched where the same tree stands already."""
    pictures, spoilt = covers(outcome.album.release, crew)
    if spoilt:
        return judged(_failed(outcome, spoilt), offers)
    outcome = previews.with_previews(replace(outcome, artwork=pictures.artwork), crew)
    errands = finishes(files, outcome.album.release, offers, pictures)
    known = [each for each in crew.kept(errands) if each is not None]
    if len(known) == len(errands):
        outcome = judged(replace(outcome, products=products(files, errands, known)), offers)
        if output.stands(place.output, place.state, digest(outcome, offers)):
            _hold(outcome.album, crew)
            return outcome
    with publish.staging(place.output) as folder:
        done = crew.run(staged(errands, folder), anew=True)
        failures = [each for each in done if isinstance(each, Failure)]
        if failures:
            return judged(_failed(outcome, failures), offers)
        made = products(files, errands, done)
        outcome = judged(previews.proven(replace(outcome, products=made), crew), offers)
        tree = digest(outcome, offers)
        put(pictures, folder, crew.store)
        outcome = portrayed(outcome, offers, crew)
        outcome = write_tree(outcome, folder, offers)
        _hold(outcome.album, crew)
        publish.swap(place.output, place.journal)
        output.note(place.output, place.state, _unless_broken(tree, outcome))
    return outcome


def _unless_broken(tree: str, outcome: Outcome) -> str:
    """A report that could not be written is tried again by the next build, whatever else stays as it is."""
    return "" if any(each.code == "report-broken" for each in outcome.findings) else tree


def _hold(album: Album, crew: Crew) -> None:
    """Nothing is called finished whose sources are no longer what was heard."""
    if changed := unchanged(_sources(album), crew):
        raise Refused(Exit.CHANGED, *changed)


def _files(release: Release) -> list[Path]:
    """Every file that the manifest names as a source."""
    artwork_files = [release.artwork] if release.artwork else []
    return [*(song.mixdown for song in release.songs), *(each.file for each in release.references), *artwork_files]


def _sources(album: Album) -> list[tuple[str, Path, str]]:
    """All files that were heard: what to call them, where they are, what they were."""
    songs = zip(album.release.songs, album.mixdowns, strict=True)
    heard = [(where(song), each.source) for song, each in songs if each is not None]
    records = [(f"reference {name}", each.source) for name, each in album.references.items()]
    return [(what, source.path, source.sha256) for what, source in (*heard, *records)]
