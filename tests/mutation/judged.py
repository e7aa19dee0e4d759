"""Mutants that do what the program does: looked at one by one, and why no test can tell them apart."""

from __future__ import annotations

_FILELOCK = "filelock makes the folder, too; we do not lean on that"

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    ("lock.py", "", "_PATIENCE_SECONDS = 0.3", "_PATIENCE_SECONDS = 1.3"): "a second more of patience is no fault",
    ("lock.py", "held", "parents=True", "parents=False"): _FILELOCK,
    ("lock.py", "held", "room.mkdir(parents=True, exist_ok=True)", "pass"): _FILELOCK,
}
"""The reason, by (module, function, what stood there, what stands there now)."""
