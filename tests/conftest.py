"""For all tests: numpy on one thread, as in the workers, so that sums are the same and cores are left for others."""

import os
import tempfile
from pathlib import Path

from glassmaster.threads import one_thread

one_thread()
# Hundreds of tests start the program: without bytecode each start compiles all of it again, half as long again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Whom somebody trusts who runs the tests is none of their business; tests that trust name a folder of their own.
os.environ["GLASSMASTER_CONFIG"] = str(Path(tempfile.gettempdir(), "glassmaster-tests-trust-nobody"))
