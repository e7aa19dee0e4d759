"""The interpreter that other people's libraries live under (`make bench` sets it up), and what it can import."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

_BIN = Path(sys.prefix) / "bench" / ("Scripts" if sys.platform == "win32" else "bin")
_PYTHON = _BIN / ("python.exe" if sys.platform == "win32" else "python")


@cache
def missing(name: str) -> str:
    """Why a library cannot be used here; empty where it can."""
    if not _PYTHON.exists():
        return f"{name} is not installed"
    done = subprocess.run([str(_PYTHON), "-c", f"import {name}"], capture_output=True, check=False)
    return f"{name} cannot be imported" if done.returncode else ""


def stranger(name: str, source: Path, target: Path | None = None) -> tuple[str, ...]:
    """The command that runs a library's limiter on a file; without `target` the sound is thrown away."""
    script = Path(__file__).with_name("strangers.py")
    return (str(_PYTHON), str(script), name, str(source), *([] if target is None else [str(target)]))
