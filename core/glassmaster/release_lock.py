"""`release.lock`, beside the manifest and to be kept with it: encoders chosen, levels frozen, sign-offs given."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .errors import Exit, refuse
from .frozen import Frozen
from .model import Approval, Encoder
from .store import replace

_SCHEMA = 1


@dataclass(frozen=True)
class ReleaseLock:
    """What later builds keep to."""

    encoders: Mapping[str, Encoder] = field(default_factory=dict)
    """By the deliverable's name."""
    rates_hz: Mapping[str, int] = field(default_factory=dict)
    """By the deliverable's name, where songs are frozen: a song of another rate does not change "native"."""
    frozen: tuple[Frozen, ...] = ()
    approvals: tuple[Approval, ...] = ()


def read(path: Path) -> ReleaseLock:
    """The lock of a release; an empty one where there is none. Raises `Refused` (exit 2) for one that is damaged."""
    try:
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return ReleaseLock()
    except (OSError, ValueError, RecursionError) as problem:
        raise _damaged(path, problem) from None
    try:
        if document["schema"] != _SCHEMA:
            raise ValueError(f"it has schema {document['schema']}, this version knows {_SCHEMA}")
        encoders = {name: Encoder(**each) for name, each in document["encoders"].items()}
        rates = {str(name): int(rate) for name, rate in document["rates_hz"].items()}
        frozen = tuple(_frozen(each) for each in document["frozen"])
        return ReleaseLock(encoders, rates, frozen, tuple(_approval(each) for each in document.get("approvals", ())))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as problem:
        raise _damaged(path, problem) from None


def _frozen(row: Mapping[str, Any]) -> Frozen:
    gains = tuple((str(stage), float(gain)) for stage, gain in row["gains_db"].items())
    numbers = (float(row[name]) for name in ("drive_db", "trim_db", "silence_s"))
    return Frozen(str(row["song"]), str(row["deliverable"]), gains, *numbers)


def _approval(row: Mapping[str, Any]) -> Approval:
    if row["kind"] not in ("mix", "master"):
        raise ValueError(f"an approval is of a mix or a master, not of {row['kind']!r}")
    names = ("song", "kind", "by", "date", "sound", "deliverable")
    facts = tuple((str(name), value) for name, value in row["facts"].items())
    if not all(value is None or isinstance(value, str | int | float) for _, value in facts):
        raise ValueError("an approval's facts are single values")
    if not all(math.isfinite(value) for _, value in facts if isinstance(value, float)):
        raise ValueError("an approval's facts are finite")
    return Approval(**{name: str(row[name]) for name in names}, facts=facts)  # type: ignore[arg-type]


def _damaged(path: Path, problem: Exception) -> Exception:
    hint = "take it back from your version control; deleting it lets encoders and levels be chosen anew"
    return refuse(Exit.USAGE, "lock-damaged", path, f"cannot be read: {problem}", hint)


def write(path: Path, lock: ReleaseLock) -> None:
    """Write the lock, unless it says so already."""
    rows = [{**asdict(each), "gains_db": dict(each.gains_db)} for each in lock.frozen]
    encoders = {name: asdict(each) for name, each in sorted(lock.encoders.items())}
    document: dict[str, Any] = {
        "schema": _SCHEMA,
        "encoders": encoders,
        "rates_hz": dict(lock.rates_hz),
        "frozen": rows,
    }
    if lock.approvals:
        document["approvals"] = [{**asdict(each), "facts": dict(each.facts)} for each in lock.approvals]
    text = (json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    if not path.exists() or path.read_bytes() != text:
        replace(path, text)
