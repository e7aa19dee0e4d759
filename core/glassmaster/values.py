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


def plain(value: Any, *, for_key: bool = False, apart: bytearray | None = None) -> Any:
    """`value` as what `json` can write; dataclasses and arrays carry a tag so that `revive` finds them again.

    With `apart`, arrays are written behind what stands there, and only their places are told.
    """
    return _plain(value, for_key, apart)


def _plain(value: Any, for_key: bool, apart: bytearray | None) -> Any:
    if type(value) in _ATOMS:
        return value
    if isinstance(value, Enum):
        return _plain(value.value, for_key, apart)
    if isinstance(value, float):
        return float(value) + 0.0  # -0.0 equals 0.0
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, Path):
        return {_TAG: "path", "path": value.as_posix() if for_key else str(value)}
    if isinstance(value, tuple | list):
        return [_plain(each, for_key, apart) for each in value]
    if isinstance(value, Mapping):
        items = [[_plain(k, for_key, apart), _plain(v, for_key, apart)] for k, v in value.items()]
        return {_TAG: "map", "items": sorted(items, key=json.dumps) if for_key else items}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        noun: Any = type(value)
        name, kept = _shape(noun, for_key)
        return {_TAG: name, **{field: _plain(getattr(value, field), for_key, apart) for field in kept}}
    return _array(value, apart)


@cache
def _shape(noun: Any, for_key: bool) -> tuple[str, tuple[str, ...]]:
    """(tag, fields that count) of a dataclass."""
    kept = (f.name for f in dataclasses.fields(noun) if not (for_key and f.metadata.get("key") is False))
    return f"{noun.__module__}.{noun.__qualname__}" if for_key else noun.__name__, tuple(kept)


def _array(value: Any, apart: bytearray | None) -> dict[str, Any]:
    numpy = sys.modules.get("numpy")  # a value can only be an array if somebody imported numpy
    if numpy is None or not isinstance(value, numpy.ndarray):
        raise TypeError(f"{type(value).__name__} is no frozen value: {value!r}")
    if value.dtype != numpy.float32 or value.ndim != 1:
        raise TypeError(f"an array of {value.dtype} with shape {value.shape} is no grid")
    held = numpy.ascontiguousarray(value, "<f4").data
    if apart is None:
        return {_TAG: "grid", "f32": base64.b64encode(held).decode()}
    apart += held.cast("B") if held.nbytes else b""
    return {_TAG: "grid", "behind": len(apart) - held.nbytes, "size": len(value)}


def revive(value: Any, apart: bytes = b"") -> Any:
    """The inverse of `plain` for this package's own dataclasses; sequences come back as tuples."""
    if isinstance(value, list):
        return tuple([revive(each, apart) if isinstance(each, list | dict) else each for each in value])
    if not isinstance(value, dict):
        return value
    tag = value[_TAG]
    if tag == "path":
        return Path(value["path"])
    if tag == "map":
        return {revive(k, apart): revive(v, apart) for k, v in value["items"]}
    if tag == "grid":
        return _grid(value, apart)
    return _classes()[tag](**{name: revive(each, apart) for name, each in value.items() if name != _TAG})


def _grid(value: dict[str, Any], apart: bytes) -> Any:
    import numpy as np

    if "f32" in value:
        return np.frombuffer(base64.b64decode(value["f32"]), "<f4")
    return np.frombuffer(apart, "<f4", value["size"], value["behind"]) if value["size"] else np.empty(0, "<f4")


@cache
def _classes() -> dict[str, type]:
    from . import errands, model

    known = {**vars(model), **vars(errands)}
    return {name: each for name, each in known.items() if dataclasses.is_dataclass(each) and isinstance(each, type)}
