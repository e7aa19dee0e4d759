"""What the plan promised and what was delivered, on a real album built through the command line.

GLASSMASTER_REAL_ALBUM names its folder (mixes/, references/). -14 and -11 LUFS are asked for with the default
allowance, -9 with so much that only diminishing returns stop a song. Figures are read from what the program prints and
from the delivered files, measured anew.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from tests.flow_support import glassmaster

WANTED = {"minus14": (-14.0, 4.0), "minus11": (-11.0, 4.0), "minus9": (-9.0, 20.0)}


@dataclass(frozen=True)
class Row:
    """One programme in one deliverable."""

    deliverable: str
    songs: str
    measured: float
    aim: float
    promised: float
    delivered: float
    planned_reduction: tuple[float, float]
    """Sustained, highest; dB."""
    reduction: tuple[float, float]
    plr: tuple[float, float]
    """Of mixdown and master, the least of its songs; LU."""
    stopped: str

    @property
    def error(self) -> float:
        return self.promised - self.delivered


def release(folder: Path, mixes: Sequence[Path], wanted: dict[str, tuple[float, float]]) -> Path:
    """A release of these mixdowns with a deliverable for each loudness; the files are only linked."""
    (folder / "mixes").mkdir(parents=True)
    for mix in mixes:
        (folder / "mixes" / mix.name).symlink_to(mix)
    glassmaster("init", folder, timeout=1200)
    manifest = folder / "release.toml"
    text = manifest.read_text("utf-8")
    text = text[: text.index("\n[[deliverable]]")] if "\n[[deliverable]]" in text else text
    for name, (lufs, most) in wanted.items():
        adjust = f"{{ level = {{ target_lufs = {lufs} }}, limit = {{ max_gain_reduction_db = {most} }} }}"
        text += f'\n[[deliverable]]\nname = "{name}"\nformat = "wav"\nbits = 24\nadjust = {adjust}\n'
    manifest.write_text(text, "utf-8")
    return folder


def rows(folder: Path) -> list[Row]:
    """Plan, then build, then compare with what was measured on the delivered files."""
    planned = json.loads(glassmaster("plan", folder, "--json", timeout=1200).stdout)
    glassmaster("build", folder, timeout=5400)
    return compared(folder, planned)


def compared(folder: Path, planned: Any) -> list[Row]:
    """A plan, as its JSON, beside what was published."""
    made = json.loads((folder / "dist" / "release.json").read_bytes())
    return [
        _row(name, together, made, folder / "dist")
        for group in planned["masters"]
        for name in group["deliverables"]
        for together in _programmes(group["songs"])
    ]


def _programmes(songs: Iterable[Any]) -> Iterable[list[Any]]:
    together: list[Any] = []
    for song in songs:
        if together and song["together"] != together[-1]["together"]:
            yield together
            together = []
        together.append(song)
    yield together


def _row(name: str, together: Sequence[Any], made: Any, dist: Path) -> Row:
    numbers = [song["number"] for song in together]
    songs = [made["songs"][number - 1] for number in numbers]
    masters = [next(each for each in song["masters"] if each["deliverable"] == name) for song in songs]
    files = [each for each in made["deliverables"] if each["name"] == name and each["song"] in numbers]
    first = together[0]
    return Row(
        name,
        " + ".join(song["title"] for song in together),
        first["measured_lufs"],
        first["aim_lufs"],
        first["expected_together_lufs"],
        files[0]["measured"]["integrated_lufs"] if len(files) == 1 else _together(files, dist),
        (
            max(each["expected_sustained_gain_reduction_db"] for each in together),
            max(each["expected_max_gain_reduction_db"] for each in together),
        ),
        (
            max(each["sustained_gain_reduction_db"] for each in masters),
            max(each["max_gain_reduction_db"] for each in masters),
        ),
        (min(song["mixdown"]["plr_lu"] for song in songs), min(each["plr_lu"] for each in masters)),
        masters[0]["stopped"],
    )


def _together(files: Sequence[Any], dist: Path) -> float:
    """Loudness of a run of songs, as the program measures its files together."""
    told = json.loads(glassmaster("measure", *(dist / each["path"] for each in files), "--json").stdout)
    return float(told["album"]["integrated_lufs"])


def page() -> str:
    """The whole album; some ten minutes on two cores."""
    named = os.environ.get("GLASSMASTER_REAL_ALBUM")
    if not named:
        raise SystemExit("GLASSMASTER_REAL_ALBUM names no folder with mixes/")
    with tempfile.TemporaryDirectory() as scratch:
        found = rows(release(Path(scratch) / "album", sorted((Path(named) / "mixes").iterdir()), WANTED))
    return "\n".join(_lines(found)) + "\n"


def _lines(found: Sequence[Row]) -> Iterable[str]:
    yield "# Levels: what the plan promised and what was delivered\n"
    yield "Made by `make proof PROOF=levels` on a real album of 12 songs; 24-bit files at the mixdowns' rates, true"
    yield "peak at most -1 dBTP, loudest passages matched. LUFS are integrated (ITU-R BS.1770-5); what was delivered is"
    yield "measured on the files. GR is the gain reduction at work (exceeded for no more than 150 ms of any 3 s) and,"
    yield "in brackets, that of the single highest peak, in dB. PLR is true peak minus integrated loudness, in LU.\n"
    yield from _summary(found)
    for name, (lufs, most) in WANTED.items():
        yield f"\n## Album at {lufs:.0f} LUFS, max_gain_reduction_db = {most:.0f}\n"
        yield "| song | mix | wanted | promised | delivered | off by | GR promised | GR | PLR before, after | stopped |"
        yield "|---|---|---|---|---|---|---|---|---|---|"
        yield from (_cells(row) for row in found if row.deliverable == name)


def _summary(found: Sequence[Row]) -> Iterable[str]:
    yield "| album at | allowance | programmes | reach their aim | promise off by: mean, worst | most GR |"
    yield "|---|---|---|---|---|---|"
    for name, (lufs, most) in WANTED.items():
        mine = [row for row in found if row.deliverable == name]
        errors = [abs(row.error) for row in mine]
        reached = sum(not row.stopped for row in mine)
        hardest = max(row.reduction[0] for row in mine)
        yield (
            f"| {lufs:.0f} LUFS | {most:.0f} dB | {len(mine)} | {reached} "
            f"| {mean(errors):.3f}, {max(errors):.3f} LU | {hardest:.1f} |"
        )


def _cells(row: Row) -> str:
    cells = (
        row.songs,
        f"{row.measured:.1f}",
        f"{row.aim:.2f}",
        f"{row.promised:.2f}",
        f"{row.delivered:.2f}",
        f"{row.error:+.3f}",
        f"{row.planned_reduction[0]:.1f} ({row.planned_reduction[1]:.1f})",
        f"{row.reduction[0]:.1f} ({row.reduction[1]:.1f})",
        f"{row.plr[0]:.1f}, {row.plr[1]:.1f}",
        row.stopped,
    )
    return f"| {' | '.join(cells)} |"
