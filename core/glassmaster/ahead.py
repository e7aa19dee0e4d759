"""What can be begun before it is asked for: no worker waits for the slowest song of a phase.

Behind a finished master follow its preparing and its lossless files, whatever becomes of other songs. Lossy files do
not: what they are trimmed by may depend on the others. Whoever asks for these errands later finds them under way; they
are the same errands, so nothing that comes out depends on the order in which workers got ready.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .errands import Encode, Errand, Prepare, Prepared, Render, Rendered
from .files import encodes
from .frozen import Frozen, by_song
from .masters import Orders
from .model import Order, Release
from .plugins import Offers
from .prepare import errand_for
from .targets import Target
from .twins import Twins
from .work import Next


def following(
    targets: Mapping[str, Target], orders: Orders, release: Release, offers: Offers, frozen: Sequence[Frozen] = ()
) -> Next:
    """What follows each master of `orders`, step by step, as a crew's `ahead`."""
    return _Following(targets, orders, release, offers, frozen)


_Use = tuple[Target, Order, Render]


class _Following:
    def __init__(
        self,
        targets: Mapping[str, Target],
        orders: Orders,
        release: Release,
        offers: Offers,
        frozen: Sequence[Frozen],
    ) -> None:
        self._release, self._offers = release, offers
        self._kept = {name: by_song(frozen, release, name) for name in targets}
        self._users: dict[Order, list[Target]] = {}
        for name, target in targets.items():
            for order in orders[name]:
                self._users.setdefault(order, []).append(target)
        self._prepared: dict[Prepare, list[_Use]] = {}
        self._twins = Twins(offers)

    def __call__(self, errand: Errand, result: Any) -> Iterable[Errand]:
        if isinstance(errand, Render):
            return self._behind_master(errand, result)
        if isinstance(errand, Prepare):
            return self._lossless(self._prepared.pop(errand, []), result)
        return self._twins(errand, result)

    def _behind_master(self, render: Render, master: Rendered) -> Iterable[Errand]:
        direct: list[_Use] = []
        for target in self._users.get(render.order, []):
            needed = errand_for(master, render, target.rate_hz, target.bits, target.deliverable.dither)
            uses = direct if needed is None else self._prepared.setdefault(needed, [])
            uses.append((target, render.order, render))
        return [*self._prepared, *self._lossless(direct, master)]

    def _lossless(self, uses: Sequence[_Use], sound: Rendered | Prepared) -> Iterable[Encode]:
        found = [
            errand
            for target, order, render in uses
            if not self._offers.formats[target.deliverable.format].lossy
            for _, _, errand in encodes(
                target, order, render, sound, self._release, self._offers, self._kept[target.deliverable.name]
            )
        ]
        return self._twins.first(found)
