"""What several verbs share: options, the crew that works for them, the code to leave with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from ..errors import Exit, refuse
from ..model import Event, Outcome
from ..names import printable
from ..plugins import Offers, aside
from ..record import findings_by_exit
from ..store import Store
from ..threads import cores as cores
from ..work import Crew, Way
from .progress import SILENT, progress

HERE = Path("release.toml")
"""The release in whose folder one stands, for verbs that name none."""
LOCAL = "local"
"""The address of our own workers, on this machine."""
_Verb = TypeVar("_Verb", bound=Callable[..., Any])


def manifest_argument(verb: _Verb) -> _Verb:
    """The manifest's path; a folder stands for the release.toml in it."""
    return click.argument("manifest", type=click.Path(path_type=Path), default=HERE)(verb)


def jobs_option(verb: _Verb) -> _Verb:
    """How many workers, and which."""
    verb = click.option("--executor", default=LOCAL, metavar="ADDRESS", help="Pool of workers to use.")(verb)
    return click.option(
        "--jobs", "-j", type=click.IntRange(1, 1024), default=None, help="Workers; default: the cores there are."
    )(verb)


def json_option(verb: _Verb) -> _Verb:
    """One JSON document on stdout instead of text."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(verb)


@contextmanager
def crew_for(
    room: Path, offers: Offers, jobs: int | None = None, executor: str = LOCAL, *, why: bool = False
) -> Iterator[Crew]:
    """A crew whose pool is hired when the first errand comes, and sent home at the end whatever happens.

    `why`: what is planned is told with its reason.
    """
    hired: list[Executor] = []

    def hire() -> Executor:
        if not hired:
            hired.append(_pool(offers, jobs or cores(), executor))
        return hired[0]

    with progress() as show:

        def tell(event: Event) -> None:
            show(event)
            if why and event.kind == "planned" and event.phase not in SILENT:
                click.echo(f"why {event.phase} {printable(event.what)}: {printable(event.message)}", err=True)
            _told_plugins(offers, event)

        try:
            yield Crew(Store(room), hire, tell, guests=offers.guests, way=_way(executor))
        except BaseException:
            _send_home(hired, at_once=True)
            raise
        _send_home(hired, at_once=False)


def _told_plugins(offers: Offers, event: Event) -> None:
    try:
        with aside():
            offers.hook.glassmaster_event(event=event)
    except Exception as problem:  # a stranger's listener: its loss alone
        click.echo(f"warning: a plugin failed at an event: {type(problem).__name__}: {problem}", err=True)


def _way(executor: str) -> Way:
    if executor == LOCAL:
        return Way()
    from .. import afar

    return afar.way()


def _pool(offers: Offers, jobs: int, address: str) -> Executor:
    where, hint = f"--executor {address}", f"see whether it runs and can be reached; --executor {LOCAL} works here"
    try:
        with aside():
            found = offers.hook.glassmaster_executor(jobs=jobs, address=address)
    except Exception as problem:  # a stranger's code, and a network behind it
        message = f"the pool of workers cannot be had: {type(problem).__name__}: {problem}"
        raise refuse(Exit.STAGE, "pool-failed", where, message, hint) from problem
    if found is None:
        raise refuse(
            Exit.USAGE, "executor", "--executor", f'no plugin knows "{address}"', f'the built-in one is "{LOCAL}"'
        )
    if not isinstance(found, Executor):
        message = f"the pool of workers is no concurrent.futures.Executor, but {type(found).__name__}"
        raise refuse(Exit.STAGE, "pool-failed", where, message, "report it to the plugin's author")
    return found


def _send_home(hired: list[Executor], *, at_once: bool) -> None:
    for pool in hired:
        try:
            pool.shutdown(wait=not at_once, cancel_futures=at_once)
        except Exception as problem:  # a scheduler that is gone: the work is done, or has failed by now
            message = f"the pool of workers did not end well: {type(problem).__name__}: {problem}"
            click.echo(f"warning: {printable(message)}", err=True)


def exit_code(outcome: Outcome) -> int:
    """What a build or check leaves with: what stopped it, else the verdict."""
    stopped = findings_by_exit(outcome.findings)
    if stopped is not None:
        return stopped
    return Exit.OK if outcome.verdict == "ready" else Exit.NOT_READY
