"""What a run cost, phase by phase: for people and programs that ask, never for a file - no clock gets into those.

The main process passes through its phases one after the other: the time between two of them, and what it computed
meanwhile, counts for the one that ends. What workers compute counts for the phase of their errand, wherever the main
process may be.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .model import Json


@dataclass(frozen=True)
class Spent:
    """What one errand cost."""

    process: int
    """Who did it."""
    cpu_s: float
    """Processor time of the process and of the programs that it waited for (no programs on Windows)."""
    before_s: float
    """Processor time that the process had used before its first errand; 0 at later ones."""


_begun: set[int] = set()
"""This process, once it has done its first errand: a forked child is another one."""


class Watch:
    """Times one errand in the process that does it."""

    def __init__(self) -> None:
        self._at = processor_seconds()
        self._before = 0.0 if os.getpid() in _begun else self._at
        _begun.add(os.getpid())

    def spent(self) -> Spent:
        return Spent(os.getpid(), processor_seconds() - self._at, self._before)


def processor_seconds() -> float:
    """User and system time of this process and of the children that it has waited for."""
    return sum(os.times()[:4])


@dataclass
class Phase:
    """One line of the budget."""

    wall_s: float = 0.0
    main_cpu_s: float = 0.0
    workers_cpu_s: float = 0.0
    audio_s: float = 0.0
    """Seconds of audio that its errands worked on."""
    done: int = 0
    kept: int = 0


START, END = "start", "publish"


@dataclass
class Budget:
    """Collects what was spent, from the program's start on."""

    phases: dict[str, Phase] = field(default_factory=dict)
    _wall: float = field(default_factory=time.perf_counter)
    _cpu: float = 0.0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """The main process is at a phase's errands; what it did since the phase before was to prepare them."""
        if not self.phases:
            self._lap(START)
        try:
            yield
        finally:
            self._lap(name)

    def done(self, phase: str, audio_s: float, spent: Spent) -> None:
        """An errand is done."""
        if not self.phases:
            self._lap(START)
        row = self._row(phase)
        row.done += 1
        row.audio_s += audio_s
        if spent.process != os.getpid():  # else it is in the main process's own time
            row.workers_cpu_s += spent.cpu_s
            self._row(START).workers_cpu_s += spent.before_s

    def kept(self, phase: str) -> None:
        """The result of an errand was there already."""
        self._row(phase).kept += 1

    def _row(self, phase: str) -> Phase:
        return self.phases.setdefault(phase, Phase())

    def _lap(self, name: str) -> None:
        wall, cpu = time.perf_counter(), sum(os.times()[:2])
        row = self._row(name)
        row.wall_s += wall - self._wall
        row.main_cpu_s += cpu - self._cpu
        self._wall, self._cpu = wall, cpu

    def told(self) -> Json:
        """The budget until now, for `--json`; everything since the last errand is publishing."""
        self._lap(END if self.phases else START)
        rows = [{"phase": name, **_rounded(row)} for name, row in self.phases.items()]
        return {
            "wall_s": round(sum(row.wall_s for row in self.phases.values()), 3),
            "cpu_s": round(sum(row.main_cpu_s + row.workers_cpu_s for row in self.phases.values()), 3),
            "phases": rows,
        }


def _rounded(row: Phase) -> dict[str, Json]:
    return {name: round(value, 3) for name, value in vars(row).items()}
