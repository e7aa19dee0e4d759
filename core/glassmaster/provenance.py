"""Versions of everything that had a hand in a build."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import version

from .engine import engine
from .plugins import Offers
from .rounds import File

_LIBRARIES = ("mutagen", "numpy", "soundfile", "soxr")


def provenance(offers: Offers, files: Iterable[File]) -> dict[str, str]:
    """Name and version of glassmaster, Python, libraries, encoders and plugins; no clock and no host name."""
    found = {"glassmaster": version("glassmaster"), "python": platform.python_version()}
    found |= {name: version(name) for name in _LIBRARIES}
    found |= _encoders(files)
    found |= {f"plugin {each.plugin}": each.release for each in offers.plugins}
    return {**found, "engine": engine(), "system": _system()}


def _system() -> str:
    """Kind of system, and the C library that libraries round with where there is more than one."""
    return " ".join(filter(None, (platform.system(), *platform.libc_ver())))


def _encoders(files: Iterable[File]) -> dict[str, str]:
    """Every encoder of each format: deliverables may pin different ones."""
    found: dict[str, dict[str, None]] = {}
    for file in files:
        each = file.encode.encoder
        found.setdefault(file.encode.format, {})[f"{each.name} {each.version}"] = None
    return {f"encoder {name}": ", ".join(sorted(each)) for name, each in found.items()}
