"""Puts the sound of previews beside a page, or inside it.

A page that was opened as a file may load a script, but not fetch sound to compute with: so every piece is a script that
hands its sound over as base64.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from pathlib import Path

from glassmaster.model import Preview

FOLDER = "audio"


def sound_names(previews: Sequence[Preview]) -> dict[str, str]:
    """A name for each distinct sound, by its hash: "01-mixdown", "01-master-2", "reference-3"."""
    names: dict[str, str] = {}
    counts: dict[str, int] = {}
    for each in previews:
        if each.sha256 in names:
            continue
        stem = "reference" if each.kind == "reference" else f"{each.song + 1:02}-{each.kind}"
        counts[stem] = counts.get(stem, 0) + 1
        numbered = each.kind == "reference" or counts[stem] > 1
        names[each.sha256] = f"{stem}-{counts[stem]}" if numbered else stem
    return names


def write_sounds(previews: Sequence[Preview], folder: Path) -> None:
    """Write `audio/NAME-1.js`, `audio/NAME-2.js` ... for each distinct sound, piece by piece."""
    if not previews:
        return
    (folder / FOLDER).mkdir(exist_ok=True)
    for name, sound in _pieces(previews):
        head, tail = f'glassmaster("{name}","'.encode(), b'")\n'
        with (folder / FOLDER / f"{name}.js").open("wb") as file:
            file.writelines([head, base64.b64encode(sound), tail])


def sounds_inside(previews: Sequence[Preview]) -> tuple[tuple[str, str], ...]:
    """(name, base64) of every piece."""
    return tuple((name, base64.b64encode(sound).decode()) for name, sound in _pieces(previews))


def _pieces(previews: Sequence[Preview]) -> Iterator[tuple[str, bytes]]:
    names = sound_names(previews)
    for preview in {each.sha256: each for each in previews}.values():
        with preview.file.open("rb") as file:
            for number, size in enumerate(preview.pieces, 1):
                yield f"{names[preview.sha256]}-{number}", file.read(size)
