"""Lanes: answers and exceptions travel, a dying worker costs one errand, and none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import as_completed
from contextlib import nullcontext
from pathlib import Path

import pytest

from glassmaster.errors import Exit, Refused
from glassmaster.heap import KEPT
from glassmaster.limits import MEMORY, WORN
from glassmaster.threads import ONE_THREAD
from glassmaster.work import WorkerDied
from glassmaster_lanes import Lanes, glassmaster_executor
from tests import work_support as jobs

ROOT = Path(__file__).parents[2]
NAP_SECONDS = 60.0
PATH = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
posix = pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without signals")


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes(2)
    yield made
    made.shutdown(cancel_futures=True)


def test_the_address_local_is_ours_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    found = glassmaster_executor(jobs=1, address="local")
    assert isinstance(found, Lanes)
    found.shutdown()
    assert glassmaster_executor(jobs=1, address="tcp://cluster:8786") is None


def test_answers_come_from_other_processes_one_a_lane(lanes: Lanes) -> None:
    futures = [lanes.submit(jobs.add, number, 1) for number in range(20)]
    assert [future.result(60) for future in futures] == list(range(1, 21))
    processes = {lanes.submit(jobs.where).result(60) for _ in range(6)}
    assert os.getpid() not in processes
    assert len(processes) <= 2


def test_exceptions_travel(lanes: Lanes) -> None:
    with pytest.raises(Refused) as caught:
        lanes.submit(jobs.refused).result(60)
    assert caught.value.exit == Exit.SOURCE
    assert caught.value.findings[0].hint == "bounce it again"
    with pytest.raises(ZeroDivisionError):
        lanes.submit(divmod, 1, 0).result(60)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (jobs.stubborn, "Stubborn: stubborn as a mule"),
        (jobs.private, "Private: this stays here"),
        (jobs.no_value, "lambda"),
    ],
)
def test_what_cannot_travel_is_told_in_words(lanes: Lanes, function: object, words: str) -> None:
    with pytest.raises(Exception, match=words):
        lanes.submit(function).result(60)  # type: ignore[arg-type]
    assert lanes.submit(jobs.add, 1, 2).result(60) == 3


def test_an_errand_that_cannot_be_sent_or_unpacked_costs_no_worker(lanes: Lanes) -> None:
    before = lanes.submit(jobs.where).result(60)
    with pytest.raises(Exception, match="lambda"):
        lanes.submit(jobs.add, lambda: None, 1).result(60)
    with pytest.raises(ModuleNotFoundError, match="riddle"):
        lanes.submit(jobs.add, jobs.Riddle(), 1).result(60)
    assert before in {lanes.submit(jobs.where).result(60) for _ in range(4)}


@posix
@pytest.mark.parametrize("name", ["SIGKILL", "SIGABRT", "SIGSEGV"])
def test_a_crash_is_tried_twice_then_named_and_the_others_finish(lanes: Lanes, tmp_path: Path, name: str) -> None:
    """F22."""
    number, note = getattr(signal, name), tmp_path / "note"
    bad = lanes.submit(jobs.killed, number, note)
    good = [lanes.submit(jobs.add, each, 1) for each in range(8)]
    assert [future.result(60) for future in good] == list(range(1, 9))
    with pytest.raises(WorkerDied, match=rf"signal {number} \({name}\)"):
        bad.result(60)
    assert note.read_text().split() == ["tried", "tried"]
    assert lanes.submit(jobs.add, 1, 2).result(60) == 3


def test_a_worker_that_leaves_is_tried_twice_then_named(lanes: Lanes, tmp_path: Path) -> None:
    note = tmp_path / "note"
    bad, good = lanes.submit(jobs.left, 42, note), lanes.submit(jobs.add, 1, 2)
    with pytest.raises(WorkerDied, match="exit code 42"):
        bad.result(60)
    assert good.result(60) == 3
    assert note.read_text().split() == ["tried", "tried"]


def test_the_second_try_counts(lanes: Lanes, tmp_path: Path) -> None:
    assert lanes.submit(jobs.left_once, tmp_path / "note").result(60) == "second try"


def test_numpy_in_a_worker_has_one_thread(lanes: Lanes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(ONE_THREAD) > 3
    for name in ONE_THREAD:
        monkeypatch.delenv(name, raising=False)
    assert lanes.submit(jobs.environment, *ONE_THREAD).result(60) == dict.fromkeys(ONE_THREAD, "1")
    # set before the worker began, so that no import can have come first
    assert lanes.submit(jobs.imported, "numpy", "soundfile", "soxr").result(60) == []


def test_a_worker_keeps_its_memory_unless_somebody_chose_otherwise(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    threshold, trim = KEPT
    monkeypatch.setenv(threshold, "4096")
    monkeypatch.delenv(trim, raising=False)
    told = lanes.submit(jobs.environment, *KEPT).result(60)
    assert told[threshold] == "4096"
    assert int(told[trim] or 0) >= 1 << 25


@pytest.mark.parametrize("mebibytes", [300, 550])
def test_a_worker_that_used_much_takes_no_other_errand(monkeypatch: pytest.MonkeyPatch, mebibytes: int) -> None:
    """Its peak stays high whatever it gives back: the next errand would be blamed for what it never used."""
    monkeypatch.setenv(MEMORY, "512")
    lanes = Lanes(1)
    with pytest.raises(MemoryError) if mebibytes > 512 else nullcontext():
        first = lanes.submit(jobs.fill, mebibytes).result(60)
        assert lanes.submit(jobs.where).result(60) != first
    assert [lanes.submit(jobs.add, number, 1).result(60) for number in range(3)] == [1, 2, 3]
    lanes.shutdown()


def test_a_worker_is_used_again_as_long_as_it_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the program is that hires it: a notebook holds gigabytes."""
    monkeypatch.setenv(MEMORY, "512")
    ours = b"\1" * (600 << 20)
    lanes = Lanes(1)
    assert len({lanes.submit(jobs.fill, 32).result(60) for _ in range(3)}) == 1
    lanes.shutdown()
    assert ours[-1]


