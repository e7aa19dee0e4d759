"""Frozen values as text: keys that name work by its inputs, and results that can be read back. No pickle."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import sys
from collections.abc import Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

_TAG = "!"
_ATOMS = (str, int, bool, type(None))
"""The usual leaves, and no kind of Enum."""


def key(*parts: Any) -> str:
    """SHA-256 over the canonical text of values: the same for equal values on every machine.

    Fields of dataclasses with metadata `{"key": False}` do not count.
    """
    text = json.dumps([plain(part, for_key=True) for part in parts], sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any, *, for_key: bool = False) -> Any:
    """`value` as what `json` can write; dataclasses and arrays carry a tag so that `revive` finds them again."""
    if type(value) in _ATOMS:
        return value
    if isinstance(value, Enum):
        return plain(value.value, for_key=for_key)
    if isinstance(value, float):
        return float(value) + 0.0  # -0.0 equals 0.0
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, Path):
        return {_TAG: "path", "path": value.as_posix() if for_key else str(value)}
    if isinstance(value, tuple | list):
        return [plain(each, for_key=for_key) for each in value]
    if isinstance(value, Mapping):
        items = [[plain(k, for_key=for_key), plain(v, for_key=for_key)] for k, v in value.items()]
        return {_TAG: "map", "items": sorted(items, key=json.dumps) if for_key else items}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value, for_key)
    return _array(value)


def _fields(value: Any, for_key: bool) -> dict[str, Any]:
    noun: Any = type(value)
    name, kept = _shape(noun, for_key)
    return {_TAG: name, **{field: plain(getattr(value, field), for_key=for_key) for field in kept}}


@cache
def _shape(noun: Any, for_key: bool) -> tuple[str, tuple[str, ...]]:
    """(tag, fields that count) of a dataclass."""
    kept = (f.name for f in dataclasses.fields(noun) if not (for_key and f.metadata.get("key") is False))
    return f"{noun.__module__}.{noun.__qualname__}" if for_key else noun.__name__, tuple(kept)


def _array(value: Any) -> dict[str, str]:
    numpy = sys.modules.get("numpy")  # a value can only be an array if somebody imported numpy
    if numpy is None or not isinstance(value, numpy.ndarray):
        raise TypeError(f"{type(value).__name__} is no frozen value: {value!r}")
    if value.dtype != numpy.float32 or value.ndim != 1:
        raise TypeError(f"an array of {value.dtype} with shape {value.shape} is no grid")
    return {_TAG: "grid", "f32": base64.b64encode(value.astype("<f4", copy=False).data).decode()}


def revive(value: Any) -> Any:
    """The inverse of `plain` for this package's own dataclasses; sequences come back as tuples."""
    if isinstance(value, list):
        return tuple([revive(each) if isinstance(each, list | dict) else each for each in value])
    if not isinstance(value, dict):
        return value
    tag = value[_TAG]
    if tag == "path":
        return Path(value["path"])
    if tag == "map":
        return {revive(k): revive(v) for k, v in value["items"]}
    if tag == "grid":
        return _grid(value["f32"])
    return _classes()[tag](**{name: revive(each) for name, each in value.items() if name != _TAG})


def _grid(text: str) -> Any:
    import numpy as np

    return np.frombuffer(base64.b64decode(text), dtype="<f4")


@cache
def _classes() -> dict[str, type]:
    from . import errands, model

    known = {**vars(model), **vars(errands)}
    return {name: each for name, each in known.items() if dataclasses.is_dataclass(each) and isinstance(each, type)}
