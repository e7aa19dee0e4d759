"""The real program as a hostile or careless user runs it, on releases made of half a second of noise."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from tests.sources_support import noise, written
from tests.warm import ran, said

PROGRAM = Path(sys.executable).with_name("glassmaster")
LINUX = sys.platform.startswith("linux")
HEAD = """\
[release]
title = "Night Signals"
artist = "The Example"
"""
WAV = """
[[deliverable]]
name = "wav"
format = "wav"
bits = 16
"""
SLOW = '''
"""Stages and meters that behave badly, as a plugin that somebody else wrote."""
import os, signal, time
from dataclasses import dataclass
from pathlib import Path
from glassmaster.hooks import Meter, Stage, hookimpl

@dataclass(frozen=True)
class Slow:
    seconds: float = 60.0

def slow(audio, settings):
    Path(os.environ["FAULTS"], f"worker-{os.getpid()}").touch()
    time.sleep(settings.seconds)
    yield from audio

@dataclass(frozen=True)
class Deadly:
    song: str = ""
    times: int = 9

def decide(song, album, settings, made):
    return settings if song.title == settings.song else Deadly()

def deadly(audio, settings):
    yield next(iter(audio))[:0]
    if settings.song:
        for time_ in range(settings.times):
            mark = Path(os.environ["FAULTS"], f"death-{time_}")
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
    yield from audio

@hookimpl
def glassmaster_stages():
    yield Stage("slow", Slow, slow)
    yield Stage("deadly", Deadly, deadly, decide=decide)
'''


@dataclass(frozen=True)
class Run:
    """How a run of the program ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def glassmaster(*arguments: object, timeout: float = 90, before: Sequence[str] = (), **how: Any) -> Run:
    """Run the program to its end, behind the words of `before`. It may refuse, but never with a traceback or as a bug.

    A process that hangs is killed after `timeout` seconds, which is long: the machine may be busy.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        run = Run(_ended(arguments, out, err, timeout, before, how), said(out), said(err))
    assert "Traceback" not in run.said, run.said
    assert "bug in glassmaster" not in run.said, run.said
    assert run.code != 9, run.said
    return run


def started(*arguments: object, log: Path, **how: Any) -> subprocess.Popen[bytes]:
    """Start the program; what it says goes to the file `log`."""
    with log.open("wb") as file:
        return subprocess.Popen(_line(arguments), stdout=file, stderr=subprocess.STDOUT, **_defaults(how))


def _ended(
    arguments: tuple[object, ...],
    out: IO[bytes],
    err: IO[bytes],
    timeout: float,
    before: Sequence[str],
    how: dict[str, Any],
) -> int:
    """The exit code; the real command is started where more than folder and environment shall be another."""
    if not before and how.keys() <= {"env", "cwd"}:
        return ran([*map(str, arguments)], out, err, timeout, **how)
    line = [*before, *_line(arguments)]
    return subprocess.run(line, stdout=out, stderr=err, timeout=timeout, check=False, **_defaults(how)).returncode


def as_ordinary_user() -> list[str]:
    """Words before a command that make it run without the powers of root, who may read and write everything."""
    if sys.platform == "win32":
        pytest.skip("rights are another matter there")
    if os.geteuid() != 0:
        return []
    line = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    if not shutil.which("setpriv") or subprocess.run([*line, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root cannot give up its powers here")
    return line


def _line(arguments: tuple[object, ...]) -> list[str]:
    return [str(PROGRAM), *map(str, arguments)]


def _defaults(how: dict[str, Any]) -> dict[str, Any]:
    return {"stdin": subprocess.DEVNULL, **how}


def environment(**changes: str) -> dict[str, str]:
    """This process's environment with changes; an empty value takes a variable away."""
    return {name: value for name, value in {**os.environ, **changes}.items() if value}


def mixdown(path: Path, seconds: float = 0.5, seed: int = 7, channels: int = 2) -> Path:
    """Noise of 24 bits at 48 kHz, about -23 LUFS."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return written(path, noise(round(48_000 * seconds), channels, seed=seed))


def song(title: str, mixdown: str = "mix.wav", more: str = "") -> str:
    return f"\n[[song]]\ntitle = {basic(title)}\nmixdown = {basic(mixdown)}\n{more}\n"


def basic(text: str) -> str:
    """A TOML basic string."""
    plain = "".join(each if each.isprintable() and each not in '"\\' else f"\\U{ord(each):08x}" for each in text)
    return f'"{plain}"'


def manifest(folder: Path, text: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "release.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def release(folder: Path, *more: str, seconds: float = 0.5) -> Path:
    """A release of one song that can be built; `more` stands at the manifest's end."""
    mixdown(folder / "mix.wav", seconds)
    return manifest(folder, HEAD + song("Opening") + WAV + "\n".join(more))


def plugin(folder: Path, code: str, name: str = "hostile") -> dict[str, str]:
    """Somebody's plugin as pip installs it; the environment in which the program finds it, with FAULTS = folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(code, "utf-8")
    record = folder / f"{name}-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text(f"[glassmaster]\n{name} = {name}\n")
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return environment(PYTHONPATH=os.pathsep.join(paths), FAULTS=str(folder))


def tree(folder: Path) -> Mapping[str, str]:
    """SHA-256 of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def until(what: Any, seconds: float = 60) -> Any:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
    return found


def alive(process: int) -> bool:
    """Whether a process still runs; a zombie does not."""
    try:
        os.kill(process, 0)
    except OSError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not (state.exists() and state.read_text().rsplit(") ", 1)[1].startswith("Z"))
