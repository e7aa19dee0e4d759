"""The command line: verbs, exit codes and JSON names are a contract. Nothing heavy is imported before it is needed."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
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
    "profiles": ("profiles", "List destinations with their rules and sources."),
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
    _hear_signals()
    os.umask(os.umask(0o022) | 0o022)  # a delivery is nobody else's to change, whatever the session allows
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a title may have letters that a terminal lacks
            stream.reconfigure(errors="backslashreplace")
    one_thread()
    code = run(list(sys.argv[1:] if arguments is None else arguments))
    if code in (Exit.SIGINT, Exit.SIGTERM):  # Python gives the signals back before it ends: a second one would win
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run the command line; every way it can end is an exit code and a message, never a traceback."""
    try:
        code = _invoked(arguments)
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
        return _stopped("interrupted", Exit.SIGINT)
    except _Terminated as order:
        return _stopped("stopped", order.code)
    except OSError as problem:
        return _unread() if _is_pipe(problem) else _output_failed(problem)
    except Exception as problem:
        return _bug(problem, arguments)


def _invoked(arguments: list[str]) -> Any:
    """What the verb returns. Not by click's own `main`, which keeps a broken pipe to itself and leaves with 1."""
    if os.environ.get("_GLASSMASTER_COMPLETE"):  # a shell asks for completions
        return cli.main(arguments, prog_name="glassmaster")
    try:
        with cli.make_context("glassmaster", arguments) as context:
            return cli.invoke(context)
    except click.exceptions.Exit as done:  # --help, --version
        return done.exit_code


def _stopped(how: str, code: int) -> int:
    with contextlib.suppress(OSError):  # the terminal may be gone
        click.echo(f"{how}; what is finished is kept for the next run", err=True)
    return code


def _is_pipe(problem: OSError) -> bool:
    """A pipe without a reader: EPIPE, on Windows EINVAL."""
    return isinstance(problem, BrokenPipeError) or (
        os.name == "nt" and problem.errno == errno.EINVAL and problem.filename is None
    )


def _unread() -> int:
    """Nobody reads on, as behind `| head`: no word more, not even of what Python still holds for them."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    return Exit.SIGPIPE


def _output_failed(problem: OSError) -> int:
    from ..model import Finding
    from .show import show_findings

    where = os.fsdecode(problem.filename) if isinstance(problem.filename, str | bytes) else "output"
    hint = "make room or set the rights there, then run again: what is finished is kept, what is published is untouched"
    show_findings([Finding("output", "error", where, problem.strerror or str(problem), hint)])
    return Exit.OUTPUT


def _bug(problem: Exception, arguments: list[str]) -> int:
    if "--debug" in arguments:
        import traceback

        traceback.print_exc()
    click.echo(f"error: this is a bug in glassmaster: {type(problem).__name__}: {problem}", err=True)
    click.echo("  please report it with the output of: glassmaster --debug " + " ".join(arguments), err=True)
    return Exit.BUG


class _Terminated(BaseException):
    """An order to end, from the system or from a terminal that closes."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.code = 128 + number


def _hear_signals() -> None:
    """An interrupt and an order to end stop everything in good order; the second one at once, and the workers, who
    watch this process, end with it. What is ignored (`nohup`) stays so."""

    def stop(number: int, frame: FrameType | None) -> NoReturn:
        signal.signal(number, lambda number, frame: os._exit(128 + number))
        raise KeyboardInterrupt if number == signal.SIGINT else _Terminated(number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):  # each system has some of them
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)


__all__: list[Any] = ["cli", "main", "run"]
