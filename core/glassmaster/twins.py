"""Lossless files of one sound: the first that is proven tells of all others what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .errands import Encode, Encoded, Errand
from .plugins import Offers


def firsts(errands: Iterable[Encode], offers: Offers) -> list[Encode]:
    """All errands but those that can wait for another one's measurement."""
    found: dict[Any, Encode] = {}
    for each in errands:
        found.setdefault(_sound(each, offers), each)
    return list(found.values())


def paired(errands: Sequence[Encode], made: Mapping[Encode, Any], offers: Offers) -> list[Encode]:
    """The same errands, each with a proven file of its sound, where there is one."""
    known = {_sound(each, offers): done for each, done in made.items() if isinstance(done, Encoded)}
    return [replace(each, twin=known.get(_sound(each, offers))) for each in errands]


class Twins:
    """Begins the other files of a sound when the first is proven: a crew's `ahead`."""

    def __init__(self, offers: Offers) -> None:
        self._offers = offers
        self._others: dict[Encode, list[Encode]] = {}

    def first(self, errands: Sequence[Encode]) -> list[Encode]:
        """As `firsts`; the others are begun behind them."""
        first = firsts(errands, self._offers)
        by_sound = {_sound(each, self._offers): each for each in first}
        for each in errands:
            if each not in first:
                self._others.setdefault(by_sound[_sound(each, self._offers)], []).append(each)
        return first

    def __call__(self, errand: Errand, result: Any) -> Iterable[Errand]:
        if not isinstance(errand, Encode):
            return ()
        return paired(self._others.pop(errand, []), {errand: result}, self._offers)


def _sound(errand: Encode, offers: Offers) -> Any:
    """Equal for errands whose files must decode to the same samples; lossy ones have none like them."""
    offer = offers.formats[errand.format]
    if offer.lossy:
        return errand
    stretch = (errand.spool, errand.start, errand.end, errand.silence)
    return (*stretch, errand.rate_hz, errand.channels, offer.bits(errand.settings))
