"""What no single key can tell: all looks at a release that need no audio."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from ..model import Release
from . import crosscheck_codes, crosscheck_files, crosscheck_names, crosscheck_report, crosscheck_sound
from .page import Trouble

if TYPE_CHECKING:
    from ..plugins import Offers


_CD_SONGS = 99


def crosscheck(release: Release, offers: Offers, today: datetime.date) -> Iterator[Trouble]:
    """Everything that contradicts itself or other things, at the keys where it stands."""
    yield from chain(
        _counts(release),
        crosscheck_codes.release_codes(release, today),
        crosscheck_codes.song_codes(release),
        crosscheck_names.titles(release),
        crosscheck_names.references(release),
        crosscheck_names.deliverables(release),
        crosscheck_files.files(release, offers),
        crosscheck_files.credited(release),
        crosscheck_names.profiles(release, offers),
        crosscheck_names.songs_named(release),
        crosscheck_names.waivers(release),
        crosscheck_names.paths(release),
        crosscheck_report.looks(release),
        crosscheck_sound.numbers(release),
        crosscheck_sound.cuts(release),
        crosscheck_sound.joints(release),
        crosscheck_sound.repeats(release),
        crosscheck_sound.levels(release, offers),
    )


def _counts(release: Release) -> Iterator[Trouble]:
    if not release.songs:
        hint = 'add, for each: [[song]] title = "..." mixdown = "..."'
        yield Trouble(("song",), "no-songs", "no songs: a release needs at least one [[song]]", hint)
    if not release.deliverables:
        hint = "leave the key out for WAV, FLAC and MP3, or add a [[deliverable]]"
        yield Trouble(("deliverable",), "no-deliverables", "nothing to deliver", hint)
    crowded = [
        (disc, count) for disc, count in Counter(song.disc for song in release.songs).items() if count > _CD_SONGS
    ]
    for index, deliverable in enumerate(release.deliverables):
        for disc, count in crowded if deliverable.package == "cd" else ():
            message = f"disc {disc} has {count:,} songs, a CD holds {_CD_SONGS} (IEC 60908)"
            hint = "spread them over several discs: disc = 2 in a [[song]]"
            yield Trouble(("deliverable", index, "package"), "too-many-songs", message, hint)
