"""Where Python looks for modules: never in the working folder, which may be a stranger's release.

A new interpreter puts the working folder first, also one that is started for a worker. A file `multiprocessing.py`
beside somebody's release.toml would run in it.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NAME = "PYTHONSAFEPATH"
_OURS = "glassmaster"
"""Any text switches it on; by this one a worker knows that its own programs were not meant."""
_ONE = threading.Lock()


@contextmanager
def not_from_here() -> Iterator[None]:
    """Interpreters that are started within do not look into their working folder (Python 3.11, `-P`)."""
    with _ONE:  # the environment is one for all threads
        chosen = os.environ.get(_NAME)
        os.environ[_NAME] = chosen or _OURS
        try:
            yield
        finally:
            _put_back(chosen)


def _put_back(chosen: str | None) -> None:
    if chosen is None:
        del os.environ[_NAME]
    else:
        os.environ[_NAME] = chosen


def as_chosen() -> None:
    """In a worker: what it starts looks for modules as the user has chosen."""
    if os.environ.get(_NAME) == _OURS:
        del os.environ[_NAME]


def leave_here() -> None:
    """For `python -m glassmaster`: no more modules from the working folder, unless this one comes from there."""
    try:
        here = Path.cwd()
    except OSError:  # it was removed: nothing can be imported from it
        return
    if not sys.flags.safe_path and sys.path and Path(sys.path[0]) == here != Path(__file__).parents[1]:
        del sys.path[0]
