"""Builds a published release again from nothing, and says what came out otherwise."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from . import builds
from .errands import Encode, Errand, Prepare, Render
from .errors import Exit, Refused, refuse
from .lock import held
from .model import Finding, Outcome
from .place import Place
from .plugins import Offers
from .record import findings_by_exit
from .store import Store, sha256_of
from .values import key
from .work import Crew

_FOLDER = "reproduce"
_RECORD = "release.json"


def reproduce(
    place: Place,
    offers: Offers,
    crew_for: Callable[[Path], AbstractContextManager[Crew]],
    build: Callable[[Place, Offers, Crew], Outcome],
) -> tuple[Finding, ...]:
    """What differs between the published folder and one built in an empty store; nothing is the proof.

    Raises `Refused` where nothing is published, or the build fails.
    """
    if not (place.output / _RECORD).is_file():
        message = "there is nothing published here that could be made again"
        raise refuse(Exit.USAGE, "not-built", place.output, message, "run: glassmaster build")
    with held(place.room), _beside(place) as other, crew_for(other.room) as crew:
        outcome = build(other, offers, crew)
        if (stopped := findings_by_exit(outcome.findings)) is not None:
            raise Refused(Exit(stopped), *(each for each in outcome.findings if each.exit is not None))
        others = tuple(_other_files(place.output, other.output))
        return (*_other_results(crew, Store(place.room), offers), *others) if others else ()


@contextmanager
def _beside(place: Place) -> Iterator[Place]:
    """An empty place on the same disk. It knows what was out before, for a record tells what changed since."""
    folder = place.room / _FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    other = Place(place.manifest, folder / "dist", folder / "room")
    try:
        other.output.mkdir(parents=True)
        shutil.copyfile(place.output / _RECORD, other.output / _RECORD)
        yield other
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_results(crew: Crew, before: Store, offers: Offers) -> Iterator[Finding]:
    """Errands that gave another result than the same errand before: that is where it began."""
    for errand in crew.asked():
        if not isinstance(errand, Render | Prepare | Encode):
            continue
        was, now = before.find(errand.key), crew.store.find(errand.key)
        if was is not None and now is not None and key(was) != key(now):
            message = f"{errand.phase}: the same work gave another result{_by(errand, offers)}"
            yield _finding(errand.what, message, "look there first: everything that follows from it is another, too")


def _by(errand: Errand, offers: Offers) -> str:
    """The stages that had a hand in it, with the plugins that they come from."""
    if not isinstance(errand, Render):
        return ""
    steps = [*(step for part in errand.order.parts for step in part.steps), *errand.order.steps]
    names = dict.fromkeys(step.stage for step in steps)
    told = [f"{name} ({offers.origins['stage', name]})" for name in names]
    return f"; its stages: {', '.join(told)}"


def _other_files(old: Path, new: Path) -> Iterator[Finding]:
    before, now = _files(old), _files(new)
    for name in sorted({*before, *now}):
        if name not in now:
            yield _finding(name, "was not made again")
        elif name not in before:
            yield _finding(name, "was not published before")
        elif sha256_of(before[name]) != sha256_of(now[name]):
            yield _finding(name, _how(old, new) if name == _RECORD else "is another file now")


def _files(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def _how(old: Path, new: Path) -> str:
    found = builds.changes(builds.delivery(old), builds.delivery(new))
    return "; ".join(["is another now", *(f"{each.where}: {each.what}" for each in found)])


def _finding(where: str, message: str, hint: str = "") -> Finding:
    return Finding("not-reproduced", "error", where, message, hint, exit=Exit.UNPROVEN)
