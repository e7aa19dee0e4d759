"""No one gets in: modules that lie in the folder in which the program is started are nobody's to run."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from glassmaster.imports import as_chosen, not_from_here
from tests.faults_support import HEAD, PROGRAM, WAV, environment, manifest, mixdown, song

_NAMES = ("multiprocessing", "pickle", "runpy", "json", "click", "numpy", "soundfile", "jinja2", "glassmaster_reports")
_SPY = """\
import pathlib
pathlib.Path(__file__).with_suffix(".ran").touch()
raise SystemExit(77)
"""


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A release as a stranger could have sent it: what Python or the program imports lies beside the manifest."""
    mixdown(tmp_path / "mix.wav")
    manifest(tmp_path, "treatment = []\n" + HEAD + song("One") + WAV)
    for name in _NAMES:
        (tmp_path / f"{name}.py").write_text(_SPY, "utf-8")
    return tmp_path


@pytest.mark.parametrize("program", [[str(PROGRAM)], [sys.executable, "-m", "glassmaster"]], ids=["command", "module"])
def test_a_build_runs_no_module_of_the_working_folder(strange: Path, program: list[str]) -> None:
    line = [*program, "build", ".", "--jobs", "2"]
    if len(program) > 1:  # what Python itself imports before it comes to us is for `python -P -m` to say
        (strange / "runpy.py").unlink()
    told = subprocess.run(line, cwd=strange, capture_output=True, text=True, timeout=120, check=False)
    assert [each.name for each in strange.glob("*.ran")] == []
    assert told.returncode in (0, 1), told.stderr
    assert (strange / "dist/release.json").is_file()


def test_what_a_stage_starts_looks_where_its_user_has_chosen(tmp_path: Path) -> None:
    """A program of one's own may well import what lies beside it."""
    mixdown(tmp_path / "mix.wav")
    script = tmp_path / "copy_it.py"
    script.write_text(
        "import os, shutil, sys\nimport beside\nshutil.copy(sys.argv[1], sys.argv[2])\n"
        f"open({str(tmp_path / 'seen')!r}, 'w').write(os.environ.get('PYTHONSAFEPATH', 'not set'))\n",
        "utf-8",
    )
    (tmp_path / "beside.py").write_text("", "utf-8")
    words = f"program = '{sys.executable}'\nargs = ['{script}', '{{input}}', '{{output}}']"
    manifest(tmp_path, HEAD + song("One") + f'\n[[treatment]]\nstage = "command"\n{words}\n' + WAV)
    told = subprocess.run(
        [str(PROGRAM), "build", str(tmp_path), "--jobs", "1"],
        env=environment(PYTHONSAFEPATH=""), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert told.returncode in (0, 1), told.stderr
    assert (tmp_path / "seen").read_text("utf-8") == "not set"


def test_the_environment_is_as_before_once_a_worker_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    seen: list[bool] = []

    def start() -> None:
        for _ in range(200):
            with not_from_here():
                seen.append(bool(os.environ.get("PYTHONSAFEPATH")))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(seen), all(seen), os.environ.get("PYTHONSAFEPATH")) == (800, True, None)


def test_who_has_chosen_it_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSAFEPATH", "yes")
    with not_from_here():
        assert os.environ["PYTHONSAFEPATH"] == "yes"
    as_chosen()
    assert os.environ["PYTHONSAFEPATH"] == "yes"
