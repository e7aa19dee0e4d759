"""The verdict: what all checks found, with waivers applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from .codes import explained, known
from .model import REMEDIES, Finding, Outcome, Release, Waiver
from .plugins import Offers, aside
from .songs import songs_called

_ORDER = {"error": 0, "warning": 1, "note": 2}


def judged(outcome: Outcome, offers: Offers) -> Outcome:
    """The outcome with every check's findings added, the worst first, and the verdict that follows."""
    release = outcome.album.release
    before = [each for each in outcome.findings if each.code != "waiver-unused"]  # an outcome may be judged again
    found = explained((*before, *_checked(outcome, offers)), offers)
    once = dict.fromkeys(_waived(each, release) for each in found)
    idle = explained(_idle(outcome, once, offers), offers)
    findings = sorted((*once, *idle), key=lambda each: _ORDER[each.severity])
    return replace(outcome, findings=tuple(findings), verdict="not ready" if fails(findings, release) else "ready")


def fails(findings: Sequence[Finding], release: Release) -> bool:
    """Whether something not waived is as grave as `[qc] fail_on`."""
    grave = ("error",) if release.qc.fail_on == "error" else ("error", "warning")
    return any(each.severity in grave and not each.waived for each in findings)


def _checked(outcome: Outcome, offers: Offers) -> Iterable[Finding]:
    for name, check in sorted(offers.checks.items()):
        try:
            with aside():
                for finding in check.look(outcome):
                    _admit(finding, outcome)
                    yield finding
        except Exception as problem:  # a stranger's code: it costs this check, not the release
            message = f"could not look: {type(problem).__name__}: {problem}"
            where = f'check "{name}" of {offers.origins["check", name]}'
            yield Finding("check-broken", "warning", where, message, "update the plugin or report it to its author")


def _admit(finding: Any, outcome: Outcome) -> None:
    if not isinstance(finding, Finding) or finding.severity not in _ORDER:
        raise TypeError(f"{finding!r} is no finding with a severity of {', '.join(_ORDER)}")
    hash(finding)
    if finding.remedy not in ("", *REMEDIES):
        raise ValueError(f"{finding.remedy!r} is no remedy: there are {', '.join(REMEDIES)}")
    if finding.confidence is not None and not 0 <= finding.confidence <= 1:
        raise ValueError(f"a confidence of {finding.confidence} does not lie between 0 and 1")
    if finding.song is not None and not 0 <= finding.song < len(outcome.album.release.songs):
        raise IndexError(f"there is no song with the index {finding.song}")


def _waived(finding: Finding, release: Release) -> Finding:
    if finding.exit is not None:  # what cannot be built cannot be waived
        return replace(finding, waived="")
    waiver = next((each for each in release.qc.waive if _accepts(each, finding, release)), None)
    return replace(finding, waived=waiver.reason if waiver else "")


def _accepts(waiver: Waiver, finding: Finding, release: Release) -> bool:
    if waiver.code != finding.code or finding.exit is not None:
        return False
    return not waiver.song or finding.song in songs_called(waiver.song, release)


def _idle(outcome: Outcome, findings: Iterable[Finding], offers: Offers) -> Iterable[Finding]:
    """Waivers that accept nothing, but for those of what only a build can find, before one."""
    release, codes, found = outcome.album.release, known(offers), list(findings)
    for number, waiver in enumerate(release.qc.waive, 1):
        early = not outcome.products and waiver.code in codes and codes[waiver.code].built
        if early or any(_accepts(waiver, each, release) for each in found):
            continue
        at = f' at "{waiver.song}"' if waiver.song else ""
        if waiver.code in codes:
            message, hint = f"accepts nothing: there is no {waiver.code}{at}", "take it out, or correct it"
        else:
            near = get_close_matches(waiver.code, codes, 1)
            message = f'no finding can have the code "{waiver.code}"'
            hint = f'did you mean "{near[0]}"?' if near else "`glassmaster explain` lists all codes"
        yield Finding("waiver-unused", "note", f"waiver {number} of [qc]", message, hint)
