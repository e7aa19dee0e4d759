"""A small delivery, and what `verify` finds of a copy of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glassmaster import plugins
from glassmaster.errors import Exit, Refused
from glassmaster.model import Finding
from glassmaster.store import Store
from glassmaster.verify import verify
from glassmaster.work import Crew
from tests.work_support import Here

WAV, FLAC, MP3 = "wav/01 Song.wav", "flac/01 Song.flac", "mp3/01 Song.mp3"


def findings(folder: Path) -> tuple[Finding, ...]:
    store = Store(folder.parent / "room")
    found = verify(folder, plugins.load(), Crew(store, Here, lambda event: None)).findings
    assert all(each.exit == Exit.UNPROVEN for each in found)
    assert all(each.severity == "error" for each in found)
    assert not (store.root / "ledger").exists()  # proofs are never kept
    return found


def wrong(folder: Path) -> set[tuple[str, str]]:
    """(file, code) of all that is wrong."""
    return {(each.where, each.code) for each in findings(folder)}


def flip(path: Path, place: float = 0.5) -> None:
    """One bit, somewhere in the audio."""
    whole = bytearray(path.read_bytes())
    whole[int(len(whole) * place)] ^= 0x10
    path.write_bytes(whole)


def edit(folder: Path, change: Callable[[Any], object]) -> None:
    path = folder / "release.json"
    document = json.loads(path.read_text("utf-8"))
    change(document)
    path.write_text(json.dumps(document), "utf-8")


def refusal(folder: Path) -> Finding:
    with pytest.raises(Refused) as caught:
        findings(folder)
    assert caught.value.exit == Exit.UNPROVEN
    [finding] = caught.value.findings
    assert finding.hint
    return finding


def first(name: str, value: Any) -> Callable[[Any], None]:
    return lambda document: document["deliverables"][0].__setitem__(name, value)
