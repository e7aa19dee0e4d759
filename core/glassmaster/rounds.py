"""The rounds of encoding: foretell, encode, look what it decodes to, and encode again where a ceiling did not hold.

A song whose master leaves its encoder little room is probed first, so that most files are encoded once, and with a
trim that all songs share no song decides late. A format that can be turned down afterwards needs no forecast.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .errands import Encode, Encoded, Failure, Probe, Probed
from .errors import Exit
from .model import Finding
from .plugins import Offers
from .probe import seconds
from .tails import tail
from .targets import Target
from .trims import MARGIN_DB, Decoded, trims
from .twins import Twins, paired
from .work import Crew

ROUNDS = 3
_ROOM_DB = 0.9
"""With as much between a master's true peak and the ceiling most files hold it: then the encode itself is the probe."""
_MOST = 0.5
"""A song of which more would be probed than this is encoded at once."""
_EXACT_DB = 0.002
"""Doubt where a finished file is turned down: arithmetic alone."""


@dataclass(frozen=True)
class Wanted:
    """One file to be made."""

    target: Target
    song: int
    encode: Encode
    master_dbtp: float | None
    """True peak of what is encoded, untrimmed."""
    out: bool = False
    """It was published and is frozen: it keeps its trim."""
    probed: Probed | None = None
    together: tuple[int, ...] = ()
    """Songs that run on, this one among them: they share a trim."""


@dataclass(frozen=True, eq=False)
class File:
    """One song's encoded file, still untagged and in the store."""

    target: Target
    song: int
    encode: Encode
    encoded: Encoded
    untrimmed_dbtp: float | None = None
    """True peak that it decodes to untrimmed: of the whole file where that was made, else of the passages probed, else
    what follows from the trim; None for lossless files."""
    encodes: float = 1.0
    """How often it was encoded; a probe counts as the part of the song that it encoded."""
    probed: Probed | None = None


def settled(wanted: Sequence[Wanted], offers: Offers, crew: Crew) -> tuple[tuple[File, ...], tuple[Failure, ...]]:
    """Make every file; lossy ones in at most three rounds, so that they decode under their ceiling.

    A file that does not hold its ceiling even then is a `Failure` with exit code 8.
    """
    now, failures = _foretold(wanted, offers, crew)
    files: tuple[File, ...] = ()
    for number in range(1, ROUNDS + 1):
        results = _encoded([each.encode for each in now], offers, crew)
        before, pairs = {_place(each): each for each in files}, zip(now, results, strict=True)
        files = tuple(
            _file(each, made, before.get(_place(each)), offers) for each, made in pairs if isinstance(made, Encoded)
        )
        failures += tuple(each for each in results if isinstance(each, Failure))
        again = _retrimmed(now, files, number, offers)
        if again == now or failures:
            break
        now = again
    return files, failures or tuple(_not_held(now, files, offers))


def _encoded(errands: Sequence[Encode], offers: Offers, crew: Crew) -> list[Encoded | Failure]:
    """Of the lossless files of one sound one is made and measured first; the others follow as soon as it is proven."""
    twins = Twins(offers)
    first = twins.first(errands)
    made = dict(zip(first, replace(crew, ahead=twins).run(first), strict=True))
    others = [each for each in errands if each not in made]
    done = {**made, **dict(zip(others, crew.run(paired(others, made, offers)), strict=True))}
    return [done[each] for each in errands]


def _foretold(wanted: Sequence[Wanted], offers: Offers, crew: Crew) -> tuple[list[Wanted], tuple[Failure, ...]]:
    """The files with the trims that their probes ask for."""
    asked = [each for each in wanted if _in_doubt(each, offers)]
    results = crew.run([Probe(each.encode.what, seconds(each.encode), each.encode) for each in asked])
    told = dict(zip(map(_place, asked), results, strict=True))
    failures = tuple(each for each in results if isinstance(each, Failure))
    kept = [replace(each, probed=told.get(_place(each))) for each in wanted]
    kept = [each for each in kept if not isinstance(each.probed, Failure)]
    return _trimmed(kept, {_place(each): _expected(each) for each in kept}, offers), failures


def _in_doubt(wanted: Wanted, offers: Offers) -> bool:
    """Whether the file may need a trim that only another encode could give it."""
    offer = offers.formats[wanted.encode.format]
    if not offer.lossy or offer.trim or wanted.out or wanted.master_dbtp is None:
        return False
    room = wanted.target.decoded_ceiling_dbtp - wanted.master_dbtp
    return room < _ROOM_DB and seconds(wanted.encode) <= _MOST * wanted.encode.seconds


