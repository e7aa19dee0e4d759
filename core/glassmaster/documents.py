"""JSON documents as they are published: for programs, and readable for people."""

from __future__ import annotations

import json

from .model import Json
from .names import inert_json


def published(document: Json) -> bytes:
    """A document as a file: indented, in UTF-8. What could move a terminal, and half characters of a folder's name,
    stand there as JSON's own escapes."""
    text = inert_json(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)) + "\n"
    return text.encode("utf-8", "backslashreplace")


def compact(document: Json) -> bytes:
    """The same in one line of ASCII, for what is only compared: json writes that forty times as fast."""
    return json.dumps(document, allow_nan=False).encode()
