"""Every mixdown and reference heard once; kept by the hash of what is in the file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .cuts import cut_for
from .destinations import fault
from .engine import engine
from .errands import Failure, Fingerprint, Hear
from .errors import Exit, Refused
from .model import Album, Cut, Finding, Heard, Profile, Release
from .phrases import where
from .plugins import Offers
from .store import Store
from .work import Crew


def measure(release: Release, offers: Offers, crew: Crew) -> Album:
    """Hear all mixdowns and references. What cannot be heard becomes a finding; the others are heard all the same."""
    mixdowns = [(where(song), song.mixdown, song.allow_lossy) for song in release.songs]
    references = [(f"reference {each.name}", each.file, True) for each in release.references]
    heard = hear(mixdowns, offers, crew) + hear(references, offers, crew, reference=True)
    songs, records = heard[: len(mixdowns)], heard[len(mixdowns) :]
    findings = [*_about_songs(songs), *_about_references(records)]
    cuts = tuple(_cuts(release, songs, findings))
    profiles = dict(_profiles(offers, findings))
    return Album(
        release,
        mixdowns=tuple(each if isinstance(each, Heard) else None for each in songs),
        cuts=cuts,
        references={
            reference.name: each
            for reference, each in zip(release.references, records, strict=True)
            if isinstance(each, Heard)
        },
        findings=tuple(findings),
        profiles=profiles,
    )


def hear(
    files: Sequence[tuple[str, Path, bool]], offers: Offers, crew: Crew, *, reference: bool = False
) -> list[Heard | Failure]:
    """Measure files, each (what to call it, path, whether lossy will do); several names may share a file."""
    prints = crew.run([_fingerprint(what, path) for what, path, _ in files])
    known = [
        Hear(
            what=what,
            seconds=_weight(path),
            path=path,
            sha256=found,
            allow_lossy=lossy,
            reference=reference,
            meters=versions(offers.meters, offers),
            engine=engine(),
        )
        for (what, path, lossy), found in zip(files, prints, strict=True)
        if not isinstance(found, Failure)
    ]
    results = iter(crew.run(known))
    return [
        found if isinstance(found, Failure) else _at(next(results), path)
        for (_, path, _), found in zip(files, prints, strict=True)
    ]


def _at(heard: Any, path: Path) -> Any:
    """A kept measurement may have been made when the file lay elsewhere."""
    if not isinstance(heard, Heard) or heard.source.path == path:
        return heard
    before = str(heard.source.path)
    found = tuple(replace(each, where=str(path)) if each.where == before else each for each in heard.findings)
    return replace(heard, source=replace(heard.source, path=path), findings=found)


def _fingerprint(what: str, path: Path) -> Fingerprint:
    try:
        found = path.stat()
    except OSError:  # the worker says what is wrong with it
        return Fingerprint(what, 0.0, path, -1, (0, 0, 0))
    return Fingerprint(what, 0.0, path, found.st_size, (found.st_ino, found.st_mtime_ns, found.st_ctime_ns))


def _weight(path: Path) -> float:
    try:
        return path.stat().st_size / 288_000  # a second of 24-bit stereo at 48 kHz: only for progress and order
    except OSError:
        return 0.0


def versions(meters: Iterable[str], offers: Offers) -> tuple[tuple[str, int], ...]:
    """What a key tells of the meters that listen, by name: whose they are, where not ours, and their versions."""
    return tuple(
        (f"{name}{offers.origins['meter', name].edition}", offers.meters[name].version) for name in sorted(meters)
    )


def fingerprint(errand: Fingerprint, store: Store) -> str:
    """Do one `Fingerprint` errand: SHA-256 of a regular file."""
    from .sources import fingerprint

    return fingerprint(errand.path)


def hear_one(errand: Hear, store: Store) -> Heard:
    """Do one `Hear` errand: find out what the file is, then measure it in one pass."""
    from . import plugins
    from .loudness import measure
    from .sources import guarded, open_source, probe

    source, findings = probe(
        errand.path, sha256=errand.sha256, allow_lossy=errand.allow_lossy, surround=errand.reference
    )
    meters = [meter for _, meter in sorted(plugins.load().meters.items())]
    return Heard(source, measure(guarded(open_source(source), errand.what), meters), findings)


def unchanged(before: Iterable[tuple[str, Path, str]], crew: Crew) -> tuple[Finding, ...]:
    """Findings (exit 6) for sources (what to call it, path, SHA-256 when heard) that are no longer the same."""
    files = list(before)
    prints = crew.run([_fingerprint(what, path) for what, path, _ in files])
    return tuple(
        Finding(
            "source-changed",
            "error",
            os.fspath(path),
            f"{what} changed while the release was being built",
            "build again: what does not depend on it is kept",
            exit=Exit.CHANGED,
        )
        for (what, path, sha256), now in zip(files, prints, strict=True)
        if now != sha256
    )


def _about_songs(songs: Iterable[Heard | Failure]) -> Iterable[Finding]:
    for number, each in enumerate(songs):
        exit_code = each.exit if isinstance(each, Failure) else None
        for finding in each.findings:
            yield replace(finding, song=number, exit=exit_code if finding.severity == "error" else None)


def _about_references(records: Iterable[Heard | Failure]) -> Iterable[Finding]:
    """A reference that cannot be used costs the comparison, not the release."""
    for each in records:
        for finding in each.findings:
            yield replace(finding, severity="warning" if finding.severity == "error" else finding.severity)


def _profiles(offers: Offers, findings: list[Finding]) -> Iterable[tuple[str, Profile]]:
    for name, profile in offers.profiles.items():
        if wrong := fault(profile):
            place = f'profile "{name}" of {offers.origins["profile", name]}'
            hint = "update the plugin or report it to its author"
            findings.append(Finding("profile-broken", "warning", place, f"is left out: {wrong}", hint))
        else:
            yield name, profile


def _cuts(release: Release, songs: Sequence[Heard | Failure], findings: list[Finding]) -> Iterable[Cut | None]:
    following = [*(song.joined for song in release.songs[1:]), False]
    for number, (song, heard, runs_on) in enumerate(zip(release.songs, songs, following, strict=True)):
        if isinstance(heard, Failure):
            yield None
            continue
        try:
            touched = bool(release.treatment)
            yield cut_for(song, heard, joined_before=song.joined, joined_after=runs_on, touched=touched)
        except Refused as refusal:
            findings += [replace(each, song=number, exit=int(refusal.exit)) for each in refusal.findings]
            yield None
