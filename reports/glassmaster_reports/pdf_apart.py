"""A process of its own that turns a page into a PDF. Run as `python -m glassmaster_reports.pdf_apart`."""

from __future__ import annotations

import logging
import sys


def main() -> None:
    """HTML comes in, a PDF goes out; nothing is fetched but what the page carries inside itself."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    text = sys.stdin.buffer.read().decode("utf-8")
    inside = URLFetcher(allowed_protocols=("data",))
    sys.stdout.buffer.write(HTML(string=text, url_fetcher=inside).write_pdf())


if __name__ == "__main__":
    main()
