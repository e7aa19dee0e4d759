"""Whoever reads a release while it is published again and again: never a mixture, and never nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from glassmaster import publish
from tests.faults_support import until
from tests.publish_support import by, write

SWAPS = 50
READER = """
import json, sys
from pathlib import Path

folder, stop = map(Path, sys.argv[1:])
rounds = missed = mixed = 0
versions = set()
print("ready", flush=True)
while not stop.exists():
    try:
        first = (folder / "SHA256SUMS").read_text()
        record = (folder / "release.json").read_text()
        again = (folder / "SHA256SUMS").read_text()
    except FileNotFoundError:
        missed += 1
        continue
    rounds += 1
    versions.add(first)
    mixed += first == again != record or "" in (first, record, again)
print(json.dumps([rounds, missed, mixed, len(versions)]))
"""


@pytest.mark.parametrize(("way", "name"), [("exchange", "dist"), ("exchange", "dist/report"), ("renames", "dist")])
def test_a_reader_never_sees_a_mixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, name: str) -> None:
    """The checksums stand for their whole tree; where they are the same before and after, all between is theirs."""
    by(way, tmp_path, monkeypatch)
    target, stop = tmp_path / name, tmp_path / "stop"
    _publish(target, 0)
    with (tmp_path / "told").open("w+") as told, (tmp_path / "said").open("w+") as said:
        line = [sys.executable, "-c", READER, str(target), str(stop)]
        reader = subprocess.Popen(line, stdout=told, stderr=said)
        try:
            until(lambda: (tmp_path / "told").read_text() or reader.poll() is not None)
            for number in range(1, SWAPS + 1):
                _publish(target, number)
        finally:
            stop.touch()
            reader.wait(60)
        said.seek(0)
        assert said.read() == ""
        told.seek(0)
        rounds, missed, mixed, versions = json.loads(told.read().splitlines()[-1])
    assert mixed == 0
    assert versions > 1, f"it read nothing while {SWAPS} trees came and went"
    assert rounds > versions
    if way == "exchange":
        assert missed == 0


def _publish(target: Path, number: int) -> None:
    with publish.staging(target) as folder:
        write(folder, dict.fromkeys(("SHA256SUMS", "release.json", "wav/01 Song.wav"), f"version {number}"))
        publish.swap(target, target.parent / ".glassmaster" / "publish.json")
