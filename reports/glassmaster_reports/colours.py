"""Colours that can be read: contrast after WCAG 2.2, section 1.4.3."""

from __future__ import annotations

LIGHT, DARK = "#ffffff", "#131519"
"""The paper in both schemes."""
READABLE = 4.5
"""Least contrast of text."""


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2, "relative luminance")."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, paper: str) -> str:
    """The colour itself, or mixed with black (on light paper) or white just so far that it can be read there."""
    towards = 0 if luminance(paper) > 0.5 else 255
    parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    for step in range(101):
        mixed = "#" + "".join(f"{round(part + (towards - part) * step / 100):02x}" for part in parts)
        if contrast(mixed, paper) >= READABLE:
            break
    return mixed


def accent(colour: str) -> str:
    """Style rules that put a label's colour in place of ours; none without one."""
    if not colour:
        return ""
    light, dark = readable(colour, LIGHT), readable(colour, DARK)
    return (
        f"\n:root {{ --link: {light}; --accent: {light}; }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ --link: {dark}; --accent: {dark}; }} }}\n"
    )
