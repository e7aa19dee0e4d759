"""The crew: equal work is done once, what is kept is not done, and one failure costs one errand."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster.errands import Failure
from glassmaster.errors import Exit, Refused
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
        ("disk", "disk-full", Exit.OUTPUT, "No space left on device"),
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


def following(*pairs: tuple[str, str], note: Path) -> Any:
    """What follows what, by name."""

    def ahead(errand: Any, result: Any) -> list[Job]:
        return [job(other, seconds=0.5, note=note) for one, other in pairs if errand.name == one]

    return ahead


def test_what_follows_is_begun_at_once_and_done_once(tmp_path: Path) -> None:
    note, told = tmp_path / "note", Told()
    ahead = following(("one", "then"), ("then", "last"), note=note)
    busy = replace(crew(tmp_path, told), ahead=ahead)
    assert busy.run([job("one", note=note), job("two", note=note)]) == ["one is fine", "two is fine"]
    begun = [event.what for event in told if event.kind == "began"]
    assert begun == ["job one", "job two", "job then"]
    assert replace(busy, ahead=crew(tmp_path).ahead).run([job("then", note=note)]) == ["then is fine"]
    assert [event.kind for event in told if event.what == "job then"] == ["planned", "began", "ended"]
    assert done(note).count("then") == 1


def test_what_was_begun_and_finished_is_handed_out_later(tmp_path: Path) -> None:
    note, told = tmp_path / "note", Told()
    busy = replace(crew(tmp_path, told), ahead=following(("one", "then"), ("then", "last"), note=note))
    busy.run([job("one", note=note)])
    assert busy.run([job("other", note=note), job("third", note=note)]) == ["other is fine", "third is fine"]
    assert "ended" in [event.kind for event in told if event.what == "job then"]
    assert busy.run([job("last", note=note), job("then", note=note)]) == ["last is fine", "then is fine"]
    assert sorted(done(note)) == ["last", "one", "other", "then", "third"]


def test_what_is_kept_is_not_begun_ahead(tmp_path: Path) -> None:
    note = tmp_path / "note"
    crew(tmp_path).run([job("then", seconds=0.5, note=note)])
    told = Told()
    busy = replace(crew(tmp_path, told), ahead=following(("one", "then"), note=note))
    busy.run([job("one", note=note)])
    assert [event.what for event in told if event.kind == "began"] == ["job one"]
    assert busy.run([job("then", note=note)]) == ["then is fine"]
    assert done(note).count("then") == 1


def test_what_nobody_asks_for_cannot_fail(tmp_path: Path) -> None:
    told = Told()

    def ahead(errand: Any, result: Any) -> list[Job]:
        return [job("bad", "refused")] if errand.name == "one" else []

    busy = replace(crew(tmp_path, told), ahead=ahead)
    busy.run([job("one")])
    assert busy.run([job("two")]) == ["two is fine"]
    assert "failed" not in [event.kind for event in told]
    [failure] = busy.run([job("bad", "refused")])
    assert isinstance(failure, Failure)
    assert [event.kind for event in told if event.what == "job bad"][-1] == "failed"


def test_what_follows_from_nothing_any_more_is_given_up(tmp_path: Path) -> None:
    class Slow(Here):
        """Begins nothing but what is named."""

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            return Future() if args[0].name == "then" else super().submit(fn, *args, **kwargs)

    note = tmp_path / "note"
    busy = replace(crew(tmp_path, pool=Slow()), ahead=following(("one", "then"), note=note))
    busy.run([job("one", note=note)])
    busy.forget()
    later = replace(busy, hire=Here, ahead=following(note=note))
    assert later.run([job("then", seconds=0.5, note=note)]) == ["then is fine"]


def test_files_of_this_very_build_are_not_read_again(tmp_path: Path) -> None:
    store = Store(tmp_path / "room")
    (tmp_path / "a").write_bytes(b"sound")
    blob = store.adopt(tmp_path / "a")
    store.path(blob).write_bytes(b"noise")
    assert replace(store, fresh=frozenset({blob.sha256})).proven(blob) == store.path(blob)
    with pytest.raises(Refused, match="damaged"):
        store.proven(blob)
