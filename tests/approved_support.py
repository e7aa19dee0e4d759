"""Approved pictures of the page, and how a new one is held against them.

Fonts differ between machines, so lines break elsewhere and parts stand higher or lower. Therefore each part is compared
by itself: its picture is laid over the approved one's, and both are averaged over blocks before they are compared.
Run as `python -m tests.approved_support` to take new pictures, then look at them before they are committed.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from glassmaster.model import Outcome
from glassmaster_reports import write_html
from tests.browser_support import Tab, browser
from tests.outcome_support import outcome
from tests.screens_support import look, show, whole

FOLDER = Path(__file__).parent / "reports" / "approved"
LOOKS = {
    **{
        f"{width}-{scheme}": (width, scheme == "dark", "screen")
        for width in (390, 820, 1440)
        for scheme in ("light", "dark")
    },
    "print": (696, False, "print"),
}
"""By name: width in pixels, whether dark, medium. 696 pixels are the width of A4 between its margins."""
SCALE = 0.5
_FIRST, _SONGS = 2, 2
_COLOURS = 64
_BLOCKS = 48
"""Across the longer side of a part."""
MEAN, LIKENESS = 4.5, 0.75
"""How far blocks may be off in the mean, of 255, and how they must correlate. Another font (sans, serif) leaves 3.5 and
0.93; a drawing shifted by a tenth of its width has 5 and 0.77."""
_TALLER = 1.35

Blocks: TypeAlias = NDArray[np.float64]
_PARTS = """[...document.querySelectorAll('header.top, .verdict, dl.figures, svg.chart')].map((each, at) => {
  const box = each.getBoundingClientRect();
  const name = each.getAttribute('aria-labelledby')?.split(' ')[0] ?? each.className;
  return [name, box.left + scrollX, box.top + scrollY, box.width, box.height];
})"""


@dataclass(frozen=True)
class Picture:
    """A page as it looked, with the places of its parts in the picture's pixels: left, top, width, height."""

    image: Image.Image
    parts: Mapping[str, tuple[float, float, float, float]]


def album() -> Outcome:
    """Two songs with all that the page shows: the third and fourth of the made-up release."""
    made = outcome()
    some = slice(_FIRST, _FIRST + _SONGS)
    release = replace(made.album.release, songs=made.album.release.songs[some])
    kept = replace(made.album, release=release, mixdowns=made.album.mixdowns[some], cuts=made.album.cuts[some])
    masters = {name: _moved(found) for name, found in made.masters.items()}
    orders = {
        name: tuple(replace(order, parts=_moved(order.parts)) for order in found if _moved(order.parts))
        for name, found in made.orders.items()
    }
    findings = tuple(each for each in made.findings if each.song is None) + _moved(
        each for each in made.findings if each.song is not None
    )
    products = _moved(made.products)
    return replace(made, album=kept, masters=masters, orders=orders, products=products, findings=findings)


def _moved(found: Iterable[Any]) -> tuple[Any, ...]:
    """What belongs to the songs that are shown, with their new indices."""
    indices = range(_FIRST, _FIRST + _SONGS)
    return tuple(replace(each, song=each.song - _FIRST) for each in found if each.song in indices)


def written(folder: Path) -> Path:
    """The page of `album`."""
    write_html(album(), folder)
    return folder / "index.html"


def taken(tab: Tab, page: Path, name: str, change: str = "") -> Picture:
    """A picture in one of the `LOOKS`, after a script has changed the page."""
    width, dark, medium = LOOKS[name]
    show(tab, page, width, dark=dark)
    look(tab, width, dark=dark, media=medium)
    if change:
        tab.run(change)
    places = tab.run(_PARTS)
    image = Image.open(io.BytesIO(whole(tab, SCALE))).convert("RGB")
    return Picture(image, {part: tuple(side * SCALE for side in box) for part, *box in places})


def approved(name: str) -> Picture:
    """As it was when somebody last looked."""
    places = json.loads((FOLDER / "parts.json").read_text("utf-8"))[name]
    return Picture(
        Image.open(FOLDER / f"{name}.png").convert("RGB"), {part: tuple(box) for part, box in places.items()}
    )


def differences(now: Picture, before: Picture) -> Iterator[str]:
    """What a person would have to look at; nothing when the pictures are alike."""
    for part in sorted({*now.parts} ^ {*before.parts}):
        yield f"{part} is {'new' if part in now.parts else 'missing'}"
    for part in sorted({*now.parts} & {*before.parts}):
        one, other = now.parts[part], before.parts[part]
        if not 1 / _TALLER < one[3] / other[3] < _TALLER:
            yield f"{part} is {one[3]:.0f} pixels high, not {other[3]:.0f}"
            continue
        seen, known = _blocks(now.image, one), _blocks(before.image, other, (one[2], one[3]))
        off, like = float(np.abs(seen - known).mean()), _likeness(seen, known)
        if off > MEAN or like < LIKENESS:
            yield f"{part} is off by {off:.1f} of 255 in the mean, its likeness is {like:.2f}"


def _likeness(one: Blocks, other: Blocks) -> float:
    """Correlation of two pictures; 0 where one of them is of one colour."""
    centred = one - one.mean(), other - other.mean()
    energy = float(np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum()))
    return float((centred[0] * centred[1]).sum()) / energy if energy else 0.0


def _blocks(
    image: Image.Image, box: tuple[float, float, float, float], shape: tuple[float, float] | None = None
) -> Blocks:
    """A part as blocks; as many as a part of `shape` has, so that two of them can be laid over each other."""
    left, top, width, height = box
    sides = shape or (width, height)
    size = tuple(max(1, round(_BLOCKS * side / max(sides))) for side in sides)
    part = image.crop((round(left), round(top), round(left + width), round(top + height)))
    return np.asarray(part.resize((size[0], size[1]), Image.Resampling.BOX), np.float64)


def main() -> None:
    """Take all pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    parts = {}
    with tempfile.TemporaryDirectory() as room, browser(Path(room)) as tab:
        page = written(Path(room))
        for name in LOOKS:
            made = taken(tab, page, name)
            parts[name] = {part: [round(side, 1) for side in box] for part, box in made.parts.items()}
            file = FOLDER / f"{name}.png"
            made.image.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
            sys.stdout.write(f"{file.name}: {made.image.size}, {file.stat().st_size // 1000} kB\n")
    (FOLDER / "parts.json").write_text(json.dumps(parts, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
