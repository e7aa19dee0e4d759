"""How much memory this process has used at most, and how much the machine has."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any


def highest_bytes() -> int:
    """Peak of what is really in memory; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _on_windows()
    if sys.platform == "linux" and (told := _on_linux()):
        return told
    import resource

    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told if sys.platform == "darwin" else told * 1024


def _on_linux() -> int:
    """VmHWM (proc_pid_status(5)); what getrusage(2) tells of a new process begins with the size of who started it."""
    with contextlib.suppress(OSError, ValueError), open("/proc/self/status", "rb") as status:  # noqa: PTH123 - often
        for line in status:
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def machine_bytes() -> int:
    """Memory that is built in; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _built_in_on_windows()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


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
    windll = _windll()
    windll.kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    process = wintypes.HANDLE(windll.kernel32.GetCurrentProcess())
    told = windll.psapi.GetProcessMemoryInfo(process, ctypes.byref(found), found.size)
    return int(found.peak) if told else 0


def _built_in_on_windows() -> int:
    """MEMORYSTATUSEX.ullTotalPhys (sysinfoapi.h)."""
    import ctypes
    from ctypes import wintypes

    class Status(ctypes.Structure):
        _fields_ = (
            *((name, wintypes.DWORD) for name in ("size", "load")),
            *((name, ctypes.c_uint64) for name in ("built_in", "a", "b", "c", "d", "e", "f")),
        )

    found = Status()
    found.size = ctypes.sizeof(found)
    return int(found.built_in) if _windll().kernel32.GlobalMemoryStatusEx(ctypes.byref(found)) else 0


def _windll() -> Any:
    import ctypes

    return getattr(ctypes, "windll")  # noqa: B009 - known on Windows only
