"""Encoder and decoder programs: found, fed or read by pipe within a time limit, their failures told in words."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import IO

from ..errors import Exit, Refused, refuse
from ..pulse import beat
from . import disk

_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_SECONDS = 20
"""More than any program needs to say its version."""
_CHUNK = 1 << 18
_LOOK_SECONDS = 2.0
LEAST_SECONDS = 120.0
"""Time that every encode and decode gets, and for each second of audio `TIMES` more: the slowest needs 0.3."""
TIMES = 5.0


def limit_seconds(audio_seconds: float) -> float:
    """After so much time a program that works on so many seconds of audio is taken for hung."""
    return LEAST_SECONDS + TIMES * audio_seconds


def find(name: str) -> str | None:
    """Where the program `name` is: on the path, or for ffmpeg in the package imageio-ffmpeg (the extra `ffmpeg`)."""
    found = shutil.which(name)
    return _packed_ffmpeg() if found is None and name == "ffmpeg" else found


def _packed_ffmpeg() -> str | None:
    try:
        from imageio_ffmpeg import get_ffmpeg_exe
    except ImportError:
        return None
    try:
        return str(get_ffmpeg_exe())
    except RuntimeError:  # the package came without a program for this system
        return None


def answer(name: str, *arguments: str) -> str:
    """What the program `name` prints when asked with `arguments`; empty when it is absent or fails."""
    path = find(name)
    return _answer(path, arguments) if path else ""


@lru_cache
def _answer(path: str, arguments: tuple[str, ...]) -> str:
    try:
        said = subprocess.run(
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return (said.stdout + said.stderr).decode("utf-8", "replace")


def version(said: str) -> str:
    """The first word that looks like a version number behind the word "version"; empty when there is none."""
    found = re.search(r"\bversion\s+(\S+)", said)
    return found[1] if found else ""


def feed(
    name: str,
    arguments: list[str],
    parts: Iterable[bytes],
    install: str,
    audio_seconds: float,
    target: Path | None = None,
) -> None:
    """Run the program `name` and write `parts` to its standard input; `target` is the file that it is to write.

    Raises `Refused` (exit 4) when it is not installed, fails, is killed, writes nothing or takes longer than such audio
    can take, and OSError when it says that the disk failed; what `parts` raises comes through, the program stopped.
    """
    path = find(name)
    if not path:
        raise refuse(Exit.STAGE, "encoder-missing", name, f"{name} is not installed here.", install)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [path, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            creationflags=_NO_WINDOW,
        )
        with _watched(process, limit_seconds(audio_seconds), target) as late:
            try:
                took_all = _write(process, parts)
            finally:
                _end(process)
        made = took_all and (target is None or target.is_file())
        if late.is_set() or process.returncode or not made:
            how = _how(process.returncode, audio_seconds, late.is_set())
            if fault := disk.named(_said(errors)):
                raise fault
            raise refuse(Exit.STAGE, "encoder-failed", name, f"The encoder {name} {how}{_said(errors)}.", _AGAIN)


_AGAIN = "Build again; if it fails again, name another encoder for this deliverable (`glassmaster doctor` lists them)."


@contextmanager
def _watched(process: subprocess.Popen[bytes], seconds: float, target: Path | None = None) -> Iterator[threading.Event]:
    """Kill the program when it is still at work after so many seconds; the event tells that it was.

    As long as `target` grows it gives signs of life, for us, too: we do nothing but wait for it.
    """
    late, done = threading.Event(), threading.Event()

    def look() -> None:
        end, size = time.monotonic() + seconds, -1
        while not done.wait(min(_LOOK_SECONDS, max(0.0, end - time.monotonic()))):
            if time.monotonic() >= end:
                late.set()
                process.kill()
                return
            before, size = size, _size(target)
            if size != before:
                beat()

    threading.Thread(target=look, daemon=True).start()
    try:
        yield late
    finally:
        done.set()


def _size(path: Path | None) -> int:
    try:
        return path.stat().st_size if path else -1
    except OSError:  # it is not there yet
        return -1


def _write(process: subprocess.Popen[bytes], parts: Iterable[bytes]) -> bool:
    """Write all parts; False when the program stopped listening. Whatever `parts` raises ends the program."""
    assert process.stdin
    try:
        for part in parts:
            try:
                process.stdin.write(part)
                beat()
            except OSError:  # a pipe without a reader is EPIPE here and EINVAL on Windows
                return False
    except BaseException:
        process.kill()
        raise
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin
    with suppress(OSError):
        process.stdin.close()
    process.wait()


def spill(name: str, arguments: list[str], source: Path, install: str, audio_seconds: float) -> Iterator[bytes]:
    """Run the program `name` and give what it writes to its standard output, in parts.

    Raises `Refused`: exit 4 when it is not installed, exit 8 naming `source` when it fails or takes too long.
    """
    path = find(name)
    if not path:
        message = f"{name}, which reads {source.suffix} files, is not installed here."
        raise refuse(Exit.STAGE, "decoder-missing", source, message, install)
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [path, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            creationflags=_NO_WINDOW,
        )
        assert process.stdout
        with _watched(process, limit_seconds(audio_seconds)) as late, process.stdout:
            try:
                while part := process.stdout.read(_CHUNK):
                    beat()
                    yield part
            except BaseException:  # nobody wants the rest
                process.kill()
                raise
            finally:
                process.wait()
        if late.is_set() or process.returncode:
            raise _undecodable(name, source, _how(process.returncode, audio_seconds, late.is_set()) + _said(errors))


def _undecodable(name: str, source: Path, how: str) -> Refused:
    hint = "Build again; the file is made anew."
    return refuse(Exit.UNPROVEN, "file-damaged", source, f"The file cannot be decoded: {name} {how}.", hint)


def _how(status: int, audio_seconds: float, late: bool) -> str:
    if late:
        return f"was still at work after {limit_seconds(audio_seconds):.0f} seconds and was stopped"
    return _killed_by(-status) if status < 0 else f"ended with exit status {status}"


def _said(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return f' and said "{lines[-1][:200]}"' if lines else ""


def _killed_by(number: int) -> str:
    try:
        return f"was killed by {signal.Signals(number).name}"
    except ValueError:
        return f"was killed by signal {number}"
