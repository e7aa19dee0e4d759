"""What deliverables say about their files, and what credits can say in tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import people, templates
from ..model import Deliverable, Release
from ..tagging.files import ID3
from .page import Trouble, plain, quoted
from .scan import Keys
from .words import nearest

if TYPE_CHECKING:
    from ..plugins import Offers

_TELLING = frozenset({"number", "title", "isrc"})


def files(release: Release, offers: Offers) -> Iterator[Trouble]:
    """Names that can be made, and keys that have something to work on."""
    for index, deliverable in enumerate(release.deliverables):
        keys = ("deliverable", index, "filename")
        try:
            used = templates.fields(deliverable.filename)
        except templates.BadTemplate as bad:
            hint = nearest(bad.field, templates.FIELDS) if bad.field else ""
            known = f"known: {', '.join(templates.FIELDS)}"
            message = f"filename {quoted(deliverable.filename)} cannot be used: {plain(str(bad))}"
            yield Trouble(keys, "bad-filename", message, hint or known)
        else:
            yield from _doubts(keys, deliverable, used, release, offers)
        if deliverable.id3 != "2.3" and deliverable.format not in ID3:
            message = f"{deliverable.format or 'a package'} files have no ID3 tags: nothing happens"
            yield Trouble(("deliverable", index, "id3"), "idle-key", message, "delete it", "warning", on_key=True)


def _doubts(
    keys: Keys, deliverable: Deliverable, used: frozenset[str], release: Release, offers: Offers
) -> Iterator[Trouble]:
    form = offers.formats.get(deliverable.format)
    without = [song.title for song in release.songs if not song.isrc]
    if not used & _TELLING:
        message = "gives all songs one name: they are told apart by -2, -3 ..."
        yield Trouble(keys, "doubtful-filename", message, "add {number} or {title}", "warning")
    elif form and deliverable.filename.lower().endswith(form.suffix):
        message = f"ends with {form.suffix}, which is added to every name anyway"
        yield Trouble(keys, "doubtful-filename", message, "leave it out", "warning")
    elif "isrc" in used and without:
        message = f"names files by an ISRC that {len(without)} songs do not have: {quoted(without[0])} ..."
        yield Trouble(keys, "doubtful-filename", message, "give each song its isrc", "warning")


def credited(release: Release) -> Iterator[Trouble]:
    """Credits have a role and a name that tags can hold."""
    owners = [(("release",), release.credits), *((("song", n), song.credits) for n, song in enumerate(release.songs))]
    for keys, each in owners:
        for place, key, message in people.faults(each):
            yield Trouble(
                (*keys, "credits", place, key), "bad-credit", message, 'write { role = "mixer", name = "..." }'
            )
