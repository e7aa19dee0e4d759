"""`provenance.json`: who made what of what, as a statement that supply-chain tools read.

The form is in-toto's Statement v1 (https://in-toto.io/Statement/v1) with the predicate SLSA Provenance v1
(https://slsa.dev/spec/v1.0/provenance). It has no time and no invocation: the same inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import PurePath
from typing import Any

from .decisions import asked, places
from .figures import rounded
from .home import path_at_home
from .model import Deliverable, Json, Outcome

NAME = "provenance.json"
STATEMENT, PREDICATE = "https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1"
_BUILD = "urn:glassmaster:release:1"
_BUILDER = "urn:glassmaster"
_ENVIRONMENT = ("engine", "python", "system")
_PYPI = ("mutagen", "numpy", "soundfile", "soxr")


def statement(outcome: Outcome, record: bytes) -> bytes:
    """The statement about everything that is published, `record` (release.json) included."""
    document = {
        "_type": STATEMENT,
        "subject": [*_subjects(outcome, record)],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD,
                "externalParameters": _asked_for(outcome),
                "internalParameters": {name: outcome.provenance.get(name, "") for name in _ENVIRONMENT},
                "resolvedDependencies": [*_sources(outcome), *_software(outcome)],
            },
            "runDetails": {"builder": {"id": _BUILDER, "version": _only(outcome, ("glassmaster",))}},
        },
    }
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace")


def subjects(text: bytes) -> dict[str, str]:
    """What a statement speaks of: SHA-256 by path. Raises ValueError, LookupError, TypeError for what is none."""
    document = json.loads(text)
    if (document["_type"], document["predicateType"]) != (STATEMENT, PREDICATE):
        raise ValueError("another kind of statement")
    return {str(each["name"]): str(each["digest"]["sha256"]) for each in document["subject"]}


def _subjects(outcome: Outcome, record: bytes) -> Iterator[Json]:
    for product in outcome.products:
        yield _hashed(product.path, product.sha256)
    if outcome.artwork:
        yield _hashed(outcome.artwork.path, outcome.artwork.sha256)
    yield _hashed("release.json", hashlib.sha256(record).hexdigest())


def _asked_for(outcome: Outcome) -> dict[str, Json]:
    """All that the manifest asks for and that decides the sound."""
    release = outcome.album.release
    songs = [
        {
            "disc": song.disc,
            "number": song.number,
            "title": song.title,
            "status": song.status,
            "masters": {name: asked(*found) for name, found in places(outcome, index).items()},
        }
        for index, song in enumerate(release.songs)
    ]
    deliverables = [_settings(each) for each in release.deliverables]
    head = {"title": release.title, "artist": release.artist, "revision": release.revision}
    return {**head, "songs": songs, "deliverables": deliverables}


def _settings(value: Deliverable | Any) -> Json:
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: _settings(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple | list):
        return [_settings(each) for each in value]
    if isinstance(value, PurePath):
        return value.name
    return rounded(value) if value is None or isinstance(value, str | int | float) else str(value)


def _sources(outcome: Outcome) -> Iterator[Json]:
    release, album = outcome.album.release, outcome.album
    heard = [(f"mixdown {n}", each) for n, each in zip((s.number for s in release.songs), album.mixdowns, strict=True)]
    records = [(f"reference {name}", each) for name, each in album.references.items()]
    for name, each in (*heard, *records):
        if each is not None:
            yield {"uri": path_at_home(each.source.path, release), **_hashed(name, each.source.sha256)}


def _software(outcome: Outcome) -> Iterator[Json]:
    for name, version in outcome.provenance.items():
        if name in _PYPI:
            yield {"name": name, "uri": f"pkg:pypi/{name}@{version}"}
        elif name.startswith("plugin ./"):
            yield _hashed(name, version.removeprefix("sha256 "))
        elif name.startswith(("encoder ", "plugin ")):
            yield {"name": name, "annotations": {"version": version}}


def _only(outcome: Outcome, names: Iterable[str]) -> dict[str, str]:
    return {name: outcome.provenance[name] for name in names if name in outcome.provenance}


def _hashed(name: str, sha256: str) -> dict[str, Json]:
    return {"name": name, "digest": {"sha256": sha256}}
