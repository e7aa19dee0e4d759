"""The verbs that tell about the program itself: plugins, schema, explain."""

from __future__ import annotations

import difflib

import click

from ..errors import Exit, refuse
from ..model import REMEDIES
from .common import json_option
from .show import say, show_findings, show_json, table

_KINDS = ("stage", "format", "meter", "check", "profile", "report", "package")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def plugins(context: click.Context, as_json: bool) -> int:
    """List what the installed plugins offer; `plugins show NAME` tells about one."""
    from .. import plugins

    if context.invoked_subcommand:
        return Exit.OK
    offers = plugins.load()
    rows = [
        (kind, name, str(offers.origins[kind, name]), getattr(offer, "about", ""))
        for kind in _KINDS
        for name, offer in sorted(getattr(offers, f"{kind}s").items())
    ]
    if as_json:
        show_json([dict(zip(("kind", "name", "plugin", "about"), row, strict=True)) for row in rows])
    else:
        say(*table(("kind", "name", "plugin", "about"), rows, left=4))
        show_findings(offers.broken)
    return Exit.OK


@plugins.command("show")
@click.argument("name")
def plugins_show(name: str) -> int:
    """Settings of one stage or format, with their defaults and limits."""
    from .. import plugins
    from ..settings import settings_rows

    offers = plugins.load()
    found = offers.stages.get(name) or offers.formats.get(name)
    if found is None:
        known = sorted({*offers.stages, *offers.formats})
        near = difflib.get_close_matches(name, known, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(known)}"
        raise refuse(Exit.USAGE, "unknown", "plugins show", f'no stage or format is named "{name}"', hint)
    say(f"{name}: {found.about}")
    for row in settings_rows(found.settings):
        say(f"  {row.name} = {row.default}  ({row.values})", f"    {row.about}")
    return Exit.OK


@click.command()
def schema() -> int:
    """Print the JSON Schema of release.toml, with the settings of all installed plugins."""
    from .. import manifest, plugins

    show_json(manifest.schema(plugins.load()))
    return Exit.OK


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """Explain a finding: what it means, why it matters, what to do. Without CODE: all codes."""
    from .. import plugins
    from ..codes import known as known_codes

    known = known_codes(plugins.load())
    if code is None:
        say(*table(("code", "title"), [(name, each.title) for name, each in sorted(known.items())], left=2))
        return Exit.OK
    if code not in known:
        near = difflib.get_close_matches(code, known, 1)
        hint = f'did you mean "{near[0]}"?' if near else "`glassmaster explain` lists them all"
        raise refuse(Exit.USAGE, "unknown", "explain", f'there is no code "{code}"', hint)
    say(f"{code}: {known[code].title}", "", *known[code].explain.splitlines())
    if known[code].cause:
        say("", f"Most likely: {known[code].cause}.")
    if known[code].remedy:
        say(f"In short: {REMEDIES[known[code].remedy]}.")
    return Exit.OK
