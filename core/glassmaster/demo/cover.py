"""The demo album's cover: a window at night, drawn by arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np

SIZE = 1600
_NIGHT, _DUSK, _MOON = np.array([(14, 18, 38), (214, 112, 92), (250, 240, 215)], np.float32)


def draw(path: Path) -> None:
    """Write the cover as a square RGB PNG of 1600 x 1600."""
    from PIL import Image, ImageDraw

    picture = Image.fromarray(_sky())
    pen = ImageDraw.Draw(picture)
    for pane in range(4):
        left, top = 300 + (pane % 2) * 520, 200 + (pane // 2) * 520
        pen.rectangle((left, top, left + 480, top + 480), outline=(240, 232, 214), width=10)
    for bar in range(96):
        height = round(40 + 130 * abs(np.sin(bar * 0.21) * np.sin(bar * 0.057 + 0.6)))
        pen.rectangle((306 + bar * 10.3, 1390 - height, 311 + bar * 10.3, 1390 + height), fill=(240, 232, 214))
    picture.save(path, compress_level=3)


def _sky() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Dusk below, night above, a moon in the upper right pane."""
    down, across = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE
    glow = np.clip(down * 1.25 - 0.25 + 0.05 * np.sin(across * 9), 0, 1)[..., None] ** 2
    sky = _NIGHT * (1 - glow) + _DUSK * glow
    moon = np.clip((0.085 - np.hypot(across - 0.68, down - 0.28)) * 400, 0, 1)[..., None]
    return np.asarray(sky * (1 - moon) + _MOON * moon, np.uint8)
