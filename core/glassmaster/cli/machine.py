"""The verb `doctor` on a delivery: what differs between the machine that made it and this one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ..plugins import Offers
from .show import say, show_json

_HASH = "sha256:"
_SHOWN = 12


def is_delivery(path: Path | None) -> bool:
    """A folder, or its record, that `build` published; a release's own folder has a manifest."""
    if path is None:
        return False
    return path.name == "release.json" or ((path / "release.json").is_file() and not (path / "release.toml").exists())


def show_machine(path: Path, offers: Offers, *, as_json: bool) -> None:
    """Everything that is otherwise; in the document also what is the same."""
    from ..machine import compared

    found = compared(path if path.is_dir() else path.parent, offers)
    others = [each for each in found if not each.same]
    if as_json:
        show_json({"same": not others, "compared": [{**asdict(each), "same": each.same} for each in found]})
        return
    for each in others:
        say(f"{each.part}: {_told(each.there, 'there')}, {_told(each.here, 'here')}")
    same = f"{len(found) - len(others)} of {len(found)} things are the same here"
    say(f"{same}: `glassmaster build --reproduce` tells whether the bytes are" if not others else same)


def _told(what: str | None, where: str) -> str:
    return f"not {where}" if what is None else f"{_short(what)} {where}"


def _short(told: str) -> str:
    return told[: len(_HASH) + _SHOWN] if told.startswith(_HASH) else told
