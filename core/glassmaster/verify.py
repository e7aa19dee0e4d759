"""Proves a delivery again, with nothing but its folder: checksums, full decodes, lengths, loudness, peaks, tags."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .errands import Failure, Prove, Proved
from .errors import Exit, refuse
from .model import Finding, Format, Json
from .plugins import Offers
from .record import figures
from .store import Store, sha256_of
from .work import Crew

_LOUDNESS_TOLERANCE = 0.05  # another machine's arithmetic may differ in the last digits, a damaged file by more
_EXACT = ("frames", "rate_hz", "channels")
_COMPARED = ("integrated_lufs", "true_peak_dbtp", "max_short_term_lufs")


def verify(folder: Path, crew: Crew) -> tuple[Finding, ...]:
    """What is wrong with a delivered folder; nothing is the proof. Raises `Refused` (exit 8) where it is none."""
    errands = _errands(folder)
    findings = [*_sums(folder, errands)]
    results: list[Proved | Failure] = crew.run(errands)
    for errand, result in zip(errands, results, strict=True):
        findings += [replace(each, where=errand.what, exit=Exit.UNPROVEN) for each in result.findings]
    return tuple(findings)


def _errands(folder: Path) -> list[Prove]:
    """One for each file that release.json names."""
    path = folder / "release.json"
    try:
        document = json.loads(path.read_bytes(), parse_constant=_no_number)
        errands = [_errand(folder, each) for each in document["deliverables"]]
        outside = [each.what for each in errands if not each.path.resolve().is_relative_to(folder.resolve())]
    except OSError:
        raise refuse(Exit.UNPROVEN, "no-record", path, "is missing, so nothing here can be proven", _WHICH) from None
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        raise refuse(Exit.UNPROVEN, "record-damaged", path, "is damaged", "get the delivery again") from None
    if outside:
        message = f"names a file outside the folder: {outside[0]}"
        raise refuse(Exit.UNPROVEN, "record-damaged", path, message, _FORGED)
    return errands


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_WHICH = "name the folder that `glassmaster build` published (dist/ by default)"
_FORGED = "do not trust this delivery"


def _errand(folder: Path, recorded: Mapping[str, Any]) -> Prove:
    measured = recorded["measured"]
    missing = {*_COMPARED, *_EXACT} - {*measured} or {"sha256", "payload_sha256", "tags"} - {*recorded}
    if missing or not isinstance(recorded["tags"], Mapping):
        raise LookupError("release.json")
    return Prove(
        what=recorded["path"],
        seconds=measured["frames"] / measured["rate_hz"],
        path=folder / recorded["path"],
        format=recorded["format"],
        recorded=recorded,
    )


def _sums(folder: Path, errands: Iterable[Prove]) -> Iterable[Finding]:
    """SHA256SUMS must name every file and agree with release.json; the files themselves are hashed by the errands."""
    try:
        lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
        sums = {path: told for told, path in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError):
        yield _wrong("SHA256SUMS", "checksums", "is missing or damaged")
        return
    wanted = {each.what: each.recorded["sha256"] for each in errands}
    wanted["release.json"] = sha256_of(folder / "release.json")
    for path in sorted({*wanted, *sums}):
        if wanted.get(path) != sums.get(path):
            yield _wrong(path, "checksums", "SHA256SUMS and release.json do not agree about it")


def _wrong(where: str, code: str, message: str) -> Finding:
    return Finding(code, "error", where, message, "get the delivery again, or build it anew", exit=Exit.UNPROVEN)


def prove(errand: Prove, store: Store) -> Proved:
    """Do one `Prove` errand."""
    from . import plugins

    offers = plugins.load()
    if not errand.path.is_file():
        return Proved((_wrong(errand.what, "missing", "the file is missing"),))
    found = []
    if sha256_of(errand.path) != errand.recorded["sha256"]:
        found.append(_wrong(errand.what, "checksum", "the file is not the one that was delivered (SHA-256 differs)"))
    if errand.format not in offers.formats:
        message = f"no plugin here reads {errand.format} files"
        return Proved((*found, _wrong(errand.what, "unreadable", message)))
    return Proved((*found, *_heard(errand, offers.formats[errand.format]), *_tags(errand, offers)))


def _heard(errand: Prove, offer: Format) -> Iterable[Finding]:
    from .loudness import measure

    try:
        payload, now = offer.payload_hash(errand.path), figures(measure(offer.decode(errand.path)))
    except Exception as problem:  # whatever a codec says of a damaged file
        yield _wrong(errand.what, "unreadable", f"it cannot be decoded to its end: {problem}")
        return
    if payload != errand.recorded["payload_sha256"]:
        yield _wrong(errand.what, "payload", "the audio inside is not what was delivered")
    then = errand.recorded["measured"]
    for name in _EXACT:
        if now[name] != then[name]:
            yield _wrong(errand.what, "length", f"{name} is {now[name]}, delivered was {then[name]}")
    for name in _COMPARED:
        if not _same(now[name], then[name]):
            yield _wrong(errand.what, "loudness", f"{name} is {now[name]}, delivered was {then[name]}")


def _same(now: Json, then: Json) -> bool:
    if now is None or then is None:
        return now is then
    return abs(float(now) - float(then)) <= _LOUDNESS_TOLERANCE


def _tags(errand: Prove, offers: Offers) -> Iterable[Finding]:
    try:
        now = dict(offers.hook.glassmaster_read_tags(path=errand.path, format=errand.format) or {})
    except Exception as problem:  # whatever a tag reader says of a damaged file
        yield _wrong(errand.what, "tags", f"its tags cannot be read: {problem}")
        return
    then = errand.recorded["tags"]
    for name in sorted({*now, *then}):
        if now.get(name) != then.get(name):
            yield _wrong(errand.what, "tags", f"{name} is {now.get(name)!r}, delivered was {then.get(name)!r}")
