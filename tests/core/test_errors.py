"""How things go wrong on purpose: numbers that scripts rely on, and findings that cross to other processes."""

from __future__ import annotations

import pickle

from glassmaster.errors import Exit, Refused, refuse
from glassmaster.model import Finding

CODES = {
    "OK": 0,
    "NOT_READY": 1,
    "USAGE": 2,
    "SOURCE": 3,
    "STAGE": 4,
    "OUTPUT": 5,
    "CHANGED": 6,
    "LOCKED": 7,
    "UNPROVEN": 8,
    "BUG": 9,
    "SIGINT": 130,
    "SIGPIPE": 141,
    "SIGTERM": 143,
}


def test_exit_codes_are_fixed() -> None:
    assert {each.name: each.value for each in Exit} == CODES


def test_a_refusal_holds_one_finding_in_the_users_words() -> None:
    refusal = refuse(Exit.SOURCE, "silent", "song 1", "is silent", "bounce it again")
    assert refusal.findings == (Finding("silent", "error", "song 1", "is silent", "bounce it again"),)
    assert str(refusal) == "song 1: is silent"


def test_a_refusal_crosses_to_other_processes_whole() -> None:
    refusal = Refused(Exit.STAGE, Finding("a", "error", "b", "c", "d", 1, 2.5), Finding("e", "note", "f", "g"))
    back = pickle.loads(pickle.dumps(refusal))
    assert isinstance(back, Refused)
    assert (back.exit, back.findings, str(back)) == (refusal.exit, refusal.findings, "b: c; f: g")
