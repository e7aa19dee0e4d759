"""Plugin files that a manifest names: run only if the user trusts them as they are, and told of otherwise."""

from __future__ import annotations

import hashlib
import shlex
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from . import manifest, plugins, trust
from .guests import Guest, name_of
from .model import Finding
from .plugins import Offers

_MOST_BYTES = 1024 * 1024
State = Literal["trusted", "changed", "untrusted", "unusable"]


@dataclass(frozen=True)
class Named:
    """One plugin file as it was found; `guest` holds what was read of it."""

    name: str
    path: Path
    state: State
    reason: str = ""
    guest: Guest | None = None


def offers_for(path: Path) -> Offers:
    """What can be used in a release: all that is installed, and the plugin files that its manifest names.

    A file that is not trusted is not run; `Offers.broken` tells of it. Raises `Refused` (exit 2) for two of one name.
    """
    found = list(named(path))
    plugins.welcome(tuple(each.guest for each in found if each.guest and each.state == "trusted"))
    offers = plugins.load()
    return replace(offers, broken=(*offers.broken, *(_told(each) for each in found if each.state != "trusted")))


def named(path: Path) -> Iterator[Named]:
    """The plugin files of a manifest; none of one that cannot be read. What leads outside its folder is told there."""
    home = path.absolute().parent
    for text in dict.fromkeys(map(name_of, manifest.plugin_files(path))):
        yield look(home / text, home, text)


def look(path: Path, home: Path, name: str) -> Named:
    """One plugin file of the release in the folder `home`; nothing of it is run."""
    try:
        text = _bytes(path, home)
    except ValueError as problem:
        return Named(name, path, "unusable", str(problem))
    except OSError as problem:
        return Named(name, path, "unusable", f"cannot be read: {problem.strerror or problem}")
    guest = Guest(name, str(path), hashlib.sha256(text).hexdigest(), text)
    known = trust.of(path)
    state: State = "untrusted" if known is None else "trusted" if known.sha256 == guest.sha256 else "changed"
    return Named(name, path, state, _REASONS[state], guest)


def _bytes(path: Path, home: Path) -> bytes:
    """Read once: what is hashed here is what will be run, whatever becomes of the file meanwhile."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise ValueError("is a link, not a file: put the file itself into the release folder")
    if not stat.S_ISREG(mode):
        raise ValueError("is a folder or a device, not a file")
    if not path.resolve().is_relative_to(home.resolve()):
        raise ValueError("lies outside the release folder, behind a link")
    with path.open("rb") as file:
        text = file.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        raise ValueError(f"is larger than {_MOST_BYTES // 1024**2} MiB, which no plugin needs")
    return text


_REASONS = {
    "trusted": "",
    "untrusted": "is not trusted, and was not run",
    "changed": "changed since you trusted it, and was not run",
}


def _told(each: Named) -> Finding:
    code = "plugin-file" if each.state == "unusable" else "plugin-untrusted"
    hint = f"read it; if you trust what it does: {call('trust', each.path)}"
    if each.state == "unusable":
        hint = "put it there, or take it out of plugins in the manifest"
    return Finding(code, "warning", f"plugin {each.name}", each.reason, hint)


def call(verb: str, path: Path) -> str:
    """The line that trusts a file (or no longer), to be copied into a shell whatever the file is called."""
    words = ["glassmaster", "plugins", verb, str(path)]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)
