"""The page on A4, by WeasyPrint in a process of its own: it is a large library, and its work can take long."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from glassmaster.errors import Exit, Refused, refuse
from glassmaster.model import Outcome

from .sandbox import TEMPLATES
from .write import html_text

INSTALL = 'pip install "glassmaster[pdf]"'
_SECONDS, _PER_SONG = 300, 60
_LAST = 400
"""Characters of what WeasyPrint said last."""


def pdf(outcome: Outcome, path: Path) -> None:
    """Write the page to `path`. Raises `Refused` (exit 4) where WeasyPrint is missing or fails."""
    if find_spec("weasyprint") is None:
        message = "a PDF needs WeasyPrint, which is not installed"
        raise refuse(Exit.STAGE, "pdf-missing", "report.pdf", message, f"install it: {INSTALL}; or print index.html")
    text = with_styles(html_text(outcome))
    command = [sys.executable, "-P", "-m", f"{__package__}.pdf_apart"]
    seconds = _SECONDS + _PER_SONG * len(outcome.album.release.songs)
    try:
        done = subprocess.run(
            command, input=text.encode("utf-8", "replace"), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise _failed(f"did not end within {seconds} s") from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise _failed(f"failed: {done.stderr.decode('utf-8', 'replace')[-_LAST:].strip()}")
    path.write_bytes(done.stdout)


def _failed(how: str) -> Refused:
    return refuse(Exit.STAGE, "pdf-failed", "report.pdf", f"WeasyPrint {how}", f"{INSTALL}; or print index.html")


def with_styles(page: str) -> str:
    """The page with its drawings' rules inside each of them: WeasyPrint takes no others there, and no variables."""
    sheet = "".join((TEMPLATES / name).read_text("utf-8") for name in ("style.css", "charts.css"))
    colours = dict(re.findall(r"--([\w-]+):\s*([^;]+);", sheet.partition("@media")[0]))
    rules = (TEMPLATES / "charts.css").read_text("utf-8")
    filled = re.sub(r"var\(--([\w-]+)\)", lambda found: colours[found[1]], rules)
    return re.sub(r'(<svg class="chart[^>]*>)', lambda found: f"{found[1]}<style>{filled}</style>", page)
