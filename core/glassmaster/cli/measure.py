"""`glassmaster measure`: the loudness of any files, and of all of them together as an album."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from glob import glob, has_magic
from pathlib import Path

import click

from ..errors import Exit, refuse
from .common import cores, crew_for, jobs_option, json_option
from .readings import Readings, show_csv, show_curves, show_document, show_table
from .show import show_findings

SUFFIXES = (".wav", ".wave", ".rf64", ".w64", ".aif", ".aiff", ".caf", ".flac", ".mp3", ".ogg", ".oga", ".opus")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--to", "references", multiple=True, metavar="REF", help="A reference to show beside them; repeatable.")
@click.option("--strict", is_flag=True, help="True peak by 16 times oversampling (the standard's is 4).")
@click.option("--cross-check", "checked", is_flag=True, help="Show pyloudnorm's integrated loudness beside ours.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@click.option("--curve", metavar="FILE", help="Write loudness over time as CSV; - prints that instead of the table.")
@json_option
@jobs_option
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
    from .. import plugins
    from ..listening import cross_checks, listen

    paths, beside = [*_audio_files(files)], [*_audio_files(references)]
    with crew_for(Path(), plugins.load(), jobs, executor) as crew:
        threads = min(jobs or cores(), len(paths)) if executor == "local" else 0
        heard = listen([*paths, *beside], crew, threads, strict=strict)
        theirs = cross_checks([*paths, *beside], crew) if checked else ()
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
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        if not inside:
            raise refuse(Exit.USAGE, "no-audio", path, "holds no audio files", "name the files themselves")
        yield from inside
