"""The artwork on its way into the delivery: whole for shops, smaller inside the files."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .errands import Failure, Paint, Painted
from .model import Artwork, Release
from .store import Store, sha256_of
from .work import Crew

NAME = "cover"
"""The whole picture's name in the output folder, without suffix."""


@dataclass(frozen=True)
class Cover:
    """A picture to embed."""

    path: Path
    sha256: str


@dataclass(frozen=True)
class Covers:
    """All that was made of the artwork; nothing where there is none."""

    whole: Painted | None = None
    sized: Mapping[int, Cover] = field(default_factory=dict)
    """By the most pixels that its side may have."""

    @property
    def artwork(self) -> Artwork | None:
        """The whole picture as it will stand in the delivery."""
        made = self.whole
        if made is None:
            return None
        return Artwork(f"{NAME}{made.suffix}", made.blob.sha256, made.blob.size, made.width, made.height)


def covers(release: Release, crew: Crew) -> tuple[Covers, tuple[Failure, ...]]:
    """Make every size of the artwork that the deliverables ask for, or tell why it cannot be made."""
    if release.artwork is None:
        return Covers(), ()
    sides = sorted({each.cover_px for each in release.deliverables if each.metadata == "full" and each.cover_px})
    results: Sequence[Painted | Failure] = crew.run(_errands(release.artwork, [0, *sides]))
    failed = tuple(each for each in results if isinstance(each, Failure))
    made = [each for each in results if isinstance(each, Painted)]
    if failed:
        return Covers(), failed
    found = {
        side: Cover(crew.store.path(each.blob), each.blob.sha256) for side, each in zip(sides, made[1:], strict=True)
    }
    return Covers(made[0], found), ()


def _errands(artwork: Path, sides: Sequence[int]) -> list[Paint]:
    told, engine = sha256_of(artwork), _engine()
    return [Paint(f"artwork, {side} pixels" if side else "artwork", 1.0, artwork, told, side, engine) for side in sides]


def _engine() -> str:
    """Versions of what decides the bytes of a picture."""
    from importlib.metadata import version

    from PIL import features

    parts = ("jpg", "libjpeg_turbo", "littlecms2", "zlib")
    return " ".join([version("pillow"), *(f"{each} {features.version(each) or ''}".strip() for each in parts)])


def put(made: Covers, folder: Path, store: Store) -> None:
    """Copy the whole picture into the delivery."""
    if made.whole and made.artwork:
        shutil.copyfile(store.proven(made.whole.blob), folder / made.artwork.path)
