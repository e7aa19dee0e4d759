"""The one door: loads every plugin, guarded, and collects what they offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.metadata import Distribution, EntryPoint, entry_points
from typing import Any

import pluggy

from . import hooks
from .errors import Exit, Refused
from .guests import Guest, imported
from .model import Check, Finding, Format, Meter, PackageKind, Profile, Report, Stage
from .plugins import FILE, GROUP, Offers, Origin, aside


@cache
def gathered(guests: tuple[Guest, ...] = ()) -> Offers:
    """Load all plugins; one that fails becomes a finding and takes nobody along.

    Raises `Refused` (exit 2) where two offer one name.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    origins: dict[str, Origin] = {}
    broken: list[Finding] = []
    for origin, bring in (*_points(), *_files(guests)):
        try:
            _register(manager, bring, origin.plugin)
            origins[origin.plugin] = origin
        except (Exception, SystemExit) as problem:  # whatever a stranger's module does at import
            if manager.has_plugin(origin.plugin):
                manager.unregister(name=origin.plugin)
            broken.append(_broken(origin, problem))
    present = tuple(each for each in guests if each.named in origins)
    return _collect(manager, origins, present, broken)


def _points() -> list[tuple[Origin, Callable[[], Any]]]:
    """In one order on every machine; where two distributions chose one name, theirs comes in front of it."""
    points = entry_points(group=GROUP)
    names = Counter(point.name for point in points)
    found = [(_origin(point, names[point.name] == 1), point.load) for point in points]
    return sorted(found, key=lambda each: each[0].plugin)


def _files(guests: Iterable[Guest]) -> Iterator[tuple[Origin, Callable[[], Any]]]:
    for guest in guests:
        yield Origin(guest.named, FILE, guest.sha256), partial(imported, guest)


def _origin(point: EntryPoint, alone: bool) -> Origin:
    name, version = _called(point.dist) if point.dist else ("unknown", "0")
    return Origin(point.name if alone else f"{name}.{point.name}", name, version)


@cache
def _called(distribution: Distribution) -> tuple[str, str]:
    """Name and version, for which its whole description is read."""
    return distribution.name, distribution.version


def _register(manager: pluggy.PluginManager, bring: Callable[[], Any], name: str) -> None:
    with aside():
        module = bring()
    _hold_version(module)
    manager.register(module, name=name)
    known = {name for name in dir(hooks) if name.startswith("glassmaster_")}
    for caller in manager.get_hookcallers(module) or []:
        if caller.name not in known:
            raise LookupError(f"there is no hook {caller.name}; the hooks are listed in glassmaster.hooks")


def _hold_version(module: Any) -> None:
    """A plugin that says for which version of the hooks it was written is not called by another."""
    wanted = getattr(module, "GLASSMASTER_HOOKS", hooks.VERSION)
    if wanted != hooks.VERSION:
        whose = "glassmaster" if isinstance(wanted, int) and wanted > hooks.VERSION else "plugin"
        told = f"it is written for version {wanted} of the hooks, and this glassmaster has version {hooks.VERSION}"
        raise LookupError(f"{told}: a newer {whose} is needed")


def _broken(origin: Origin, problem: BaseException) -> Finding:
    reason = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
    hint = f"update or remove it: pip install --upgrade {origin.distribution}"
    if origin.file:
        hint = "mend the file, or take it out of plugins in the manifest"
    return Finding("plugin-broken", "warning", f"plugin {origin}", f"could not be loaded: {reason}", hint)


_RECORDS: Mapping[str, type[Any]] = {
    "stage": Stage,
    "format": Format,
    "package": PackageKind,
    "profile": Profile,
    "check": Check,
    "report": Report,
    "meter": Meter,
}


def _collect(
    manager: pluggy.PluginManager, origins: dict[str, Origin], guests: tuple[Guest, ...], broken: list[Finding]
) -> Offers:
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
    return Offers(**found, origins=owners, plugins=plugins, guests=guests, broken=tuple(broken), hook=manager.hook)


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
        hint = "uninstall one of the two distributions"
        if plugin.file or owners[kind, offer.name].file:
            hint = "take the file out of plugins in the manifest, or give what it offers another name"
        raise Refused(Exit.USAGE, Finding("plugin-clash", "error", "plugins", message, hint))
    known[offer.name] = offer
    owners[kind, offer.name] = plugin
