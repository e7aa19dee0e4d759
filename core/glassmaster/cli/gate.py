"""The gate's answer in every format that people and CI servers read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import Refused
from ..model import Outcome
from .common import exit_code
from .located import Answer, answered, refused
from .show import show_findings, show_json, show_text

if TYPE_CHECKING:
    from ..plugins import Offers

FORMATS = ("text", "json", "github", "sarif", "junit")
_ANNOTATED = ("github", "sarif", "junit")


def show_answer(outcome: Outcome, form: str, offers: Offers) -> None:
    """The verdict with all that led to it."""
    from .outcomes import check_json, show_verdict

    if form in _ANNOTATED:
        _annotated(answered(outcome, exit_code(outcome), offers), form)
    elif form == "json":
        show_json(check_json(outcome))
    else:
        show_findings(outcome.findings)
        show_verdict(outcome)


def show_refusal(refusal: Refused, manifest: Path, form: str, offers: Offers) -> bool:
    """What stood in the way, for whoever reads annotations; False where it belongs to stderr alone."""
    if form in _ANNOTATED:
        _annotated(refused(refusal.findings, refusal.exit, manifest, offers), form)
    return form in _ANNOTATED


def _annotated(answer: Answer, form: str) -> None:
    if form == "sarif":
        from .sarif import sarif

        show_json(sarif(answer))
    elif form == "junit":
        from .junit import junit

        show_text(junit(answer))
    else:
        from .github import commands

        show_text("".join(f"{line}\n" for line in commands(answer)) + f"glassmaster: {answer.verdict}\n")
