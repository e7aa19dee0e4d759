"""The command line: verbs, exit codes and JSON names are a contract. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from ..errors import Exit, Refused, refuse
from ..threads import one_thread
from .ending import Terminated, bug, hear_signals, is_pipe, leave, misused, output_failed, stopped, unread
from .stdout import answering, keep_apart, open_all

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
    "approve": ("approve", "Sign mixdowns or masters off, by hash, name and date."),
    "diff": ("diff", "Tell what changed between two mix revisions, or two builds."),
    "plugins": ("plugins", "List what plugins offer; trust a release's own plugin files."),
    "profiles": ("profiles", "List destinations with their rules and sources."),
    "schema": ("about", "Print the JSON Schema of release.toml, plugins included."),
    "explain": ("about", "Explain a finding's code."),
    "cache": ("cache", "Show, prune or clear what is kept for the next build."),
    "doctor": ("doctor", "Tell what this machine has: encoders, libraries, plugins."),
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
    open_all()
    hear_signals()
    os.umask(os.umask(0o022) | 0o022)  # a delivery is nobody else's to change, whatever the session allows
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a title may have letters that a terminal lacks
            stream.reconfigure(errors="backslashreplace")
    keep_apart()
    one_thread()
    gc.set_threshold(
        100_000
    )  # values stand still and hardly ever form cycles: looking for those took a tenth of a verb
    leave(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line; every way it can end is an exit code and a message, never a traceback."""
    try:
        return _answered(arguments)
    except OSError as problem:  # also of telling what went wrong
        return unread() if is_pipe(problem) else output_failed(problem)


def _answered(arguments: list[str]) -> int:
    try:
        code = _invoked(arguments)
        with answering():
            sys.stdout.flush()
        return int(code or 0)
    except click.ClickException as problem:
        misused(problem)
        return Exit.USAGE
    except Refused as refusal:
        from .show import show_findings

        show_findings(refusal.findings)
        return refusal.exit
    except (KeyboardInterrupt, click.Abort):
        return stopped("interrupted", Exit.SIGINT)
    except Terminated as order:
        return stopped("stopped", order.code)
    except OSError:
        raise
    except Exception as problem:
        return bug(problem, arguments)


def _check_here() -> None:
    """Nothing can be started, nor named, in a working folder that was removed."""
    try:
        os.getcwd()  # noqa: PTH109 - pathlib is not needed yet
    except OSError:
        message, hint = "the folder in which this was started is no longer there", "change into one that is there"
        raise refuse(Exit.OUTPUT, "output", "working folder", message, hint) from None


def _invoked(arguments: list[str]) -> Any:
    """What the verb returns. Not by click's own `main`, which keeps a broken pipe to itself and leaves with 1."""
    if os.environ.get("_GLASSMASTER_COMPLETE"):  # a shell asks for completions
        return cli.main(arguments, prog_name="glassmaster")
    _check_here()
    try:
        with cli.make_context("glassmaster", [*arguments]) as context:
            return cli.invoke(context)
    except click.exceptions.Exit as done:  # --help, --version
        return done.exit_code


__all__: list[Any] = ["cli", "main", "run"]
