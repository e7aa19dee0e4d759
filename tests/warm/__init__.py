"""The program as a process of its own that is there at once: hundreds of tests start it.

On Linux a server that has imported it forks. Elsewhere, and where the environment changes what Python itself does, the
real command is started; the tests of starting, of signals and of kills always start that.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from glassmaster.heap import KEPT
from glassmaster.threads import ONE_THREAD

_SERVER = Path(__file__).with_name("server.py")
_DECIDES = ("PYTHON", "LC_", "LANG", "TZ", "COVERAGE", "MALLOC", "OPENBLAS", "NPY", "GLIBC", "LD_", "OMP_", "MKL_")
"""Variables that Python and the libraries read when they start."""
_JOBS = ("build", "check", "plan", "demo", "measure")
_ENVIRONMENT = dict(os.environ)
"""The server's: before any test changes it."""
_STARTING = threading.Lock()


def ran(
    arguments: Sequence[str],
    out: IO[bytes],
    err: IO[bytes],
    timeout: float,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
) -> int:
    """Run the program to its end; what it says goes to the files. Gives its exit code, minus the signal that ended it.

    Raises `subprocess.TimeoutExpired`. One worker, where nobody says how many: the tests have a core each.
    """
    env = dict(os.environ if env is None else env)
    line = [*arguments, "--jobs", "1"] if _lets_us_choose(arguments) else list(arguments)
    if not _can_be_warm(env):
        command = [sys.executable, "-m", "glassmaster", *line]
        how = {"stdin": subprocess.DEVNULL, "env": env, "cwd": cwd}
        return subprocess.run(command, stdout=out, stderr=err, timeout=timeout, check=False, **how).returncode  # type: ignore[call-overload,no-any-return]
    wanted = {"arguments": line, "cwd": str(cwd or Path.cwd()), "env": env, "umask": _umask()}
    with socket.socket(socket.AF_UNIX) as caller, open(os.devnull, "rb") as nothing:  # noqa: PTH123
        with _STARTING:
            address = _address()
        caller.settimeout(timeout)
        caller.connect(address)
        socket.send_fds(caller, [b" "], [nothing.fileno(), out.fileno(), err.fileno()])
        caller.sendall(json.dumps(wanted).encode() + b"\n")
        return _ended(caller, line, timeout)


def said(file: IO[bytes]) -> str:
    """What the program wrote into one of its files."""
    file.seek(0)
    return file.read().decode("utf-8", "replace").replace("\r\n", "\n")


def _ended(caller: socket.socket, line: list[str], timeout: float) -> int:
    with caller.makefile("rb") as answers:
        child = int(answers.readline())
        try:
            return int(answers.readline())
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            raise subprocess.TimeoutExpired(line, timeout) from None


def _lets_us_choose(arguments: Sequence[str]) -> bool:
    told = {"--jobs", "-j", "--executor"} & {each.partition("=")[0] for each in arguments}
    return bool(arguments) and arguments[0] in _JOBS and not told and "--" not in arguments


def _can_be_warm(env: Mapping[str, str]) -> bool:
    """Not where the environment would make another interpreter of it than the server is."""
    if not sys.platform.startswith("linux"):
        return False
    customized = any(Path(each, "sitecustomize.py").exists() for each in env.get("PYTHONPATH", "").split(os.pathsep))
    return not customized and not _ENVIRONMENT.get("PYTHONPATH") and _deciding(env) == _deciding(_ENVIRONMENT)


def _deciding(env: Mapping[str, str]) -> dict[str, str]:
    return {name: each for name, each in env.items() if name.startswith(_DECIDES) and name != "PYTHONPATH"}


def _umask() -> int:
    os.umask(mask := os.umask(0o022))
    return mask


@cache
def _address() -> str:
    """Start the server, once for each process that runs tests."""
    folder = tempfile.TemporaryDirectory(prefix="warm-")
    address = str(Path(folder.name, "door"))
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen(16)
        env = {**_ENVIRONMENT, **dict.fromkeys(ONE_THREAD, "1"), **{name: str(size) for name, size in KEPT.items()}}
        line = [sys.executable, str(_SERVER)]
        server = subprocess.Popen(line, stdin=door.fileno(), stdout=subprocess.DEVNULL, env=env)
    atexit.register(folder.cleanup)
    atexit.register(server.terminate)
    return address
