"""A pool of workers that is not ours: what it computes with must be what we have, and what it brings is proven.

Two machines with other libraries give other samples under the same key, and a scheduler may lose a file, or bring it
late. So each worker compares its surroundings with ours before it begins, and every file is read when it arrives.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import Any

from .budget import Spent, Watch
from .errands import Errand, Failure, Finish
from .errors import Exit, refuse
from .model import Finding
from .store import Store, blobs, sha256_of
from .work import Way, timed

_LOCAL = "what is finished is kept; --executor local does the rest on this machine"
_BETWEEN = "; "


@cache
def surroundings() -> str:
    """What results depend on besides their errand: glassmaster, libraries, kind of processor, plugins."""
    from importlib.metadata import version

    from . import plugins
    from .engine import engine

    found = sorted(str(each) for each in plugins.load().plugins)
    return _BETWEEN.join([f"glassmaster {version('glassmaster')}", engine(), *found])


def way() -> Way:
    """How errands reach such a pool."""
    return Way(partial(_done, surroundings()), _check_arrived, _pool_failed)


def _done(wanted: str, errand: Errand, root: Path, fresh: frozenset[str]) -> tuple[Any, Spent]:
    """Do an errand (in a worker), but only where the surroundings are the `wanted` ones."""
    here = surroundings()
    return timed(errand, root, fresh) if here == wanted else (_differs(errand, here, wanted), Watch().spent())


def _differs(errand: Errand, here: str, wanted: str) -> Failure:
    theirs, ours = here.split(_BETWEEN), wanted.split(_BETWEEN)
    there, instead = _without(theirs, ours), _without(ours, theirs)
    message = f"{errand.phase}: the worker has {there}, where this machine has {instead}"
    hint = f"its samples would be others: install the same versions there; {_LOCAL}"
    return Failure(errand, Exit.UNPROVEN, (Finding("worker-differs", "error", errand.what, message, hint),))


def _without(some: list[str], others: list[str]) -> str:
    return ", ".join(each for each in some if each not in others) or "nothing"


def _check_arrived(errand: Errand, result: Any, store: Store) -> None:
    """Raise `Refused` (exit 8) unless every file that a result speaks of is here, with the content it says.

    One with another content is removed from the store: its name is the hash of what it should be.
    """
    for blob in blobs(result):
        if not _holds(errand, store.path(blob), blob.sha256):
            store.path(blob).unlink()
            raise _other(errand)
    if isinstance(errand, Finish) and not _holds(errand, errand.destination, result.sha256):
        raise _other(errand)


def _holds(errand: Errand, path: Path, sha256: str) -> bool:
    if not path.is_file():
        message = f"{errand.phase}: the pool of workers did not bring its file"
        hint = f"its workers must see the release's folder under the same path; {_LOCAL}"
        raise refuse(Exit.UNPROVEN, "worker-lost", errand.what, message, hint)
    return sha256_of(path) == sha256


def _other(errand: Errand) -> Exception:
    message = f"{errand.phase}: the pool of workers brought another file than it says"
    return refuse(Exit.UNPROVEN, "worker-lost", errand.what, message, f"look after its disks and its network; {_LOCAL}")


def _pool_failed(errand: Errand, problem: Exception) -> Failure:
    """What a pool raised of its own: its scheduler died, cannot be reached, or takes no more."""
    message = f"{errand.phase}: the pool of workers failed: {type(problem).__name__}: {problem}"
    return Failure(errand, Exit.STAGE, (Finding("pool-failed", "error", errand.what, message, _REACH),))


_REACH = f"see whether its scheduler still runs and can be reached; {_LOCAL}"