def test_an_errand_that_ends_its_worker_as_worn_is_tried_to_an_end(lanes: Lanes, tmp_path: Path) -> None:
    with pytest.raises(WorkerDied, match=f"ended with exit code {WORN}"):
        lanes.submit(jobs.end, WORN, tmp_path / "tries").result(60)
    assert (tmp_path / "tries").read_text() == "xxx"


def test_shutting_down_waits_for_what_is_asked() -> None:
    lanes = Lanes(1)
    futures = [lanes.submit(jobs.add, number, 0) for number in range(3)]
    lanes.shutdown()
    assert [future.result(0) for future in futures] == [0, 1, 2]
    with pytest.raises(RuntimeError, match="closed"):
        lanes.submit(jobs.add, 1, 2)
    lanes.shutdown()


def test_an_interrupt_ends_at_once() -> None:
    """F05: children stop within 2 s, what waits is cancelled."""
    lanes = Lanes(2)
    futures = [lanes.submit(jobs.nap, NAP_SECONDS) for _ in range(4)]
    assert lanes.submit(jobs.add, 1, 2).cancel()
    while not all(future.running() for future in futures[:2]):
        time.sleep(0.01)
    time.sleep(0.3)
    began = time.monotonic()
    lanes.shutdown(cancel_futures=True)
    assert time.monotonic() - began < NAP_SECONDS / 2
    assert all(future.cancelled() for future in futures[2:])
    for future in as_completed(futures[:2], timeout=NAP_SECONDS / 2):
        assert isinstance(future.exception(), WorkerDied)


def test_nothing_runs_before_there_is_something_to_do() -> None:
    import multiprocessing

    before = set(multiprocessing.active_children())
    lanes = Lanes(2)
    assert set(multiprocessing.active_children()) <= before
    lanes.shutdown()


PARENT = """
import sys, time
from pathlib import Path
from glassmaster_lanes import Lanes
from tests import work_support as jobs

if __name__ == "__main__":
    lanes = Lanes(2)
    for number in range(2):
        lanes.submit(jobs.beat, Path(sys.argv[1], f"beat{number}"))
    time.sleep(120)
"""


def sizes(files: list[Path]) -> list[int]:
    return [file.stat().st_size if file.exists() else 0 for file in files]


def until_both_beat(files: list[Path]) -> None:
    for _ in range(1500):
        if all(sizes(files)):
            return
        time.sleep(0.02)
    raise AssertionError("the workers never began")


def test_workers_die_with_their_parent_even_when_it_is_killed(tmp_path: Path) -> None:
    script, beats = tmp_path / "parent.py", [tmp_path / "beat0", tmp_path / "beat1"]
    script.write_text(PARENT)
    with (tmp_path / "log").open("wb") as log:  # files, for a pipe would keep us waiting for the workers' end
        parent = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path)],
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": PATH},
        )
    try:
        until_both_beat(beats)
    finally:
        parent.kill()
        parent.wait(30)
    for _ in range(10):  # the system takes its time when it is busy
        before = sizes(beats)
        time.sleep(0.5)
        if sizes(beats) == before:
            return
    raise AssertionError("a worker outlived its parent")


TALKER = """
from glassmaster_lanes import Lanes
from tests import work_support as jobs

if __name__ == "__main__":
    lanes = Lanes(1)
    print(lanes.submit(jobs.talk).result(60))
    lanes.shutdown()
"""


@posix
def test_what_a_worker_prints_never_gets_into_an_answer(tmp_path: Path) -> None:
    """P07."""
    (tmp_path / "talker.py").write_text(TALKER)
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        subprocess.run(
            [sys.executable, str(tmp_path / "talker.py")],
            stdout=out,
            stderr=err,
            check=True,
            timeout=60,
            env={**os.environ, "PYTHONPATH": PATH},
        )
    assert (tmp_path / "out").read_bytes().split() == [b"answer"]
    said = (tmp_path / "err").read_bytes()
    for words in (b"by print", b"by descriptor \xff", b"by a child"):
        assert words in said


@posix
def test_an_interrupt_from_the_keyboard_is_the_parents_affair(lanes: Lanes) -> None:
    worker = lanes.submit(jobs.where).result(60)
    os.kill(worker, signal.SIGINT)
    assert worker in {lanes.submit(jobs.where).result(60) for _ in range(6)}


def test_a_worker_that_hangs_is_ended_tried_twice_and_costs_one_errand(tmp_path: Path) -> None:
    lanes = Lanes(1)
    assert lanes.submit(jobs.add, 1, 1).result(60) == 2  # starting a worker takes its time
    patience = jobs.Patience(4.0)
    hung, fine = lanes.submit(jobs.hang, patience, tmp_path / "tries"), lanes.submit(jobs.add, 1, 2)
    with pytest.raises(WorkerDied, match="no answer within 4 seconds"):
        hung.result(60)
    assert fine.result(60) == 3
    assert (tmp_path / "tries").read_text() in ("x", "xx")
    lanes.shutdown()


def test_an_errand_s_time_follows_its_audio() -> None:
    short, long = jobs.job("short", seconds=1.0), jobs.job("long", seconds=3_600.0)
    assert 60 < short.limit_seconds < long.limit_seconds - 3_600
    assert short.key == jobs.job("short", seconds=2.0).key
