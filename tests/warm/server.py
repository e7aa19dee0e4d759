"""A process that has imported the program and becomes it by `fork`, over and over: nothing is imported twice.

Run by `tests.warm` with a listening socket as its standard input. Each caller sends what it wants and three files; a
child of its own becomes the program, another one waits for it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sys
from importlib.metadata import entry_points
from typing import Any

import worker  # type: ignore[import-not-found]  # beside this file, which is run as a script

_LONGEST = 1 << 20
_SECONDS = 2.0
"""How soon it ends when the tests were killed."""


def _prepare() -> None:
    """Import what the program is made of, and compile the templates of its reports."""
    import glassmaster.cli

    for found in pkgutil.iter_modules(glassmaster.cli.__path__, "glassmaster.cli."):
        importlib.import_module(found.name)
    for point in entry_points(group="glassmaster"):
        if point.dist and point.dist.name == "glassmaster":
            point.load()
    # imported where they are used
    for name in ("glassmaster.flow", "glassmaster.standing", "glassmaster.local_plugins", "glassmaster_reports.write"):
        importlib.import_module(name)
    from glassmaster_reports import confined

    for html in (True, False):
        for name in confined._ours(html).list_templates(extensions=["j2"]):
            if (".html." in name) == html:
                confined._ours(html).get_template(name)


def main() -> None:
    sys.path[:] = sys.path[1:]  # this folder is nothing that the program would see
    _prepare()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait
    door = socket.socket(fileno=os.dup(0))
    door.settimeout(_SECONDS)
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            caller, _ = door.accept()
        except TimeoutError:
            continue
        with caller:
            if os.fork() == 0:
                door.close()
                _serve(caller)


def _serve(caller: socket.socket) -> None:
    """Start the program, tell its number, wait for it, tell how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, files, _, _ = socket.recv_fds(caller, _LONGEST, 3)
    while not text.endswith(b"\n"):
        text += caller.recv(_LONGEST)
    if (child := os.fork()) == 0:
        caller.close()
        _become(json.loads(text), files)
    for each in files:
        os.close(each)
    caller.sendall(f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(wanted: Any, files: list[int]) -> None:
    """As `python -m glassmaster` would run, to the end of the interpreter."""
    for place, each in enumerate(files):
        os.dup2(each, place)
        os.close(each)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["env"])
    os.umask(wanted["umask"])
    told = os.environ.get("PYTHONPATH", "")
    sys.path[:0] = [os.getcwd(), *(told.split(os.pathsep) if told else [])]  # noqa: PTH109 - as Python does it
    sys.argv[:] = ["glassmaster", *wanted["arguments"]]
    worker.prepare()
    runpy.run_module("glassmaster", run_name="__main__", alter_sys=True)
    sys.exit(0)


if __name__ == "__main__":
    main()
