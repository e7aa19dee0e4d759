"""Any program that makes a WAV of a WAV: `[[treatment]] stage = "command"` (sox, ffmpeg filters, a DAW's renderer)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le

from glassmaster.hooks import hookimpl
from glassmaster.model import Album, Audio, Block, Made, Song, Stage

if TYPE_CHECKING:
    from glassmaster.codecs.outside import Running


@dataclass(frozen=True)
class Command:
    """Settings of `command`. `build` runs the program, no other verb does, without a shell. It gets the song as
    a WAV of 32-bit float and must give a WAV (16 or 24 bit or float) of the same rate, channels and length, with exit
    status 0."""

    program: str = ""
    """Name of the program, or its path from the manifest's folder ("./tools/tape")."""
    args: tuple[str, ...] = ()
    """Its arguments. {input} and {output} stand for the two WAV files, {rate}, {channels} and {frames} for the
    sound's; without {input} it reads the WAV from its standard input, without {output} it writes it to its standard
    output. It runs in the manifest's folder; files named here (a script, a preset) count for what has to be redone."""
    version_args: tuple[str, ...] = ("--version",)
    """How to ask for its version: "--version", "-version", "-v" or "-V"; a new answer renders the songs again. Only a
    program on the system's path is asked. One named by a path is never run for it: its file is hashed, as where there
    is no answer."""
    latency_frames: Annotated[int, Ge(0), Le(1_000_000)] = 0
    """Frames by which its output comes late. It then gets so much silence behind the song, and must give it back."""
    time_limit: Annotated[float, Ge(0.001), Le(20)] = 10.0
    """Seconds that it may take for each second of audio, on top of 30; then it is ended, with all that it started."""


_LEAST_SECONDS = 30.0


def decide(song: Song, album: Album, settings: Command, made: Made) -> Running:
    """The program with its version. Raises `Refused` (exit 4) where it is not on this machine."""
    from glassmaster.codecs import outside
    from glassmaster.errors import Exit, refuse

    if not settings.program:
        hint = 'say which: program = "sox", args = ["{input}", "-b", "32", "-e", "float", "{output}", "bass", "+1"]'
        raise refuse(Exit.USAGE, "command-missing", 'stage = "command"', "names no program", hint)
    if strange := [word for word in settings.version_args if not outside.ASKING.fullmatch(word)]:
        message = f"version_args = {strange[0]!r:.80} does more than ask for a version, which `check` does, too"
        hint = 'use "--version", "-version", "-v" or "-V"; with version_args = [] the program\'s file is hashed instead'
        raise refuse(Exit.USAGE, "command-version", 'stage = "command"', message, hint)
    folder = album.release.folder
    if outside.located(settings.program, folder) is None:
        raise outside.absent(settings.program)
    return outside.Running(
        settings.program,
        settings.args,
        outside.version(settings.program, settings.version_args, settings.args, folder),
        settings.latency_frames,
        folder,
        _LEAST_SECONDS,
        settings.time_limit,
    )


def render(audio: Audio, value: Running) -> Iterator[Block]:
    """The song as the program makes it."""
    from glassmaster.codecs import outside

    yield from outside.run(audio, value)


@hookimpl
def glassmaster_stages() -> Iterator[Stage]:
    """The same twice: on each song alone, and once over songs that run on."""
    about = "any program that makes a WAV of a WAV"
    yield Stage("command", Command, render, decide=decide, about=f"{about}, song by song")
    yield Stage("command-joined", Command, render, decide=decide, whole=True, about=f"{about}, once over joined songs")
