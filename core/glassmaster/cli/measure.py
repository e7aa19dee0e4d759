"""`glassmaster measure`: the loudness of any files, and of all of them together as an album."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from ..errors import Exit, refuse
from ..model import Heard, Json
from .common import crew_for, jobs_option, json_option
from .show import clock, figure, show_findings, show_json, table

SUFFIXES = (".wav", ".wave", ".rf64", ".w64", ".aif", ".aiff", ".caf", ".flac", ".mp3", ".ogg", ".oga", ".opus")


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@json_option
@jobs_option
def measure(files: tuple[Path, ...], as_csv: bool, as_json: bool, jobs: int | None, executor: str) -> int:
    """Measure files, and all the audio files of folders: loudness, range, peaks, dynamics."""
    import tempfile

    from .. import plugins
    from ..measure import hear

    offers, paths = plugins.load(), [*_audio_files(files)]
    with (
        tempfile.TemporaryDirectory(prefix="glassmaster-") as room,
        crew_for(Path(room), offers, jobs, executor) as crew,
    ):
        results = hear([(str(path), path, True) for path in paths], offers, crew, reference=True)
    heard = [(path, each) for path, each in zip(paths, results, strict=True) if isinstance(each, Heard)]
    show_findings(finding for each in results for finding in each.findings)
    _shown(heard, as_json, as_csv)
    exits = [each.exit for each in results if not isinstance(each, Heard)]
    return min(exits, default=Exit.OK)


def _audio_files(named: Sequence[Path]) -> Iterable[Path]:
    for path in named:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in SUFFIXES)
        if not inside:
            raise refuse(Exit.USAGE, "no-audio", path, "holds no audio files", "name the files themselves")
        yield from inside


def _shown(heard: Sequence[tuple[Path, Heard]], as_json: bool, as_csv: bool) -> None:
    if as_json:
        show_json({"files": [_file(path, each) for path, each in heard], "album": _album(heard)})
    elif as_csv:
        click.echo(_csv([_file(path, each) for path, each in heard]), nl=False)
    elif heard:
        click.echo(table(_HEAD, [*(_row(path, each) for path, each in heard), *_album_row(heard)]))
        if any(each.source.channels == 1 for _, each in heard):
            click.echo("mono files are measured as played on two speakers (dual mono: 3.01 LU above one)")


def _file(path: Path, heard: Heard) -> dict[str, Json]:
    from ..record import figures

    return {"path": str(path), **figures(heard.measurement)}


def _album(heard: Sequence[tuple[Path, Heard]]) -> dict[str, Json]:
    from dataclasses import asdict

    from ..loudness import album
    from ..record import rounded

    pooled = asdict(album([each.measurement for _, each in heard]))
    return {name: rounded(value) for name, value in pooled.items()}


def _csv(rows: Sequence[dict[str, Json]]) -> str:
    from ..names import csv_safe

    text = io.StringIO(newline="")
    if rows:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([csv_safe(each) if isinstance(each, str) else each for each in row.values()] for row in rows)
    return text.getvalue()


_HEAD = ("file", "length", "LUFS", "LRA", "max M", "max S", "dBTP", "dBFS", "PLR", "DR")


def _row(path: Path, heard: Heard) -> tuple[str, ...]:
    told = heard.measurement
    return (path.name, clock(told.frames / told.rate_hz), *_cells(told), figure(told.dr, 0))


def _album_row(heard: Sequence[tuple[Path, Heard]]) -> Iterable[tuple[str, ...]]:
    from ..loudness import album

    if len(heard) > 1:
        seconds = sum(each.measurement.frames / each.measurement.rate_hz for _, each in heard)
        yield ("all as an album", clock(seconds), *_cells(album([each.measurement for _, each in heard])), "")


def _cells(told: Json) -> tuple[str, ...]:
    return (
        figure(told.integrated_lufs),
        figure(told.loudness_range_lu),
        figure(told.max_momentary_lufs),
        figure(told.max_short_term_lufs),
        figure(told.true_peak_dbtp, 2),
        figure(told.sample_peak_dbfs, 2),
        figure(told.plr_lu),
    )
