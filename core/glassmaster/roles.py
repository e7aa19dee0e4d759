"""Which decided field of a stage plays which role for the core: gain, aim, drive, allowance, ceiling (see `Stage`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .model import Decided
from .plugins import Offers


def role(step: Decided, offers: Offers, name: str) -> Any | None:
    """The step's decided value in this role; None if its stage has no such field."""
    field = getattr(offers.stages[step.stage], name)
    return getattr(step.value, field) if field else None


def last(steps: Sequence[Decided], offers: Offers, name: str) -> float | None:
    """The value of the last step that has this role."""
    found = [value for step in steps if (value := role(step, offers, name)) is not None]
    return found[-1] if found else None


def gain_db(steps: Sequence[Decided], offers: Offers) -> float:
    """All that these steps turn the whole song up or down."""
    return sum(float(role(step, offers, "gain") or 0.0) for step in steps)


def allowance_db(step: Decided, offers: Offers) -> float:
    """The most gain reduction in dB that turning this step's drive may cause."""
    found = role(step, offers, "allowance")
    return float("inf") if found is None else float(found)


def driven(steps: Sequence[Decided], offers: Offers) -> int | None:
    """Which of these steps the core may turn; None if none."""
    return next((n for n, step in enumerate(steps) if offers.stages[step.stage].drive), None)
