"""How the C library keeps the memory of a worker, whose errands ask for blocks of the same few sizes over and over.

glibc hands large blocks back to the system at once, and to get one again costs a page fault for every 4 KiB of it:
up to a tenth of an errand's time. Elsewhere nobody reads these names.
"""

import os

_MIB = 1 << 20
KEPT = {"MALLOC_MMAP_THRESHOLD_": 32 * _MIB, "MALLOC_TRIM_THRESHOLD_": 64 * _MIB}
"""mallopt(3): smaller blocks come from the heap, and so much of it stays free before any is given back; bytes."""


def keep_memory() -> None:
    """Ask for it; it takes effect in all processes started afterwards, where nobody has chosen otherwise."""
    for name, size in KEPT.items():
        os.environ.setdefault(name, str(size))
