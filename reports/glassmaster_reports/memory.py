"""How much memory this process has used at most."""

from __future__ import annotations

import sys


def highest_bytes() -> int:
    """Peak of what is really in memory; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _on_windows()
    import resource

    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told if sys.platform == "darwin" else told * 1024


def _on_windows() -> int:
    """PROCESS_MEMORY_COUNTERS.PeakWorkingSetSize (psapi.h)."""
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = (
            ("size", wintypes.DWORD),
            ("faults", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in ("peak", "now", "a", "b", "c", "d", "e", "f")),
        )

    found = Counters()
    found.size = ctypes.sizeof(found)
    windll = getattr(ctypes, "windll")  # noqa: B009 - known on Windows only
    windll.kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    process = wintypes.HANDLE(windll.kernel32.GetCurrentProcess())
    told = windll.psapi.GetProcessMemoryInfo(process, ctypes.byref(found), found.size)
    return int(found.peak) if told else 0
