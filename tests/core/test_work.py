"""The crew: equal work is done once, what is kept is not done, and one failure costs one errand."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster.errands import Failure
from glassmaster.errors import Exit
from glassmaster.model import Event
from glassmaster.store import Store
from glassmaster.work import Crew, work
from tests.work_support import Fleeting, Here, Job, job


class Told(list[Event]):
    """Events as they came."""

    def kinds(self, errand: Job) -> list[str]:
        return [event.kind for event in self if event.what == errand.what]


def crew(tmp_path: Path, told: Told | None = None, pool: Executor | None = None) -> Crew:
    events = Told() if told is None else told
    return Crew(Store(tmp_path / "room"), lambda: pool or Here(), events.append)


def done(note: Path) -> list[str]:
    return note.read_text().split() if note.exists() else []


def test_a_worker_finds_the_handler_by_its_name(tmp_path: Path) -> None:
    assert work(job("one"), tmp_path) == "one is fine"


def test_results_come_in_the_order_of_the_errands(tmp_path: Path) -> None:
    errands = [job(str(number), seconds=number % 5) for number in range(20)]
    assert crew(tmp_path).run(errands) == [f"{number} is fine" for number in range(20)]


def test_the_longest_are_begun_first(tmp_path: Path) -> None:
    note = tmp_path / "note"
    crew(tmp_path).run([job(name, seconds=len(name), note=note) for name in ("a", "cccc", "bb")])
    assert done(note) == ["cccc", "bb", "a"]


def test_equal_errands_are_done_once(tmp_path: Path) -> None:
    note, told = tmp_path / "note", Told()
    one, same = job("one", note=note), replace(job("one", note=note), what="job the same", seconds=9.0)
    assert crew(tmp_path, told).run([one, same, job("two", note=note)]) == ["one is fine", "one is fine", "two is fine"]
    assert sorted(done(note)) == ["one", "two"]
    assert len([event for event in told if event.kind == "ended"]) == 2


def test_what_is_kept_is_not_done_again(tmp_path: Path) -> None:
    note, told = tmp_path / "note", Told()
    errands = [job("one", note=note), job("two", note=note)]
    first = crew(tmp_path).run(errands[:1])

    def nobody() -> Executor:
        raise AssertionError("nobody is hired where nothing is to be done")

    kept = Crew(Store(tmp_path / "room"), nobody, told.append)
    assert kept.run(errands[:1]) == first
    assert told.kinds(errands[0]) == ["kept"]
    assert kept.kept(errands) == [*first, None]
    assert kept.run([]) == []
    assert crew(tmp_path).run(errands) == ["one is fine", "two is fine"]
    assert done(note) == ["one", "two"]


def test_anew_does_it_again(tmp_path: Path) -> None:
    note = tmp_path / "note"
    for _ in range(2):
        crew(tmp_path).run([job("one", note=note)], anew=True)
    assert done(note) == ["one", "one"]


def test_a_fleeting_result_is_never_kept(tmp_path: Path) -> None:
    note = tmp_path / "note"
    errand = Fleeting("job one", 1.0, "one", "fine", note)
    for _ in range(2):
        assert crew(tmp_path).run([errand]) == ["one is fine"]
    assert done(note) == ["one", "one"]
    assert crew(tmp_path).kept([errand]) == [None]
    Store(tmp_path / "room").keep(errand.key, "not even when somebody kept it")
    assert crew(tmp_path).run([errand]) == ["one is fine"]


@pytest.mark.parametrize(
    ("result", "code", "exit_code", "words"),
    [
        ("refused", "silent", Exit.SOURCE, "is silent"),
        ("disk", "output", Exit.OUTPUT, "No space left on device"),
        ("died", "worker-died", Exit.STAGE, "signal 9 (SIGKILL)"),
        ("bug", "bug", Exit.BUG, "ZeroDivisionError"),
    ],
)
def test_one_failure_costs_one_errand(tmp_path: Path, result: str, code: str, exit_code: int, words: str) -> None:
    told = Told()
    bad, good = job("bad", result, seconds=9.0), job("good")
    failure, fine = crew(tmp_path, told).run([bad, good])
    assert isinstance(failure, Failure)
    assert (failure.errand, failure.exit) == (bad, exit_code)
    [finding] = failure.findings
    assert finding.code == code
    assert finding.severity == "error"
    assert words in finding.message
    assert finding.hint or result == "refused"
    assert fine == "good is fine"
    assert told.kinds(bad) == ["planned", "began", "failed"]
    assert words in told[-1].message or words in told[-2].message
    assert told.kinds(good) == ["planned", "began", "ended"]
    assert crew(tmp_path).kept([bad, good]) == [None, fine]


class Broken(Executor):
    """A pool whose process died: it fails what it has, and then takes nothing more."""

    def __init__(self) -> None:
        self.taken = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.taken += 1
        if self.taken > 1:
            raise BrokenProcessPool("the pool is not usable anymore")
        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool("a child process terminated abruptly"))
        return future


def test_a_strangers_pool_that_breaks_is_no_bug_of_ours(tmp_path: Path) -> None:
    failures = crew(tmp_path, pool=Broken()).run([job("one"), job("two")])
    assert [failure.exit for failure in failures] == [Exit.STAGE, Exit.STAGE]
    assert [failure.findings[0].code for failure in failures] == ["worker-died", "worker-died"]


def test_events_carry_the_weight_of_the_errand(tmp_path: Path) -> None:
    told = Told()
    crew(tmp_path, told).run([job("one", seconds=4.5)])
    assert told == [Event(kind, "test", "job one", 4.5) for kind in ("planned", "began", "ended")]
