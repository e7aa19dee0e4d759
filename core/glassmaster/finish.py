"""Copies an encoded file to the staging folder, tags it there, and proves that tagging left the audio alone."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from .errands import Finish, Finished
from .errors import Exit, Refused, refuse
from .store import Store, sha256_of

_CHUNK = 1 << 20


def finish(errand: Finish, store: Store) -> Finished:
    """Do one `Finish` errand."""
    from . import plugins

    offers = plugins.load()
    target = errand.destination
    target.parent.mkdir(parents=True, exist_ok=True)
    _copied(store.path(errand.blob), target, errand)
    try:
        offers.hook.glassmaster_tag(path=target, tags=errand.tags, format=errand.format)
        tags = offers.hook.glassmaster_read_tags(path=target, format=errand.format) or {}
    except (Refused, OSError):
        raise
    except Exception as problem:  # a stranger's code
        message = f"tagging failed: {type(problem).__name__}: {problem}"
        raise refuse(Exit.STAGE, "tagging", errand.what, message, f"it was done by: {errand.tagger}") from problem
    if offers.formats[errand.format].payload_hash(target) != errand.payload_sha256:
        message = "tagging changed the audio"
        raise refuse(Exit.UNPROVEN, "tagging", errand.what, message, "report this with the tagging plugin's name")
    _flushed(target)
    return Finished(sha256_of(target), target.stat().st_size, dict(tags))


def _copied(source: Path, target: Path, errand: Finish) -> None:
    """Copy and check on the way that the store kept what it was given."""
    digest = hashlib.sha256()
    with suppress(FileNotFoundError), source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
    if digest.hexdigest() != errand.blob.sha256:
        source.unlink(missing_ok=True)
        message = f"the stored {errand.format} file is damaged and was removed"
        raise refuse(Exit.OUTPUT, "store-damaged", errand.what, message, "build again: it will be made anew")


def _flushed(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
