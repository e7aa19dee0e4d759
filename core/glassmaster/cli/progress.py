"""Progress on stderr: bars on a terminal, one line for each finished step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from ..model import Event
from ..names import inert
from .show import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

Tell = Callable[[Event], None]
SILENT = ("read",)


@contextmanager
def progress() -> Iterator[Tell]:
    """Give a function that shows events as they come."""
    with ExitStack() as stack:
        yield _Bars(stack).tell if sys.stderr.isatty() else _line


def _line(event: Event) -> None:
    if event.phase in SILENT:
        return
    if event.kind == "ended":
        say(f"{event.phase}: {event.what}", err=True)
    elif event.kind == "failed":
        say(f"{event.phase}: {event.what} failed: {_first(event.message)}", err=True)


def _first(message: str) -> str:
    return message.splitlines()[0] if message else ""


class _Bars:
    """One bar a phase; it moves by seconds of audio, so that a long song counts as one.

    They stand for as long as `stack`, from the first thing that is planned on.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._bars: dict[str, TaskID] = {}

    @cached_property
    def _shown(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description:<9}"), BarColumn(), TextColumn("{task.fields[what]}", markup=False))
        shown = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
        return self._stack.enter_context(shown)

    def tell(self, event: Event) -> None:
        if event.phase in SILENT or event.kind == "kept":
            return
        if event.kind == "planned":
            self._grow(event)
        elif event.kind in ("ended", "failed"):
            self._shown.advance(self._bars[event.phase], event.seconds or 1)
            self._shown.update(self._bars[event.phase], what=inert(event.what))
        if event.kind == "failed":
            self._shown.console.print(f"{event.phase}: {inert(event.what)} failed", markup=False, emoji=False)

    def _grow(self, event: Event) -> None:
        if event.phase not in self._bars:
            self._bars[event.phase] = self._shown.add_task(event.phase, total=0, what="")
        bar = self._shown.tasks[self._shown.task_ids.index(self._bars[event.phase])]
        self._shown.update(bar.id, total=(bar.total or 0) + (event.seconds or 1))
