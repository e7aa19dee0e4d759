"""The built-in reports: one page to open by a double click, the same facts as Markdown, and a running sheet as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from glassmaster.hooks import hookimpl
from glassmaster.model import Outcome, Report


def write_html(outcome: Outcome, folder: Path) -> None:
    """Write `index.html`: no network, and all there without scripts; what can be heard lies in `audio` beside it."""
    from .write import html

    html(outcome, folder / "index.html")


def write_single(outcome: Outcome, file: Path) -> None:
    """Write the page as one file, with what can be heard inside it."""
    from .write import single

    single(outcome, file)


def write_markdown(outcome: Outcome, folder: Path) -> None:
    """Write `report.md`: what the page says, in tables."""
    from .write import markdown

    markdown(outcome, folder / "report.md")


def write_running_sheet(outcome: Outcome, folder: Path) -> None:
    """Write `running-sheet.csv`: the order, codes and times of the songs."""
    from .write import running_sheet

    running_sheet(outcome, folder / "running-sheet.csv")


@hookimpl
def glassmaster_reports() -> Iterable[Report]:
    """The page, its Markdown twin and the running sheet."""
    about = "one page with verdict, figures and charts, to be listened to: report/index.html"
    yield Report("html", write_html, version=4, about=about, single=write_single)
    yield Report("markdown", write_markdown, version=3, about="the same facts as text: report/report.md")
    yield Report("running-sheet", write_running_sheet, about="order, ISRCs and times: report/running-sheet.csv")
