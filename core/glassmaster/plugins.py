"""The one door: loads every plugin, guarded, and collects what they offer."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, redirect_stdout
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import Any

import pluggy

from . import hooks
from .errors import Exit, Refused
from .model import Check, Finding, Format, Meter, PackageKind, Profile, Report, Stage

GROUP = "glassmaster"


@dataclass(frozen=True)
class Origin:
    """Where a plugin comes from: part of the key of all work that it does."""

    plugin: str
    """Name of its entry point."""
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version})"


@dataclass(frozen=True, eq=False)
class Offers:
    """All that the loaded plugins offer, by name."""

    stages: Mapping[str, Stage] = field(default_factory=dict)
    formats: Mapping[str, Format] = field(default_factory=dict)
    packages: Mapping[str, PackageKind] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    meters: Mapping[str, Meter] = field(default_factory=dict)
    origins: Mapping[tuple[str, str], Origin] = field(default_factory=dict)
    """By kind ("stage", "format" ...) and name."""
    plugins: tuple[Origin, ...] = ()
    broken: tuple[Finding, ...] = ()
    """Plugins that could not be loaded; they matter only if the manifest asks for what they offered."""
    hook: Any = None
    """The moments, as pluggy's hook relay."""


@cache
def load() -> Offers:
    """Load all installed plugins; one that fails becomes a finding and takes nobody along."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    origins: dict[str, Origin] = {}
    broken: list[Finding] = []
    for origin, point in _points():
        try:
            _register(manager, point, origin.plugin)
            origins[origin.plugin] = origin
        except (Exception, SystemExit) as problem:  # whatever a stranger's module does at import
            if manager.has_plugin(origin.plugin):
                manager.unregister(name=origin.plugin)
            broken.append(_broken(origin, problem))
    return _collect(manager, origins, broken)


def aside() -> AbstractContextManager[Any]:
    """What a stranger's code prints goes to stderr: stdout belongs to the answer that somebody asked for."""
    return redirect_stdout(sys.stderr)


def _points() -> list[tuple[Origin, EntryPoint]]:
    """In one order on every machine; where two distributions chose one name, theirs comes in front of it."""
    points = entry_points(group=GROUP)
    names = Counter(point.name for point in points)
    found = [(_origin(point, names[point.name] == 1), point) for point in points]
    return sorted(found, key=lambda each: each[0].plugin)


def _origin(point: EntryPoint, alone: bool) -> Origin:
    name, version = _called(point.dist) if point.dist else ("unknown", "0")
    return Origin(point.name if alone else f"{name}.{point.name}", name, version)


@cache
def _called(distribution: Distribution) -> tuple[str, str]:
    """Name and version, for which its whole description is read."""
    return distribution.name, distribution.version


def _register(manager: pluggy.PluginManager, point: EntryPoint, name: str) -> None:
    with aside():
        module = point.load()
    manager.register(module, name=name)
    known = {name for name in dir(hooks) if name.startswith("glassmaster_")}
    for caller in manager.get_hookcallers(module) or []:
        if caller.name not in known:
            raise LookupError(f"there is no hook {caller.name}; the hooks are listed in glassmaster.hooks")


def _broken(origin: Origin, problem: BaseException) -> Finding:
    reason = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
    return Finding(
        "plugin-broken",
        "warning",
        f"plugin {origin}",
        f"could not be loaded: {reason}",
        f"update or remove it: pip install --upgrade {origin.distribution}",
    )


_RECORDS: Mapping[str, type[Any]] = {
    "stage": Stage,
    "format": Format,
    "package": PackageKind,
    "profile": Profile,
    "check": Check,
    "report": Report,
    "meter": Meter,
}


def _collect(manager: pluggy.PluginManager, origins: dict[str, Origin], broken: list[Finding]) -> Offers:
    found: dict[str, dict[str, Any]] = {}
    owners: dict[tuple[str, str], Origin] = {}
    for kind, record in _RECORDS.items():
        plural = f"{kind}s"
        found[plural] = {}
        caller = getattr(manager.hook, f"glassmaster_{plural}")
        for plugin, offers in _asked(caller, origins, broken):
            for offer in offers:
                if isinstance(offer, record):
                    _admit(kind, offer, plugin, found[plural], owners)
                else:
                    broken.append(_broken(plugin, TypeError(f"{offer!r} is no {record.__name__}")))
    plugins = tuple(origins.values())
    return Offers(**found, origins=owners, plugins=plugins, broken=tuple(broken), hook=manager.hook)


def _asked(
    caller: Any, origins: Mapping[str, Origin], broken: list[Finding]
) -> Iterable[tuple[Origin, tuple[Any, ...]]]:
    for implementation in sorted(caller.get_hookimpls(), key=lambda each: str(each.plugin_name)):
        origin = origins[implementation.plugin_name]
        try:
            with aside():
                offers = tuple(implementation.function())
            yield origin, offers
        except Exception as problem:  # the offer of a stranger
            broken.append(_broken(origin, problem))


def _admit(kind: str, offer: Any, plugin: Origin, known: dict[str, Any], owners: dict[tuple[str, str], Origin]) -> None:
    if offer.name in known:
        message = f'both {owners[kind, offer.name]} and {plugin} offer a {kind} named "{offer.name}"'
        raise Refused(
            Exit.USAGE, Finding("plugin-clash", "error", "plugins", message, "uninstall one of the two distributions")
        )
    known[offer.name] = offer
    owners[kind, offer.name] = plugin
