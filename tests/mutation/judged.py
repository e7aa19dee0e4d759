"""Mutants that do what the program does: looked at one by one, and why no test can tell them apart."""

from __future__ import annotations

_FILELOCK = "filelock makes the folder, too; we do not lean on that"
_LETTERS = "the characters at the edge are letters, which are never escaped"

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    ("lock.py", "", "_PATIENCE_SECONDS = 0.3", "_PATIENCE_SECONDS = 1.3"): "a second more of patience is no fault",
    ("lock.py", "held", "parents=True", "parents=False"): _FILELOCK,
    ("lock.py", "held", "room.mkdir(parents=True, exist_ok=True)", "pass"): _FILELOCK,
    ("store.py", "Store._stands", "return False", "return None"): "asked for yes or no only",
    ("names.py", "unlike", "count(1)", "count(0)"): "the plain name is tried twice",
    ("names.py", "_escaped", "code < 256", "code <= 256"): _LETTERS,
    ("names.py", "_escaped", "code < 256", "code < 257"): _LETTERS,
    ("names.py", "_escaped", "code < 256", "code < 255"): _LETTERS,
    ("names.py", "_escaped", "code < 65536", "code <= 65536"): _LETTERS,
    ("names.py", "_escaped", "code < 65536", "code < 65537"): _LETTERS,
}
"""The reason, by (module, function, what stood there, what stands there now)."""
