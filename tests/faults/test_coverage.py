"""Every case of the catalogue has a test that bears its id."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.faults.catalogue import CASES, ELSEWHERE

ROOT = Path(__file__).parents[2]


def test_no_case_is_left_out() -> None:
    where = ["tests/faults", *ELSEWHERE]
    line = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *where]
    listed = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    names = [name for name in listed.splitlines() if "::" in name]
    found = {each.upper() for name in names for each in re.findall(r"(?<![a-z])[mMaArRpPeEfF]\d\d(?!\d)", name)}
    assert found == CASES
