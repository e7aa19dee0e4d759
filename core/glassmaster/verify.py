"""Proves a delivery again, with nothing but its folder: checksums, full decodes, lengths, loudness, peaks, tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import delivery, evidence, statement
from .delivery import RECORD, SUMS, Listing, Record
from .errands import Failure, Prove, Proved
from .errors import Exit
from .model import Finding
from .plugins import Offers
from .records import MOST_BYTES, read_bytes
from .store import sha256_of
from .work import Crew

_README = "README.txt"
_MOST_EXTRAS = 100
"""Strangers' files told one by one."""
_WHOSE = "remove it, or ask who put it there"


@dataclass(frozen=True)
class Verified:
    """What came of a folder."""

    findings: tuple[Finding, ...]
    """Nothing is the proof."""
    files: tuple[tuple[Prove, Proved | Failure], ...]
    """Each delivered file, in the record's order."""


def verify(folder: Path, offers: Offers, crew: Crew) -> Verified:
    """Prove a delivered folder. Raises `Refused` (exit 8) where it is none."""
    record, there = delivery.read(folder), delivery.listing(folder)
    errands = [_errand(each, there) for each in record.files]
    findings = [*_sums(folder, record, there), *_stated(folder, record)]
    findings += [*_spelling(errands, there), *_strangers(folder, record, there)]
    results: Sequence[Proved | Failure] = crew.run(errands)
    files = tuple(zip(errands, results, strict=True))
    for errand, result in files:
        findings += [replace(each, where=errand.what, exit=Exit.UNPROVEN) for each in result.findings]
    alone = [(errand.recorded, made) for errand, made in files if isinstance(made, Proved) and not made.findings]
    return Verified((*findings, *evidence.look(record, alone, offers)), files)


def _errand(recorded: Mapping[str, Any], there: Listing) -> Prove:
    path = recorded["path"]
    measured = recorded["measured"]
    return Prove(
        what=path,
        seconds=min(measured["frames"] / measured["rate_hz"], 1e6),
        path=there.find(path)[0] or Path(),
        format=recorded["format"],
        recorded=recorded,
    )


def _spelling(errands: Iterable[Prove], there: Listing) -> Iterator[Finding]:
    for errand in errands:
        if spelt := there.find(errand.what)[1]:
            yield wrong(errand.what, "renamed", f"it stands here as {spelt}: capitals changed on the way")


def _strangers(folder: Path, record: Record, there: Listing) -> Iterator[Finding]:
    """Files that nobody delivered."""
    known = [RECORD, SUMS, _README, statement.NAME, *(each["path"] for each in record.files)]
    known += delivery.sums(folder) or ()
    found = delivery.extras(there, [*known, *([record.artwork["path"]] if record.artwork else [])])
    for path in found[:_MOST_EXTRAS]:
        yield wrong(path, "extra", "the file is no part of the delivery", _WHOSE)
    if more := len(found[_MOST_EXTRAS:]):
        yield wrong(str(folder), "extra", f"{more} more files are no part of the delivery", _WHOSE)


def _sums(folder: Path, record: Record, there: Listing) -> Iterator[Finding]:
    """SHA256SUMS must name every file and agree with release.json; the songs themselves are hashed by the errands."""
    sums = delivery.sums(folder)
    if sums is None:
        yield wrong(SUMS, "checksums", "is missing or damaged")
        return
    wanted = {each["path"]: each["sha256"] for each in record.files}
    wanted[RECORD] = sha256_of(folder / RECORD)
    beside = {record.artwork["path"]: record.artwork["sha256"]} if record.artwork else {}
    beside |= {name: sums[name] for name in (_README, statement.NAME) if name in sums}
    for path in sorted({*wanted, *beside, *sums}):
        if {**wanted, **beside}.get(path) != sums.get(path):
            yield wrong(path, "checksums", "SHA256SUMS and release.json do not agree about it")
    for path, told in beside.items():
        found = there.find(path)[0]
        if found is None or not found.is_file():
            yield wrong(path, "missing", "the file is missing")
        elif found.stat().st_size > MOST_BYTES or sha256_of(found) != told:
            yield wrong(path, "checksum", "the file is not the one that was delivered (SHA-256 differs)")


def _stated(folder: Path, record: Record) -> Iterator[Finding]:
    """provenance.json, where there is one, speaks of these very files."""
    path = folder / statement.NAME
    if not path.is_file():
        return
    wanted = {each["path"]: each["sha256"] for each in record.files}
    wanted |= {record.artwork["path"]: record.artwork["sha256"]} if record.artwork else {}
    try:
        told = statement.subjects(read_bytes(path))
    except (OSError, ValueError, LookupError, TypeError):
        yield wrong(statement.NAME, "record-damaged", "is damaged")
        return
    if told != {**wanted, RECORD: sha256_of(folder / RECORD)}:
        yield wrong(statement.NAME, "contradiction", "speaks of other files than release.json")


def wrong(where: str, code: str, message: str, hint: str = "get the delivery again, or build it anew") -> Finding:
    """A finding that leaves the delivery unproven."""
    return Finding(code, "error", where, message, hint, exit=Exit.UNPROVEN)
