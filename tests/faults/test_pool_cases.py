"""Pools of workers on other machines, as a stranger's plugin brings them: F23, F25, F26."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.faults_support import HEAD, WAV, Run, glassmaster, manifest, mixdown, plugin, song, tree

POOLS = '''
"""Pools that behave as clusters do on bad days; each by its own address."""
import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path

from glassmaster.hooks import hookimpl


class SchedulerGone(OSError):
    """As clients of a cluster raise it: an OSError, but of no disk."""


def answered(fn, args, changes):
    """In the worker: an errand done by a machine whose environment has these changes."""
    os.environ.update(changes)
    version = metadata.version
    metadata.version = lambda name: "0.9" if name == os.environ.get("OTHER") else version(name)
    try:
        result = fn(*args)
    finally:
        metadata.version = version
    for blob in Path(args[3]).rglob("blobs/*/*"):
        spoilt(blob, os.environ.get("SPOIL"), result[0])
    return result


def spoilt(blob, how, result):
    """A network disk that loses what it was given, or another machine's file under that name."""
    if how and type(result).__name__ == "Encoded" and blob.name == result.blob.sha256:
        if how == "lost":
            blob.unlink()
        else:
            data = bytearray(blob.read_bytes())
            data[-1] ^= 1
            blob.write_bytes(data)


class Pool(Executor):
    """One worker elsewhere; `most` errands come back, then the scheduler is gone."""

    def __init__(self, changes, most=1 << 30, copies=1):
        self.pool = ProcessPoolExecutor(copies, mp_context=get_context("spawn"))
        self.changes, self.most, self.copies = changes, most, copies

    def submit(self, fn, /, *args, **named):
        if self.most <= 0:
            failed = Future()
            failed.set_exception(SchedulerGone("lost the connection to the scheduler"))
            return failed
        self.most -= 1
        return [self.pool.submit(answered, fn, args, self.changes) for _ in range(self.copies)][-1]

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.pool.shutdown(wait=True, cancel_futures=cancel_futures)
        if self.most <= 0:
            raise SchedulerGone("there is nobody to say goodbye to")


POOLS = {
    "far": lambda: Pool({}),
    "other": lambda: Pool({"OTHER": "numpy"}),
    "older": lambda: Pool({"OTHER": "glassmaster"}),
    "losing": lambda: Pool({"SPOIL": "lost"}),
    "spoiling": lambda: Pool({"SPOIL": "flipped"}),
    "dying": lambda: Pool({}, most=4),
    "twice": lambda: Pool({}, copies=2),
    "nothing": lambda: "a string",
}


@hookimpl(tryfirst=True)
def glassmaster_executor(jobs, address):
    if address == "unreachable":
        raise SchedulerGone("no route to host")
    return POOLS[address]() if address in POOLS else None
