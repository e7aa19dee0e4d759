"""The manifest, `release.toml`: read, checked as a whole, and turned into the nouns of `glassmaster.model`."""

from .codes import CODES
from .load import load, plugin_files
from .read import changed, text_of
from .schema import schema
from .times import clock, seconds

__all__ = ["CODES", "changed", "clock", "load", "plugin_files", "schema", "seconds", "text_of"]
