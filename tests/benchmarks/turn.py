"""One turn of a contestant, run from a small process of its own: turn.py COMMAND... prints what it took, as JSON.

A program inherits the peak memory of whatever started it, so nothing large may.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time


def spent() -> tuple[float | None, float | None]:
    """(user and system seconds, peak MiB of the largest process) of all that was run; None where nothing tells."""
    if sys.platform == "win32":
        return None, None
    import resource

    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    per_mib = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_mib


def main() -> None:
    begin = time.perf_counter()
    run = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    wall = time.perf_counter() - begin
    cpu, mib = spent()
    said = run.stderr.decode(errors="replace")[-500:]
    print(json.dumps({"code": run.returncode, "wall": wall, "cpu": cpu, "mib": mib, "said": said}))


if __name__ == "__main__":
    main()
