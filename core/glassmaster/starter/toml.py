"""Lines of TOML 1.0 with their comments in a column."""

from __future__ import annotations

import json
import textwrap

_COLUMN = 36


def string(text: str) -> str:
    """A basic string: what JSON escapes, TOML escapes alike, and whatever does not show comes on top. Half characters,
    which a folder's name may have and TOML may not, become question marks."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(
        each if each.isprintable() else f"\\U{ord(each):08x}" for each in json.dumps(whole, ensure_ascii=False)
    )


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
