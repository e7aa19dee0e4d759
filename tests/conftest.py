"""For all tests: numpy on one thread, as in the workers, so that sums are the same and cores are left for others."""

from glassmaster.threads import one_thread

one_thread()
