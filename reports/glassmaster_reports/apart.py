"""A process of its own that renders one template within limits; what it may use comes in as JSON, the text goes out.

Run as `python -m glassmaster_reports.apart`. Templates are programs of strangers: they can loop for ever and ask for
all memory there is, which only an end of the process stops on every system.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from glassmaster.memory import highest_bytes

from .plain import revived
from .sandbox import environment

FAILED, TOO_LARGE, TOO_LONG = 65, 66, 67
"""Exit codes: an error in the template, its limits of memory and time."""
_LOOK_SECONDS = 0.02


def main() -> None:
    """Read the errand, render, write."""
    errand = json.loads(sys.stdin.buffer.read(), object_hook=revived)
    _limit(errand.seconds, errand.bytes)
    try:
        text = _rendered(errand)
    except MemoryError:
        os._exit(TOO_LARGE)
    except Exception as problem:  # whatever a template leads to
        told = {"kind": type(problem).__name__, "message": str(problem)[:2000], "place": _place(problem)}
        sys.stderr.write(json.dumps(told))
        sys.exit(FAILED)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))


def _rendered(errand: Any) -> str:
    made = environment([Path(each) for each in errand.folders], html=errand.html)
    parts, size = [], 0
    for part in made.get_template(errand.template).generate(**vars(errand.values)):
        size += len(part)
        if size > errand.bytes // 8:
            os._exit(TOO_LARGE)
        parts.append(part)
    return "".join(parts)


def _limit(seconds: float, most_bytes: int) -> None:
    """By the system where it can (Linux), by a look every 20 ms where it cannot."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    threading.Thread(target=_watch, args=(seconds, most_bytes), daemon=True).start()


def _watch(seconds: float, most_bytes: int) -> None:
    while True:
        if time.process_time() > seconds:
            os._exit(TOO_LONG)
        if highest_bytes() > most_bytes:
            os._exit(TOO_LARGE)
        time.sleep(_LOOK_SECONDS)


def _place(problem: Exception) -> str:
    """Template and line, which Jinja puts among the frames, or into the error where it is one of syntax."""
    if (line := getattr(problem, "lineno", None)) is not None:
        return f"{Path(getattr(problem, 'filename', None) or getattr(problem, 'name', None) or '?').name}:{line}"
    frames = traceback.extract_tb(problem.__traceback__)
    frame = next((each for each in reversed(frames) if not each.filename.endswith(".py")), None)
    return f"{Path(frame.filename).name}:{frame.lineno}" if frame else ""


if __name__ == "__main__":
    main()
