"""Plugins of strangers for the tests: installed distributions, written by hand into a folder of the path."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def distribution(
    site: Path, name: str, files: Mapping[str, str], points: Mapping[str, str], version: str = "1.0"
) -> None:
    """What an installer would leave in `site`: modules (name -> text) and entry points (name -> module)."""
    site.mkdir(parents=True, exist_ok=True)
    for module, text in files.items():
        (site / f"{module}.py").write_text(text, "utf-8")
    told = site / f"{name.replace('-', '_')}-{version}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", "utf-8")
    lines = "".join(f"{point} = {module}\n" for point, module in points.items())
    (told / "entry_points.txt").write_text(f"[glassmaster]\n{lines}", "utf-8")


STAGE = '''
from dataclasses import dataclass

from glassmaster.hooks import Stage, hookimpl


@dataclass(frozen=True)
class Settings:
    """Settings of the stage."""

    strength: float = 1.0
    """How much of it."""


def render(audio, settings):
{render}


@hookimpl
def glassmaster_stages():
    yield Stage("{name}", Settings, render)
'''
"""A plugin with one stage, to be filled in by `stage`."""


def stage(name: str, render: str = "    yield from audio") -> str:
    """The text of a plugin whose stage renders by these (indented) lines."""
    return STAGE.replace("{name}", name).replace("{render}", render)
