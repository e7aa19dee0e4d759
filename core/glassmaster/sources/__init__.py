"""Mixdowns and references: told by their content, looked over before a decoder sees them, read in blocks."""

from .probing import probe
from .reading import guarded, open_source
from .regular import fingerprint, unchanged

__all__ = ["fingerprint", "guarded", "open_source", "probe", "unchanged"]
