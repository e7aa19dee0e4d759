"""Where songs run on at different gains: each stage is told what gain it comes from, so that nothing jumps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from .model import Decided, Part
from .plugins import Offers
from .roles import role

_DIGITS = 6  # of dB: equal gains leave no crumbs, which would be another key


def smoothed(parts: Sequence[Part], offers: Offers) -> tuple[Part, ...]:
    """The parts of a programme with the step of gain at each joint set; a crossfade needs none.

    It is taken from the gains that really hold - frozen ones, too.
    """
    later = [part if part.overlap else _met(before, part, offers) for before, part in pairwise(parts)]
    return (*parts[:1], *later)


def _met(before: Part, part: Part, offers: Offers) -> Part:
    return replace(part, steps=tuple(_told(step, before.steps, offers) for step in part.steps))


def _told(step: Decided, before: Sequence[Decided], offers: Offers) -> Decided:
    field = offers.stages[step.stage].joint
    if not field:
        return step
    came_from = sum(float(role(each, offers, "gain") or 0.0) for each in before if each.stage == step.stage)
    above = round(came_from - float(role(step, offers, "gain") or 0.0), _DIGITS) + 0.0
    return replace(step, value=replace(step.value, **{field: above}))
