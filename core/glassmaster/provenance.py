"""Versions of everything that had a hand in a build."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from .engine import engine
from .plugins import Offers
from .rounds import File
from .statement import LIBRARY, PYPI
from .store import sha256_of

_INSIDE = {"libsndfile": ("_soundfile_data", "libsndfile*"), "libsoxr": ("soxr", "soxr_ext*")}
"""Libraries inside packages: the package, and the file's name there. libsndfile's holds LAME, libFLAC, Vorbis, Opus."""


def provenance(offers: Offers, files: Iterable[File]) -> dict[str, str]:
    """Name and version of glassmaster, Python, libraries, encoders and plugins; no clock and no host name."""
    found = {"glassmaster": version("glassmaster"), "python": platform.python_version()}
    found |= {name: version(name) for name in PYPI} | _inside()
    found |= _encoders(files)
    found |= {f"plugin {each.plugin}": each.release for each in offers.plugins}
    return {**found, "engine": engine(), "system": _system()}


@cache
def _inside() -> dict[str, str]:
    """Nothing is imported, which would take longer than a build with nothing to do."""
    return {f"{LIBRARY}{name}": _hash_of(*where) for name, where in _INSIDE.items()}


def _hash_of(package: str, pattern: str) -> str:
    spec = find_spec(package)
    folders = (spec.submodule_search_locations or ()) if spec else ()
    found = sorted(path for folder in folders for path in Path(folder).glob(pattern) if path.is_file())
    return f"sha256:{sha256_of(found[0])}" if found else "of the system"


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
