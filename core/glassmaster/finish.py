"""Copies an encoded file to the staging folder, tags it there, and proves that tagging left the audio alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from .errands import Finish, Finished
from .errors import Exit, Refused, disk_fault, refuse
from .model import Format
from .native import moved
from .store import Store, sha256_of

_CHUNK = 1 << 20


def finish(errand: Finish, store: Store) -> Finished:
    """Do one `Finish` errand: apart, and then in one step, for a pool may have two workers at the same errand."""
    with _apart(errand.destination) as target:
        done = _finished(errand, target, store)
        _flushed(target)
        moved(target, errand.destination)
        return done


@contextmanager
def _apart(destination: Path) -> Iterator[Path]:
    """The same name in a folder of its own beside the destination, which is removed."""
    folder = destination.parent / f".{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        yield folder / destination.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _finished(errand: Finish, target: Path, store: Store) -> Finished:
    from . import plugins

    offers = plugins.load()
    source = store.path(errand.blob)
    _copied(source, target, errand, fresh=errand.blob.sha256 in store.fresh)
    try:
        offers.hook.glassmaster_tag(path=target, tags=errand.tags, format=errand.format)
        if errand.stamp and (stamp := offers.formats[errand.format].stamp):
            stamp(target, errand.stamp)
        tags = offers.hook.glassmaster_read_tags(path=target, format=errand.format) or {}
    except (Refused, OSError):
        raise
    except Exception as problem:  # a stranger's code
        if disk := disk_fault(problem):
            raise disk from problem
        message = f"tagging failed: {type(problem).__name__}: {problem}"
        raise refuse(Exit.STAGE, "tagging", errand.what, message, f"it was done by: {errand.tagger}") from problem
    sha256 = _hash_if_untouched(offers.formats[errand.format], source, target, errand)
    if sha256 is None:
        message = "tagging changed the audio"
        raise refuse(Exit.UNPROVEN, "tagging", errand.what, message, "report this with the tagging plugin's name")
    return Finished(sha256, target.stat().st_size, dict(tags))


def _copied(source: Path, target: Path, errand: Finish, *, fresh: bool) -> None:
    """Copy and check on the way that the store kept what it was given, unless this very build gave it."""
    found = ""
    with suppress(FileNotFoundError):
        found = errand.blob.sha256 if fresh and shutil.copyfile(source, target) else _hashed(source, target)
    if found != errand.blob.sha256:
        source.unlink(missing_ok=True)
        message = f"the stored {errand.format} file is damaged and was removed"
        raise refuse(Exit.OUTPUT, "store-damaged", errand.what, message, "build again: it will be made anew")


def _hashed(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
    return digest.hexdigest()


def _hash_if_untouched(offer: Format, source: Path, target: Path, errand: Finish) -> str | None:
    """SHA-256 of the tagged file where it holds the very sound of the untagged one, else None.

    Told without decoding where that can be, and then in one reading.
    """
    if offer.span is None:
        return sha256_of(target) if offer.payload_hash(target) == errand.payload_sha256 else None
    try:
        facts = [(each.rate, each.channels, each.frames) for each in map(offer.decode, (source, target))]
        spans = offer.span(source), offer.span(target)
    except (Refused, ValueError):  # what a tagger left is no file of this format any more
        return None
    return _hash_if_same(source, spans[0], target, spans[1]) if facts[0] == facts[1] else None


def _hash_if_same(one: Path, span: tuple[int, int], other: Path, other_span: tuple[int, int]) -> str | None:
    """SHA-256 of the whole of `other` where its span holds the bytes of the first one's, else None."""
    if span[1] - span[0] != other_span[1] - other_span[0]:
        return None
    digest = hashlib.sha256()
    with one.open("rb") as reading, other.open("rb") as beside:
        for chunk in _chunks(beside, other_span[0]):
            digest.update(chunk)
        reading.seek(span[0])
        for chunk in _chunks(beside, other_span[1] - other_span[0]):
            if chunk != reading.read(len(chunk)):
                return None
            digest.update(chunk)
        if beside.tell() != other_span[1]:
            return None
        for chunk in _chunks(beside, other.stat().st_size):
            digest.update(chunk)
    return digest.hexdigest()


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The next `size` bytes, or as many as there are."""
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        size -= len(chunk)
        yield chunk


def _flushed(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
