"""One deliverable as its destination sees it: files that were made, else files as they are planned."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from ..delivery_rules import DeliveryRules, delivery_rules
from ..labels import song_paths
from ..model import Deliverable, Format, Outcome, Product, Profile, Release
from ..phrases import where
from ..plan import ready_songs
from ..plugins import Offers

Kind = Literal["format", "name", "level", "length", "codes", "artwork"]


@dataclass(frozen=True)
class Breach:
    """One rule that is not kept."""

    kind: Kind
    message: str
    remedy: str
    """What to do, as the beginning of a sentence."""
    severe: bool = False
    """The destination cannot take the delivery so."""


@dataclass(frozen=True)
class Seen:
    """One file, made or planned."""

    song: int
    path: str
    rate_hz: int
    channels: int
    mixdown_rate_hz: int
    seconds: float

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class View:
    """All that the demands look at."""

    outcome: Outcome
    deliverable: Deliverable
    profile: Profile
    offers: Offers

    @property
    def release(self) -> Release:
        return self.outcome.album.release

    @cached_property
    def rules(self) -> DeliveryRules:
        return delivery_rules(self.profile)

    @property
    def medium(self) -> bool:
        """Whether it is something to press or to wind, which holds what it holds."""
        return self.rules.max_total_seconds is not None or self.rules.sides is not None

    @property
    def format(self) -> Format:
        return self.offers.formats[self.deliverable.format]

    @cached_property
    def products(self) -> tuple[Product, ...]:
        return tuple(each for each in self.outcome.products if each.deliverable == self.deliverable.name)

    @cached_property
    def files(self) -> tuple[Seen, ...]:
        """What was made; before a build, what the plan will make."""
        return tuple(self._made() if self.products else self._planned())

    def _made(self) -> Iterator[Seen]:
        for each in self.products:
            told, rate = each.measured, self._mixdown_rate(each.song, each.rate_hz)
            yield Seen(each.song, each.path, each.rate_hz, told.channels, rate, told.frames / told.rate_hz)

    def _planned(self) -> Iterator[Seen]:
        songs = ready_songs(self.outcome.album)
        paths = song_paths(self.deliverable, songs, self.release, self.offers)
        mixdowns = [(song, heard) for song in songs if (heard := self.outcome.album.mixdowns[song])]
        rate = self._planned_rate([heard.source.rate_hz for _, heard in mixdowns])
        for song, heard in mixdowns:
            source = heard.source
            seconds = self._planned_seconds(song, songs)
            yield Seen(song, paths[song], rate, source.channels, source.rate_hz, seconds)

    def _planned_rate(self, rates: Iterable[int]) -> int:
        wanted = self.deliverable.rate_hz
        return min(rates, default=44_100) if wanted == "native" else wanted

    def _planned_seconds(self, song: int, ready: Container[int]) -> float:
        """As long as its cut between the marks of its crossfades, and the gap behind it."""
        album, songs = self.outcome.album, self.release.songs
        cut, heard = album.cuts[song], album.mixdowns[song]
        assert cut is not None, "a ready song has a cut"
        assert heard is not None, "a ready song was heard"
        before = songs[song].mark if song - 1 in ready else 0.0
        behind = songs[song + 1].crossfade - songs[song + 1].mark if song + 1 in ready else 0.0
        return cut.frames / heard.source.rate_hz - before - behind + self.release.gap_after(song)

    def _mixdown_rate(self, song: int, default: int) -> int:
        heard = self.outcome.album.mixdowns[song]
        return default if heard is None else heard.source.rate_hz

    def named(self, song: int, figure: str = "") -> str:
        """ "01 Opening (29.4 s)" """
        return where(self.release.songs[song]) + (f" ({figure})" if figure else "")
