"""`glassmaster verify`: a delivered folder proven again, on any machine."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import Exit
from .common import crew_for, jobs_option, json_option
from .show import show_findings, show_json


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("dist"))
@json_option
@jobs_option
def verify(folder: Path, as_json: bool, jobs: int | None, executor: str) -> int:
    """Prove a delivery again: checksums, full decode, lengths, loudness, peaks and tags of every file."""
    import tempfile

    from .. import plugins
    from ..record import finding_json
    from ..verify import verify

    offers = plugins.load()
    with (
        tempfile.TemporaryDirectory(prefix="glassmaster-", ignore_cleanup_errors=True) as room,
        crew_for(Path(room), offers, jobs, executor) as crew,
    ):
        findings = verify(folder, offers, crew)
    if as_json:
        show_json({"proven": not findings, "findings": [finding_json(each) for each in findings]})
    else:
        show_findings(findings)
        click.echo(f"{folder}: {'proven' if not findings else f'{_counted(len(findings))} wrong'}")
    return Exit.UNPROVEN if findings else Exit.OK


def _counted(number: int) -> str:
    return "1 thing is" if number == 1 else f"{number} things are"
