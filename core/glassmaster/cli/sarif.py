"""Findings as SARIF (OASIS, Static Analysis Results Interchange Format 2.1.0), as code hosts and editors show them."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

from ..model import REMEDIES, Json
from ..names import printables
from ..record import rounded
from .located import Answer, Located

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(answer: Answer) -> Json:
    """One log with one run; waived findings are suppressed results, with their reason (section 3.35)."""
    rules = {each.code.code: each for each in answer.findings}
    places = {code: number for number, code in enumerate(sorted(rules))}
    driver = {
        "name": "glassmaster",
        "version": version("glassmaster"),
        "rules": [_rule(rules[code]) for code in places],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": answer.exit <= 1, "exitCode": answer.exit}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, places[each.code.code]) for each in answer.findings],
        "properties": {"verdict": answer.verdict, "release": answer.release},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(located: Located) -> Json:
    code = located.code
    rule = {
        "id": code.code,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.explain or code.title},
        "help": {"text": _help(located)},
    }
    return {**rule, "properties": {"remedy": code.remedy}} if code.remedy else rule


def _help(located: Located) -> str:
    code = located.code
    turn = f" In short: {REMEDIES[code.remedy]}." if code.remedy else ""
    return f"{code.explain or code.title}{turn}"


def _result(located: Located, rule: int) -> Json:
    told = located.finding
    result = {
        "ruleId": told.code,
        "ruleIndex": rule,
        "level": told.severity,
        "message": {"text": printables(located.text)},
        "locations": [_location(located)],
        "partialFingerprints": {"finding/v1": _fingerprint(located)},
        "properties": _properties(located),
    }
    if told.waived:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": told.waived}]
    return result


def _location(located: Located) -> Json:
    place: dict[str, Json] = {"artifactLocation": {"uri": located.uri}}
    if located.line is not None:
        place["region"] = {"startLine": located.line, "startColumn": located.column}
    location: dict[str, Json] = {"physicalLocation": place}
    if located.song:
        location["logicalLocations"] = [{"name": located.song, "kind": "song"}]
    return location


def _properties(located: Located) -> Json:
    told = located.finding
    found = {
        "where": told.where,
        "at_seconds": rounded(told.at),
        "confidence": rounded(told.confidence),
        "cause": told.cause,
        "remedy": told.remedy,
        "hint": told.hint,
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _fingerprint(located: Located) -> str:
    """The same for the same finding in a later run: figures may have moved, code, song and file have not."""
    parts = (located.finding.code, located.song or located.finding.where.rsplit(":", 2)[0], located.name)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
