"""Lines of TOML 1.0 with their comments in a column."""

from __future__ import annotations

import json
import textwrap

_COLUMN = 36


def string(text: str) -> str:
    """A basic string: what JSON escapes, TOML escapes alike; DEL comes on top."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def line(key: str, value: str, comment: str = "") -> str:
    """`key = value  # comment`."""
    said = f"{key} = {value}"
    return f"{said:<{_COLUMN - 1}} # {comment}" if comment else said


def heading(table: str) -> tuple[str, str]:
    """A table's head: "release", or "[song]" for one of several."""
    return "", f"[{table}]"


def remark(text: str) -> list[str]:
    """Comment lines."""
    return textwrap.wrap(text, 118, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
