"""How mutants ended, on disk, for the page and for trying again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tests.mutation.page import Told, Trial
from tests.mutation.trial import ROOT, Module

Known = Mapping[tuple[int, tuple[str, str, str]], Trial]
"""Trials by line and name of the mutant."""
_FOLDER = ROOT / ".mutation"


def write(module: Module, told: Told) -> None:
    """Keep what became of a module's mutants."""
    _FOLDER.mkdir(exist_ok=True)
    _path(module).write_text(json.dumps({"source": _digest(module), **asdict(told)}), "utf-8")


def read(module: Module) -> Told | None:
    """What is known of the module as it stands now; None where it was changed since, or never tried."""
    if not _path(module).exists():
        return None
    told = json.loads(_path(module).read_text("utf-8"))
    whole = Told(told["mutants"], [Trial(**each) for each in told["trials"]])
    return whole if told["source"] == _digest(module) else None


def noticed(told: Told | None) -> Known:
    """The mutants that tests noticed; where several look alike, only if they noticed all."""
    trials, living = (told.trials, told.living()) if told else ([], [])
    names = {(each.line, each.name) for each in living}
    return {(each.line, each.name): each for each in trials if (each.line, each.name) not in names}


def _path(module: Module) -> Path:
    return _FOLDER / f"{module.path.replace('/', '-')}.json"


def _digest(module: Module) -> str:
    return hashlib.sha256(module.source.encode()).hexdigest()
