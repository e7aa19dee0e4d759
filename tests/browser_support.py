"""A real Chromium without a window, talked to over its pipe (DevTools protocol): no package is needed for it."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or os.name == "nt", reason="Chromium is not installed here: apt-get install chromium"
)
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--font-render-hinting=none"),
    *("--force-color-profile=srgb", "--remote-debugging-pipe"),
)
_PATIENCE_SECONDS = 120.0


@dataclass
class Browser:
    """One running Chromium with one page in it."""

    to: int
    back: int
    events: list[dict[str, Any]] = field(default_factory=list)
    """All that happened since the last `open`: each with `method` and `params`."""
    session: str = ""
    _last: int = 0
    _buffer: bytes = b""

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        _written(self.to, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._last:
                assert "error" not in told, (method, told["error"])
                result: dict[str, Any] = told["result"]
                return result

    def open(self, page: Path, width: int = 1200, height: int = 900, *, dark: bool = False) -> None:
        """Show a file, as a screen of `width` x `height` would."""
        self.events.clear()
        self.look(width, height, dark=dark)
        self.ask("Page.navigate", url=page.as_uri())
        while not any(each["method"] == "Page.loadEventFired" for each in self.events):
            self._next()

    def look(
        self, width: int, height: int = 900, *, dark: bool = False, media: Literal["screen", "print"] = "screen"
    ) -> None:
        """Change the screen, the colour scheme or the medium."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", media=media, features=[scheme])
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **metrics)

    def run(self, script: str) -> Any:
        """The value of an expression in the page, a promise's when it is one; the page's policy does not bind it."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def picture(self, *, whole: bool = True, scale: float = 1.0, most_high: int = 16_000) -> bytes:
        """A PNG of the page, by default to its end."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize" if whole else "cssLayoutViewport"]
        wide = size.get("width", size.get("clientWidth"))
        high = min(size.get("height", size.get("clientHeight")), most_high)
        clip = {"x": 0, "y": 0, "width": wide, "height": high, "scale": scale}
        told = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(told["data"])

    def printed(self) -> bytes:
        """A PDF on the paper that the page asks for."""
        told = self.ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(told["data"])

    def complaints(self) -> list[str]:
        """What a developer would see in the console: errors, warnings, blocked things, dialogues."""
        told = []
        for each in self.events:
            match each["method"]:
                case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Page.javascriptDialogOpening":
                    told.append(json.dumps(each["params"])[:400])
                case "Log.entryAdded":
                    told.append(each["params"]["entry"]["text"])
        return told

    def requests(self) -> list[str]:
        """Addresses that the page asked for, beside itself and what it carries inside."""
        sent = [each["params"] for each in self.events if each["method"] == "Network.requestWillBeSent"]
        return [each["request"]["url"] for each in sent if not each["request"]["url"].startswith("data:")][1:]

    def settle(self, seconds: float = 0.3) -> None:
        """Let what was set going happen."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if b"\0" in self._buffer or select.select([self.back], [], [], left)[0]:
                self._next()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self.back], [], [], _PATIENCE_SECONDS)
            assert ready, f"Chromium said nothing for {_PATIENCE_SECONDS:.0f} s"
            read = os.read(self.back, 1 << 20)
            assert read, "Chromium went away"
            self._buffer += read
        line, self._buffer = self._buffer.split(b"\0", 1)
        told: dict[str, Any] = json.loads(line)
        if "method" in told:
            self.events.append(told)
        return told


def _written(to: int, data: bytes) -> None:
    while data:
        data = data[os.write(to, data) :]


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """A Chromium of its own, with an empty profile; it ends with the block."""
    assert CHROMIUM is not None
    commands, to = os.pipe()
    back, answers = os.pipe()
    line = f'exec "$0" "$@" 3<&{commands} 4>&{answers}'
    process = subprocess.Popen(
        ["/bin/bash", "-c", line, CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
        pass_fds=(commands, answers),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for each in (commands, answers):
        os.close(each)
    try:
        yield _attached(Browser(to, back))
    finally:
        for each in (to, back):  # Chromium ends when nobody talks to it any more
            os.close(each)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _attached(made: Browser) -> Browser:
    target = next(each for each in made.ask("Target.getTargets")["targetInfos"] if each["type"] == "page")
    made.session = made.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        made.ask(f"{domain}.enable")
    return made
