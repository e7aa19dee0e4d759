"""`glassmaster verify`: a delivered folder proven again, on any machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Exit
from ..model import Json
from .common import HERE, crew_for, jobs_option, json_option
from .show import show_findings, show_json

if TYPE_CHECKING:
    from ..verify import Verified


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("dist"))
@json_option
@jobs_option
def verify(folder: Path, as_json: bool, jobs: int | None, executor: str) -> int:
    """Prove a delivery again: checksums, full decode, lengths, loudness, peaks and tags of every file."""
    import tempfile

    from ..local_plugins import offers_for
    from ..verify import verify

    offers = offers_for(HERE)
    with (
        tempfile.TemporaryDirectory(prefix="glassmaster-", ignore_cleanup_errors=True) as room,
        crew_for(Path(room), offers, jobs, executor) as crew,
    ):
        told = verify(folder, offers, crew)
    if as_json:
        show_json(_document(told))
    else:
        show_findings(told.findings)
        files = _counted(len(told.files), "file")
        wrong = f"{_counted(len(told.findings), 'thing')} wrong"
        click.echo(f"{folder}: {wrong if told.findings else f'proven, {files}'}")
    return Exit.UNPROVEN if told.findings else Exit.OK


def _document(told: Verified) -> Json:
    """The answer of `verify --json`: each file with what was proven of it, by the names of `prove.CHECKS`."""
    from ..errands import Proved
    from ..record import finding_json

    against = {each.where for each in told.findings}
    files = [
        {
            "path": errand.what,
            "format": errand.format,
            "proven": errand.what not in against,
            "checks": list(made.proven) if isinstance(made, Proved) else [],
            "measured": dict(made.figures) or None if isinstance(made, Proved) else None,
        }
        for errand, made in told.files
    ]
    findings = [finding_json(each) for each in told.findings]
    return {"proven": not told.findings, "files": files, "findings": findings}


def _counted(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"
