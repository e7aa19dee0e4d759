"""Destinations that a release may go to: playback services, distributors, media. The data stand beside this file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.model import Profile

DATA = Path(__file__).with_name("glassmaster_profiles.toml")


@hookimpl
def glassmaster_profiles() -> Iterable[Profile]:
    """Every profile of the data file, in its order."""
    import tomli

    tables: dict[str, dict[str, Any]] = tomli.loads(DATA.read_text(encoding="utf-8"))
    for name, table in tables.items():
        table |= {key: tuple(table[key]) for key in ("rates_hz", "bits") if key in table}
        yield Profile(name, **table)
