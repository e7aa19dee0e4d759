"""Runs the tests of a module against a copy of the package in which one module is a mutant."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutants import Mutant

ROOT = Path(__file__).parents[2]
_SECONDS_A_TEST = 30
"""The longest one of these tests takes on a busy machine is a third of that; a mutant may wait for ever."""
_SECONDS = 240
_ENDED = {0: "survived", 1: "killed"}


@dataclass(frozen=True)
class Module:
    """What is mutated, and the tests that are to notice."""

    path: str
    """Below core/glassmaster."""
    tests: Sequence[str]
    """Below tests/core, the quickest first."""

    @property
    def source(self) -> str:
        """As it stands in the working tree."""
        return (ROOT / "core" / "glassmaster" / self.path).read_text("utf-8")


class Bench:
    """A copy of the package in a folder of its own, for one trial at a time; the working tree is never touched."""

    def __init__(self, folder: Path, module: Module) -> None:
        self._folder, self._module = folder, module
        self._copy = folder / "core" / "glassmaster"
        shutil.copytree(ROOT / "core" / "glassmaster", self._copy)

    def check(self) -> None:
        """Raises `SystemExit` where the module as it is does not pass, or is not taken from the copy."""
        told = self._python("-c", "import glassmaster; print(glassmaster.__file__)")
        if Path(told.stdout.strip()).parent != self._copy:
            sys.exit(f"mutants would not be tried: glassmaster comes from {told.stdout or told.stderr}")
        if (ended := self._pytest()) != "survived":
            sys.exit(f"{self._module.path}: its own tests must pass before mutants are tried, but it was {ended}")

    def tried(self, mutant: Mutant) -> str:
        """ "killed", "survived" or "timed out"."""
        path = self._copy / self._module.path
        for stale in (path.parent / "__pycache__").glob(f"{path.stem}.*"):  # known by second and size: too coarse here
            stale.unlink()
        path.write_text(mutant.text, "utf-8")
        return self._pytest()

    def _pytest(self) -> str:
        options = (
            "-x",
            "-q",
            "-n",
            "0",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:randomly",
            "--hypothesis-seed=0",
        )
        limits = (f"--timeout={_SECONDS_A_TEST}", f"--basetemp={self._folder / 'trial'}")
        tests = [str(Path("tests", "core", name)) for name in self._module.tests]
        try:
            told = self._python("-m", "pytest", *options, *limits, *tests)
        except subprocess.TimeoutExpired:
            return "timed out"
        if "Timeout (>" in told.stdout + told.stderr:
            return "timed out"
        return _ENDED.get(told.returncode, "killed")  # 2 and more: it could not even be imported

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(self._copy.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        env["HYPOTHESIS_STORAGE_DIRECTORY"] = str(self._folder / "hypothesis")
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=_SECONDS, check=False)
