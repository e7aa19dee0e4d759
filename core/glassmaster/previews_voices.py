"""Where a song's previews come from: its mixdown as the programme holds it, each distinct master, its references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .engine import engine
from .errands import Cue
from .levels import cut_energies, cut_true_peak
from .loudness import whole_hops
from .model import (
    LOUDEST_SECONDS,
    PIECE_SECONDS,
    Album,
    Blob,
    Cut,
    Grid,
    Heard,
    Master,
    Order,
    Outcome,
    Part,
)
from .phrases import where
from .previews_levels import Voice, crossfaded

_OVER_CROSSFADES_DB = 3.01
"""Two songs at equal power may peak so far above both."""


def voices(outcome: Outcome, song: int, *, excerpts: bool) -> list[Voice]:
    """A song's mixdown and distinct masters; nothing where the mixdown could not be heard.

    `excerpts`: only the loudest 20 s of mixdown and first master. The loudest passage is that of the first master, if
    there is one: the same music in both.
    """
    album = outcome.album
    takes = list(_masters(outcome, song))
    mixdown = _mixdown(album, song, takes[0][1] if takes else ())
    if mixdown is None:
        return []
    own = [mixdown, *(_master(album, song, name, master) for name, _, master in takes)]
    at = own[min(1, len(own) - 1)].loudest(LOUDEST_SECONDS)
    own = [replace(each, loudest_at=at) for each in own]
    return [replace(each.excerpt(at, LOUDEST_SECONDS), loudest_at=0.0) for each in own[:2]] if excerpts else own


def _masters(outcome: Outcome, song: int) -> Iterator[tuple[str, tuple[Part, ...], Master]]:
    """Each distinct master of a song: its first deliverable, its programme, itself."""
    seen: list[tuple[Order, ...]] = []
    for deliverable in outcome.album.release.deliverables:
        orders = outcome.orders.get(deliverable.name, ())
        master = next((each for each in outcome.masters.get(deliverable.name, ()) if each.song == song), None)
        if master is None or orders in seen:
            continue
        seen.append(orders)
        parts = next(each.parts for each in orders if any(part.song == song for part in each.parts))
        yield deliverable.name, parts, master


def _master(album: Album, song: int, name: str, master: Master) -> Voice:
    told, end = master.measurement, master.start + master.frames
    what = f"{where(album.release.songs[song])}, master for {name}"
    cue = _cue(what, (master.start, end), master.rate_hz, master.channels, spool=master.spool)
    return Voice("master", name, whole_hops(told), told.true_peak_dbtp, cue)


def _mixdown(album: Album, song: int, parts: Sequence[Part]) -> Voice | None:
    """The same frames as the master's, untreated; the cut alone where there is no master."""
    from .sound.programme import bounds

    heard, cut = album.mixdowns[song], album.cuts[song]
    if heard is None or cut is None:
        return None
    near, place = _near(parts or (Part(song, heard.source, cut, ()),), song)
    start, end = bounds([(part.cut.frames, part.overlap, part.mark) for part in near])[place : place + 2]
    what, source = f"{where(album.release.songs[song])}, mixdown", heard.source
    cue = _cue(what, (start, end), source.rate_hz, source.channels, parts=near)
    first, count = (round(frames * 100 / source.rate_hz) for frames in (start, end - start))
    return Voice("mixdown", "", _energies(album, near)[first : first + count], _peak(album, near), cue)


def _near(parts: Sequence[Part], song: int) -> tuple[tuple[Part, ...], int]:
    """The song with its neighbours in the programme, as far as they reach into it, and its place among them.

    Only the programme's own ends are faded; where songs run on, nothing is.
    """
    at = next(number for number, part in enumerate(parts) if part.song == song)
    first, last = max(0, at - 1), min(len(parts), at + 2)
    near = []
    for number in range(first, last):
        part = parts[number]
        fades = part.cut.fade_in * (number == 0), part.cut.fade_out * (number == len(parts) - 1)
        cut = replace(part.cut, fade_in=fades[0], fade_out=fades[1])
        near.append(replace(part, cut=cut, steps=(), overlap=part.overlap if number > first else 0))
    return tuple(near), at - first


def _energies(album: Album, near: Sequence[Part]) -> Grid:
    grids = [cut_energies(_heard(album, part), part.cut) for part in near]
    return crossfaded(grids, [round(part.overlap * 100 / part.source.rate_hz) for part in near])


def _peak(album: Album, near: Sequence[Part]) -> float | None:
    peaks = [peak for part in near if (peak := cut_true_peak(_heard(album, part), part.cut)) is not None]
    over = _OVER_CROSSFADES_DB if any(part.overlap for part in near) else 0.0
    return max(peaks) + over if peaks else None


def _heard(album: Album, part: Part) -> Heard:
    heard = album.mixdowns[part.song]
    assert heard is not None, "only heard songs have a place in a programme"
    return heard


def references(album: Album, *, excerpts: bool) -> dict[str, Voice]:
    """By name, the loudest 30 s of each reference, or the loudest 20; those of more than two channels are left out."""
    if not album.release.report.reference_audio:
        return {}
    seconds = LOUDEST_SECONDS if excerpts else PIECE_SECONDS
    stereo = {name: heard for name, heard in album.references.items() if heard.source.channels <= 2}
    return {name: _reference(name, heard, seconds) for name, heard in stereo.items()}


def _reference(name: str, heard: Heard, seconds: int) -> Voice:
    source, told = heard.source, heard.measurement
    part = Part(0, source, Cut(0, source.frames), ())
    cue = _cue(f"reference {name}", (0, source.frames), source.rate_hz, source.channels, parts=(part,))
    voice = Voice("reference", name, whole_hops(told), told.true_peak_dbtp, cue)
    found = voice.excerpt(voice.loudest(seconds), seconds)
    return replace(found, loudest_at=found.loudest(LOUDEST_SECONDS))


def _cue(
    what: str,
    stretch: tuple[int, int],
    rate_hz: int,
    channels: int,
    parts: tuple[Part, ...] = (),
    spool: Blob | None = None,
) -> Cue:
    """An errand that still lacks gain, rate and form."""
    start, end = stretch
    return Cue(
        what=what,
        seconds=(end - start) / rate_hz,
        parts=parts,
        spool=spool,
        rate_hz=rate_hz,
        channels=channels,
        start=start,
        end=end,
        fade=0,
        gain_db=0.0,
        to_rate_hz=rate_hz,
        form="flac",
        engine=engine(),
    )
