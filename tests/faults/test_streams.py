"""stdin, stdout and stderr that are closed, full or nobody's: through the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults_support import HEAD, LINUX, PROGRAM, WAV, manifest, mixdown, song

_SHUT = "import os, sys; [os.close(int(each)) for each in sys.argv[1]]; os.execv(sys.argv[2], sys.argv[2:])"


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("album")
    mixdown(folder / "mix.wav")
    manifest(folder, HEAD + song("One") + WAV)
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="streams are handed over in another way there")
@pytest.mark.parametrize("shut", ["0", "1", "2", "01", "012"])
@pytest.mark.parametrize("verb", ["build", "plan --json"])
def test_whoever_starts_us_without_a_stream_gets_the_release(album: Path, shut: str, verb: str) -> None:
    """A file that was opened in the place of a closed stream would get what is said: damage in silence."""
    line = [sys.executable, "-c", _SHUT, shut, str(PROGRAM), *verb.split(), str(album), "--jobs", "1"]
    told = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode in (0, 1), told.stderr
    assert "bug" not in told.stderr
    assert ("1" in shut) == (told.stdout == "")
    if verb == "build":
        line = [str(PROGRAM), "verify", str(album / "dist")]
        verified = subprocess.run(line, capture_output=True, text=True, check=False)
        assert verified.returncode == 0, verified.stderr


@pytest.mark.skipif(not LINUX, reason="/dev/full is of Linux")
@pytest.mark.parametrize("verb", ["plan", "plan --json", "build --json", "schema", "explain locked"])
def test_an_answer_that_cannot_be_written_is_exit_5_and_says_where(album: Path, verb: str) -> None:
    rest = [str(album), "--jobs", "1"] if verb[0] in "pb" else []
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        line = [str(PROGRAM), *verb.split(), *rest]
        told = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert told.returncode == 5, told.stderr
    assert "standard output" in told.stderr
    assert os.strerror(28) in told.stderr
    assert "Exception ignored" not in told.stderr
