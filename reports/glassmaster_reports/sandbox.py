"""The room in which templates run: nothing but what they are given, undefined names are errors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .safe import for_html, for_markdown
from .tables import flat

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

TEMPLATES = Path(__file__).parent / "templates"


def environment(folders: Sequence[Path], *, html: bool) -> SandboxedEnvironment:
    """Templates from the first folder that has them; texts are made harmless for HTML, or else for Markdown."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=html,
        finalize=for_html if html else for_markdown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["rows"] = flat
    made.policies["json.dumps_kwargs"] = {"sort_keys": True, "default": vars}
    return made