def _expected(wanted: Wanted) -> Decoded:
    if wanted.probed is None:
        return Decoded(wanted.encode.trim_db, None)
    doubt = MARGIN_DB + wanted.probed.spread_db
    return Decoded(wanted.encode.trim_db, wanted.probed.expected_dbtp, doubt, expected=True)


def _place(each: Wanted | File) -> tuple[str, int]:
    return each.target.deliverable.name, each.song


def _trimmed(wanted: Sequence[Wanted], decoded: Mapping[tuple[str, int], Decoded], offers: Offers) -> list[Wanted]:
    """The same files with the trims that follow from what they decode to."""
    found: dict[tuple[str, int], float] = {}
    for target in {each.target.deliverable.name: each.target for each in wanted}.values():
        if offers.formats[target.deliverable.format].lossy:
            name = target.deliverable.name
            mine = {song: each for (place, song), each in decoded.items() if place == name}
            here = [each for each in wanted if each.target == target]
            out, runs = {each.song for each in here if each.out}, {each.together for each in here}
            told = trims(target.deliverable, target.decoded_ceiling_dbtp, mine, out, runs)
            found |= {(name, song): trim for song, trim in told.items()}
    return [
        replace(each, encode=replace(each.encode, trim_db=found.get(_place(each), each.encode.trim_db)))
        for each in wanted
    ]


def _retrimmed(wanted: Sequence[Wanted], files: Iterable[File], number: int, offers: Offers) -> list[Wanted]:
    return _trimmed(wanted, {_place(file): _decoded(file, number, offers) for file in files}, offers)


def _decoded(file: File, number: int, offers: Offers) -> Decoded:
    """What a file decoded to, with more doubt each round: the last one must hold."""
    trim, peak = file.encode.trim_db, file.encoded.measured.true_peak_dbtp
    if offers.formats[file.encode.format].trim:
        return Decoded(trim, peak, _EXACT_DB)
    if not _over(file):
        return Decoded(trim, peak)
    told = file.probed or tail(file.encoded.measured.peaks.tolist())
    return Decoded(trim, peak, number * (MARGIN_DB + told.spread_db))


def _over(file: File) -> bool:
    peak = file.encoded.measured.true_peak_dbtp
    return peak is not None and peak > file.target.decoded_ceiling_dbtp


def _file(wanted: Wanted, made: Encoded, last: File | None, offers: Offers) -> File:
    """The file as it stands after this round, with what earlier rounds told."""
    untrimmed = last.untrimmed_dbtp if last else _untrimmed(wanted, made, offers)
    encodes = _encodes(wanted, last, offers)
    return File(wanted.target, wanted.song, wanted.encode, made, untrimmed, encodes, wanted.probed)


def _untrimmed(wanted: Wanted, made: Encoded, offers: Offers) -> float | None:
    peak = made.measured.true_peak_dbtp
    if not offers.formats[wanted.encode.format].lossy or peak is None:
        return None
    if wanted.encode.trim_db and wanted.probed:
        return wanted.probed.true_peak_dbtp
    return peak - wanted.encode.trim_db


def _encodes(wanted: Wanted, last: File | None, offers: Offers) -> float:
    if last is None:
        return 1.0 + (wanted.probed.seconds / wanted.encode.seconds if wanted.probed else 0.0)
    turned = offers.formats[wanted.encode.format].trim is not None
    return last.encodes + (0.0 if turned or last.encode == wanted.encode else 1.0)


def _not_held(wanted: Sequence[Wanted], files: Iterable[File], offers: Offers) -> Iterable[Failure]:
    """Files that decode above their ceiling after the last round; of what is out nothing is asked."""
    out = {_place(each) for each in wanted if each.out}
    for file in files:
        if offers.formats[file.encode.format].lossy and _place(file) not in out and _over(file):
            yield Failure(file.encode, Exit.UNPROVEN, (_finding(file),))


def _finding(file: File) -> Finding:
    measured, ceiling = file.encoded.measured, file.target.decoded_ceiling_dbtp
    message = (
        f"still decodes to {measured.true_peak_dbtp:+.2f} dBTP, above its ceiling of {ceiling:+.2f}, after {ROUNDS} "
        f"rounds and a trim of {file.encode.trim_db:.2f} dB"
    )
    hint = "choose a higher bitrate or another format, or allow it with decoded_ceiling_dbtp = ..."
    return Finding("ceiling-not-held", "error", file.encode.what, message, hint, file.song, measured.true_peak_at)
