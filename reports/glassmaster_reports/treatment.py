"""What was done: each take's chain with its settings, and each song with its values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from glassmaster.model import Decided, Master, Outcome

from .figures import GAIN_REDUCTION, reduction
from .sequence import Place
from .tables import Column, Row, Table, number, row
from .takes import Take
from .words import DASH, tenths

Key = tuple[str, int]
"""A stage by its name and how often that name came before in the chain."""
_LONGEST = 160
_DECIBELS = ("_db", "_lu", "_lufs", "_dbtp")


def asked(outcome: Outcome) -> Table:
    """The chain as the manifest names it, with every setting."""
    chain = {key: values(step.settings) for key, step in _keyed(outcome.album.release.treatment).items()}
    return _chain("Treatment of the release", chain)


def done(take: Take, places: Sequence[Place]) -> tuple[Table, Table]:
    """A take's chain as most of its songs went through it, and one line for each song."""
    usual = _usual(take)
    columns = (
        number("No."),
        Column("Song"),
        number("Aim", "LUFS"),
        number("Reached", "LUFS"),
        number("Gain", "dB"),
        number("Drive", "dB"),
        *GAIN_REDUCTION,
        Column("Decided, and this song’s own"),
        Column("Stopped short by"),
    )
    rows = tuple(_song(take, place, usual) for place in places)
    return _chain(f"Treatment for {take.goes_to}", usual), Table(f"Songs of {take.goes_to}", columns, rows, head=1)


def _chain(caption: str, chain: Mapping[Key, Mapping[str, str]]) -> Table:
    rows = [row(str(place), stage, _pairs(named) or DASH) for place, ((stage, _), named) in enumerate(chain.items(), 1)]
    columns = (number("Step"), Column("Stage"), Column("Settings"))
    note = "" if rows else "No treatment: the mixdowns are delivered as they are."
    return Table(caption, columns, tuple(rows), head=1, note=note)


def _keyed(steps: Sequence[Any]) -> dict[Key, Any]:
    seen: Counter[str] = Counter()
    keyed = {}
    for step in steps:
        keyed[step.stage, seen[step.stage]] = step
        seen[step.stage] += 1
    return keyed


def _usual(take: Take) -> dict[Key, dict[str, str]]:
    """The settings that most songs of a take share, stage by stage."""
    counts: dict[Key, Counter[tuple[tuple[str, str], ...]]] = {}
    for song in sorted(take.steps):
        for key, step in _keyed(take.steps[song]).items():
            counts.setdefault(key, Counter())[tuple(values(step.settings).items())] += 1
    return {key: dict(found.most_common(1)[0][0]) for key, found in counts.items()}


def _song(take: Take, place: Place, usual: Mapping[Key, Mapping[str, str]]) -> Row:
    master = take.masters.get(place.song)
    if master is None:
        reason = "draft: not mastered" if place.draft else "no master"
        return row(str(place.number), place.title, *[DASH] * 6, reason, DASH, style="draft")
    return row(
        str(place.number),
        place.title,
        tenths(master.aim_lufs),
        tenths(master.measurement.integrated_lufs),
        tenths(master.gain_db, signed=True),
        tenths(master.drive_db, signed=True),
        *reduction(master),
        _own(take.steps.get(place.song, ()), master, usual),
        master.stopped or DASH,
    )


def _own(steps: Sequence[Decided], master: Master, usual: Mapping[Key, Mapping[str, str]]) -> str:
    """What no other column says: values that stages decided, settings of this song alone, stages left out."""
    chain = _keyed(steps)
    told = []
    for key, step in chain.items():
        common = usual.get(key, {})
        own = {name: text for name, text in values(step.settings).items() if common.get(name) != text}
        shown = {**_decided(step, master), **own}
        told += [f"{step.stage}: {_pairs(shown)}"] if shown else []
    told += [f"without {stage}" for stage, nth in usual if (stage, nth) not in chain]
    return "; ".join(told) or DASH


def _decided(step: Decided, master: Master) -> dict[str, str]:
    if step.value == step.settings:
        return {}
    columns = {tenths(each) for each in (master.aim_lufs, master.gain_db, master.drive_db)}
    found = values(step.value)
    return {name: text for name, text in found.items() if not (name.endswith(_DECIBELS) and text in columns)}


def _pairs(named: Mapping[str, str]) -> str:
    return ", ".join(text if name == "why" else f"{name} {text}" for name, text in named.items() if text)


def values(settings: Any) -> dict[str, str]:
    """Fields of any stage's settings or decided value as text, in their own order; empty texts are left out."""
    if is_dataclass(settings) and not isinstance(settings, type):
        found = {field.name: as_text(field.name, getattr(settings, field.name)) for field in fields(settings)}
    elif isinstance(settings, Mapping):
        found = {str(name): as_text(str(name), value) for name, value in settings.items()}
    else:
        found = {} if settings is None else {"value": as_text("value", settings)}
    return {name: text for name, text in found.items() if text}


def as_text(name: str, value: Any) -> str:
    """One named value in a person's words: decibels with one decimal, long texts cut."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return tenths(value) if name.endswith(_DECIBELS) else f"{value:.4g}".replace("-", "−")
    text = value.name if isinstance(value, Path) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
