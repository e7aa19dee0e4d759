"""`glassmaster measure`: the loudness of any files, and of all of them together as an album."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Exit, refuse
from ..folders import below
from ..listening import Unheard, Wanted, listen
from ..model import Event, Heard
from ..threads import cores
from .progress import progress
from .readings import Readings, show_csv, show_curves, show_document, show_table
from .show import show_findings

if TYPE_CHECKING:
    from ..work import Crew

SUFFIXES = (".wav", ".wave", ".rf64", ".w64", ".aif", ".aiff", ".caf", ".flac", ".mp3", ".ogg", ".oga", ".opus")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--to", "references", multiple=True, metavar="REF", help="A reference to show beside them; repeatable.")
@click.option("--strict", is_flag=True, help="True peak by 16 times oversampling (the standard's is 4).")
@click.option("--cross-check", "checked", is_flag=True, help="Show pyloudnorm's integrated loudness beside ours.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@click.option("--curve", metavar="FILE", help="Write loudness over time as CSV; - prints that instead of the table.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--jobs", "-j", type=click.IntRange(1, 1024), help="Files at a time; default: the cores there are.")
@click.option("--executor", default="local", metavar="ADDRESS", help="Pool of workers to use.")
def measure(
    files: tuple[str, ...],
    references: tuple[str, ...],
    strict: bool,
    checked: bool,
    as_csv: bool,
    curve: str | None,
    as_json: bool,
    jobs: int | None,
    executor: str,
) -> int:
    """Measure files, patterns like "*.wav", and all audio files of folders: loudness, range, peaks, dynamics."""
    paths, beside = [*_audio_files(files)], [*_audio_files(references)]
    wanted = Wanted(strict, extra=as_json)
    heard, theirs = _heard([*paths, *beside], wanted, checked, jobs, executor)
    readings = Readings(tuple(paths), tuple(beside), tuple(heard), tuple(theirs), strict)
    show_findings(readings.findings)
    if curve:
        show_curves(readings, curve)
    if as_json:
        show_document(readings)
    elif as_csv:
        show_csv(readings)
    elif curve != "-":
        show_table(readings)
    return readings.exit


def _heard(
    paths: Sequence[Path], wanted: Wanted, checked: bool, jobs: int | None, executor: str
) -> tuple[Sequence[Heard | Unheard], Sequence[float | None]]:
    """Measurements, and what pyloudnorm says if it is asked; workers are hired only if somebody needs one."""
    from ..plugins import load

    with ExitStack() as stack:
        show = stack.enter_context(progress())

        def tell(event: Event) -> None:
            show(event)
            load().hook.glassmaster_event(event=event)

        @cache
        def crew() -> Crew:
            from .common import crew_for

            return replace(stack.enter_context(crew_for(Path(), load(), jobs, executor)), tell=tell)

        heard = listen(paths, jobs or cores() if executor == "local" else 0, crew, tell, wanted)
        if not checked:
            return heard, ()
        from ..foreign import cross_checks

        return heard, cross_checks(paths, crew())


def _audio_files(named: Sequence[str]) -> Iterable[Path]:
    """Files as they are named; patterns too, because not every shell expands them."""
    for name in named:
        if has_magic(name) and not Path(name).exists():
            found = sorted(glob(name, recursive=True))  # noqa: PTH207 - the pattern may be absolute
            if not found:
                raise refuse(Exit.USAGE, "no-match", name, "no file is named like this", "check the folder")
            yield from _expanded(Path(each) for each in found)
        else:
            yield from _expanded([Path(name)])


def _expanded(paths: Iterable[Path]) -> Iterable[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in below(path) if each.suffix.lower() in SUFFIXES)
        if not inside:
            raise refuse(Exit.USAGE, "no-audio", path, "holds no audio files", "name the files themselves")
        yield from inside
