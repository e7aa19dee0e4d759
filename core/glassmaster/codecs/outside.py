"""Somebody else's program as a step of the treatment: WAV in, WAV out, by files or by its standard streams."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ..errors import Exit, Refused, refuse
from ..model import Audio, Block
from . import libsndfile, warden, wave
from .program import answer

_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_FLOAT = 32
_LAST_WORDS = 2_000
"""Bytes of the program's standard error that are looked at for a message."""
_LINES = 3


@dataclass(frozen=True)
class Running:
    """A program as it will be run; the fields without `key: False` are what its result depends on."""

    program: str
    """As the manifest names it."""
    args: tuple[str, ...]
    """Words that may hold {input}, {output}, {rate}, {channels} and {frames}."""
    version: str
    """What it says of itself, and the hash of every file among its words."""
    latency_frames: int
    """Frames by which its output comes late."""
    folder: Path = field(metadata={"key": False})
    """Where it runs: the manifest's folder."""
    limit_seconds: float = field(metadata={"key": False})
    """Time after which it is ended, for a song of no length ..."""
    limit_times: float = field(metadata={"key": False})
    """... and what each second of audio adds."""


def located(program: str, folder: Path) -> str | None:
    """Where a program is: a path is taken from the manifest's folder, a bare name is looked for."""
    if Path(program).name != program:
        own = folder / program
        return str(own.absolute()) if own.is_file() else None  # a link may be what makes it what it is
    return shutil.which(program)


ASKING = re.compile(r"--?(v|version)", re.IGNORECASE)
"""Words that ask a program for its version, and can ask it for nothing else."""


def version(program: str, asking: Sequence[str], args: Sequence[str], folder: Path) -> str:
    """What an installed program answers when it is asked, else the hash of its file; and of every file in `args`.

    `check` and `plan` come here, too, and must start nothing that came with a manifest: a program named by a path is
    hashed and not run, and only words of `ASKING` are ever passed.
    """
    path = located(program, folder)
    asked = path and asking and _installed(program, path, folder) and all(map(ASKING.fullmatch, asking))
    said = " ".join(answer(path, *asking).split())[:200] if path and asked else ""
    if path and not said:
        said = _file_hash(path, Path(path).stat().st_mtime_ns)
    files = [folder / word for word in args if word and "{" not in word]
    hashes = [_file_hash(str(each), each.stat().st_mtime_ns) for each in files if _is_file(each)]
    return "; ".join([said, *hashes])


def _installed(program: str, path: str, folder: Path) -> bool:
    """Whether the program came by the system's path: on Windows a bare name is found in the current folder first."""
    return Path(program).name == program and not Path(path).absolute().is_relative_to(folder.absolute())


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a word that can be no name
        return False


@lru_cache
def _file_hash(path: str, changed_ns: int) -> str:
    with Path(path).open("rb") as file:
        return f"sha256 {hashlib.file_digest(file, 'sha256').hexdigest()}"


def run(audio: Audio, how: Running) -> Iterator[Block]:
    """The sound as the program makes it: same rate, channels and length, its latency taken off.

    Raises `Refused` (exit 4) with the program's last words when it is absent, fails, takes too long or gives another
    kind of sound.
    """
    with tempfile.TemporaryDirectory(prefix="glassmaster-") as folder:
        source, target = Path(folder, "input.wav"), Path(folder, "output.wav")
        fed = _longer(audio, how.latency_frames)
        wave.write(fed, source, _FLOAT)
        said = _told(how, fed, source, target)
        yield from _heard(audio, how, target, said)


def _longer(audio: Audio, frames: int) -> Audio:
    """With silence behind it, so that what comes late still comes."""
    from ..sound.blocks import followed_by_silence

    return followed_by_silence(audio, frames)


def _told(how: Running, audio: Audio, source: Path, target: Path) -> str:
    """Run the program; gives the end of what it wrote to standard error."""
    path = located(how.program, how.folder)
    if path is None:
        raise absent(how.program)
    words = filled(how.args, {"input": str(source), "output": str(target)} | _facts(audio))
    given = "" if _names(how.args, "input") else str(source)
    taken = "" if _names(how.args, "output") else str(target)
    seconds = how.limit_seconds + how.limit_times * audio.frames / audio.rate
    line = [sys.executable, "-I", warden.__file__, str(seconds), given, taken, path, *words]
    with tempfile.TemporaryFile() as errors:
        said = _warden(line, how.folder, errors)
        errors.seek(max(0, errors.seek(0, 2) - _LAST_WORDS))
        last = errors.read().decode("utf-8", "replace")
    if said.get("late"):
        raise _failed(how, f"was still at work after {seconds:g} seconds and was ended", last)
    if status := said.get("status", "unknown"):
        raise _failed(how, f"ended with exit status {status}", last)
    return last


def _warden(line: Sequence[str], folder: Path, errors: object) -> Mapping[str, object]:
    process = subprocess.Popen(
        line,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,  # type: ignore[call-overload]
        creationflags=_NO_WINDOW,
    )
    try:
        out = process.stdout.read()
        process.wait()
    finally:  # whatever happens here: without our end of its input it ends the program
        process.stdin.close()
        process.stdout.close()
        process.wait()
    with suppress(ValueError):
        return dict(json.loads(out))
    return {}


def _facts(audio: Audio) -> dict[str, str]:
    return {"rate": str(audio.rate), "channels": str(audio.channels), "frames": str(audio.frames)}


PLACES = ("input", "output", "rate", "channels", "frames")


def filled(args: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """The words with their places filled; nothing else is looked at, so braces of other languages stay as they are."""
    found = []
    for word in args:
        for place in PLACES:
            word = word.replace("{" + place + "}", values[place])
        found.append(word)
    return found


def _names(args: Sequence[str], place: str) -> bool:
    return any("{" + place + "}" in word for word in args)


def _heard(audio: Audio, how: Running, target: Path, said: str) -> Iterator[Block]:
    try:
        made = libsndfile.decode(target)
    except Refused:
        raise _failed(how, "gave no WAV", said) from None
    if (made.rate, made.channels) != (audio.rate, audio.channels):
        wanted = f"{audio.channels} channels at {audio.rate} Hz"
        raise _failed(how, f"gave {made.channels} channels at {made.rate} Hz instead of {wanted}", said)
    wanted_frames = audio.frames + how.latency_frames
    if made.frames != wanted_frames:
        raise _failed(how, f"gave {made.frames} frames for the {wanted_frames} that it got", said)
    at = 0
    for block in made:
        if len(kept := block[max(0, how.latency_frames - at) :]):
            yield kept
        at += len(block)


def _failed(how: Running, what: str, said: str) -> Refused:
    lines = [line.strip() for line in said.splitlines() if line.strip()][-_LINES:]
    last = f'; its last words: "{" / ".join(lines)[:300]}"' if lines else ""
    hint = "Try it by hand on the mixdown; `glassmaster plugins show command` tells what a program must keep to."
    return refuse(Exit.STAGE, "command-failed", how.program, f"The program {how.program} {what}{last}.", hint)


def absent(program: str) -> Refused:
    """The program is not on this machine."""
    hint = "Install it, correct `program` (a path counts from the manifest's folder), or leave the stage out."
    return refuse(Exit.STAGE, "command-missing", program, f"The program {program} is not on this machine.", hint)
