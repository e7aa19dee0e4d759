"""Text of strangers made harmless: for HTML and Markdown."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_MARKUP = re.compile(r"[\\`*\[\]<>|~]|&(?=[#A-Za-z0-9]+;)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_OPENING = re.compile(r"^([-+](?=\s|$)|#{1,6}(?=\s|$)|\d{1,9}(?=[.)](\s|$))|[-=_]+(?=\s*$))")


def visible(text: str) -> str:
    """Characters that no page may hold (controls, lone surrogates) as U+FFFD."""
    return _CONTROL.sub("�", text)


def for_html(value: Any) -> Any:
    """Jinja's `finalize`: what autoescape does not know about."""
    return visible(value) if type(value) is str else value


def for_markdown(value: Any) -> Any:
    """Jinja's `finalize` for Markdown: one line, and every mark of CommonMark and GFM tables escaped."""
    return _escaped(value) if isinstance(value, str) else value


@lru_cache(maxsize=4096)
def _escaped(text: str) -> str:
    """Kept, because tables repeat a few figures thousands of times."""
    line = " ".join(visible(text).split())
    line = _MARKUP.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), line)
    return _OPENING.sub(_escape_opening, line)


def _escape_opening(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
