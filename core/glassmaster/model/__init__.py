"""The nouns of glassmaster, in the order of a run.

`release` is what `release.toml` says, `heard` what was measured, `decided` what will be done to each song, `outcome`
what came of it; `offers` are the records that plugins hand in. All are frozen values; only `sound` moves.
"""

from .decided import Decided, Made, Order, Part, Promise
from .heard import Album, Cut, Heard, Measurement, Source
from .offers import (
    Check,
    Code,
    Encoder,
    Event,
    Format,
    Listener,
    Meter,
    PackageKind,
    Profile,
    Report,
    Stage,
)
from .outcome import REMEDIES, Approval, Artwork, Blob, Finding, Master, Outcome, Product, Remedy, Revision, Stamp, Tags
from .release import Adjust, Credit, Deliverable, Qc, Reference, Release, Song, Step, Waiver
from .sound import HOP_SECONDS, Audio, Block, Figures, Grid, Json, Passage, Seconds

__all__ = [
    "HOP_SECONDS",
    "REMEDIES",
    "Adjust",
    "Album",
    "Approval",
    "Artwork",
    "Audio",
    "Blob",
    "Block",
    "Check",
    "Code",
    "Credit",
    "Cut",
    "Decided",
    "Deliverable",
    "Encoder",
    "Event",
    "Figures",
    "Finding",
    "Format",
    "Grid",
    "Heard",
    "Json",
    "Listener",
    "Made",
    "Master",
    "Measurement",
    "Meter",
    "Order",
    "Outcome",
    "PackageKind",
    "Part",
    "Passage",
    "Product",
    "Profile",
    "Promise",
    "Qc",
    "Reference",
    "Release",
    "Remedy",
    "Report",
    "Revision",
    "Seconds",
    "Song",
    "Source",
    "Stage",
    "Stamp",
    "Step",
    "Tags",
    "Waiver",
]
