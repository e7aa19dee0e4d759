"""From the manifest's tables to the nouns of `glassmaster.model`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model import Deliverable, Qc, Reference, Release, Reporting, Song
from .chain import Written, adjusts, elsewhere, offered, settings_of, steps
from .checked import MOST_UNKNOWN, Table, checked, keys_of
from .crosscheck_names import plugin_paths
from .kinds import Noun
from .page import Trouble
from .rows import Rows, rows_of, table_of
from .scan import Keys
from .times import TIMES, seconds
from .words import unknown

if TYPE_CHECKING:
    from ..plugins import Offers

TOP = ("release", "song", "reference", "treatment", "deliverable", "qc", "report", "plugins")
"""What may stand at the top of a manifest."""
HIDDEN: Mapping[type[Any], frozenset[str]] = {
    Release: frozenset(
        {"songs", "references", "treatment", "deliverables", "qc", "report", "manifest", "manifest_sha256"}
    ),
    Song: frozenset({"adjust"}),
    Deliverable: frozenset({"adjust", "settings"}),
}
"""Fields of the nouns that are not written as keys of the same name."""
TREATMENT: tuple[Mapping[str, Any], ...] = ({"stage": "level"}, {"stage": "limit"})
"""The treatment of a manifest that names none."""
DELIVERABLES: tuple[Mapping[str, Any], ...] = (
    {"name": "wav", "format": "wav", "bits": 24},
    {"name": "flac", "format": "flac"},
    {"name": "mp3", "format": "mp3", "bitrate": 320},
)
"""The deliverables of a manifest that names none."""

_START = "`glassmaster init FOLDER` writes a manifest from a folder of mixdowns"
_FIRST = "belongs to the top of the file, above the first [table]"


def shaped(data: Mapping[str, Any], offers: Offers, manifest: Path) -> tuple[Release, list[Trouble]]:
    """The release as written - paths and defaults that depend on others still to be settled - and all that is wrong."""
    troubles = [_unknown_table(key) for key in islice((key for key in data if key not in TOP), MOST_UNKNOWN)]
    release = _release(data, troubles)
    treatment = steps(rows_of(data, "treatment", troubles, TREATMENT), offers, troubles)
    deliverables = rows_of(data, "deliverable", troubles, DELIVERABLES)
    shaped = replace(
        release,
        songs=_songs(rows_of(data, "song", troubles), release, treatment, offers, troubles),
        references=_nouns(Reference, _tables(rows_of(data, "reference", troubles)), troubles),
        treatment=tuple(each.step for each in treatment),
        deliverables=tuple(_deliverable(keys, row, treatment, offers, troubles) for keys, row in deliverables),
        qc=_nouns(Qc, [Table(("qc",), table_of(data, "qc", troubles))], troubles)[0],
        report=_nouns(Reporting, [Table(("report",), table_of(data, "report", troubles))], troubles)[0],
        manifest=manifest,
    )
    return shaped, troubles


def _release(data: Mapping[str, Any], troubles: list[Trouble]) -> Release:
    row = dict(table_of(data, "release", troubles))
    if "release" not in data:
        troubles.append(
            Trouble((), "missing-key", "[release] is missing: who made this, and what is it called?", _START)
        )
        row = {"title": "", "artist": ""}
    elsewhere = dict.fromkeys(TOP, _FIRST) | {"songs": "write one [[song]] for each"}
    elsewhere |= dict.fromkeys(keys_of(Song), "belongs under a [[song]]")
    table = Table(("release",), row, elsewhere=elsewhere)
    release: Release = _nouns(Release, [table], troubles)[0]
    top = _plugins(data, troubles)
    troubles += [*plugin_paths(("plugins",), top), *plugin_paths(("release", "plugins"), release.plugins)]
    return replace(release, plugins=(*top, *release.plugins))


def _plugins(data: Mapping[str, Any], troubles: list[Trouble]) -> tuple[str, ...]:
    """Those named at the top of the file, where no table is around them."""
    row = {"title": "", "artist": "", "plugins": data.get("plugins", [])}
    plugins: tuple[str, ...] = _nouns(Release, [Table((), row)], troubles)[0].plugins
    return plugins


def _songs(
    rows: Rows, release: Release, treatment: Sequence[Written], offers: Offers, troubles: list[Trouble]
) -> tuple[Song, ...]:
    songs = _nouns(Song, _tables([(keys, _timed(row)) for keys, row in rows], frozenset({"adjust"})), troubles)
    return tuple(
        replace(
            song,
            adjust=adjusts((*keys, "adjust"), row.get("adjust", {}), treatment, offers, troubles),
            title=release.title if release.type == "single" and "title" not in row else song.title,
        )
        for song, (keys, row) in zip(songs, rows, strict=True)
    )


def _deliverable(
    keys: Keys, row: Mapping[str, Any], treatment: Sequence[Written], offers: Offers, troubles: list[Trouble]
) -> Deliverable:
    """Its own keys and those of its format stand side by side in the table."""
    packed = "package" in row and "format" not in row
    form = None if packed else offered(row, "format", keys, offers.formats, offers.broken, troubles)
    classes = {name: each.settings for name, each in offers.formats.items()}
    # the keys of an unknown format cannot be judged: any format's will do
    theirs = set(keys_of(form.settings)) if form else {key for noun in classes.values() for key in keys_of(noun)}
    theirs -= set(keys_of(Deliverable))
    common = {key: value for key, value in row.items() if key not in theirs and key != "adjust"}
    table = Table(keys, common, frozenset(theirs | {"adjust"}), elsewhere("format", classes))
    deliverable: Deliverable = _nouns(Deliverable, [table], troubles)[0]
    own = {key: value for key, value in row.items() if key in theirs}
    return replace(
        deliverable,
        settings=settings_of(form.settings, Table(keys, own), troubles)[0] if form else None,
        adjust=adjusts((*keys, "adjust"), row.get("adjust", {}), treatment, offers, troubles),
    )


def _nouns(noun: Noun, tables: Sequence[Table], troubles: list[Trouble]) -> tuple[Any, ...]:
    nouns, found = checked(noun, tables, HIDDEN.get(noun, frozenset()))
    troubles += found
    return tuple(nouns)


def _tables(rows: Rows, also: frozenset[str] = frozenset()) -> list[Table]:
    return [Table(keys, {key: value for key, value in row.items() if key not in also}, also) for keys, row in rows]


def _timed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """With times as seconds; what is no time stays, and is refused as no number."""
    if not any(isinstance(row.get(key), str) for key in TIMES):
        return row
    times = {key: seconds(value) for key in TIMES if isinstance(value := row.get(key), str)}
    return {**row, **{key: time for key, time in times.items() if time is not None}}


def _unknown_table(key: str) -> Trouble:
    elsewhere = dict.fromkeys(keys_of(Release, HIDDEN[Release]), "belongs under [release]")
    elsewhere |= {name: "belongs under a [[song]]" for name in keys_of(Song) if name not in elsewhere}
    if key in elsewhere:
        return unknown((key,), (), elsewhere)
    return unknown((key,), TOP, {})
