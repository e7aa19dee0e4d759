"""The program's first worker, forked in advance: it waits with all that it needs, and takes over when one is hired.

Only how its process begins is another than `multiprocessing` would have it: what it gets, and does, is the same.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
from collections.abc import Sequence
from multiprocessing import spawn, util
from typing import Any

_MOST_FILES = 64
_LONGEST = 1 << 20


def prepare() -> None:
    """Fork it, and let `multiprocessing` take it for the first process that it starts; others start as ever."""
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    if (child := os.fork()) == 0:
        ours.close()
        _wait(theirs)
    theirs.close()
    started = util.spawnv_passfds
    waiting = [child]

    def start(path: bytes, args: Sequence[Any], passfds: Sequence[int]) -> int:
        if "--multiprocessing-fork" not in args or not waiting:
            return started(path, args, passfds)
        mask = [int(each) for each in signal.pthread_sigmask(signal.SIG_BLOCK, [])]
        told = {"call": str(args), "files": sorted(passfds), "env": dict(os.environ), "mask": mask}
        socket.send_fds(ours, [json.dumps(told).encode() + b"\n"], sorted(passfds))
        return waiting.pop()

    util.spawnv_passfds = start


def _wait(parent: socket.socket) -> None:
    """Until it is hired, or nobody is left to do that."""
    text, here, _, _ = socket.recv_fds(parent, _LONGEST, _MOST_FILES)
    while text and not text.endswith(b"\n"):
        text += parent.recv(_LONGEST)
    parent.close()
    if not text:
        os._exit(0)
    told = json.loads(text)
    os.environ.clear()
    os.environ.update(told["env"])
    signal.pthread_sigmask(signal.SIG_SETMASK, told["mask"])
    _numbered(here, told["files"])
    handles = {name: int(number) for name, number in re.findall(r"(tracker_fd|pipe_handle)=(\d+)", told["call"])}
    sys.argv[1:] = ["--multiprocessing-fork"]
    spawn.spawn_main(**handles)


def _numbered(here: Sequence[int], there: Sequence[int]) -> None:
    """Give files the numbers that they have over there, by which they are called."""
    free = max(*here, *there) + 1
    for place, each in enumerate(here):
        os.dup2(each, free + place)
        os.close(each)
    for place, number in enumerate(there):
        os.dup2(free + place, number)
        os.close(free + place)
