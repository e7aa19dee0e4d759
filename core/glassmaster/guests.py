"""Plugin files of a release: the very bytes that were trusted, as a module, here and in every worker.

A guest travels with each errand and in front of it, so that what the errand holds of the file's own classes can be put
together again over there. Nothing but its text is ever run: the file is not read a second time.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any

from .values import key


@dataclass(frozen=True)
class Guest:
    """A plugin file that the user trusts."""

    named: str
    """From the manifest's folder: "./tape.py"."""
    path: str
    sha256: str
    text: bytes

    @property
    def module(self) -> str:
        """Name of its module: another text is another module, whose classes are others, too."""
        return f"glassmaster_local_{key(self.named, self.sha256)[:16]}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrived, (self.named, self.path, self.sha256, self.text)


def imported(guest: Guest) -> ModuleType:
    """Its module, run once in a process. Raises whatever the file raises."""
    if guest.module in sys.modules:
        return sys.modules[guest.module]
    code = compile(guest.text, guest.path, "exec", dont_inherit=True)
    module = ModuleType(guest.module)
    module.__file__ = guest.path
    sys.modules[guest.module] = module  # dataclasses look their module up while it is being made
    try:
        exec(code, module.__dict__)
    except BaseException:
        del sys.modules[guest.module]
        raise
    return module


def _arrived(named: str, path: str, sha256: str, text: bytes) -> Guest:
    """A guest in another process, its module ready for what comes behind it."""
    guest = Guest(named, path, sha256, text)
    with suppress(Exception, SystemExit):  # whoever loads it as a plugin tells what is wrong
        imported(guest)
    return guest


def name_of(text: str) -> str:
    """How a plugin file is called that a manifest names so."""
    return f"./{PurePosixPath(text.replace(chr(92), '/'))}"
