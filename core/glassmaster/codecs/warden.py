"""Runs somebody's program to its end, and ends it with all its children when time is up or its own parent is gone.

`python warden.py SECONDS STDIN STDOUT PROGRAM ARGUMENT...` (an empty STDIN or STDOUT: none). The parent holds our
standard input open; when it dies, by whatever, that ends. We answer `{"status": exit status or -signal, "late": bool}`
on standard output. Only the standard library is needed, and nothing of glassmaster: it has to start quickly.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading


def main(words: list[str]) -> int:
    """Run the program that `words` name; the exit status is ours, 0 when we could tell what became of it."""
    seconds, source, target, *command = words
    with contextlib.ExitStack() as stack:
        reading = stack.enter_context(open(source, "rb")) if source else subprocess.DEVNULL  # noqa: PTH123
        writing = stack.enter_context(open(target, "wb")) if target else subprocess.DEVNULL  # noqa: PTH123
        child = subprocess.Popen(command, stdin=reading, stdout=writing, start_new_session=True)
        threading.Thread(target=_outlived, args=(child,), daemon=True).start()
        late = False
        try:
            child.wait(float(seconds))
        except subprocess.TimeoutExpired:
            late = True
        end(child)
        print(json.dumps({"status": child.wait(), "late": late}))
    return 0


def _outlived(child: subprocess.Popen[bytes]) -> None:
    """Wait until nobody waits for us any more."""
    while os.read(0, 4096):  # not sys.stdin: its lock would be held when the interpreter ends
        pass
    end(child)
    os._exit(1)


def end(child: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started."""
    if sys.platform == "win32":
        if child.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(child.pid)], capture_output=True, check=False)
        return
    with contextlib.suppress(OSError):  # a group without members is gone
        os.killpg(child.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
