"""What meters tell of each master beside its loudness: spectrum, stereo image, crest factor. For reports alone.

It is no part of rendering: a new meter makes no master anew, and one that fails costs a drawing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .engine import engine
from .errands import Failure, Portrait, Portray
from .measure import versions
from .model import Finding, Master, Meter, Outcome, Release
from .phrases import where
from .plugins import Offers
from .store import Store
from .work import Crew

_Key = tuple[str, int, int]


def portrayed(outcome: Outcome, offers: Offers, crew: Crew) -> Outcome:
    """The outcome with `extra` in all masters' measurements; deliverables that share a master share its portrait."""
    wanted = {_key(each): each for masters in outcome.masters.values() for each in masters}
    errands = [_errand(each, outcome.album.release, offers) for each in wanted.values()]
    found = dict(zip(wanted, crew.run(errands), strict=True))
    told = {key: each.told for key, each in found.items() if isinstance(each, Portrait)}
    failed = [each for each in found.values() if isinstance(each, Failure)]
    masters = {name: tuple(_with(each, told) for each in made) for name, made in outcome.masters.items()}
    return replace(outcome, masters=masters, findings=(*outcome.findings, *_missing(failed)))


def _key(master: Master) -> _Key:
    return master.spool.sha256, master.start, master.frames


def _errand(master: Master, release: Release, offers: Offers) -> Portray:
    return Portray(
        what=where(release.songs[master.song]),
        seconds=master.frames / master.rate_hz,
        spool=master.spool,
        rate_hz=master.rate_hz,
        channels=master.channels,
        start=master.start,
        end=master.start + master.frames,
        meters=versions((each.name for each in _meters(offers)), offers),
        engine=engine(),
    )


def _meters(offers: Offers) -> list[Meter]:
    """Those that want to hear masters, too."""
    return [meter for _, meter in sorted(offers.meters.items()) if meter.masters]


def _with(master: Master, told: Mapping[_Key, Mapping[str, object]]) -> Master:
    extra = told.get(_key(master))
    return master if extra is None else replace(master, measurement=replace(master.measurement, extra=extra))


def _missing(failures: Iterable[Failure]) -> Iterable[Finding]:
    for failure in failures:
        for each in failure.findings:
            message = f"the report shows no spectrum and stereo image of this master: {each.message}"
            yield replace(each, code="portrait-missing", severity="warning", message=message, exit=None)


def portray(errand: Portray, store: Store) -> Portrait:
    """Do one `Portray` errand."""
    from . import plugins
    from .loudness.hearing import meters_alone
    from .sound import spool

    meters = _meters(plugins.load())
    audio = spool.read(store.proven(errand.spool), errand.rate_hz, errand.channels, errand.start, errand.end)
    return Portrait(meters_alone(audio, meters))
