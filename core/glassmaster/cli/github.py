"""Findings as workflow commands: GitHub shows each at its file and line (docs.github.com, "Workflow commands")."""

from __future__ import annotations

from collections.abc import Iterator

from ..names import printables
from .located import Answer, Located

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def commands(answer: Answer) -> Iterator[str]:
    """One line a finding, the gravest first; waived ones are notices."""
    for each in answer.findings:
        command = "notice" if each.finding.waived else _COMMANDS[each.finding.severity]
        place = {"file": each.name, "line": each.line, "col": each.column, "title": _title(each)}
        told = ",".join(f"{name}={_property(str(value))}" for name, value in place.items() if value is not None)
        yield f"::{command} {told}::{_data(printables(each.text))}"


def _title(located: Located) -> str:
    return f"{'waived: ' if located.finding.waived else ''}{located.code.title} ({located.finding.code})"


def _data(text: str) -> str:
    """As the runner reads a message back."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As the runner reads a property back, which ends at a comma or colon."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
