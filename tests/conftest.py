"""For all tests: numpy on one thread, as in the workers, so that sums are the same and cores are left for others."""

import os

from glassmaster.threads import one_thread

one_thread()
# Hundreds of tests start the program: without bytecode each start compiles all of it again, half as long again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
