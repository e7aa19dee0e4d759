"""How many cores there are, and how many threads numpy's linear algebra may use: one, so that its sums never differ."""

import os

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def one_thread() -> None:
    """Ask for one thread; it takes effect only before numpy is imported, and in all processes started afterwards."""
    for name in ONE_THREAD:
        os.environ[name] = "1"


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
