"""What `check` and `build` say at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from ..model import Json, Outcome
from ..record import figures, finding_json, release_json
from .show import clock, figure, table


def check_json(outcome: Outcome) -> Json:
    """The answer of `check --json`."""
    songs = outcome.album.release.songs
    return {
        "verdict": outcome.verdict,
        "findings": [finding_json(each, songs) for each in outcome.findings],
        "songs": [
            {
                "number": song.number,
                "disc": song.disc,
                "title": song.title,
                "status": song.status,
                "mixdown": figures(heard.measurement) if heard else None,
            }
            for song, heard in zip(songs, outcome.album.mixdowns, strict=True)
        ],
    }


def build_json(outcome: Outcome, spent: Json) -> Json:
    """The answer of `build --json`: what stands in release.json, and what it cost, which stands in no file."""
    return {**json.loads(release_json(outcome)), "budget": spent}


def show_budget(spent: Json) -> None:
    """What the time was spent on, phase by phase, to stderr."""
    rows = [
        (each["phase"], *(f"{each[name]:.1f}" for name in _SPENT), str(each["done"]), str(each["kept"]))
        for each in spent["phases"]
    ]
    click.echo(table(("spent on", "wall s", "main s", "workers s", "audio s", "done", "kept"), rows), err=True)


_SPENT = ("wall_s", "main_cpu_s", "workers_cpu_s", "audio_s")


def show_verdict(outcome: Outcome) -> None:
    """One line: the verdict and how many findings led to it."""
    open_ones = [each for each in outcome.findings if not each.waived]
    counts = [(kind, sum(each.severity == kind for each in open_ones)) for kind in ("error", "warning", "note")]
    told = ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts if count)
    colour = "green" if outcome.verdict == "ready" else "red"
    click.echo(click.style(outcome.verdict, fg=colour, bold=True) + (f" ({told})" if told else ""))


def show_outcome(outcome: Outcome, folder: Path) -> None:
    """The masters as a table, the verdict, and where everything is."""
    if outcome.products:
        click.echo(table(_HEAD, _rows(outcome), left=2))
        click.echo()
    show_verdict(outcome)
    if outcome.products:
        click.echo(f"{len(outcome.products)} files in {folder}")
        click.echo(f"report: {folder / 'report' / 'index.html'}")


_HEAD = ("#", "song", "length", "LUFS", "max S", "dBTP", "LRA", "gain", "GR", "most GR")


def _rows(outcome: Outcome) -> Iterable[tuple[str, ...]]:
    """The first deliverable's masters: the others differ only where they have an `adjust`."""
    for master in next(iter(outcome.masters.values()), ()):
        song, heard = outcome.album.release.songs[master.song], master.measurement
        yield (
            str(song.number),
            song.title[:40],
            clock(master.frames / master.rate_hz),
            figure(heard.integrated_lufs),
            figure(heard.max_short_term_lufs),
            figure(heard.true_peak_dbtp, 2),
            figure(heard.loudness_range_lu),
            figure(master.gain_db + master.drive_db, sign=True),
            figure(master.sustained_gain_reduction_db),
            figure(master.max_gain_reduction_db),
        )
