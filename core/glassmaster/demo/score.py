"""The music: chords, tunes and drums of the demo album, bar by bar."""

from __future__ import annotations

from dataclasses import dataclass

Tune = tuple[tuple[float, int, float], ...]
"""(beat, MIDI note, beats)."""


@dataclass(frozen=True)
class Score:
    """A piece of music. Layers are strings with one character a bar: "x" plays, anything else rests."""

    bpm: float
    chords: tuple[tuple[int, ...], ...]
    """MIDI notes of each bar's chord, again and again; the first is the root."""
    pad: str = ""
    plucks: str = ""
    bass: str = ""
    lead: str = ""
    drums: str = ""
    tune: Tune = ()
    """Counted from each `lead` passage's first bar."""
    kick: str = "x...x...x...x..."
    """Sixteenths of a bar."""
    snare: str = "....x.......x..."
    hat: str = "..x...x...x...x."
    steps: tuple[int, ...] = (0, 2, 1, 3, 2, 1, 3, 2)
    """Which notes of the chord the plucks take, in eighths."""
    room_s: float = 2.2
    """How long the reverb takes to die away."""
    wet: float = 0.35
    seed: int = 1

    @property
    def bars(self) -> int:
        return max(map(len, (self.pad, self.plucks, self.bass, self.lead, self.drums)))


FIRST_LIGHT = Score(
    bpm=96,
    chords=((45, 60, 64, 67, 71), (41, 60, 64, 67, 69), (48, 59, 64, 67, 72), (43, 59, 62, 67, 71)),
    pad="xxxxxxxxx",
    plucks=".xxxxxxx.",
    bass="..xxxxxxx",
    lead="....xxx..",
    tune=(
        *((0, 76, 1.5), (1.5, 74, 0.5), (2, 72, 2), (4, 72, 1), (5, 74, 1), (6, 76, 2)),
        *((8, 79, 2), (10, 76, 1), (11, 74, 1)),
    ),
    room_s=3.0,
    wet=0.5,
    seed=11,
)

NIGHT_BUS = Score(
    bpm=118,
    chords=((38, 57, 60, 65, 69), (34, 58, 62, 65, 69), (41, 57, 60, 65, 72), (36, 55, 60, 64, 67)),
    pad="xxxxxxxxx",
    plucks="xxxxxxxxx",
    bass=".xxxxxxxx",
    drums=".xxxxxxx.",
    lead="....xxxxx",
    tune=(
        *((0, 69, 0.75), (0.75, 72, 0.75), (1.5, 74, 1.5), (3.5, 72, 0.5), (4, 70, 1.5), (5.5, 69, 1), (6.5, 65, 1.5)),
        *((8, 72, 0.75), (8.75, 74, 0.75), (9.5, 77, 2), (12, 76, 1.5), (13.5, 72, 1), (14.5, 67, 1.5)),
        *((16, 69, 0.75), (16.75, 72, 0.75), (17.5, 74, 2.5)),
    ),
    hat="x.xxx.xxx.xxx.xx",
    steps=(1, 3, 2, 0, 1, 3, 0, 2),
    wet=0.2,
    seed=23,
)

GLASS_STAIRS = Score(
    bpm=102,
    chords=((40, 59, 64, 67, 71), (36, 60, 64, 67, 71), (43, 59, 62, 66, 71), (38, 57, 62, 66, 69)),
    pad="xxxxxxxxxxxxxxxxx",
    plucks="xxxxxxxx..xxxxxxx",
    bass="..xxxxxxxxxxxxxxx",
    drums="....xxxx.xxxxxxx.",
    lead="..xxxx....xxxx...",
    tune=(
        *((0, 79, 1), (1, 78, 0.5), (1.5, 76, 1.5), (3, 71, 1), (4, 74, 1.5), (5.5, 78, 2.5)),
        *((8, 76, 1), (9, 71, 1), (10, 79, 2), (12, 76, 2), (14, 72, 1), (15, 71, 1)),
    ),
    kick="x.....x.x.......",
    hat="x.x.x.x.x.x.x.xx",
    seed=37,
)
STAIRS_TURN = 8
"""Bar of GLASS_STAIRS at which the next song begins."""

NORTHERN_LINE = Score(
    bpm=124,
    chords=((33, 57, 60, 64, 69), (41, 57, 60, 65, 69), (36, 55, 60, 64, 67), (43, 55, 59, 62, 67)),
    pad="xxxxxxxxx",
    plucks="xxxxxxxxx",
    bass="xxxxxxxxx",
    drums="xxxxxxxx.",
    lead="..xxxx...",
    tune=((0, 76, 1), (1, 72, 1), (2, 74, 2), (5, 71, 1), (6, 74, 2), (8, 76, 1.5), (9.5, 72, 2.5), (12, 69, 4)),
    hat="x.xxx.xxx.xxx.xx",
    wet=0.15,
    seed=41,
)

PAPER_MOONS = Score(
    bpm=96,
    chords=((43, 59, 62, 67, 71), (40, 59, 64, 67, 71), (36, 60, 64, 67, 76), (38, 57, 62, 66, 69)),
    pad="xxxxxxxxx",
    plucks="xxxxxxxxx",
    bass="xxxxxxxxx",
    drums=".xxxxxxx.",
    lead=".xxxx....",
    tune=((0, 74, 2), (2, 79, 1), (3, 78, 1), (4, 76, 3), (8, 74, 1), (9, 78, 1), (10, 81, 2), (12, 79, 4)),
    kick="x..x..x.x.......",
    seed=53,
)
