"""The line that installs a program on the system at hand."""

from __future__ import annotations

import platform
import sys
from functools import cache

_APT, _DNF, _PACMAN, _ZYPPER, _APK = "apt install", "dnf install", "pacman -S", "zypper install", "apk add"
_LINUX = {
    "debian": _APT,
    "ubuntu": _APT,
    "fedora": _DNF,
    "rhel": _DNF,
    "arch": _PACMAN,
    "suse": _ZYPPER,
    "opensuse": _ZYPPER,
    "alpine": _APK,
}
_NAMES = {
    _DNF: {"ffmpeg": "ffmpeg-free"},
    "winget install": {"ffmpeg": "Gyan.FFmpeg", "lame": "LAME.LAME", "wavpack": "DavidBryant.WavPack"},
}
"""Where a package is not called like its program; opus-tools is on no winget."""


@cache
def line(package: str) -> str:
    """The command for this system, such as `sudo apt install ffmpeg`."""
    tool = _tool()
    name = _NAMES.get(tool, {}).get(package, package)
    root = "sudo " if tool in _LINUX.values() else ""
    return f"`{root}{tool} {name}`"


def _tool() -> str:
    if sys.platform == "darwin":
        return "brew install"
    if sys.platform == "win32":
        return "winget install"
    try:
        told = platform.freedesktop_os_release()
    except OSError:
        return _APT
    names = [told.get("ID", ""), *told.get("ID_LIKE", "").split()]
    return next((_LINUX[name] for name in names if name in _LINUX), _APT)
