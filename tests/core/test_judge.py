"""The verdict: every check is heard, a broken one costs only itself, and waivers waive what they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from glassmaster.judge import fails, judged
from glassmaster.model import REMEDIES, Check, Code, Finding, Outcome, Qc, Waiver
from glassmaster.plugins import Offers, Origin
from tests.level_support import album, outcome, song

ERROR, WARNING, NOTE = (Finding(each, each, "song", "words") for each in ("error", "warning", "note"))


def offers(**looks: Callable[[Outcome], Iterable[Any]]) -> Offers:
    checks = {name: Check(name, (), look) for name, look in looks.items()}
    return Offers(checks=checks, origins={("check", name): Origin(name, "strange-checks", "1.2") for name in checks})


def made(*findings: Finding, **qc: Any) -> Outcome:
    songs = [song("One"), song("Two")]
    return replace(outcome(album([None, None], songs, qc=Qc(**qc))), findings=findings)


def verdict(*findings: Finding, **qc: Any) -> str:
    return judged(made(**qc), offers(one=lambda told: findings)).verdict


def test_errors_decide_or_warnings_too_where_asked_for() -> None:
    assert verdict() == "ready"
    assert verdict(NOTE, WARNING) == "ready"
    assert verdict(ERROR) == "not ready"
    assert verdict(WARNING, fail_on="warning") == "not ready"
    assert verdict(NOTE, fail_on="warning") == "ready"


def test_all_findings_stand_together_the_worst_first() -> None:
    found = judged(made(NOTE), offers(b=lambda told: [WARNING], a=lambda told: iter([ERROR]))).findings
    assert found == (ERROR, WARNING, NOTE)


def test_an_outcome_can_be_judged_again() -> None:
    """A build judges before it publishes, and once more when it has to publish."""
    checks = offers(a=lambda told: [ERROR, WARNING], b=lambda told: [NOTE])
    once = judged(made(), checks)
    again = judged(once, checks)
    assert (again.findings, again.verdict) == (once.findings, once.verdict)


def strange(**fields: Any) -> Finding:
    return replace(ERROR, **fields)


def broken(outcome: Outcome) -> Iterable[Finding]:
    yield WARNING
    raise ZeroDivisionError("by zero")


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (broken, "ZeroDivisionError: by zero"),
        (lambda told: None, "TypeError"),
        (lambda told: ["a string"], "'a string'"),
        (lambda told: [strange(severity="fatal")], "fatal"),
        (lambda told: [replace(ERROR, song=2)], "index 2"),
        (lambda told: [replace(ERROR, song=-1)], "index -1"),
        (lambda told: [strange(message=[])], "unhashable"),
    ],
    ids=range(7),
)
def test_a_broken_check_costs_only_itself(look: Callable[[Outcome], Any], words: str) -> None:
    told = judged(made(), offers(bad=look, good=lambda told: [NOTE]))
    [finding] = [each for each in told.findings if each.code == "check-broken"]
    assert words in finding.message
    assert finding.where == 'check "bad" of bad (strange-checks 1.2)'
    assert finding.severity == "warning"
    assert NOTE in told.findings
    assert told.verdict == "ready"


def waived(finding: Finding, *waivers: Waiver) -> str:
    told = judged(made(waive=waivers), offers(one=lambda told: [finding]))
    assert (told.verdict == "ready") == bool(told.findings[0].waived)
    return told.findings[0].waived


def test_a_waiver_names_a_code_and_perhaps_a_song() -> None:
    finding = replace(ERROR, code="clipped", song=1)
    assert waived(finding) == ""
    assert waived(finding, Waiver("clipped", "meant so")) == "meant so"
    assert waived(finding, Waiver("clipped", "meant so", "Two")) == "meant so"
    assert waived(finding, Waiver("clipped", "meant so", "One")) == ""
    assert waived(finding, Waiver("other", "meant so")) == ""
    assert waived(replace(finding, song=None), Waiver("clipped", "meant so", "Two")) == ""
    assert waived(finding, Waiver("clipped", "first"), Waiver("clipped", "second")) == "first"


def test_what_cannot_be_built_cannot_be_waived() -> None:
    assert waived(replace(ERROR, code="clipped", exit=4), Waiver("clipped", "meant so")) == ""


def test_waived_findings_do_not_fail_a_release() -> None:
    release = made().album.release
    assert fails([ERROR], release)
    assert not fails([replace(ERROR, waived="meant so")], release)
    assert not fails([], release)


def test_a_waiver_names_a_song_as_people_do() -> None:
    finding = replace(ERROR, code="clipped", song=1)
    assert waived(finding, Waiver("clipped", "meant so", "TWO")) == "meant so"
    numbered = made(waive=(Waiver("clipped", "meant so", "2"),))
    songs = tuple(replace(each, number=n) for n, each in enumerate(numbered.album.release.songs, 1))
    numbered = replace(numbered, album=replace(numbered.album, release=replace(numbered.album.release, songs=songs)))
    [told] = judged(numbered, offers(one=lambda told: [finding])).findings
    assert told.waived == "meant so"


def idle(*waivers: Waiver, codes: tuple[Code, ...] = ()) -> list[Finding]:
    checks = offers(one=lambda told: [replace(WARNING, code="clipped", song=0)])
    checks = replace(checks, checks={"one": replace(checks.checks["one"], codes=codes)})
    once = judged(made(waive=waivers), checks)
    assert judged(once, checks).findings == once.findings
    return [each for each in once.findings if each.code == "waiver-unused"]


def test_a_waiver_that_accepts_nothing_is_told() -> None:
    clipped, hard = Code("clipped", "Clipped", ""), Code("limiter-hard", "Hard", "", built=True)
    assert idle(Waiver("clipped", "meant so"), codes=(clipped,)) == []
    [other] = idle(Waiver("clipped", "meant so", "Two"), codes=(clipped,))
    assert (other.severity, other.where) == ("note", "waiver 1 of [qc]")
    [misspelt] = idle(Waiver("cliped", "meant so"), codes=(clipped,))
    assert 'did you mean "clipped"?' in misspelt.hint
    assert idle(Waiver("limiter-hard", "loud on purpose"), codes=(hard,)) == []


def test_a_finding_has_cause_and_remedy_of_its_code_but_where_it_says_its_own() -> None:
    code = Code("clipped", "Clipped", "", cause="a hot bus", remedy="mix")
    found = replace(WARNING, code="clipped", confidence=0.8)
    checks = offers(one=lambda told: [found, replace(found, cause="a tape", remedy="mastering")])
    checks = replace(checks, checks={"one": replace(checks.checks["one"], codes=(code,))})
    first, second = judged(made(), checks).findings
    assert (first.cause, first.remedy, first.confidence) == ("a hot bus", "mix", 0.8)
    assert (second.cause, second.remedy) == ("a tape", "mastering")


@pytest.mark.parametrize("wrong", [{"remedy": "pray"}, {"confidence": 1.5}, {"confidence": float("nan")}])
def test_a_remedy_or_confidence_that_makes_no_sense_is_the_checks_fault(wrong: Any) -> None:
    told = judged(made(), offers(bad=lambda told: [replace(NOTE, **wrong)]))
    assert [each.code for each in told.findings] == ["check-broken"]


def test_every_finding_of_our_checks_says_whose_turn_it_is() -> None:
    from glassmaster import plugins

    for check in plugins.load().checks.values():
        for code in check.codes:
            assert code.remedy in REMEDIES, code.code
            assert code.cause, code.code
