"""MUTATION.md: what became of the mutants, counted; survivors by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.judged import EQUIVALENT

PAGE = Path(__file__).parents[1] / "MUTATION.md"


@dataclass(frozen=True)
class Trial:
    """How one mutant ended."""

    line: int
    function: str
    was: str
    now: str
    ended: str

    @property
    def name(self) -> tuple[str, str, str]:
        """As of the mutant."""
        return self.function, self.was, self.now

    def reason(self, module: str) -> str | None:
        """Why it is no fault at all, where somebody looked and found that."""
        return EQUIVALENT.get((module, *self.name))


@dataclass(frozen=True)
class Told:
    """The trials of a module."""

    mutants: int
    """How many there are; where fewer were tried, they are a fair sample."""
    trials: Sequence[Trial]

    def living(self) -> list[Trial]:
        """Those that no test noticed."""
        return [each for each in self.trials if each.ended == "survived"]

    def score(self, module: str) -> float:
        """Percent noticed of those that are faults; a mutant that never ends is noticed."""
        faults = [each for each in self.trials if each.ended != "survived" or not each.reason(module)]
        return 100 * sum(each.ended != "survived" for each in faults) / max(1, len(faults))


def page(told: Mapping[str, Told]) -> str:
    """The figures of each module, then the survivors."""
    lines = [
        "# Mutants",
        "",
        "Written by `make mutation`: a module is changed in one place, and its tests must notice. Where a module has",
        "more mutants than were tried, those tried were drawn by lot, the same ones each time. Equivalent: does what",
        "the program does, looked at one by one (`tests/mutation/judged.py`). The score is of the others, the raw",
        "score of all.",
        "",
        "| module | mutants | tried | killed | timed out | survived | of these equivalent | score | raw score |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
        *(_row(name, each) for name, each in sorted(told.items())),
    ]
    for name, each in sorted(told.items()):
        lines += ["", f"## {name}", "", *(_survivor(name, trial) for trial in each.living())] if each.living() else []
    return "\n".join(lines) + "\n"


def _row(name: str, told: Told) -> str:
    living, tried = told.living(), len(told.trials)
    count = {ended: sum(each.ended == ended for each in told.trials) for ended in ("killed", "timed out")}
    judged = sum(bool(each.reason(name)) for each in living)
    raw = 100 * (tried - len(living)) / max(1, tried)
    return (
        f"| {name} | {told.mutants} | {tried} | {count['killed']} | {count['timed out']} | {len(living)} | {judged} "
        f"| {told.score(name):.1f} % | {raw:.1f} % |"
    )


def _survivor(name: str, trial: Trial) -> str:
    told = f"- {name}:{trial.line} {trial.function}: `{trial.was}` became `{trial.now}`"
    reason = trial.reason(name)
    return f"{told} - equivalent: {reason}" if reason else told
