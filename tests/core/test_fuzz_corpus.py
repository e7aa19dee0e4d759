"""Inputs that fuzzing guided by coverage found interesting, given again to the readers they were found for."""

from __future__ import annotations

import random

import pytest

from tests.torture.guided import CORPUS, JSON, restructured
from tests.torture.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_interesting_once(name: str) -> None:
    target, whole = TARGETS[name]
    for data in whole():
        target(data)
    kept = sorted((CORPUS / name).glob("*"))
    assert kept
    for path in kept:
        target(path.read_bytes())


def test_no_corpus_is_left_that_nothing_reads() -> None:
    assert {path.name for path in CORPUS.iterdir()} == {*TARGETS}


@pytest.mark.parametrize("name", JSON)
def test_two_hundred_documents_put_together_otherwise(name: str) -> None:
    target, whole = TARGETS[name]
    rng = random.Random(name)
    for data in whole():
        for _ in range(200):
            changed = data
            for _ in range(rng.randint(1, 4)):
                changed = restructured(changed, rng) or data
            target(changed)


@pytest.mark.parametrize("name", JSON)
def test_what_is_no_document_of_ours(name: str) -> None:
    for data in (b"[" * 100_000, b"{", b"", b"null", b"[]", b"3", b'"text"', b"\xff", b'{"a": 1}'):
        TARGETS[name][0](data)
