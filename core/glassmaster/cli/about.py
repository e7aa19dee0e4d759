"""The verbs that tell about the program itself: schema, explain."""

from __future__ import annotations

import difflib

import click

from ..errors import Exit, refuse
from ..model import REMEDIES
from .common import HERE
from .show import show_json, table


@click.command()
def schema() -> int:
    """Print the JSON Schema of release.toml, with the settings of all plugins: of installed ones, and of the files that
    the release.toml of this folder names and you trust."""
    from .. import manifest
    from ..local_plugins import offers_for

    show_json(manifest.schema(offers_for(HERE)))
    return Exit.OK


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """Explain a finding: what it means, why it matters, what to do. Without CODE: all codes."""
    from ..codes import known as known_codes
    from ..local_plugins import offers_for

    known = known_codes(offers_for(HERE))
    if code is None:
        click.echo(table(("code", "title"), [(name, each.title) for name, each in sorted(known.items())], left=2))
        return Exit.OK
    if code not in known:
        near = difflib.get_close_matches(code, known, 1)
        hint = f'did you mean "{near[0]}"?' if near else "`glassmaster explain` lists them all"
        raise refuse(Exit.USAGE, "unknown", "explain", f'there is no code "{code}"', hint)
    click.echo(f"{code}: {known[code].title}\n\n{known[code].explain}")
    if known[code].cause:
        click.echo(f"\nMost likely: {known[code].cause}.")
    if known[code].remedy:
        click.echo(f"In short: {REMEDIES[known[code].remedy]}.")
    return Exit.OK
