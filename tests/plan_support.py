"""Small albums to be planned, with the treatment that is built in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from glassmaster import plugins
from glassmaster.errors import Refused
from glassmaster.model import Adjust, Album, Deliverable, Heard, Order, Song, Step
from glassmaster.plan import plan
from glassmaster.plugins import Offers
from tests.level_support import album, heard, stretches

OFFERS = plugins.load()
LEVEL, LIMIT = (OFFERS.stages[name].settings for name in ("level", "limit"))
TREATMENT = (Step("level", LEVEL()), Step("limit", LIMIT()))
SECONDS = 20
MAIN = Deliverable("main", "wav")


def mix(lufs: float = -20.0, **source: Any) -> Heard:
    return heard(stretches((SECONDS, lufs)), **source)


def made(
    songs: Sequence[Song],
    deliverables: Sequence[Deliverable] = (MAIN,),
    mixdowns: Sequence[Heard | None] = (),
    **fields: Any,
) -> Album:
    """An album of these songs, each a little louder than the one before."""
    mixdowns = mixdowns or [mix(-24.0 + number) for number in range(len(songs))]
    fields = {"treatment": TREATMENT, **fields}
    return album(mixdowns, songs, deliverables=tuple(deliverables), **fields)


def planned(told: Album, offers: Offers = OFFERS) -> dict[str, tuple[Order, ...]]:
    return plan(told, offers, {})


def indices(orders: Sequence[Order]) -> list[list[int]]:
    return [[part.song for part in order.parts] for order in orders]


def adjusted(stage: str, **changes: Any) -> Adjust:
    return Adjust(stage, tuple(changes.items()))


def refusal(told: Album, offers: Offers = OFFERS) -> Refused:
    with pytest.raises(Refused) as caught:
        planned(told, offers)
    return caught.value
