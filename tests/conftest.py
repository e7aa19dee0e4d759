"""For all tests: numpy on one thread, as in the workers, so that sums are the same and cores are left for others."""

import os
import signal
import tempfile
from pathlib import Path

import pytest

from glassmaster.threads import one_thread

one_thread()
# Hundreds of tests start the program: without bytecode each start compiles all of it again, half as long again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# Whom somebody trusts who runs the tests is none of their business; tests that trust name a folder of their own.
os.environ["GLASSMASTER_CONFIG"] = str(Path(tempfile.gettempdir(), "glassmaster-tests-trust-nobody"))

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # of a shell's background job: what tests start would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)

_LONGEST = ("test_torture.py", "test_report_hostile.py", "test_previews.py", "test_only_what_changed.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest begin; the order of all else stays random. One that began last would keep a single
    core busy for minutes, with nothing left to do for the others."""
    items.sort(key=lambda each: each.path.name not in _LONGEST)
