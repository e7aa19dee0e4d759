"""The masters by how they sound: deliverables with equal orders share one take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glassmaster.destinations import target_lufs
from glassmaster.model import Decided, Deliverable, Master, Order, Outcome, Profile

from .words import listed


@dataclass(frozen=True, eq=False)
class Take:
    """One distinct sound of the whole release."""

    label: str
    """ "Master" when there is only one, otherwise "Master 2"."""
    style: str
    """master-1, master-2 ...: its colour and dash in charts and tables."""
    deliverables: tuple[str, ...]
    masters: Mapping[int, Master]
    """By song index."""
    steps: Mapping[int, tuple[Decided, ...]]
    """What was decided for each song, by song index."""
    target_lufs: float | None
    """Integrated loudness that the treatment names, where it names one."""

    @property
    def goes_to(self) -> str:
        """ "Master 2: cd-16-44"."""
        return f"{self.label}: {listed(list(self.deliverables))}"


def takes(outcome: Outcome) -> tuple[Take, ...]:
    """All distinct takes, in the order of the manifest's deliverables."""
    groups: list[tuple[tuple[Order, ...], list[Deliverable]]] = []
    for deliverable in outcome.album.release.deliverables:
        if not outcome.masters.get(deliverable.name):
            continue
        own = outcome.orders.get(deliverable.name, ())
        alike = next((group for orders, group in groups if orders == own), None)
        if alike is None:
            groups.append((own, [deliverable]))
        else:
            alike.append(deliverable)
    return tuple(_take(outcome, group, place, len(groups)) for place, (_, group) in enumerate(groups, 1))


def _take(outcome: Outcome, group: list[Deliverable], place: int, count: int) -> Take:
    first, names = group[0], [each.name for each in group]
    steps = _steps(outcome.orders.get(first.name, ()))
    return Take(
        label="Master" if count == 1 else f"Master\N{NO-BREAK SPACE}{place}",
        style=f"master-{(place - 1) % 3 + 1}",
        deliverables=tuple(names),
        masters={each.song: each for each in outcome.masters[first.name]},
        steps=steps,
        target_lufs=_target(outcome, first),
    )


def _steps(orders: tuple[Order, ...]) -> dict[int, tuple[Decided, ...]]:
    return {part.song: part.steps + order.steps for order in orders for part in order.parts}


def _target(outcome: Outcome, deliverable: Deliverable) -> float | None:
    for step in outcome.album.release.treatment:
        changes = [each.changes for each in deliverable.adjust if each.stage == step.stage]
        if None in changes or not hasattr(step.settings, "target_lufs"):
            continue
        asked = {**_fields(step.settings), **dict(pair for each in changes for pair in each or ())}
        return _target_of(asked, outcome.album.profiles)
    return None


def _fields(settings: Any) -> dict[str, Any]:
    return {name: getattr(settings, name, "") for name in ("target_lufs", "target_from", "mode")}


def _target_of(asked: Mapping[str, Any], profiles: Mapping[str, Profile]) -> float | None:
    """What a level's settings name: a figure, or a destination that plays at one."""
    profile = profiles.get(asked["target_from"])
    target = target_lufs(profile, asked["mode"]) if profile else None if asked["target_from"] else asked["target_lufs"]
    return float(target) if isinstance(target, int | float) else None
