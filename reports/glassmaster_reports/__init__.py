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


def write_json(outcome: Outcome, folder: Path) -> None:
    """Write `report.json`: what the page says, for other programs; every figure of it stands in release.json, too."""
    from .write import as_json

    as_json(outcome, folder / "report.json")


def write_text(outcome: Outcome, folder: Path) -> None:
    """Write `report.txt`: a summary that fits a terminal or a letter, no line longer than 100 columns."""
    from .write import text

    text(outcome, folder / "report.txt")


def write_pdf(outcome: Outcome, folder: Path) -> None:
    """Write `report.pdf`: the page on A4. Raises `Refused` where WeasyPrint is not installed."""
    from .pdf import pdf

    pdf(outcome, folder / "report.pdf")


@hookimpl
def glassmaster_reports() -> Iterable[Report]:
    """The page, its twins as text, as data and on paper, and the running sheet."""
    page = "one page with verdict, figures and charts, to be listened to: report/index.html"
    yield Report("html", write_html, version=4, about=page, file="index.html", single=write_single)
    yield Report(
        "markdown", write_markdown, version=4, about="the same facts as text: report/report.md", file="report.md"
    )
    sheet = "order, ISRCs and times: report/running-sheet.csv"
    yield Report("running-sheet", write_running_sheet, about=sheet, file="running-sheet.csv")
    yield Report("json", write_json, about="what the page says, as data: report/report.json", file="report.json")
    yield Report("text", write_text, about="a summary in 100 columns: report/report.txt", file="report.txt")
    yield Report(
        "pdf", write_pdf, about="the page on A4, when asked for: report/report.pdf", file="report.pdf", asked=True
    )
