"""The command line: verbs, exit codes and JSON names are a contract. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

import click

from ..errors import Exit, Refused
from ..threads import one_thread

_VERBS = {
    "init": ("start", "Write a release.toml from a folder of mixdowns."),
    "demo": ("start", "Make a small album of our own and master it."),
    "check": ("build", "Look over manifest, files and measured mixdowns; writes no audio."),
    "measure": ("measure", "Loudness of any files, and of all together as an album."),
    "plan": ("build", "Show what would be done to each song, and why."),
    "build": ("build", "Master, encode, tag, prove, report and publish the release."),
    "report": ("build", "Make the report again without building."),
    "verify": ("verify", "Prove a delivery again: checksums, full decode, lengths, peaks, tags."),
    "freeze": ("build", "Keep the levels of what is out: a song added later moves nothing."),
    "plugins": ("about", "List what the installed plugins offer."),
    "profiles": ("about", "List destinations with their rules and sources."),
    "schema": ("about", "Print the JSON Schema of release.toml, plugins included."),
    "explain": ("about", "Explain a finding's code."),
    "doctor": ("about", "Tell what this machine has: encoders, libraries, plugins."),
}


class Verbs(click.Group):
    """A group whose verbs are imported when they are called; plugins may add more."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        _plugin_verbs(self)
        return [*_VERBS, *sorted(set(self.commands) - set(_VERBS))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _VERBS:
            module = importlib.import_module(f"{__name__}.{_VERBS[cmd_name][0]}")
            found: click.Command = getattr(module, cmd_name.replace("-", "_"))
            return found
        _plugin_verbs(self)
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        own = [(name, text) for name, (_, text) in _VERBS.items()]
        more = [(name, self.commands[name].get_short_help_str(80)) for name in self.list_commands(ctx)[len(own) :]]
        with formatter.section("Verbs"):
            formatter.write_dl(own + more)


def _plugin_verbs(group: Verbs) -> None:
    """Let strangers' plugins add verbs; ours add none, so without strangers nothing has to be loaded."""
    from importlib.metadata import entry_points

    ours = "glassmaster"
    if not group.commands and any(point.dist and point.dist.name != ours for point in entry_points(group=ours)):
        from .. import plugins

        plugins.load().hook.glassmaster_commands(cli=group)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="glassmaster")
@click.option("--debug", is_flag=True, help="Show the traceback where the program itself is at fault.")
def cli(debug: bool) -> None:
    """Make a release ready for the world: matched, limited, sequenced, encoded, tagged, proven and reported.

    Start with `glassmaster demo`, or with `glassmaster init FOLDER` on a folder of your mixdowns.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    one_thread()
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line; every way it can end is an exit code and a message, never a traceback."""
    try:
        code = cli.main(arguments, prog_name="glassmaster", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except click.ClickException as problem:
        problem.show()
        return Exit.USAGE
    except Refused as refusal:
        from .show import show_findings

        show_findings(refusal.findings)
        return refusal.exit
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; what is finished is kept for the next run", err=True)
        return Exit.SIGINT
    except BrokenPipeError:  # `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.SIGPIPE
    except OSError as problem:
        return _output_failed(problem)
    except Exception as problem:
        return _bug(problem, arguments)


def _output_failed(problem: OSError) -> int:
    where = f"{problem.filename}: " if problem.filename else ""
    click.echo(f"error: {where}{problem.strerror or problem}", err=True)
    click.echo("  the published release is as it was; what is finished is kept for the next run", err=True)
    return Exit.OUTPUT


def _bug(problem: Exception, arguments: list[str]) -> int:
    if "--debug" in arguments:
        import traceback

        traceback.print_exc()
    click.echo(f"error: this is a bug in glassmaster: {type(problem).__name__}: {problem}", err=True)
    click.echo("  please report it with the output of: glassmaster --debug " + " ".join(arguments), err=True)
    return Exit.BUG


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(Exit.SIGTERM)


__all__: list[Any] = ["cli", "main", "run"]
