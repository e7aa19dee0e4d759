"""What tests of the workers send to them: functions and errands that another process can import."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glassmaster.errands import Errand
from glassmaster.errors import Exit, refuse
from glassmaster.store import Store
from glassmaster.work import WorkerDied


def add(one: int, other: int) -> int:
    return one + other


def where() -> int:
    return os.getpid()


def fill(mebibytes: int) -> int:
    """Use so much memory, give it back, and say who did."""
    for at in range(0, len(heap := bytearray(mebibytes << 20)), 4096):
        heap[at] = 1
    return os.getpid()


def end(code: int, note: Path) -> None:
    """Note the try, then end like a worker that has its reasons."""
    with note.open("a") as file:
        file.write("x")
    sys.exit(code)


def nap(seconds: float) -> str:
    time.sleep(seconds)
    return "rested"


@dataclass(frozen=True)
class Patience:
    """What says how long it may take, as errands do."""

    limit_seconds: float


def hang(patience: Patience, note: Path) -> None:
    """Never answer; leave a mark of each try. The first call of a worker has its start-up behind it."""
    with note.open("a") as file:
        file.write("x")
    time.sleep(300)


def beat(path: Path) -> None:
    """Write on and on, so that others see that this process lives."""
    while True:
        with path.open("a") as file:
            file.write(".")
        time.sleep(0.05)


def killed(number: int, note: Path) -> None:
    """Note the try, then end by a signal."""
    with note.open("a") as file:
        file.write("tried\n")
    os.kill(os.getpid(), number)
    time.sleep(60)


def left(code: int, note: Path) -> None:
    with note.open("a") as file:
        file.write("tried\n")
    os._exit(code)


def left_once(note: Path) -> str:
    """Die the first time, work the second."""
    if note.exists():
        return "second try"
    note.write_text("first")
    os._exit(3)


def environment(*names: str) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in names}


def imported(*names: str) -> list[str]:
    return [name for name in names if name in sys.modules]


def talk() -> str:
    """Talk on every way to stdout there is."""
    print("by print")
    sys.stdout.flush()
    os.write(1, b"by descriptor \xff\n")
    os.system("echo by a child")
    return "answer"


def refused() -> None:
    raise refuse(Exit.SOURCE, "silent", "song 1", "is silent", "bounce it again")


class Stubborn(Exception):  # noqa: N818
    """Can be pickled, but not put together again."""

    def __init__(self, one: int, other: int) -> None:
        super().__init__("stubborn as a mule")


class Private(Exception):  # noqa: N818
    """Cannot even be pickled."""

    def __init__(self) -> None:
        super().__init__("this stays here")
        self.held = lambda: None


def stubborn() -> None:
    raise Stubborn(1, 2)


def private() -> None:
    raise Private


def no_value() -> Any:
    return lambda: None


class Riddle:
    """Falls apart when a worker puts it together."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unsolved, (os.getpid(),))


def _unsolved(pid: int) -> Any:
    if pid != os.getpid():
        raise ModuleNotFoundError("no module named riddle")
    return None


@dataclass(frozen=True)
class Job(Errand):
    """An errand of the tests: `result` says what comes of it."""

    phase = "test"
    handler = "tests.work_support:do_job"
    name: str
    result: str = "fine"
    note: Path | None = field(default=None, metadata={"key": False})


@dataclass(frozen=True)
class Fleeting(Job):
    """The same, but never kept."""

    lasting = False


def job(name: str, result: str = "fine", seconds: float = 1.0, note: Path | None = None) -> Job:
    return Job(f"job {name}", seconds, name, result, note)


def do_job(errand: Job, store: Store) -> str:
    if errand.note is not None:
        with errand.note.open("a") as file:
            file.write(f"{errand.name}\n")
    problems: dict[str, Exception] = {
        "refused": refuse(Exit.SOURCE, "silent", errand.what, "is silent"),
        "disk": OSError(28, "No space left on device", "/somewhere"),
        "died": WorkerDied("the worker was ended by signal 9 (SIGKILL)"),
        "bug": ZeroDivisionError("division by zero"),
    }
    if errand.result in problems:
        raise problems[errand.result]
    return f"{errand.name} is {errand.result}"


class Here(Executor):
    """Does everything at once in this process."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as problem:
            future.set_exception(problem)
        return future
