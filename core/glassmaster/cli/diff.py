"""`glassmaster diff`: what changed between two revisions of a mix, or between two builds."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Exit, Refused, refuse
from .common import json_option
from .show import say, show_json

if TYPE_CHECKING:
    from ..difference import Difference

_PATH = click.Path(path_type=Path)
_SHOWN = 40


@click.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@click.option("--exit-code", "strict", is_flag=True, help="Leave with 1 where they differ.")
@json_option
def diff(old: Path, new: Path, strict: bool, as_json: bool) -> int:
    """Tell what changed between two revisions of a mix (audio files) or two builds (folders or release.json).

    Files are lined up, matched in level and polarity, and taken from each other: what is told is where music was put in
    or cut out, and when, in which band and by how much the rest differs. Another level, dither or silence is none.
    """
    builds = [_is_build(each) for each in (old, new)]
    if builds[0] != builds[1]:
        hint = "name two audio files, or two folders that `glassmaster build` published"
        raise refuse(Exit.USAGE, "diff-kinds", f"{old}, {new}", "one is a build and the other a file", hint)
    differ = _builds(old, new, as_json) if builds[0] else _files(old, new, as_json)
    return Exit.NOT_READY if strict and differ else Exit.OK


def _is_build(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() == ".json"


def _builds(old: Path, new: Path, as_json: bool) -> bool:
    from ..builds import changes, delivery

    found = changes(delivery(old), delivery(new))
    if as_json:
        show_json({"kind": "builds", "same": not found, "changes": [asdict(each) for each in found]})
    else:
        for each in found:
            say(f"{each.where}: {each.what}")
        if not found:
            say("nothing differs")
    return bool(found)


def _files(old: Path, new: Path, as_json: bool) -> bool:
    from ..record import rounded
    from .differences import told

    found = _compared(old, new)
    if as_json:
        document = {name: rounded(each) for name, each in asdict(found).items()}
        for name in ("edits", "regions"):
            document[name] = [{key: rounded(each) for key, each in row.items()} for row in document[name]]
        show_json({"kind": "files", "same": found.same, **document})
    else:
        say(*told(found, _SHOWN))
    return not found.same


def _compared(old: Path, new: Path) -> Difference:
    """Here where the files are read as they stand; by a worker where a decoder has to open one."""
    from ..difference import difference
    from ..sources import decoded

    if not any(decoded(each) for each in (old, new)):
        return difference(old, new)
    from ..difference.working import Compare
    from ..errands import Failure
    from ..plugins import load
    from .common import crew_for

    with crew_for(Path(), load(), 1) as crew:
        [found] = crew.run([Compare(f"{old.name}, {new.name}", 0.0, old.absolute(), new.absolute())])
    if isinstance(found, Failure):
        raise Refused(Exit(found.exit), *found.findings)
    result: Difference = found
    return result
