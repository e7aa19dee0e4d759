"""The treatment, and what songs and deliverables change about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..model import Adjust, Finding, Step
from .checked import Table, checked, keys_of, unreadable
from .kinds import Noun, listed
from .page import Trouble, quoted
from .rows import Rows
from .scan import Keys
from .words import missing, nearest, not_offered, unexpected

if TYPE_CHECKING:
    from ..plugins import Offers


@dataclass(frozen=True)
class Written:
    """A step together with the settings that were written down for it and are right."""

    step: Step
    row: Mapping[str, Any]


def steps(rows: Rows, offers: Offers, troubles: list[Trouble]) -> list[Written]:
    """The steps whose stage exists, in order."""
    written = []
    for keys, row in rows:
        stage = offered(row, "stage", keys, offers.stages, offers.broken, troubles)
        if stage is None:
            continue
        own = {key: value for key, value in row.items() if key != "stage"}
        others = elsewhere("stage", {name: each.settings for name, each in offers.stages.items()})
        settings, good = settings_of(stage.settings, Table(keys, own, frozenset({"stage"}), others), troubles)
        written.append(Written(Step(stage.name, settings), good))
    return written


def offered(
    row: Mapping[str, Any],
    key: str,
    keys: Keys,
    known: Mapping[str, Any],
    broken: Iterable[Finding],
    troubles: list[Trouble],
) -> Any:
    """The stage or format that a table names under `key`; None, and what is wrong, where there is none."""
    name = row.get(key)
    if name is None:
        troubles.append(missing((*keys, key)))
    elif not isinstance(name, str):
        troubles.append(unexpected((*keys, key), "text in quotes", name))
    elif name not in known:
        troubles.append(_not_offered((*keys, key), key, name, known, broken))
    else:
        return known[name]
    return None


def settings_of(noun: Noun, table: Table, troubles: list[Trouble]) -> tuple[Any, Mapping[str, Any]]:
    """A settings class filled from its table, and the keys of the table that are right."""
    if reason := unreadable(noun):
        message = f"the plugin is faulty: its settings class {noun.__name__} cannot be read: {quoted(reason, 200)}"
        troubles.append(Trouble(table.keys, "plugin-settings", message, "tell its author"))
        return None, {}
    nouns, found = checked(noun, [table])
    troubles += found
    wrong = {trouble.keys[len(table.keys)] for trouble in found if len(trouble.keys) > len(table.keys)}
    return nouns[0], {key: value for key, value in table.row.items() if key not in wrong}


def adjusts(
    keys: Keys, value: Any, treatment: Sequence[Written], offers: Offers, troubles: list[Trouble]
) -> tuple[Adjust, ...]:
    """A song's or deliverable's `adjust`; what concerns no step of the treatment is told and left out."""
    if not isinstance(value, dict):
        troubles.append(unexpected(keys, "a table: { limit = { ... } }", value))
        return ()
    written = {each.step.stage: each for each in reversed(treatment)}
    found = (
        _adjust((*keys, name), name, changes, written.get(name), offers, troubles) for name, changes in value.items()
    )
    return tuple(each for each in found if each is not None)


def elsewhere(key: str, nouns: Mapping[str, type[Any]]) -> dict[str, str]:
    """For each setting of any stage or format: which of them know it."""
    owners: dict[str, list[str]] = {}
    for name, noun in nouns.items():
        for each in keys_of(noun):
            owners.setdefault(each, []).append(f'{key} = "{name}"')
    return {each: f"belongs to {listed(names, 'or')}" for each, names in owners.items()}


def _adjust(
    keys: Keys, name: str, changes: Any, written: Written | None, offers: Offers, troubles: list[Trouble]
) -> Adjust | None:
    if name not in offers.stages:
        troubles.append(_not_offered(keys, "stage", name, offers.stages, offers.broken))
    elif changes is not False and not isinstance(changes, dict):
        troubles.append(unexpected(keys, "a table of settings, or false to leave the stage out", changes))
    elif written is None:
        message = f'adjusts "{name}", which is not in the treatment: nothing happens'
        hint = f'add [[treatment]] stage = "{name}", or delete this'
        troubles.append(Trouble(keys, "idle-key", message, hint, "warning", on_key=True))
    elif changes is False:
        return Adjust(name, None)
    else:
        return Adjust(name, _changes(keys, changes, written, offers.stages[name].settings, troubles))
    return None


def _changes(
    keys: Keys, changes: Mapping[str, Any], written: Written, noun: Noun, troubles: list[Trouble]
) -> tuple[tuple[str, Any], ...]:
    # judged together with the treatment's own settings, because that is how they will be used
    settings, good = settings_of(noun, Table(keys, {**written.row, **changes}), troubles)
    return tuple((key, getattr(settings, key)) for key in changes if key in good)


def _not_offered(keys: Keys, kind: str, name: str, known: Mapping[str, Any], broken: Iterable[Finding]) -> Trouble:
    there = f"known: {', '.join(sorted(known))}" if known else f"no {kind} is installed"
    hint = "; ".join(part for part in (nearest(name, known), there) if part)
    return not_offered(keys, f"unknown-{kind}", f"there is no {kind} {quoted(name)}", hint, broken)
