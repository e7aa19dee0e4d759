"""Every case of the catalogue that the command line can provoke has a test here that bears its number."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

MANIFEST = {f"M{number:02d}" for number in range(1, 40)}
AUDIO = {f"A{number:02d}" for number in (*range(1, 26), 27, 29, 31, 32)}
REFERENCES = {f"R{number:02d}" for number in (*range(1, 8), 9)}
ENCODERS = {"E01", "E03", "E05", "E06", "E08"}
FILE_SYSTEM = {"F01", "F02", "F03", "F04", "F05", "F06", "F08", "F10", "F13", "F15", "F17", "F18"}
FILE_SYSTEM |= {"F19", "F20", "F21", "F22"}

PLUGINS = {f"P{number:02d}" for number in (*range(1, 6), *range(7, 12))}


def test_no_case_is_left_out() -> None:
    line = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        str(Path(__file__).parent),
    ]
    listed = subprocess.run(line, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True).stdout
    names = [name for name in listed.splitlines() if "::" in name]
    found = {each.upper() for name in names for each in re.findall(r"(?<![a-z])[mMaArReEfFpP]\d\d(?!\d)", name)}
    assert found == MANIFEST | AUDIO | REFERENCES | ENCODERS | FILE_SYSTEM | PLUGINS
