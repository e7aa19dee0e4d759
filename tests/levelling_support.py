"""What `level` decides for the songs of a small album."""

from __future__ import annotations

from typing import Any

from glassmaster.model import Album, Made
from glassmaster_level import Level, Levelled, decide
from tests.level_support import stretches

DRIVEN = Made(chain=(), driven=True)


def levels(made: Album, settings: Level | None = None, moment: Made = DRIVEN) -> list[Levelled]:
    return [decide(each, made, settings or Level(), moment) for each in made.release.songs]


def gains(made: Album, settings: Level | None = None, moment: Made = DRIVEN) -> list[float]:
    return [each.gain_db for each in levels(made, settings, moment)]


def ends(made: Album, gains_db: list[float]) -> list[Any]:
    """The songs' energies after their gains."""
    grids = [mixdown.measurement.energies for mixdown in made.mixdowns if mixdown]
    return [grid * 10 ** (gain / 10) for grid, gain in zip(grids, gains_db, strict=True)]


def song_like(offset: float, quiet: float = -30.0) -> Any:
    """Half a minute of verse at `quiet`, half a minute of chorus at -20 LUFS, all of it moved by `offset`."""
    return stretches((30, quiet + offset), (30, -20 + offset))
