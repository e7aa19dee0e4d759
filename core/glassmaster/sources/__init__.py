"""Mixdowns and references: told by their content, looked over before a decoder sees them, read in blocks."""

from .guarding import guarded
from .probing import probe
from .reading import as_it_stands, decoded, open_source, samples_at, speakers
from .regular import fingerprint, unchanged

__all__ = [
    "as_it_stands",
    "decoded",
    "fingerprint",
    "guarded",
    "open_source",
    "probe",
    "samples_at",
    "speakers",
    "unchanged",
]
