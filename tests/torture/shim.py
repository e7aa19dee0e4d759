"""Strikes one file operation of a build, wherever it happens: in the program, its workers or their encoders."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SOURCE = Path(__file__).with_name("shim.c")
_SIZE = 256


@cache
def missing() -> str:
    """Why no call can be struck here; nothing where it can."""
    if not sys.platform.startswith("linux"):
        return "LD_PRELOAD is Linux's"
    return "" if shutil.which("cc") else "there is no C compiler: sudo apt-get install gcc"


@cache
def library(folder: Path, source: Path = _SOURCE) -> Path:
    """The compiled shim, or another such `source`, in `folder`."""
    built = folder / f"{source.stem}.so"
    line = ["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(built), str(source), "-ldl"]
    subprocess.run(line, check=True)
    return built


@dataclass(frozen=True)
class Strike:
    """Which call, counted over all processes of the build from 1, and what becomes of it."""

    at: int = 0
    """0: none is struck, they are only counted."""
    do: int | None = None
    """The error that it fails with; None: everything is killed there."""
    lasting: bool = False
    """From there on whatever asks for space fails, as on a disk that is full."""
    since: str = ""
    """The first call of this name is the first that counts; else all do."""


@dataclass(frozen=True)
class Struck:
    """What a run did."""

    calls: int
    times: int
    what: str
    """The first call that was struck, and the file."""


class Shim:
    """One run's count."""

    def __init__(self, workshop: Path, root: Path) -> None:
        self._library, self._root = library(workshop), root
        self._count = workshop / f"{root.name}.count"
        self._count.write_bytes(bytes(_SIZE))

    def environment(self, strike: Strike) -> dict[str, str]:
        """Variables for the program to be struck."""
        found = {"LD_PRELOAD": str(self._library), "TORTURE_ROOT": f"{self._root}/", "TORTURE_COUNT": str(self._count)}
        found |= {"TORTURE_AT": str(strike.at), "TORTURE_DO": "kill" if strike.do is None else str(strike.do)}
        more = {"TORTURE_ON": "1" if strike.lasting else "", "TORTURE_FROM": strike.since}
        return {**found, **{name: value for name, value in more.items() if value}}

    def struck(self) -> Struck:
        data = self._count.read_bytes()
        calls, times = struct.unpack("qq", data[:16])
        return Struck(calls, times, data[16:].split(b"\0")[0].decode("utf-8", "replace"))
