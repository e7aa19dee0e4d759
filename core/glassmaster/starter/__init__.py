"""A first release.toml from a folder of mixdowns: what the names tell, what was measured, and what is left to say."""

from .folder import mixdowns
from .page import starter

__all__ = ["mixdowns", "starter"]
