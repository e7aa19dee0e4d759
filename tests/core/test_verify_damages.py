"""`glassmaster verify` tried with every kind of damage; `make proof PROOF=verify` tries all formats, twenty seeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proofs import verify as proof
from tests.proofs.verify import Memory

SAMPLE = ("wav", "flac", "mp3", "vorbis")


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Memory]:
    return proof.built(tmp_path_factory.mktemp("every"), SAMPLE), Memory()


@pytest.mark.parametrize("damage", proof.DAMAGES)
def test_every_damage_is_found(every: tuple[Path, Memory], damage: str) -> None:
    missed = [each for each in proof.cases(SAMPLE, range(2), [damage]) if not each.found(*every)]
    assert [each for each in missed if not each.forged] == []
    assert [each for each in missed if each.damage != "garbage or header edit"] == []


def test_no_false_alarm(every: tuple[Path, Memory]) -> None:
    assert [(what, found) for what, found in proof.untouched(*every) if found] == []