'''
MORE = '[[deliverable]]\nname = "promo"\nformat = "mp3"\n[report]\npreviews = false\n[[treatment]]\nstage = "limit"\n'


class Site:
    """A release and the stranger's pools."""

    def __init__(self, folder: Path) -> None:
        self.env = plugin(folder / "plugin", POOLS, "pools")
        self.room, self.dist = folder / "r/.glassmaster", folder / "r/dist"
        self.mixdown = mixdown(folder / "r/mix.wav")
        self.path = self.at(1.0)

    def at(self, drive_db: float) -> Path:
        """With a master of another level: everything from rendering on is to be done."""
        text = f"{HEAD}{song('Opening')}{WAV}{MORE}drive_db = {drive_db}\n"
        return manifest(self.mixdown.parent, text)

    def build(self, address: str) -> Run:
        return glassmaster("build", "--executor", address, "--jobs", 1, self.path, env=self.env)

    def kept(self) -> Mapping[str, str]:
        return {name: each for name, each in tree(self.room).items() if name.startswith("ledger/")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(tmp_path_factory.mktemp("pools"))
    run = made.build("local")
    assert run.code == 0, run.said
    return made


def stopped(site: Site, address: str, code: int, *words: str) -> Run:
    """A build that ends with `code`, says so, and leaves the sources and the last delivery as they were."""
    sources, before = site.mixdown.read_bytes(), tree(site.dist)
    run = site.build(address)
    assert run.code == code, run.said
    for each in (*words, "-> ", "--executor local"):
        assert each in run.err, run.err
    assert tree(site.dist) == before
    assert not [*site.dist.parent.glob(".dist*")]
    assert site.mixdown.read_bytes() == sources
    return run


@pytest.mark.parametrize(("address", "there"), [("other", "numpy 0.9"), ("older", "glassmaster 0.9")])
def test_f23_a_worker_with_other_software_does_nothing(site: Site, address: str, there: str) -> None:
    site.at(1.1)
    before = site.kept()
    stopped(site, address, 8, "the worker has", there, "where this machine has", "install the same versions there")
    assert site.kept() == before, "nothing of what it would have made counts"


@pytest.mark.parametrize(("address", "words"), [("losing", "did not bring its file"), ("spoiling", "another file")])
def test_f23_a_file_that_does_not_arrive_as_it_was_made_is_not_taken(site: Site, address: str, words: str) -> None:
    site.at(1.2 if address == "losing" else 1.3)
    run = stopped(site, address, 8, f"encode: the pool of workers {'brought ' * (address == 'spoiling')}{words}")
    assert "render: 01 Opening\n" in run.err
    again = site.build("local")
    assert again.code == 0, again.said
    assert "render: 01 Opening" not in again.err, "the master is kept"
    assert "encode: 01 Opening for wav" in again.err


def test_f23_the_key_holds_what_it_was_made_with(site: Site) -> None:
    """The same errands by another version of a library are others: nothing of the store is taken for them."""
    site.at(1.0)
    assert site.build("local").code == 0
    code = "from importlib import metadata\nversion = metadata.version\n"
    code += 'metadata.version = lambda name: "0.9" if name == "soxr" else version(name)\n'
    env = plugin(site.path.parent.parent / "upgrade", code, "upgrade")
    run = glassmaster("build", "--dry-run", "--json", "--jobs", 1, site.path, env=env)
    assert run.code == 0, run.said
    (told,) = json.loads(run.out)["to_do"]
    assert told["phase"] == "render"
    assert "soxr 0.9" in told["why"], told


@pytest.mark.parametrize(("address", "words"), [("unreachable", "no route to host"), ("nothing", "but str")])
def test_f25_a_pool_that_cannot_be_had(site: Site, address: str, words: str) -> None:
    site.at(1.4)
    sources, before = site.mixdown.read_bytes(), tree(site.dist)
    run = site.build(address)
    assert run.code == 4, run.said
    for each in (f"--executor {address}", "the pool of workers", words, "-> "):
        assert each in run.err
    assert tree(site.dist) == before
    assert site.mixdown.read_bytes() == sources


def test_f25_a_scheduler_that_dies_keeps_what_was_finished(tmp_path: Path) -> None:
    site = Site(tmp_path)
    run = site.build("dying")
    assert run.code == 4, run.said
    for words in ("the pool of workers failed", "lost the connection to the scheduler", "what is finished is kept"):
        assert words in run.err
    assert "did not end well: SchedulerGone: there is nobody to say goodbye to" in run.err
    assert not site.dist.exists()
    assert not [*site.dist.parent.glob(".dist*")]
    assert "measure: 01 Opening" in run.err
    again = site.build("local")
    assert again.code == 0, again.said
    assert "measure: 01 Opening" not in again.err, "it was finished before"


def test_f26_results_that_come_twice_are_one(tmp_path: Path, site: Site) -> None:
    """Both workers are at the same errand at the same time, as where a scheduler sends out again what seems lost."""
    site.at(1.0)
    assert site.build("local").code == 0
    twin = Site(tmp_path)
    run = twin.build("twice")
    assert run.code == 0, run.said
    assert tree(twin.dist) == tree(site.dist)
    again = twin.build("far")
    assert again.code == 0
    assert "render" not in again.err
