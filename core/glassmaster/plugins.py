"""What all plugins together offer, installed ones and the release's own files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .errors import Exit, Refused, refuse
from .guests import Guest
from .model import Check, Finding, Format, Meter, PackageKind, Profile, Report, Stage

_T = TypeVar("_T")
GROUP = "glassmaster"
FILE = "sha256"
"""In place of a distribution, for a plugin file: its version is its hash."""
_PRESENT: ContextVar[tuple[Guest, ...]] = ContextVar("guests", default=())


@dataclass(frozen=True)
class Origin:
    """Where a plugin comes from: part of the key of all work that it does."""

    plugin: str
    """Name of its entry point, or of its file: "./tape.py"."""
    distribution: str
    """Its name, or `FILE`."""
    version: str

    @property
    def release(self) -> str:
        """Distribution and version."""
        return f"{self.distribution} {self.version}"

    @property
    def edition(self) -> str:
        """What a key tells besides an offer's own version: nothing of ours, of a stranger's its release."""
        return "" if self.distribution == GROUP else f" {self.release}"

    @property
    def file(self) -> bool:
        """Whether it is a plugin file of the release, not an installed one."""
        return self.plugin.startswith("./")

    def __str__(self) -> str:
        return f"{self.plugin} ({self.distribution} {self.version[:12] if self.file else self.version})"


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
    guests: tuple[Guest, ...] = ()
    """The plugin files among them: they go along to the workers."""
    broken: tuple[Finding, ...] = ()
    """Plugins that could not be loaded; they matter only if the manifest asks for what they offered."""
    hook: Any = None
    """The moments, as pluggy's hook relay."""


def load() -> Offers:
    """All that is offered here and now: by what is installed, and by the plugin files that were welcomed."""
    from .gathering import gathered

    return gathered(_PRESENT.get())


def welcome(guests: tuple[Guest, ...]) -> None:
    """Whom `load` counts in from now on: the trusted plugin files of the release, or of the errand, at hand."""
    _PRESENT.set(guests)


def accompanied(guests: tuple[Guest, ...], do: Callable[..., Any], /, *arguments: Any) -> Any:
    """`do(*arguments)` in a worker, in the presence of the release's plugin files.

    They come in front of the arguments: what these hold of their classes can be put together only once they are there.
    """
    welcome(guests)
    return do(*arguments)


def asked(call: Callable[[], _T], who: str, where: str, code: str = "stage-failed") -> _T:
    """What a stranger's function answers here, its prints aside. Raises `Refused` (exit 4) where it fails: `who` names
    it and says what it could not do."""
    try:
        with aside():
            return call()
    except Refused:
        raise
    except Exception as problem:
        message = f"{who}: {type(problem).__name__}: {problem}"
        raise refuse(Exit.STAGE, code, where, message, "report it to its author") from problem


@contextmanager
def aside() -> Iterator[None]:
    """What a stranger's code prints goes to stderr: stdout belongs to the answer that somebody asked for.

    Where it closes descriptor 1, that is opened again: the next file or pipe of ours must not take its place.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        try:
            os.fstat(1)
        except OSError:
            with suppress(OSError):
                os.dup2(2, 1)
