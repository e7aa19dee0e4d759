"""Where two revisions of a mix differ: lined up, matched in level, nulled, and looked over band by band."""

from .compare import difference
from .found import Difference, Edit, Region

__all__ = ["Difference", "Edit", "Region", "difference"]
