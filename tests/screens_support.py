"""What a page looks like in a real browser: on screens of any width, in both colour schemes, and on paper."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.browser_support import Tab

MOST_HIGH = 16_000
"""Pixels that Chromium draws in one go."""


def show(tab: Tab, page: Path, width: int = 1200, height: int = 900, *, dark: bool = False) -> None:
    """Open a file as a screen of that size shows it; requests and complaints count from here."""
    tab.requests.clear()
    tab.complaints.clear()
    look(tab, width, height, dark=dark)
    tab.open(page.as_uri())


def look(tab: Tab, width: int, height: int = 900, *, dark: bool = False, media: str = "screen") -> None:
    """Change the screen, the colour scheme, or the medium ("screen", "print")."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    tab.call("Emulation.setEmulatedMedia", media=media, features=[scheme])
    tab.call("Emulation.setScrollbarsHidden", hidden=True)
    tab.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)


def whole(tab: Tab, scale: float = 1.0) -> bytes:
    """A PNG of the page to its end."""
    size = tab.call("Page.getLayoutMetrics")["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], MOST_HIGH), "scale": scale}
    told = tab.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
    return base64.b64decode(told["data"])


def printed(tab: Tab) -> bytes:
    """A PDF on the paper that the page asks for."""
    told = tab.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
    return base64.b64decode(told["data"])


def asked_for(tab: Tab) -> list[str]:
    """Addresses beside the page's own and what it carries inside itself."""
    return [each for each in tab.requests if not each.startswith("data:")][1:]
