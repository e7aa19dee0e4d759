"""Findings in the order in which a person deals with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glassmaster.model import REMEDIES, Finding, Outcome

from .sequence import Place
from .words import clock, counted, listed

_GROUPS = (
    ("error", "Errors", "To be put right before this release goes out."),
    ("warning", "Warnings", "To be looked at; they may be meant so."),
    ("note", "Notes", "Good to know."),
)


@dataclass(frozen=True)
class Item:
    """One finding as it is shown."""

    code: str
    severity: str
    where: str
    at: str
    message: str
    hint: str
    href: str
    """The song's place in the page, or empty."""
    waived: str
    reasons: str
    """Whose turn it is, what most likely brought it about, how sure that is."""


@dataclass(frozen=True)
class Group:
    severity: str
    """error, warning, note or waived."""
    title: str
    about: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Verdict:
    ready: bool
    word: str
    why: str


def verdict(outcome: Outcome) -> Verdict:
    """The verdict with what it rests on."""
    open_ones = [each for each in outcome.findings if not each.waived]
    counts = {severity: sum(each.severity == severity for each in open_ones) for severity, *_ in _GROUPS}
    counts["waived finding"] = len(outcome.findings) - len(open_ones)
    told = {name: counted(count, name) for name, count in counts.items() if count}
    ready = outcome.verdict == "ready"
    blocking = () if ready else ("error",) if outcome.album.release.qc.fail_on == "error" else ("error", "warning")
    first = [text for name, text in told.items() if name in blocking]
    rest = [text for name, text in told.items() if name not in blocking]
    said = [f"{listed(first)} to put right first"] if first else []
    said += [f"{'besides, ' if first else ''}{listed(rest)}"] if rest else []
    return Verdict(ready, "Ready" if ready else "Not ready", "; ".join(said) or "Nothing was found.")


def groups(findings: Sequence[Finding], places: Sequence[Place]) -> tuple[Group, ...]:
    """Open findings by severity, errors first, then the waived ones; in running order within each."""
    shown = sorted(findings, key=lambda each: (-1 if each.song is None else each.song, each.at or 0.0))
    by_severity = [
        Group(severity, title, about, _items([f for f in shown if f.severity == severity and not f.waived], places))
        for severity, title, about in _GROUPS
    ]
    waived = Group("waived", "Waived", "Accepted, with a reason.", _items([f for f in shown if f.waived], places))
    return tuple(group for group in (*by_severity, waived) if group.items)


def of_song(findings: Sequence[Finding], place: Place) -> tuple[Item, ...]:
    """What was found about one song, in time order."""
    own = [each for each in findings if each.song == place.song]
    return _items(sorted(own, key=lambda each: each.at or 0.0), (place,))


def _items(findings: Sequence[Finding], places: Sequence[Place]) -> tuple[Item, ...]:
    known = {place.song for place in places}
    return tuple(_item(each, known) for each in findings)


def _item(finding: Finding, known: set[int]) -> Item:
    here = finding.song is not None and finding.song in known
    return Item(
        code=finding.code,
        severity=finding.severity,
        where=finding.where,
        at="" if finding.at is None else clock(finding.at),
        message=finding.message,
        hint=finding.hint,
        href=f"#song-{finding.song + 1}" if here and finding.song is not None else "",
        waived=finding.waived,
        reasons=_reasons(finding),
    )


def _reasons(finding: Finding) -> str:
    told = [REMEDIES[finding.remedy]] if finding.remedy else []
    told += [f"most likely {finding.cause}"] if finding.cause else []
    told += [f"{finding.confidence:.0%} sure"] if finding.confidence is not None else []
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
