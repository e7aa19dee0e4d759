"""Renders templates: ours here, a stranger's in a process of its own, which ends when it takes too long or too much."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glassmaster.dressing import templates
from glassmaster.model import Release

from .apart import FAILED, TOO_LARGE, TOO_LONG
from .plain import plain
from .sandbox import TEMPLATES, environment

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

SECONDS, PER_SONG = 10.0, 0.02
"""Processor time of one template: a hundred times what ours take."""
MOST_BYTES = 768 * 1024 * 1024
"""Of memory; our page of ten thousand songs takes 414 MB, of two hundred 100 MB."""
_WAIT = 20
"""Times as long by the clock: the machine may be busy."""
_MOST_STYLE = 1024 * 1024


class TemplateFailed(Exception):  # noqa: N818 - it is the template that failed
    """What went wrong in a template of the user's, and where."""

    def __init__(self, message: str, place: str) -> None:
        super().__init__(message)
        self.place = place


def rendered(release: Release, template: str, values: Mapping[str, Any], *, html: bool) -> str:
    """The text that a template makes of `values`; raises `TemplateFailed` for a user's template."""
    own = templates(release)
    if own is None:
        return _ours(html).get_template(template).render(values)
    errand = {
        "folders": [str(own), str(TEMPLATES)],
        "template": template,
        "html": html,
        "values": plain(values),
        "seconds": SECONDS + PER_SONG * len(release.songs),
        "bytes": MOST_BYTES,
    }
    return _apart(template, errand)


@cache
def _ours(html: bool) -> SandboxedEnvironment:
    """A template is compiled once, however many pages are made of it."""
    return environment([TEMPLATES], html=html)


def _apart(template: str, errand: Mapping[str, Any]) -> str:
    # -P: the folder one happens to be in, maybe a stranger's release, holds no module that is imported
    command = [sys.executable, "-P", "-m", f"{__package__}.apart"]
    text = json.dumps(errand).encode()
    try:
        done = subprocess.run(command, input=text, capture_output=True, timeout=errand["seconds"] * _WAIT, check=False)
    except subprocess.TimeoutExpired:
        raise _over_time(template, errand["seconds"]) from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8")
    if done.returncode == FAILED:
        told = json.loads(done.stderr)
        raise TemplateFailed(f"{told['kind']}: {told['message']}", told["place"] or template)
    if done.returncode == TOO_LONG:
        raise _over_time(template, errand["seconds"])
    if done.returncode == TOO_LARGE:
        message = f"it needs more than {errand['bytes'] // 1024**2} MB of memory, or writes an eighth of that"
        raise TemplateFailed(message, template)
    raise TemplateFailed(f"its process ended with {done.returncode}", template)


def _over_time(template: str, seconds: float) -> TemplateFailed:
    return TemplateFailed(f"it was stopped after {seconds:.0f} s of work: does a loop never end?", template)


def style(release: Release) -> str:
    """The style sheets, of the page and of its drawings: the user's own, else ours."""
    own = templates(release)
    return "".join(_sheet(name, own) for name in ("style.css", "charts.css"))


def _sheet(name: str, own: Path | None) -> str:
    path = own / name if own and (own / name).is_file() else TEMPLATES / name
    if path.stat().st_size > _MOST_STYLE:
        raise TemplateFailed("it is larger than 1 MB", name)
    text = path.read_text(encoding="utf-8")
    if "</" in text:  # it would end the element that holds it
        raise TemplateFailed('"</" has no place in a style sheet', name)
    return text
