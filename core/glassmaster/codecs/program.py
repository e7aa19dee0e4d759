"""Encoder programs: found on the path, fed by pipe, their failures told in words."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import IO

from ..errors import Exit, Refused, refuse

_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)
_SECONDS = 20
"""More than any program needs to say its version."""


def answer(name: str, *arguments: str) -> str:
    """What the program `name` prints when asked with `arguments`; empty when it is absent or fails."""
    path = shutil.which(name)
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


def feed(name: str, arguments: list[str], parts: Iterable[bytes], install: str) -> None:
    """Run the program `name` and write `parts` to its standard input.

    Raises `Refused` (exit 4) when it is not installed, fails or is killed; what `parts` raises comes through, the
    program stopped.
    """
    path = shutil.which(name)
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
        try:
            took_all = _write(process, parts)
        finally:
            _end(process)
        if process.returncode or not took_all:
            raise _failed(name, process.returncode, errors)


def _write(process: subprocess.Popen[bytes], parts: Iterable[bytes]) -> bool:
    """Write all parts; False when the program stopped listening. Whatever `parts` raises ends the program."""
    assert process.stdin
    try:
        for part in parts:
            try:
                process.stdin.write(part)
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


def _failed(name: str, status: int, errors: IO[bytes]) -> Refused:
    errors.seek(0)
    lines = [line.strip() for line in errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
    how = _killed_by(-status) if status < 0 else f"ended with exit status {status}"
    said = f' and said "{lines[-1][:200]}"' if lines else ""
    hint = (
        "Build again; if it fails again, name another encoder for this deliverable (`glassmaster doctor` lists them)."
    )
    return refuse(Exit.STAGE, "encoder-failed", name, f"The encoder {name} {how}{said}.", hint)


def _killed_by(number: int) -> str:
    try:
        return f"was killed by {signal.Signals(number).name}"
    except ValueError:
        return f"was killed by signal {number}"
