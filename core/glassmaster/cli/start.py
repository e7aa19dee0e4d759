"""The verbs that begin a release: init and demo."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from ..errors import Exit, Refused, refuse
from ..model import Heard, Measurement, Source
from .common import crew_for, jobs_option
from .show import say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@jobs_option
def init(folder: Path, jobs: int | None, executor: str) -> int:
    """Write a commented release.toml from the mixdowns in FOLDER: order and titles from the names, starts and ends
    measured."""
    from ..starter import mixdowns, starter
    from ..store import replace

    target = folder / "release.toml"
    if not folder.is_dir():
        raise refuse(Exit.USAGE, "no-folder", folder, "is not a folder", "name the folder that holds your mixdowns")
    if target.exists():
        raise refuse(Exit.OUTPUT, "exists", target, "is there already and is left as it is", "rename it first")
    heard = _heard(mixdowns(folder), jobs, executor)
    replace(target, starter(folder, lambda path: heard[path]).encode())
    say(f"wrote {target}: read it through, fill in what only you know, then: glassmaster plan {target}")
    return Exit.OK


def _heard(paths: list[Path], jobs: int | None, executor: str) -> dict[Path, tuple[Source, Measurement]]:
    from .. import plugins
    from ..measure import hear

    offers = plugins.load()
    with (
        tempfile.TemporaryDirectory(prefix="glassmaster-", ignore_cleanup_errors=True) as room,
        crew_for(Path(room), offers, jobs, executor) as crew,
    ):
        results = hear([(path.name, path, True) for path in paths], offers, crew, reference=True)
    if problems := [finding for each in results if not isinstance(each, Heard) for finding in each.findings]:
        raise Refused(Exit.SOURCE, *problems)
    found = [each for each in results if isinstance(each, Heard)]
    return {path: (each.source, each.measurement) for path, each in zip(paths, found, strict=True)}


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"))
@jobs_option
@click.pass_context
def demo(context: click.Context, folder: Path, jobs: int | None, executor: str) -> int:
    """Make a small album of our own music in FOLDER and master it."""
    from ..demo import make_demo
    from .build import build

    if not (folder / "release.toml").exists():
        if folder.exists() and any(folder.iterdir()):
            hint = "name a folder that does not exist yet"
            raise refuse(Exit.OUTPUT, "exists", folder, "holds other files and is left as it is", hint)
        say(f"playing four songs into {folder}", err=True)
        make_demo(folder)
    code: int = context.invoke(build, manifest=folder / "release.toml", jobs=jobs, executor=executor)
    return code
