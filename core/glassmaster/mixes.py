"""Mixdowns as checks look at them: each song's file with what was heard of it, within its cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .model import Cut, Finding, Grid, Measurement, Outcome, Seconds, Song, Source
from .phrases import runs_on, where

Severity: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, eq=False)
class Mix:
    """One song's mixdown."""

    index: int
    song: Song
    source: Source
    heard: Measurement
    cut: Cut
    peaks: Grid
    """Of the cut."""
    energies: Grid
    """Of the cut."""
    lufs: float | None
    """Integrated loudness of the cut."""
    runs_in: bool
    """The song before runs into it."""
    runs_out: bool

    @property
    def seconds(self) -> Seconds:
        return self.cut.frames / self.source.rate_hz

    def told(self, meter: str) -> Any:
        """What a meter told of the whole file; None without that meter."""
        return self.heard.extra.get(meter)

    def within(self, places: Iterable[Seconds]) -> list[Seconds]:
        """Those places of the file that are in the song, counted from its start."""
        start = self.cut.start / self.source.rate_hz
        return [at - start for at in places if 0 <= at - start <= self.seconds]

    def finding(
        self,
        code: str,
        severity: Severity,
        message: str,
        hint: str = "",
        at: Seconds | None = None,
        confidence: float | None = None,
    ) -> Finding:
        return Finding(code, severity, where(self.song), message, hint, self.index, at, confidence=confidence)


def mixes(outcome: Outcome) -> Iterator[Mix]:
    """Every mixdown that was heard and cut, in running order."""
    from .levels import cut_energies, cut_hops
    from .loudness import integrated

    album = outcome.album
    songs = album.release.songs
    for index, (song, heard, cut) in enumerate(zip(songs, album.mixdowns, album.cuts, strict=True)):
        if heard is None or cut is None:
            continue
        peaks = heard.measurement.peaks[cut_hops(heard.source.rate_hz, cut)]
        energies = cut_energies(heard, cut)
        runs_in, runs_out = (any(map(runs_on, songs[i : i + 1])) for i in (index, index + 1))
        lufs = integrated([energies])
        yield Mix(index, song, heard.source, heard.measurement, cut, peaks, energies, lufs, runs_in, runs_out)


def clock(seconds: Seconds) -> str:
    """A time within a song, for people: "3:07.25"."""
    return f"{int(seconds) // 60}:{seconds % 60:05.2f}"


def clocks(places: Sequence[Seconds], most: int = 3) -> str:
    """Some of these times, for people: "0:12.00, 0:15.50 ..."."""
    return ", ".join(map(clock, places[:most])) + (" ..." if len(places) > most else "")
