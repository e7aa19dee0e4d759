"""What numbers depend on besides the code: libraries, the kind of processor, and how much of it is used."""

from __future__ import annotations

from functools import cache

_KERNELS = ("scipy_openblas_get_corename64_", "scipy_openblas_get_corename", "openblas_get_corename")


@cache
def engine() -> str:
    """Libraries with their versions, machine, numpy's vector extensions in use, and who multiplies matrices.

    Lossless files do not depend on the latter three, but measurements do, in their last digits.
    """
    import platform
    from importlib.metadata import version

    import numpy as np

    told = np.show_config(mode="dicts")
    simd = "+".join(told.get("SIMD Extensions", {}).get("found", ())) or "baseline"
    product = told.get("Build Dependencies", {}).get("blas", {})
    blas = " ".join(filter(None, (product.get("name"), product.get("version"), _kernel())))
    libraries = " ".join(f"{name} {version(name)}" for name in ("numpy", "soundfile", "soxr"))
    return f"{libraries} {platform.machine()} {simd} {blas}"


def _kernel() -> str:
    """The processor that OpenBLAS works for, "Haswell" as an example; empty where the library does not tell."""
    import ctypes

    for library in _libraries():
        try:
            loaded = ctypes.CDLL(library)
        except OSError:
            continue
        for name in _KERNELS:
            if hasattr(loaded, name):
                asked = getattr(loaded, name)
                asked.restype = ctypes.c_char_p
                return bytes(asked()).decode("ascii", "replace")
    return ""


def _libraries() -> list[str]:
    """numpy's own module, through which its libraries are found; on Windows they must be asked themselves."""
    from importlib import import_module
    from pathlib import Path

    import numpy as np

    beside = Path(np.__file__).parent.parent / "numpy.libs"
    own = import_module("numpy._core._multiarray_umath").__file__ or ""
    return [own, *map(str, sorted(beside.glob("*openblas*")))]
