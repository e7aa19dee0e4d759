"""Findings in the order in which a person deals with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from glassmaster.model import REMEDIES, Finding, Outcome

from .sequence import Place
from .words import clock, counted, listed

_GROUPS = (
    ("error", "Errors", "To be put right before this release goes out."),
    ("warning", "Warnings", "To be looked at; they may be meant so."),
    ("note", "Notes", "Good to know."),
)


@dataclass(frozen=True)
class Spot:
    """Where something was found, and what."""

    where: str
    at: str
    message: str
    href: str
    """The song's place in the page, or empty."""


@dataclass(frozen=True)
class Item:
    """What is to be done about one or several findings of a kind."""

    code: str
    severity: str
    spots: tuple[Spot, ...]
    hint: str
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

    @property
    def count(self) -> int:
        """Findings, however many things there are to be done."""
        return sum(len(item.spots) for item in self.items)


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
        Group(severity, title, about, _together([f for f in shown if f.severity == severity and not f.waived], places))
        for severity, title, about in _GROUPS
    ]
    waived = Group("waived", "Waived", "Accepted, with a reason.", _together([f for f in shown if f.waived], places))
    return tuple(group for group in (*by_severity, waived) if group.items)


def of_song(findings: Sequence[Finding], place: Place) -> tuple[Item, ...]:
    """What was found about one song, in time order."""
    own = [each for each in findings if each.song == place.song]
    return _items(sorted(own, key=lambda each: each.at or 0.0), (place,))


def _items(findings: Sequence[Finding], places: Sequence[Place]) -> tuple[Item, ...]:
    """One item for each finding."""
    known = {place.song for place in places}
    return tuple(_item(each, (_spot(each, known),)) for each in findings)


def _together(findings: Sequence[Finding], places: Sequence[Place]) -> tuple[Item, ...]:
    """What asks for the same to be done is said once, with every place where it was found."""
    known = {place.song for place in places}
    alike: dict[Item, list[Spot]] = {}
    for each in findings:
        alike.setdefault(_item(each, ()), []).append(_spot(each, known))
    return tuple(replace(item, spots=tuple(spots)) for item, spots in alike.items())


def _item(finding: Finding, spots: tuple[Spot, ...]) -> Item:
    return Item(finding.code, finding.severity, spots, finding.hint, finding.waived, _reasons(finding))


def _spot(finding: Finding, known: set[int]) -> Spot:
    here = finding.song is not None and finding.song in known
    return Spot(
        where=finding.where,
        at="" if finding.at is None else clock(finding.at),
        message=finding.message,
        href=f"#song-{finding.song + 1}" if here and finding.song is not None else "",
    )


def _reasons(finding: Finding) -> str:
    told = [REMEDIES[finding.remedy]] if finding.remedy else []
    told += [f"most likely {finding.cause}"] if finding.cause else []
    told += [f"{finding.confidence:.0%} sure"] if finding.confidence is not None else []
    text = "; ".join(told)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
