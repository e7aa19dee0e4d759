"""The verb `plugins`: what they offer, and which plugin files of releases the user trusts."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Exit, refuse
from .common import HERE, json_option
from .show import show_findings, show_json, table

if TYPE_CHECKING:
    from ..local_plugins import Named

_KINDS = ("stage", "format", "meter", "check", "profile", "report", "package")
_files = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def plugins(context: click.Context, as_json: bool) -> int:
    """List what plugins offer; `plugins show NAME` tells about one.

    In a folder with a release.toml: also the plugin files that it names. They run only if you trust them.
    """
    from ..local_plugins import named, offers_for

    if context.invoked_subcommand:
        return Exit.OK
    offers = offers_for(HERE)
    rows = [
        (kind, name, str(offers.origins[kind, name]), getattr(offer, "about", ""))
        for kind in _KINDS
        for name, offer in sorted(getattr(offers, f"{kind}s").items())
    ]
    rows += [("file", each.name, str(each.path), each.reason or each.state) for each in named(HERE)]
    if as_json:
        show_json([dict(zip(("kind", "name", "plugin", "about"), row, strict=True)) for row in rows])
    else:
        click.echo(table(("kind", "name", "plugin", "about"), rows, left=4))
        show_findings(offers.broken)
    return Exit.OK


@plugins.command("show")
@click.argument("name")
def show(name: str) -> int:
    """Settings of one stage or format, with their defaults and limits."""
    from ..local_plugins import offers_for
    from ..settings import settings_rows

    offers = offers_for(HERE)
    found = offers.stages.get(name) or offers.formats.get(name)
    if found is None:
        known = sorted({*offers.stages, *offers.formats})
        near = difflib.get_close_matches(name, known, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(known)}"
        raise refuse(Exit.USAGE, "unknown", "plugins show", f'no stage or format is named "{name}"', hint)
    click.echo(f"{name}: {found.about}")
    for row in settings_rows(found.settings):
        click.echo(f"  {row.name} = {row.default}  ({row.values})")
        click.echo(f"    {row.about}")
    return Exit.OK


@plugins.command()
@_files
def trust(files: tuple[Path, ...]) -> int:
    """Let the plugin FILES of releases run, as they are now: read them first, for they run with your rights.

    A file that is changed or moved must be trusted again. Without FILES: all that is trusted.
    """
    from .. import trust

    if not files:
        click.echo(table(("file", "sha256", "is now"), [*_trusted()], left=3))
    for each in [_readable(path) for path in files]:
        assert each.guest is not None, "only what was read is readable"
        trust.grant(each.path, each.guest.sha256)
        click.echo(f"trusted: {each.path} (sha256 {each.guest.sha256})")
    return Exit.OK


@plugins.command()
@_files
def distrust(files: tuple[Path, ...]) -> int:
    """Let plugin FILES run no longer."""
    from .. import trust

    for path in files:
        if not trust.withdraw(path.absolute()):
            hint = "`glassmaster plugins trust` lists what is trusted"
            raise refuse(Exit.USAGE, "unknown", path, "was not trusted", hint)
        click.echo(f"no longer trusted: {path.absolute()}")
    return Exit.OK


def _readable(path: Path) -> Named:
    from ..local_plugins import look

    found = look(path.absolute(), path.absolute().parent, str(path))
    if found.state == "unusable":
        raise refuse(Exit.USAGE, "plugin-file", path, found.reason, "name the plugin file itself")
    return found


def _trusted() -> Iterator[tuple[str, str, str]]:
    from .. import trust
    from ..local_plugins import look

    for each in trust.everyone():
        path = Path(each.path)
        yield each.path, each.sha256, look(path, path.parent, each.path).state
