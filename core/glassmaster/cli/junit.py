"""Findings as JUnit XML, which every CI server shows: a suite for each song and one for the release."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..names import printable
from .located import Answer, Located

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_RELEASE = "release"


def junit(answer: Answer) -> str:
    """A document whose failures are what makes the verdict "not ready"; waived findings count as skipped."""
    from xml.etree.ElementTree import Element, indent, tostring

    root = Element("testsuites", name=_safe(f"glassmaster check {answer.release}".strip()))
    root.append(_suite(_RELEASE, [each for each in answer.findings if not each.song]))
    for index, name in enumerate(answer.songs):  # by place, for two discs may hold a song of one number and title
        root.append(_suite(name, [each for each in answer.findings if each.finding.song == index]))
    for count in ("tests", "failures", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    root.set("errors", "0")
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(name: str, findings: list[Located]) -> Element:
    from xml.etree.ElementTree import Element, SubElement

    cases = [*_cases(findings)]
    skipped = sum(bool(each.finding.waived) for each in findings)
    counts = {"tests": max(1, len(cases)), "failures": sum(each.fails for each in findings), "skipped": skipped}
    suite = Element("testsuite", {"name": _safe(name), "errors": "0", **{each: str(n) for each, n in counts.items()}})
    suite.extend(cases)
    if not cases:  # a server takes an empty suite for one that did not run
        SubElement(suite, "testcase", name="nothing found", classname=_safe(name))
    return suite


def _cases(findings: list[Located]) -> Iterator[Element]:
    from xml.etree.ElementTree import Element, SubElement

    for each in findings:
        told = each.finding
        case = Element("testcase", name=_safe(f"{told.code}: {each.place}"), classname=_safe(each.song or _RELEASE))
        case.set("file", _safe(each.name))
        if each.line is not None:
            case.set("line", str(each.line))
        if told.waived:
            SubElement(case, "skipped", message=_safe(told.waived))
        elif each.fails:
            SubElement(case, "failure", type=told.code, message=_safe(told.message)).text = _safe(each.text)
        if told.waived or not each.fails:
            SubElement(case, "system-out").text = _safe(f"{told.severity}: {each.text}")
        yield case


def _safe(text: str) -> str:
    """XML 1.0 (section 2.2) has no way to write most control characters: they become escapes, as on a terminal."""
    return "\n".join(printable(line) for line in text.split("\n"))
