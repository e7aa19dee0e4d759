"""The line that installs a program on the system at hand."""

from __future__ import annotations

import platform
import sys
from functools import cache

_LINUX = {
    "debian": "apt install",
    "ubuntu": "apt install",
    "fedora": "dnf install",
    "rhel": "dnf install",
    "arch": "pacman -S",
    "suse": "zypper install",
    "opensuse": "zypper install",
    "alpine": "apk add",
}
_NAMES = {
    "dnf install": {"ffmpeg": "ffmpeg-free"},
    "winget install": dict.fromkeys(("ffmpeg", "lame", "wavpack"), "Gyan.FFmpeg"),
}
"""Where a package is not called like its program; that ffmpeg makes MP3 and WavPack, too."""


@cache
def line(package: str) -> str:
    """How to get a package on this system: `sudo apt install ffmpeg`."""
    tool = _tool()
    if not tool:
        return f"{package} (by your system's packages)"
    name = _NAMES.get(tool, {}).get(package, package)
    return f"`{'sudo ' if tool in _LINUX.values() else ''}{tool} {name}`"


def _tool() -> str:
    if sys.platform != "linux":
        return {"darwin": "brew install", "win32": "winget install"}.get(sys.platform, "")
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [told.get("ID", ""), *told.get("ID_LIKE", "").split()]
    return next((_LINUX[name] for name in names if name in _LINUX), "")
