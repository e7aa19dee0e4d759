"""What a run cost: phases one after the other in the main process, workers' time by what they did."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from glassmaster.budget import Budget, Spent, processor_seconds
from glassmaster.store import Store
from glassmaster.work import Crew
from tests.work_support import Here, job


def rows(budget: Budget) -> dict[str, dict[str, Any]]:
    return {row["phase"]: row for row in budget.told()["phases"]}


def burn(seconds: float) -> None:
    end = processor_seconds() + seconds
    while processor_seconds() < end:
        sum(range(10_000))


def test_the_phases_add_up_to_the_whole() -> None:
    budget = Budget()
    burn(0.1)
    with budget.phase("measure"):
        burn(0.1)
    burn(0.1)
    with budget.phase("render"):
        budget.done("render", 7.5, Spent(os.getpid() + 1, 2.0, 0.5))
        budget.done("encode", 2.5, Spent(os.getpid() + 1, 3.0, 0.0))
    budget.kept("encode")
    told = budget.told()
    found = {row["phase"]: row for row in told["phases"]}
    assert list(found) == ["start", "measure", "render", "encode", "publish"]
    assert found["measure"]["main_cpu_s"] >= 0.09
    assert found["render"]["main_cpu_s"] >= 0.09, "what comes before a phase's errands prepares them"
    assert (found["render"]["workers_cpu_s"], found["encode"]["workers_cpu_s"]) == (2.0, 3.0)
    assert found["start"]["workers_cpu_s"] == 0.5
    assert (found["render"]["audio_s"], found["encode"]["done"], found["encode"]["kept"]) == (7.5, 1, 1)
    assert told["wall_s"] == pytest.approx(sum(row["wall_s"] for row in found.values()), abs=0.01)
    spent = sum(row["main_cpu_s"] + row["workers_cpu_s"] for row in found.values())
    assert told["cpu_s"] == pytest.approx(spent, abs=0.01)


def test_what_the_main_process_does_itself_counts_once(tmp_path: Path) -> None:
    crew = Crew(Store(tmp_path / "room"), Here, lambda event: None)
    crew.run([job("one", seconds=3.0), job("two", seconds=4.0)])
    crew.run([job("one", seconds=3.0)])
    found = rows(crew.budget)["test"]
    assert (found["done"], found["kept"], found["audio_s"], found["workers_cpu_s"]) == (2, 1, 7.0, 0.0)


def test_workers_tell_what_they_spent_and_how_long_they_took_to_start(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        crew = Crew(Store(tmp_path / "room"), lambda: pool, lambda event: None)
        crew.run([job("one")])
        first = rows(crew.budget)["start"]["workers_cpu_s"]
        crew.run([job("two")])
        assert rows(crew.budget)["start"]["workers_cpu_s"] == first > 0.0


@pytest.mark.skipif(os.name == "nt", reason="Windows does not tell what a child has used")
def test_programs_that_an_errand_runs_count_for_it() -> None:
    before = processor_seconds()
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass"], check=True)
    assert processor_seconds() - before >= 0.25  # clocks that tell hundredths
