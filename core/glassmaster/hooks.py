"""Everything a plugin can give or hear, in the order of a run.

A plugin is one module that an entry point of the group `glassmaster` names. It implements the hooks it wants:

    from glassmaster.hooks import Stage, hookimpl

    @hookimpl
    def glassmaster_stages():
        yield Stage("hum", Hum, render)

Offers are asked for once; their names are unique over all plugins, and the manifest picks and orders them.
Moments are called as a build goes along.

A plugin may say which version of these hooks it was written for, `GLASSMASTER_HOOKS = 1`: another glassmaster then
refuses it in plain words, instead of calling it otherwise than it expects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pluggy

from .model import Check, Event, Format, Meter, PackageKind, Profile, Report, Stage, Tags

VERSION = 1
"""Raised when a hook, or a record that it hands over, changes so that plugins written for it would break."""

hookspec = pluggy.HookspecMarker("glassmaster")
hookimpl = pluggy.HookimplMarker("glassmaster")

# ---- offers


@hookspec
def glassmaster_meters() -> Iterable[Meter]:  # type: ignore[empty-body]
    """More to learn from every file; all meters listen in one and the same pass."""


@hookspec
def glassmaster_stages() -> Iterable[Stage]:  # type: ignore[empty-body]
    """Kinds of steps for the treatment."""


@hookspec
def glassmaster_formats() -> Iterable[Format]:  # type: ignore[empty-body]
    """Kinds of files to deliver."""


@hookspec
def glassmaster_packages() -> Iterable[PackageKind]:  # type: ignore[empty-body]
    """Wholes made of all songs."""


@hookspec
def glassmaster_profiles() -> Iterable[Profile]:  # type: ignore[empty-body]
    """Destinations' rules and playback levels, as dated data."""


@hookspec
def glassmaster_checks() -> Iterable[Check]:  # type: ignore[empty-body]
    """What `check` and `build` look for."""


@hookspec
def glassmaster_reports() -> Iterable[Report]:  # type: ignore[empty-body]
    """Ways to show an outcome; each writes into the report's folder."""


# ---- moments


@hookspec(firstresult=True)
def glassmaster_executor(jobs: int, address: str) -> Executor | None:
    """Give the pool of workers that `address` names ("local" by default), or None if it is not yours.

    Any `concurrent.futures.Executor` will do; nothing but errands and results crosses it.
    """


@hookspec
def glassmaster_event(event: Event) -> None:
    """Something happened to an errand (in the main process)."""


@hookspec(firstresult=True)
def glassmaster_tag(path: Path, tags: Tags, format: str) -> bool | None:  # noqa: A002
    """Write tags into the encoded file at `path` and return True, or None if the format is not yours (in a worker)."""


@hookspec(firstresult=True)
def glassmaster_read_tags(path: Path, format: str) -> Mapping[str, str] | None:  # noqa: A002
    """Read back what `glassmaster_tag` wrote, by the field names of `Tags`; None if the format is not yours."""


@hookspec
def glassmaster_commands(cli: Any) -> None:
    """Add verbs to the click group `cli`."""


__all__ = [
    "Check",
    "Event",
    "Format",
    "Meter",
    "PackageKind",
    "Profile",
    "Report",
    "Stage",
    "Tags",
    "glassmaster_checks",
    "glassmaster_commands",
    "glassmaster_event",
    "glassmaster_executor",
    "glassmaster_formats",
    "glassmaster_meters",
    "glassmaster_packages",
    "glassmaster_profiles",
    "glassmaster_read_tags",
    "glassmaster_reports",
    "glassmaster_stages",
    "glassmaster_tag",
    "hookimpl",
    "hookspec",
]
