"""What was decided for one song's master, by names that can be written down and compared later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from .figures import rounded
from .model import Json, Master, Order, Outcome, Part

RESULTS = ("gain_db", "drive_db", "aim_lufs", "integrated_lufs", "true_peak_dbtp", "max_gain_reduction_db")
"""What is only known of a rendered master; the rest stands in the plan."""


def asked(order: Order, part: Part) -> dict[str, Json]:
    """What the manifest asks for: the mixdown, its cut, and each stage's settings as `stage.key`."""
    rate, cut = part.source.rate_hz, part.cut
    told: dict[str, Json] = {
        "mixdown": part.source.sha256[:12],
        "start_s": rounded(cut.start / rate),
        "end_s": rounded(cut.end / rate),
        "fade_in_s": rounded(cut.fade_in / rate),
        "fade_out_s": rounded(cut.fade_out / rate),
    }
    for step in (*part.steps, *order.steps):
        told[f"{step.stage}.version"] = step.version
        told.update((f"{step.stage}.{name}", value) for name, value in _settings(step.settings))
    return told


def _settings(settings: object) -> Iterator[tuple[str, Json]]:
    if is_dataclass(settings) and not isinstance(settings, type):
        for each in fields(settings):
            value = getattr(settings, each.name)
            if isinstance(value, tuple) and all(isinstance(word, str | int | float) for word in value):
                yield each.name, " ".join(map(str, value))
            elif value is None or isinstance(value, str | int | float):
                yield each.name, rounded(value)


def reached(master: Master) -> dict[str, Json]:
    """What came of it."""
    told = {name: getattr(master, name, None) for name in RESULTS}
    told |= {name: getattr(master.measurement, name) for name in ("integrated_lufs", "true_peak_dbtp")}
    return {name: rounded(value) for name, value in told.items()}


def sound_of(master: Master) -> str:
    """Names a master's samples: SHA-256 of its programme's spool, with its place where it does not begin there."""
    return master.spool.sha256 + (f"@{master.start}" if master.start else "")


def places(outcome: Outcome, song: int) -> dict[str, tuple[Order, Part]]:
    """By the deliverable's name: the order that a song's master comes from, and the song's part of it."""
    return {
        name: (order, part)
        for name, orders in outcome.orders.items()
        for order in orders
        for part in order.parts
        if part.song == song
    }


def masters_of(outcome: Outcome, song: int) -> dict[str, Master]:
    """By the deliverable's name: a song's masters."""
    return {name: each for name, made in outcome.masters.items() for each in made if each.song == song}
