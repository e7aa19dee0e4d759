"""The verdict: what all checks found, with waivers applied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .model import Finding, Outcome, Release
from .plugins import Offers, aside

_ORDER = {"error": 0, "warning": 1, "note": 2}


def judged(outcome: Outcome, offers: Offers) -> Outcome:
    """The outcome with every check's findings added, the worst first, and the verdict that follows."""
    found = [*outcome.findings, *_checked(outcome, offers)]
    release = outcome.album.release
    once = dict.fromkeys(_waived(each, release) for each in found)  # an outcome may be judged again
    findings = sorted(once, key=lambda each: _ORDER[each.severity])
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
    if finding.song is not None and not 0 <= finding.song < len(outcome.album.release.songs):
        raise IndexError(f"there is no song with the index {finding.song}")


def _waived(finding: Finding, release: Release) -> Finding:
    if finding.exit is not None:  # what cannot be built cannot be waived
        return finding
    title = release.songs[finding.song].title if finding.song is not None else ""
    for waiver in release.qc.waive:
        if waiver.code == finding.code and waiver.song in ("", title):
            return replace(finding, waived=waiver.reason)
    return finding
